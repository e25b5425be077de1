"""Whether a declaration can mean what it says: each field by itself, then the parts together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cjlab._checks import distinct, finite, flag, listed, offset, one_of, shown, text, texts, whole, within
from cjlab._declared import keep
from cjlab.errors import SpecError
from cjlab.experiments._arm import Arm
from cjlab.experiments._metric import Metric
from cjlab.experiments._segment import Segment
from cjlab.experiments._text import Text
from cjlab.experiments._value import Value

if TYPE_CHECKING:
    from cjlab.experiments._declaration import Declaration

WORDS = ("question", "title", "population", "excluded", "start", "note", "messages")


def settle(given: Declaration) -> None:
    """Check every field and keep what was checked: numpy's numbers become Python's, lists tuples."""
    _check_words(given)
    keep(given, **_parts(given), **_numbers(given))
    _check_names(given)
    _check_metrics(given)
    _check_value(given)


def _check_words(given: Declaration) -> None:
    for name in ("name", "control", "campaign", "salt"):
        if name in ("name", "control") or getattr(given, name) is not None:
            text(getattr(given, name), name=f"experiment: {name}")
    for name in WORDS:
        if name == "question" or getattr(given, name) is not None:
            Text.of(getattr(given, name), name=f"experiment: {name}")
    if not isinstance(given.fields, Mapping):
        raise SpecError(f"experiment: fields is {shown(given.fields)}; give a table: a field of profiles and its words")
    for name, label in given.fields.items():
        Text.of(label, name=f"experiment: fields.{name}")


def _parts(given: Declaration) -> dict[str, Any]:
    if given.value is not None and not isinstance(given.value, Value):
        raise SpecError(f"experiment: value is {shown(given.value)}; give a Value")
    return {
        "arms": _all(Arm, given.arms, name="arms"),
        "metrics": _all(Metric, given.metrics, name="metrics"),
        "segments": _all(Segment, given.segments, name="segments"),
        "balance": texts(given.balance, name="experiment: balance"),
    }


def _all(kind: type[Any], parts: object, *, name: str) -> tuple[Any, ...]:
    if not isinstance(parts, list | tuple) or not all(isinstance(part, kind) for part in parts):
        raise SpecError(f"experiment: {name} is {shown(parts)}; give a tuple of {kind.__name__}")
    return tuple(parts)


def _numbers(given: Declaration) -> dict[str, Any]:
    offset(given.horizon, name="experiment: horizon")
    found: dict[str, Any] = {
        "alpha": within(given.alpha, 0, 0.5, name="experiment: alpha", open_ends=True),
        "power": within(given.power, 0.5, 1, name="experiment: power", open_ends=True),
        "mature_share": within(given.mature_share, 0, 1, name="experiment: mature_share"),
        "holdout": within(given.holdout, 0, 0.5, name="experiment: holdout"),
        "currency": _currency(given.currency),
        "dated": flag(given.dated, name="experiment: dated"),
    }
    if given.per_week is not None:
        found["per_week"] = whole(given.per_week, name="experiment: per_week", least=1)
    if given.planned_customers is not None:
        found["planned_customers"] = whole(given.planned_customers, name="experiment: planned_customers", least=1)
    if given.expected_effect is not None:
        found["expected_effect"] = finite(given.expected_effect, name="experiment: expected_effect")
    return found


def _check_names(given: Declaration) -> None:
    if not given.arms:
        raise SpecError("experiment: arms is empty; declare the control and at least one arm beside it")
    arms = distinct([arm.name for arm in given.arms], name="experiment: arms")
    one_of(given.control, arms, name="experiment: control (one of arms)")
    if len(arms) == 1:
        raise SpecError("experiment: arms holds the control alone; declare at least one arm beside it")
    if given.planned_customers is not None and given.planned_customers < len(arms):
        raise SpecError(
            f"experiment: planned_customers is {given.planned_customers}; give at least one customer for each arm"
        )
    names = distinct([metric.name for metric in given.metrics], name="experiment: metrics")
    distinct([segment.name for segment in given.segments], name="experiment: segments")
    for metric in given.metrics:
        if metric.window and metric.before in names:
            raise SpecError(
                f"experiment: metrics names {metric.before!r}, which is the past of metric {metric.name!r}; rename it"
            )


def _check_metrics(given: Declaration) -> None:
    primary = [metric.name for metric in given.metrics if metric.role == "primary"]
    if len(primary) != 1:
        raise SpecError(f"experiment: {len(primary)} metrics are primary ({', '.join(primary)}); declare one")
    plain = [metric.name for metric in given.metrics if metric.kind != "ratio"]
    for metric in given.metrics:
        for side in ("top", "bottom"):
            part = getattr(metric, side)
            if part is not None:
                one_of(part, plain, name=f"metric {metric.name!r}: {side}")


def _check_value(given: Declaration) -> None:
    sums = [metric.name for metric in given.metrics if metric.kind == "sum"]
    if given.value is not None and given.value.metric not in sums:
        raise SpecError(
            f"value: metric is {given.value.metric!r}; allowed: {listed(sums) or 'none of those declared'}: "
            "a value needs an amount for each customer, a metric of kind 'sum'"
        )


def _currency(code: object) -> str:
    from babel.numbers import list_currencies  # slow to import

    if not isinstance(code, str) or code not in list_currencies():
        raise SpecError(f"experiment: currency is {shown(code)}; give an ISO 4217 code in capitals, such as 'EUR'")
    return code
