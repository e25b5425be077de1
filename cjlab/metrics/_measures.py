"""The measures by which two scores can be compared: each from a score and what it needs besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._checks import listed, within
from cjlab.errors import SpecError
from cjlab.metrics._calibration import brier
from cjlab.metrics._door import chances, events, numbers
from cjlab.metrics._estimate import Measured
from cjlab.metrics._gain import recalled
from cjlab.metrics._policy import Logged
from cjlab.metrics._precision_recall import measured as precision
from cjlab.metrics._qini import area, gap
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._roc import measured as pairs
from cjlab.metrics._scored import scored
from cjlab.metrics._study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cjlab.metrics._scored import Scored


def _auc(score: Any, given: Mapping[str, Any]) -> Measured:  # noqa: ANN401 - a column
    happened = events(_only(given, "outcome")["outcome"], name="outcome")
    return pairs(happened, numbers(score, name="score", n=len(happened)))


def _average_precision(score: Any, given: Mapping[str, Any]) -> Measured:  # noqa: ANN401 - a column
    happened = events(_only(given, "outcome")["outcome"], name="outcome")
    return precision(happened, Ranking.of(numbers(score, name="score", n=len(happened))))


def _brier(score: Any, given: Mapping[str, Any]) -> Measured:  # noqa: ANN401 - a column
    happened = events(_only(given, "outcome")["outcome"], name="outcome")
    return brier(happened, chances(score, name="score", n=len(happened)))


def _recall(score: Any, given: Mapping[str, Any]) -> Measured:  # noqa: ANN401 - a column
    asked = _only(given, "outcome", "share")
    happened = events(asked["outcome"], name="outcome")
    ranking = Ranking.of(numbers(score, name="score", n=len(happened)))
    share = within(asked["share"], 0, 1, name="share")
    found = recalled(ranking, happened, happened[ranking.order], share)
    influence = np.empty(ranking.n)
    influence[ranking.order] = found.influence
    return Measured(found.estimate, influence)


def _qini(score: Any, given: Mapping[str, Any]) -> Measured:  # noqa: ANN401 - a column or a frame
    chosen = _tested(score, given)
    return gap(chosen.score, chosen.effect)


def _auuc(score: Any, given: Mapping[str, Any]) -> Measured:  # noqa: ANN401 - a column or a frame
    chosen = _tested(score, given)
    return area(chosen.score, chosen.effect)


def _policy_value(policy: Any, given: Mapping[str, Any]) -> Measured:  # noqa: ANN401 - a column or a frame
    return Logged.of(policy=policy, **_only(given, "outcome", "arm", "propensity", may=("expected",))).dr()


def _tested(score: Any, given: Mapping[str, Any]) -> Scored:  # noqa: ANN401 - a column or a frame
    asked = _only(given, "outcome", "arm", "control", "propensity", may=("expected", "treated"))
    treated = asked.pop("treated", None)
    return scored(Study.of(score=score, **asked), score, treated)


def _only(given: Mapping[str, Any], *names: str, may: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what a measure takes; refuse what is missing, and what it does not know."""
    absent = [name for name in names if name not in given]
    unknown = [name for name in given if name not in (*names, *may, "customer")]
    if absent or unknown:
        told = f"lacks {listed(absent)}" if absent else f"takes no {listed(unknown)}"
        raise SpecError(f"the measure {told}; it takes {listed((*names, *may))}")
    takes_customer = "arm" in names
    return {name: one for name, one in given.items() if name != "customer" or takes_customer}


MEASURES: Final[Mapping[str, Callable[[Any, Mapping[str, Any]], Measured]]] = {
    "auc": _auc,
    "average_precision": _average_precision,
    "brier": _brier,
    "recall": _recall,
    "qini": _qini,
    "auuc": _auuc,
    "policy_value": _policy_value,
}
