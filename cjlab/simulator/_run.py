"""A run: what happened, what the brand saw of it, and the truth behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import whole
from cjlab._display import Shown
from cjlab.simulator._companions import companions
from cjlab.simulator._effect import Effects, effects_of
from cjlab.simulator._engine import Engine
from cjlab.simulator._policy import policy_of
from cjlab.simulator._stretch import Stretch, people_of
from cjlab.simulator._truth import Truth
from cjlab.simulator._view import View, view_of
from cjlab.tables import Log

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator._course import Course
    from cjlab.simulator._policy import Planned, Policy
    from cjlab.simulator.world import World

_YEAR = 365.25


@dataclass(frozen=True, eq=False, repr=False)
class Run(Shown):
    """A market that was run for some days under a policy; :func:`simulate` makes one.

    Parameters
    ----------
    world : World
        The market.
    course : Course
        Which policy decided from which day on.
    days : int
        For how many days.
    written : Stretch
        What was written, in the order of people and time.
    people : ndarray
        The people's records at the end.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=30)
    Run('retail', 200 customers, 30 days, ... events, 0 contacts)
    """

    world: World
    course: Course
    days: int
    written: Stretch
    people: NDArray[np.void]
    _kept: dict[int, NDArray[np.void]] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        """Say how large the run is."""
        return (
            f"Run({self.world.name!r}, {len(self.people):,} customers, {self.days:,} days,"
            f" {self.events.height:,} events, {self.contacts.height:,} contacts)"
        )

    @property
    def policy(self) -> Policy | Planned:
        """Who decided at the end.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3).policy
        Nobody()
        """
        return self.course.last

    @property
    def events(self) -> pl.DataFrame:
        """What happened, as the brand saw it: a customer who was not recognised is null.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.events.columns[:6]
        ['customer_id', 'visitor_id', 'at', 'event', 'channel', 'device']
        """
        return self.written.events

    @property
    def contacts(self) -> pl.DataFrame:
        """What was sent and withheld.

        Examples
        --------
        >>> import cjlab as cj
        >>> random = cj.simulator.RandomContacts(rate=0.2)
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), policy=random, days=30)
        >>> sorted(run.contacts["slice"].unique())
        ['control', 'random']
        """
        return self.written.contacts

    @cached_property
    def log(self) -> Log:
        """What the brand saw, as a log of the tables that real data is mapped to.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.log.check().ok
        True
        """
        tables: dict[str, Any] = companions(self.world, self.people, self.events, self.days)
        tables |= {"events": self.events.lazy(), "contacts": self.contacts.lazy()}
        return Log.of(**tables, timezone=self.world.timezone)

    @cached_property
    def truth(self) -> Truth:
        """What the brand cannot see.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.truth.customers["persona"].n_unique()
        5
        """
        return Truth(self.world, self.people, people_of(self.written.events_at))

    def to_frame(self) -> pd.DataFrame:
        """Return what happened: a row an event, by how often.

        Returns
        -------
        pandas.DataFrame
            Columns ``event``, ``rows``, ``known`` (the share whose customer the brand knew) and ``a_year`` (per
            customer and year).

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=30)
        >>> run.to_frame().columns.tolist(), run.to_frame()["event"].head(2).tolist()
        (['event', 'rows', 'known', 'a_year'], ['view', 'visit'])
        """
        import polars as pl

        years = len(self.people) * self.days / _YEAR
        counted = self.events.group_by(pl.col("event").cast(pl.String)).agg(
            rows=pl.len(), known=pl.col("customer_id").is_not_null().mean()
        )
        return (
            counted.sort("rows", "event", descending=[True, False])
            .with_columns(a_year=pl.col("rows") / years)
            .to_pandas()
        )

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
            When the day lies outside the run, or the policy cannot be followed in its world.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.branch(20, cj.simulator.Everyone(("news",), every=7)).contacts.height > 0
        True
        """
        turn, chosen, names = self._day(day), policy_of(policy, self.world), list[str]()
        engine, people = Engine(self.world, self.days), self.people_at(turn)
        parts = list(engine.lived(people, chosen, turn, self.days, names))
        later = Stretch.of(parts, self.world, self.days, names)
        course = self.course.turned(turn, chosen)
        return Run(self.world, course, self.days, self.written.before(turn).then(later), people)

    def people_at(self, day: int) -> NDArray[np.void]:
        """Return the people's records when a day begins; the day asked for last is kept, to go on from.

        Parameters
        ----------
        day : int
            The day, 0 to ``days``.

        Returns
        -------
        ndarray
            ``(n,)`` records, a copy.

        Raises
        ------
        SpecError
            When the day lies outside the run.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> bool((run.people_at(30) == run.people).all())
        True
        """
        asked = self._day(day)
        if asked == self.days:
            return self.people.copy()
        engine = Engine(self.world, self.days)
        start = max((kept for kept in self._kept if kept <= asked), default=0)
        known = self._kept.get(start)
        people = engine.people(np.ascontiguousarray(self.people["customer"])) if known is None else known.copy()
        self.course.follow(engine, people, start, asked)
        self._kept.clear()
        self._kept[asked] = people.copy()
        return people

    def view(self, day: int) -> View:
        """Return what the brand could see when a day began.

        Parameters
        ----------
        day : int
            The day, 0 to ``days``.

        Returns
        -------
        View
            What it gives to a policy.

        Raises
        ------
        SpecError
            When the day lies outside the run.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> bool(run.view(30).seen("orders").sum() > run.view(10).seen("orders").sum())
        True
        """
        return view_of(self.world, self._day(day), self.people_at(day))

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
        >>> run.effect_of("reminder", day=5, within=14, replicates=4).of("purchase").columns.tolist()[:2]
        ['realised', 'expected']
        """
        people = self.people_at(self._day(day))
        return effects_of(self.world, people, action, day=int(day), within=within, replicates=replicates)

    def _day(self, day: int) -> int:
        return whole(day, name="day", least=0, most=self.days)
