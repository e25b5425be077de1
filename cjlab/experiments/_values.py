"""What the value of a customer's row can be; one that cannot is refused by the name it came under."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cjlab.errors import TableError
from cjlab.experiments import _columns as col

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._metric import Metric

_LARGEST = 1e50  # of a larger number no variance and no product of variances can be told


class _Rule(NamedTuple):
    """What is wrong of a column, how it is called, and what is allowed."""

    said: str
    column: str
    wrong: pl.Expr
    allowed: str


def refuse_values(experiment: Experiment, rows: Path, *, ready: bool) -> None:
    """Refuse values that no customer can have; ``ready`` when the rows are a person's own and not a log's.

    Raises
    ------
    TableError
        When a customer or an arm is missing, a number is infinite, a share is neither 0 nor 1, a count is none, or a
        cost, a propensity or a number of offers lies out of its range.
    """
    rules = [rule for metric in col.plain(experiment) for rule in _of_metric(metric, ready=ready)]
    rules += [_finite(f"{'rows' if ready else 'profiles'}: {one}", col.number(one)) for one in col.numeric(experiment)]
    rules += _of_rows() if ready else []
    _refuse(rules, pl.scan_parquet(rows))


def _of_metric(metric: Metric, *, ready: bool) -> list[_Rule]:
    name, value = col.metric(metric.name), pl.col(col.metric(metric.name))
    said = f"rows: {metric.name}" if ready else f"events: {metric.of or 'the number'} in metric {metric.name!r}"
    rules = [_finite(said, name)]
    if metric.window:
        rules.append(_finite(f"rows: {metric.before}" if ready else f"{said} before", col.before(metric.name)))
    if metric.kind == "share":
        allowed = f"metric {metric.name!r} is a share: 1 or true where it happened, else 0 or false"
        rules.append(_Rule(said, name, ~value.is_in([0.0, 1.0]), allowed))
    if metric.kind == "count":
        allowed = f"metric {metric.name!r} is a count: a whole number of 0 or more"
        rules.append(_Rule(said, name, (value < 0) | (value != value.floor()), allowed))
    return rules


def _of_rows() -> list[_Rule]:
    cost, share, redeemed = pl.col(col.COST), pl.col("propensity"), pl.col("redeemed")
    return [
        _Rule(
            "rows: customer_id",
            col.CUSTOMER,
            pl.col(col.CUSTOMER).is_null(),
            "give each row its customer, by a whole number or text",
        ),
        _Rule("rows: arm", col.ARM, pl.col(col.ARM).is_null(), "give each customer the arm that he was assigned"),
        _Rule("rows: cost", col.COST, ~cost.is_between(0, _LARGEST), "a cost is 0 or more, and finite"),
        _Rule("rows: propensity", "propensity", ~((share > 0) & (share <= 1)), "a propensity is above 0, at most 1"),
        _Rule("rows: redeemed", "redeemed", ~redeemed.is_between(0, _LARGEST), "give how many offers, 0 or more"),
    ]


def _finite(said: str, column: str) -> _Rule:
    return _Rule(said, column, ~(pl.col(column).abs() < _LARGEST), f"give finite numbers below {_LARGEST:g} in size")


def _refuse(rules: list[_Rule], rows: pl.LazyFrame) -> None:
    counts = [rule.wrong.sum().alias(f"count {place}") for place, rule in enumerate(rules)]
    firsts = [pl.col(rule.column).filter(rule.wrong).first().alias(f"first {at}") for at, rule in enumerate(rules)]
    found = rows.select(*counts, *firsts).collect().row(0, named=True)
    for place, rule in enumerate(rules):
        if found[f"count {place}"]:
            value = found[f"first {place}"]
            said = "missing" if value is None else f"{value:g}"
            raise TableError(f"{rule.said} is {said} for {found[f'count {place}']} customers; {rule.allowed}")
