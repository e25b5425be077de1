"""Run a market."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import shown, whole
from cjlab.errors import SpecError
from cjlab.simulator._course import Course
from cjlab.simulator._engine import Engine
from cjlab.simulator._planned import Nobody
from cjlab.simulator._policy import policy_of
from cjlab.simulator._run import Run
from cjlab.simulator._sharded import Plot, stored_run
from cjlab.simulator._stretch import Stretch
from cjlab.simulator.kernel import DAYS, Person
from cjlab.simulator.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.simulator._policy import Planned, Policy

_A_PLACE = 48  # bytes a person takes while shards are dealt out
_GIGA = 1e9


def simulate(
    world: World,
    policy: Policy | Planned | None = None,
    *,
    days: int = 365,
    folder: str | Path | None = None,
    shards: int | None = None,
    threads: int | None = None,
    engine: str = "local",
) -> Run:
    """Run a market for some days under a policy.

    In memory or, where a ``folder`` is given, written as it goes: then memory is bounded by a shard of customers a
    thread, and the log that is read from the folder has the same fingerprint.

    Parameters
    ----------
    world : World
        The market.
    policy : Policy, optional
        Who is contacted, with what, when; nobody unless given.
    days : int
        For how many days, 1 to 3,660.
    folder : str or pathlib.Path, optional
        Where to store the log, as ``Log.write`` would; it must not exist, or be empty. A run that was interrupted goes
        on, when it is called again, with the shards that are not there yet; another world, policy or number of days is
        refused, where a policy is told from another by what its ``repr`` says or, if it has none, by its attributes.
    shards : int, optional
        How many shards of customers, 1 to 9,999; by default one for each million customer-days.
    threads : int, optional
        How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given.
    engine : str
        "local" or "spark", as :func:`cjlab.scale.each` runs shards. A policy that shares a budget decides here on
        everybody, whose records then take about a kilobyte each, and where people talk (``world.social``) whole circles
        live here, some thousands at a time; only the shards are written by the engine.

    Returns
    -------
    Run
        Its log, its truth, and its branches. The same world, policy and days give the same run, whatever the number of
        shards and threads. Of a run in a folder, whatever is not its log is lived again in memory when it is asked for.

    Raises
    ------
    SpecError
        When the world is none or has more people than this machine can hold, the policy cannot be followed in it, the
        days are out of range, or shards, threads or an engine are given without a folder.
    TableError
        When what a policy of one's own answers is no table of contacts, when the folder holds something, or what was
        interrupted there was another run.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=200, seed=7)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.RandomContacts(rate=0.05), days=30)
    >>> run.log.check().ok
    True
    """
    if not isinstance(world, World):
        raise SpecError(f"world is {shown(world)}; give a cj.simulator.World, such as World.retail()")
    days = whole(days, name="days", least=1, most=DAYS)
    chosen = policy_of(Nobody() if policy is None else policy, world)
    _afford(world, in_shards=folder is not None and chosen.per_customer and world.social is None)
    if folder is not None:
        return stored_run(Plot.of(world, chosen, days, shards), folder, threads=threads, engine=engine)
    _nothing_for_folders(shards=shards, threads=threads, engine=None if engine == "local" else engine)
    market, names = Engine(world, days), list[str]()
    people = market.people(np.arange(1, world.n_customers + 1))
    parts = market.lived(people, chosen, 0, days, names)
    return Run(world, Course(((0, chosen),)), days, Stretch.of(parts, world, names), people)


def _afford(world: World, *, in_shards: bool) -> None:
    """Refuse more people than this machine can hold, before any room is taken for them."""
    needed = world.n_customers * (_A_PLACE if in_shards else Person.itemsize)
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > there:
        advice = "take fewer" if in_shards else "take fewer, or give folder= and a policy that decides on each apart"
        raise SpecError(
            f"world {world.name!r}: n_customers is {world.n_customers:,}, who take {needed / _GIGA:,.0f} GB;"
            f" this machine has {there / _GIGA:,.0f} GB; {advice}"
        )


def _nothing_for_folders(**given: object) -> None:
    """Refuse what says how a folder is written, where there is none."""
    for name, value in given.items():
        if value is not None:
            raise SpecError(f"{name} is {shown(value)}, but a run without a folder is in memory; give folder= too")
