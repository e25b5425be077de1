"""Deciding: scores of everybody, the rules, the plan, and what is written down of it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from cjlab.decisions import eligible, plan
from cjlab.loop.cycle._serving import Served, Tempered, ramped

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.decisions import Plan
    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._cycle import Cycle
    from cjlab.loop.cycle._serving import Standing
    from cjlab.tables import Log

_SLICES = ("policy", "random", "control", "holdout")


class Decided(NamedTuple):
    """A plan, the features it was made on as a file, and on how many a version on the ramp decided."""

    plan: Plan
    features: bytes
    ramp: int


def decided(case: Case, log: Log, now: Standing, *, fresh: Served | None, pilot: bool) -> Decided:
    """Plan for everybody; ``fresh`` is the version that begins its ramp now."""
    cycle, when = case.cycle, case.turn.as_of
    asked = eligible(log, when, cycle.rules)
    there = asked.allowed.any(axis=1) & ~asked.held
    customers = asked.customers[there]
    content = _file(cycle.recipe.build(log, when).reindex(customers).rename_axis("customer_id"))
    table = pl.read_parquet(io.BytesIO(content)).to_pandas().set_index("customer_id")  # as it will be learnt from
    values, versions, on_ramp = _valued(cycle, table, now, fresh)
    explore = cycle.pilot if pilot else cycle.terms.explore
    made = plan(
        asked,
        values.reindex(asked.customers, fill_value=0.0).rename_axis("customer_id").reset_index(),
        replace(cycle.terms, explore=explore),
        campaign=cycle.name,
        model_version=_spread(versions, there),
        recipe=cycle.recipe.fingerprint[:16],
    )
    return Decided(made, content, on_ramp)


def _valued(
    cycle: Cycle, table: pd.DataFrame, now: Standing, fresh: Served | None
) -> tuple[pd.DataFrame, NDArray[np.str_], int]:
    """Return what each action is worth to each customer, and by which version."""
    values, version = _worth(cycle, table, now.serving, now.demoted)
    versions = np.full(len(table), version, dtype="<U12")
    if fresh is None or cycle.ramp is None:
        return values, versions, 0
    own = ramped(table.index.to_numpy(), salt=cycle.terms.salt, version=fresh.number, share=cycle.ramp)
    theirs, version = _worth(cycle, table, fresh, ())
    versions[own] = version
    mixed = theirs.where(np.broadcast_to(own[:, None], theirs.shape), values)
    return mixed, versions, int(own.sum())


def _worth(cycle: Cycle, table: pd.DataFrame, one: Served | None, demoted: tuple[str, ...]) -> tuple[pd.DataFrame, str]:
    """Return what a version says; without one nothing is worth anything, and nobody is contacted but by chance."""
    import pandas as pd

    names = cycle.rules.names
    if one is None or not len(table):
        return pd.DataFrame(0.0, index=table.index, columns=list(names)), "none"
    found = Tempered(one.model, names, demoted).predict(table)
    return cycle.value * found, "new" if one.number is None else str(one.number)


def _spread(versions: NDArray[np.str_], there: NDArray[np.bool_]) -> NDArray[np.str_]:
    found = np.full(len(there), "none", dtype=versions.dtype)
    found[there] = versions
    return found


def _file(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    pl.from_pandas(table.reset_index()).write_parquet(buffer)
    return buffer.getvalue()


def counted(made: Decided) -> dict[str, float]:
    """Count what a plan decides."""
    done, asked = made.plan.done, made.plan.eligibility
    there = asked.allowed.any(axis=1) | asked.held
    slices = {name: int((done.slices[there] == code).sum()) for code, name in enumerate(_SLICES)}
    sent = np.flatnonzero(done.arms > 0)
    expected = float(made.plan.values[sent, done.arms[sent].astype(int) - 1].sum())
    return {
        "customers": len(asked),
        "decided": int(there.sum()),
        **slices,
        "contacted": len(sent),
        "ramp": made.ramp,
        "cost": made.plan.cost,
        "expected": expected,
    }


def rows_of(table: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """Return a table as rows."""
    return tuple({str(name): value for name, value in row.items()} for row in table.to_dict("records"))
