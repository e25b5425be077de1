"""Metrics: how good a score is, and how sure one can be of that; arrays in, values with intervals out.

One definition each. Ties are exact (rows with one score share what comes of them), a monotone change of a score
changes no ranking measure, and intervals are those of influence functions, rows of one ``customer`` added up.
"""

from cjlab.metrics._budget import Budget, at_budget
from cjlab.metrics._calibration import Calibration, calibration
from cjlab.metrics._compare import Difference, compare
from cjlab.metrics._curve import Curve
from cjlab.metrics._deciles import Deciles, uplift_by_decile
from cjlab.metrics._estimate import Estimate
from cjlab.metrics._gain import gain
from cjlab.metrics._policy import PolicyValue, policy_value
from cjlab.metrics._precision_recall import PrecisionRecall, precision_recall
from cjlab.metrics._profit import Profit, profit_curve
from cjlab.metrics._qini import Uplift, auuc, qini
from cjlab.metrics._radcliffe import qini_radcliffe
from cjlab.metrics._roc import Roc, roc
from cjlab.metrics._spending import Spending, budget_curve

__all__ = [
    "Budget",
    "Calibration",
    "Curve",
    "Deciles",
    "Difference",
    "Estimate",
    "PolicyValue",
    "PrecisionRecall",
    "Profit",
    "Roc",
    "Spending",
    "Uplift",
    "at_budget",
    "auuc",
    "budget_curve",
    "calibration",
    "compare",
    "gain",
    "policy_value",
    "precision_recall",
    "profit_curve",
    "qini",
    "qini_radcliffe",
    "roc",
    "uplift_by_decile",
]


def __dir__() -> list[str]:
    """List what the room offers."""
    return sorted(__all__)
