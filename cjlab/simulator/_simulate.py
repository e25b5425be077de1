"""Run a market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import SpecError
from cjlab.simulator._engine import Engine
from cjlab.simulator._ledger import contacts, events
from cjlab.simulator._policy import Nobody, Planned, Policy
from cjlab.simulator._run import Run
from cjlab.simulator.kernel import Row, Sent

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator._engine import Written
    from cjlab.simulator.world import World

_LONGEST = 3_660


def simulate(world: World, policy: Policy | Planned | None = None, *, days: int = 365) -> Run:
    """Run a market for some days under a policy.

    Parameters
    ----------
    world : World
        The market.
    policy : Policy, optional
        Who is contacted, with what, when; nobody unless given.
    days : int
        For how many days, 1 to 3,660.

    Returns
    -------
    Run
        Its log, its truth, and its branches. The same world, policy and days give the same run, whatever the number of
        shards and threads.

    Raises
    ------
    SpecError
        When the policy names an action that the world has not, or the days are out of range.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=200, seed=7)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.RandomContacts(rate=0.05), days=30)
    >>> run.log.check().ok
    True
    """
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _LONGEST:
        raise SpecError(f"days is {days!r}; give a whole number from 1 to {_LONGEST:,}")
    chosen = Nobody() if policy is None else policy
    if not isinstance(chosen, Planned | Policy):
        raise SpecError(f"policy is {policy!r}; give one of cj.simulator's, or an object with decide(view)")
    return simulated(world, chosen, days)


def simulated(
    world: World, policy: Policy | Planned, days: int, *, other: tuple[int, Policy | Planned] | None = None
) -> Run:
    """Run a market, with another policy from some day on."""
    engine = Engine(world, days)
    people = engine.people(np.arange(1, world.n_customers + 1))
    names: list[str] = []
    turn = other[0] if other else days
    rows, sent = _gathered(list(engine.lived(people, policy, 0, turn, names)))
    tables = [(events(rows, world, days), contacts(sent, world, days, names))]
    if other:
        names = []
        rows, sent = _gathered(list(engine.lived(people, other[1], turn, days, names)))
        tables.append((events(rows, world, days), contacts(sent, world, days, names)))
    return Run(world, policy, days, *_joined(tables), people, since=other)


def _gathered(parts: list[Written]) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Return all rows by customer, each customer's in order of time."""
    rows = np.concatenate([np.empty(0, Row), *(part.rows for part in parts)])
    sent = np.concatenate([np.empty(0, Sent), *(part.sent for part in parts)])
    return _ordered(rows), _ordered(sent)


def _ordered(rows: NDArray[np.void]) -> NDArray[np.void]:
    key = rows["customer"] * 2**31 + rows["day"] * 86_400 + rows["second"]
    return rows if (np.diff(key) >= 0).all() else rows[np.argsort(key, kind="stable")]


def _joined(tables: list[tuple[pl.DataFrame, pl.DataFrame]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables of stretches of days as one, in total order."""
    import polars as pl

    if len(tables) == 1:
        return tables[0]
    happened = pl.concat([events for events, _ in tables])
    sent = pl.concat([contacts.with_columns(pl.col("campaign").cast(pl.String)) for _, contacts in tables])
    order = ["customer_id", "at"]
    return happened.sort(order, maintain_order=True), sent.sort(order, maintain_order=True)
