"""What actions are worth, as it comes in: a frame of numbers, a row a customer, a column an action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import columns, lazy
from cjlab.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.decisions._eligibility import Eligibility

_ID = "customer_id"
_ROW = "\0row"


def valued(value: Any, eligibility: Eligibility) -> NDArray[np.float64]:  # noqa: ANN401 - a frame of any kind
    """Return the expected value of each action for each customer, ``(n, actions)``; 0 where it is not allowed."""
    names = eligibility.rules.names
    given = columns(lazy(value, table="value"), [_ID, *names], table="value").select(_ID, *names).collect()
    _once(given)
    for name in names:
        if not given.schema[name].is_numeric():
            raise TableError(f"value: column {name!r} is of type {given.schema[name]}; give numbers")
    asked = pl.DataFrame({_ID: eligibility.customers})
    if asked.schema[_ID].is_integer() != given.schema[_ID].is_integer():
        raise TableError(
            f"value: customer_id is of type {given.schema[_ID]}, and that of the log {asked.schema[_ID]}; give the same"
        )
    found = given if given[_ID].equals(asked[_ID]) else _joined(asked, given)
    made = np.column_stack([found[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names])
    _known(made, eligibility)
    return np.where(eligibility.allowed, made, 0.0)


def _joined(asked: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    same = given.with_columns(pl.col(_ID).cast(asked.schema[_ID]))
    return asked.join(same, on=_ID, how="left", maintain_order="left")


def _once(given: pl.DataFrame) -> None:
    twice = given[_ID].is_duplicated()
    if twice.any():
        raise TableError(
            f"value: customer {given[_ID].filter(twice)[0]!r} stands there more than once; give one row each"
        )


def _known(made: NDArray[np.float64], eligibility: Eligibility) -> None:
    """Refuse what is no number where an action is allowed."""
    rows, places = np.nonzero(~np.isfinite(made) & eligibility.allowed)
    if len(rows):
        customer, action = eligibility.customers[rows[:1]].tolist()[0], eligibility.rules.names[places[0]]
        raise TableError(
            f"value: of customer {customer!r} and action {action!r} it is {made[rows[0], places[0]]:g} or absent, as of"
            f" {len(rows):,} allowed pairs in all; give each a finite number, or make a rule that keeps them back"
        )
