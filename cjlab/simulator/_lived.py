"""What was lived: people, days, what was written, and who decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._checks import whole
from cjlab._display import Shown
from cjlab.simulator._engine import Engine
from cjlab.simulator._ledger import as_told
from cjlab.simulator._memory import Memory
from cjlab.simulator._records import copied
from cjlab.simulator._view import View, view_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator._course import Course
    from cjlab.simulator._policy import Planned, Policy
    from cjlab.simulator._stretch import Stretch
    from cjlab.simulator.world import World

_YEAR = 365.25


@dataclass(frozen=True, eq=False, repr=False)
class Lived(Shown):
    """The days of a run, and the way back to any of them."""

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
            f" {self.written.events.height:,} events, {self.contacts.height:,} contacts)"
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

    @cached_property
    def events(self) -> pl.DataFrame:
        """What happened, as the brand saw it: a customer who was not recognised is null, and such rows come last.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.events.columns[:6]
        ['customer_id', 'visitor_id', 'at', 'event', 'channel', 'device']
        """
        order = as_told(self.written.events)
        return self.written.events if order is None else self.written.events[order]

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
        (['event', 'rows', 'known', 'a_year'], ['visit', 'view'])
        """
        years = self.world.n_customers * self.days / _YEAR
        counted = (
            self._happened()
            .group_by(pl.col("event").cast(pl.String))
            .agg(rows=pl.len(), known=pl.col("customer_id").is_not_null().mean())
        )
        return (
            counted.sort("rows", "event", descending=[True, False])
            .with_columns(a_year=pl.col("rows") / years)
            .collect(engine="streaming")
            .to_pandas()
        )

    def _happened(self) -> pl.LazyFrame:
        return self.written.events.lazy()

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
            return copied(self.people)
        engine = Engine(self.world, self.days)
        start = max((kept for kept in self._kept if kept <= asked), default=0)
        known = self._kept.get(start)
        people = engine.people(np.ascontiguousarray(self.people["customer"])) if known is None else copied(known)
        self.course.follow(engine, people, start, asked, self.contacts)
        self._kept.clear()
        self._kept[asked] = copied(people)
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
        asked = self._day(day)
        memory = Memory.before(self.world, asked, self.contacts)
        return view_of(self.world, asked, self.people_at(asked), memory)

    def _day(self, day: int) -> int:
        return whole(day, name="day", least=0, most=self.days)
