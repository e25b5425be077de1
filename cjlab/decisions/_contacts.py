"""Decisions as rows of the log's contacts: what was chosen, and with which probability each thing could have been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from cjlab._random import halves, mix
from cjlab.decisions._action import NONE
from cjlab.decisions._done import HOLDOUT, POLICY, SLICES

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from cjlab.decisions._plan import Plan

_TIME: Final = pl.Datetime("us", "UTC")
NOWHERE: Final = "none"
"""The channel of a customer who is left alone."""


def contacts_of(plan: Plan, *, alone: bool) -> pl.DataFrame:
    """Return a row for each customer to whom something is allowed, or who is held out."""
    asked, done = plan.eligibility, plan.done
    logged = asked.allowed.any(axis=1) | (done.slices == HOLDOUT)
    if not alone:
        logged &= (done.slices != POLICY) | (done.arms > 0)
    rows = np.flatnonzero(logged)
    arms, own = done.arms[rows].astype(np.int64), done.own[rows].astype(np.int64)
    chances = plan.propensities(rows)
    names = [NONE, *asked.rules.names]
    there = np.column_stack([np.ones(len(rows), np.bool_), asked.allowed[rows]])
    number = decision_ids(plan.numbers[rows], plan.policy_version, plan.prices.at)
    scores = np.column_stack([np.zeros(len(rows)), plan.values[rows]])
    at = np.arange(len(rows))
    return pl.DataFrame(
        {
            "contact_id": number,
            "customer_id": pl.Series(asked.customers[rows]),
            "at": pl.repeat(plan.prices.at, len(rows), dtype=_TIME, eager=True),
            "campaign": _word(plan.signature.campaign, len(rows)),
            "arm": _named(names, arms),
            "channel": _named([NOWHERE, *(one.channel for one in asked.rules.actions)], arms),
            "sent": arms > 0,
            "propensity": chances[at, arms],
            "slice": _named(SLICES, done.slices[rows]),
            "purpose": _named(["marketing", *(one.purpose for one in asked.rules.actions)], arms),
            "offer": _named([None, *(one.offer for one in asked.rules.actions)], arms),
            "cost": np.array([0.0, *(one.cost for one in asked.rules.actions)])[arms],
            "template": _named([None, *(one.template for one in asked.rules.actions)], arms),
            "decision_id": number,
            "eligible": _pairs(names, chances, there),
            "score": scores[at, arms],
            "model_version": _words(plan.signature.model_version, rows),
            "policy_version": _word(plan.policy_version, len(rows)),
            "recipe": _word(plan.signature.recipe, len(rows)),
            "consent": asked.consents(rows, arms - 1),
            "choice": _named(names, own),
        }
    )


def decision_ids(numbers: NDArray[np.int64], policy_version: str, at: dt.datetime) -> NDArray[np.int64]:
    """Return what names the decisions of a policy on customers at a moment: the same whenever it is taken again.

    Two customers of one policy and moment share a number with a probability of about one in :math:`2^{62}`.
    """
    first, second = halves(f"decisions/{policy_version}/{at.isoformat()}")
    bits = mix(mix(numbers.view(np.uint64) + first) + second)
    return (bits >> np.uint64(1)).astype(np.int64)


def _named(names: Any, places: NDArray[Any]) -> pl.Series:  # noqa: ANN401 - texts, some of them none
    return pl.Series(names, dtype=pl.String).gather(pl.Series(places.astype(np.int64)))


def _words(given: str | NDArray[np.str_] | None, rows: NDArray[np.intp]) -> pl.Series:
    if given is None or isinstance(given, str):
        return _word(given, len(rows))
    return pl.Series(given[rows], dtype=pl.String)


def _word(word: str | None, n: int) -> pl.Series:
    return pl.repeat(word, n, dtype=pl.String, eager=True)


def _pairs(names: list[str], chances: NDArray[np.float64], there: NDArray[np.bool_]) -> pl.Series:
    """Return for each customer the actions that he could get, with their probabilities."""
    import pyarrow as pa

    places = np.broadcast_to(np.arange(len(names)), there.shape)[there]
    arms = pa.DictionaryArray.from_arrays(places.astype(np.int8), pa.array(names)).cast(pa.string())
    pairs = pa.StructArray.from_arrays([arms, pa.array(chances[there])], names=["arm", "probability"])
    ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    made = pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), pairs)
    return pl.Series("eligible", pl.from_arrow(made))
