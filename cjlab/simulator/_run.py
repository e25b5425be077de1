"""A run: what happened, what the brand saw of it, and the truth behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.errors import SpecError
from cjlab.simulator._companions import companions
from cjlab.simulator._effect import Effects, effects_of
from cjlab.simulator._engine import Engine
from cjlab.simulator._truth import Truth
from cjlab.tables import Log

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator._policy import Planned, Policy
    from cjlab.simulator.world import World


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A market that was run for some days under a policy.

    Parameters
    ----------
    world : World
        The market.
    policy : Policy
        Who decided.
    days : int
        For how many days.
    events, contacts : polars.DataFrame
        What happened and what was sent, in total order.
    people : ndarray
        The people's records at the end.
    since : tuple of (int, policy), optional
        From which day another policy decided.
    """

    world: World
    policy: Policy | Planned
    days: int
    events: pl.DataFrame
    contacts: pl.DataFrame
    people: NDArray[np.void] = field(repr=False)
    since: tuple[int, Policy | Planned] | None = None

    def __repr__(self) -> str:
        """Say how large the run is."""
        return (
            f"Run({self.world.name!r}, {len(self.people):,} customers, {self.days:,} days,"
            f" {self.events.height:,} events, {self.contacts.height:,} contacts)"
        )

    @cached_property
    def log(self) -> Log:
        """What the brand saw, as a log of the tables that real data is mapped to."""
        tables: dict[str, Any] = companions(self.world, self.people, self.events, self.days)
        tables |= {"events": self.events.lazy(), "contacts": self.contacts.lazy()}
        return Log.of(**tables, timezone=self.world.timezone)

    @cached_property
    def truth(self) -> Truth:
        """What the brand cannot see."""
        return Truth(self.world, self.people)

    def branch(self, day: int, policy: Policy | Planned) -> Run:
        """Return the run of the same people under another policy from a day on.

        Parameters
        ----------
        day : int
            From which day, 0 to ``days``.
        policy : Policy
            Who decides from then on.

        Returns
        -------
        Run
            The other run; until that day the same, and afterwards with the same draws.

        Raises
        ------
        SpecError
            When the day lies outside the run.
        """
        from cjlab.simulator._simulate import simulated

        if not 0 <= day <= self.days:
            raise SpecError(f"day is {day!r}; the run has days 0 to {self.days}")
        return simulated(self.world, self.policy, self.days, other=(day, policy))

    def people_at(self, day: int) -> NDArray[np.void]:
        """Return the people's records when a day begins."""
        engine = Engine(self.world, max(day, 1))
        people = engine.people(np.ascontiguousarray(self.people["customer"]))
        turn = min(day, self.since[0]) if self.since else day
        for _ in engine.lived(people, self.policy, 0, turn, []):
            pass
        if self.since and day > turn:
            for _ in engine.lived(people, self.since[1], turn, day, []):
                pass
        return people

    def effect_of(self, action: str, day: int, within: int, *, replicates: int = 200) -> Effects:
        """Return what sending an action to each customer on a day would change in the days after.

        Parameters
        ----------
        action : str
            What.
        day : int
            When, 0 to ``days``; nothing else is sent from then on.
        within : int
            Over how many days its consequences count.
        replicates : int
            How many futures the expected effect is the mean of; at least 2.

        Returns
        -------
        Effects
            ``realised``: the paired difference with the draws of this run; ``expected``: its mean over other futures of
            the same people, with its Monte-Carlo error.

        Raises
        ------
        SpecError
            When the action is unknown or the day lies outside the run.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10)
        >>> run.effect_of("reminder", day=5, within=14, replicates=4).to_frame().columns.tolist()[:2]
        ['realised', 'expected']
        """
        if not 0 <= day <= self.days:
            raise SpecError(f"day is {day!r}; the run has days 0 to {self.days}")
        return effects_of(self.world, self.people_at(day), action, day=day, within=within, replicates=replicates)
