"""Run a market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import shown, whole
from cjlab.errors import SpecError
from cjlab.simulator._course import Course
from cjlab.simulator._engine import Engine
from cjlab.simulator._planned import Nobody
from cjlab.simulator._policy import policy_of
from cjlab.simulator._run import Run
from cjlab.simulator._stretch import Stretch
from cjlab.simulator.world import World

if TYPE_CHECKING:
    from cjlab.simulator._policy import Planned, Policy

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
        When the world is none, the policy cannot be followed in it, or the days are out of range.
    TableError
        When what a policy of one's own answers is no table of contacts.

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
    days = whole(days, name="days", least=1, most=_LONGEST)
    chosen = policy_of(Nobody() if policy is None else policy, world)
    engine, names = Engine(world, days), list[str]()
    people = engine.people(np.arange(1, world.n_customers + 1))
    parts = list(engine.lived(people, chosen, 0, days, names))
    return Run(world, Course(((0, chosen),)), days, Stretch.of(parts, world, names), people)
