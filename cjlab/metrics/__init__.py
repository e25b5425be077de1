"""Metrics: how good a score is, and how sure one can be of that; arrays in, values with intervals out.

One definition each. Ties are exact (rows with one score share what comes of them), a monotone change of a score
changes no ranking measure, and intervals are those of influence functions, rows of one ``customer`` added up.
"""

from cjlab.metrics._bins import Bins
from cjlab.metrics._calibration import Calibration, calibration
from cjlab.metrics._curve import Curve
from cjlab.metrics._estimate import Estimate
from cjlab.metrics._gain import gain
from cjlab.metrics._policy import PolicyValue, policy_value
from cjlab.metrics._qini import Uplift, auuc, qini
from cjlab.metrics._roc import Roc, roc

__all__ = [
    "Bins",
    "Calibration",
    "Curve",
    "Estimate",
    "PolicyValue",
    "Roc",
    "Uplift",
    "auuc",
    "calibration",
    "gain",
    "policy_value",
    "qini",
    "roc",
]


def __dir__() -> list[str]:
    """List what the room offers."""
    return sorted(__all__)
