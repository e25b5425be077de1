"""Decisions as a log holds them: who was decided on, with which chances, and what the policy itself meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import listed
from cjlab.errors import EvidenceError, TableError

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.tables import Log

_NEEDED = ("decision_id", "slice", "propensity", "eligible")


def decided(log: Log, as_of: object, control: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the decisions of a log in their order, and the chance of every arm, both indexed by ``decision_id``."""
    found = _decided(log, as_of)
    chances = _chances(found, control)
    index = found["decision_id"].to_list()
    rows = found.drop("eligible").to_pandas().set_index("decision_id")
    rows["slice"], rows["arm"] = rows["slice"].astype(str), rows["arm"].astype(str)
    table = chances.set_axis(index, axis=0).rename_axis("decision_id")
    rows["intended"] = _intended(rows, table)
    return rows, table


def _decided(log: Log, as_of: object) -> pl.DataFrame:
    """Return the decisions in their order."""
    present = log.contacts.collect_schema().names()
    absent = [name for name in _NEEDED if name not in present]
    if absent:
        raise TableError(f"contacts have no {listed(absent)}, and so no decision can be followed; they have {present}")
    wanted = ["decision_id", "customer_id", "at", "arm", "slice", "propensity", "eligible"]
    wanted += [name for name in ("score", "cost", "campaign", "model_version") if name in present]
    found = log.contacts.filter(pl.col("decision_id").is_not_null()).select(wanted).sort("decision_id").collect()
    if not len(found):
        raise EvidenceError(
            f"contacts hold no decision before {as_of}; decisions carry a decision_id, as those of a plan do"
        )
    twice = found["decision_id"].is_duplicated()
    if twice.any():
        raise TableError(f"contacts.decision_id {found['decision_id'].filter(twice)[0]!r} stands in several rows")
    return found


def _chances(decided: pl.DataFrame, control: str) -> pd.DataFrame:
    """Return the chance of every arm, 0 where it was not allowed."""
    import pandas as pd

    pairs = decided.select(pl.int_range(pl.len()).alias("row"), "eligible").explode("eligible")
    pairs = pairs.filter(pl.col("eligible").is_not_null()).unnest("eligible")
    arms = sorted({control, *pairs["arm"].cast(pl.String).unique().to_list()} - {None})
    table = np.zeros((len(decided), len(arms)))
    places = np.searchsorted(np.array(arms), pairs["arm"].cast(pl.String).to_numpy())
    table[pairs["row"].to_numpy(), places] = pairs["probability"].to_numpy()
    table[table.sum(axis=1) == 0, arms.index(control)] = 1.0  # nothing was allowed
    return pd.DataFrame(table, columns=arms)


def _intended(rows: pd.DataFrame, chances: pd.DataFrame) -> Any:  # noqa: ANN401 - names of arms
    """Return what the policy itself would have given: the likeliest arm; of the holdout the arm that was withheld."""
    likeliest = chances.columns.to_numpy(dtype=str)[chances.to_numpy().argmax(axis=1)]
    return np.where(rows["slice"] == "holdout", rows["arm"].to_numpy(dtype=str), likeliest)
