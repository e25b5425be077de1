"""What the brand cannot see: who people are, where they stand, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._checks import one_of
from cjlab._display import Shown
from cjlab.errors import TableError
from cjlab.simulator._column import named
from cjlab.simulator._ledger import as_told
from cjlab.simulator._planted import planted
from cjlab.simulator._reminders import reminders
from cjlab.simulator._talk import Talk
from cjlab.simulator.kernel import JOURNEYS, REASONS, STAGES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator._stretch import Stretch
    from cjlab.simulator.world import World

_NUMBERS = ("occasions", "gap", "scale", "loyalty", "price", "content", "response", "strain")
_FLAGS = ("indifferent", "hairpin", "proxied", "captive")
_DAYS = ("joined", "gone", "breaks")
_FAR = 1_000_000
_GLAD, _SAD = 0.7, 0.5
_by_will = pl.col("reason").is_in(["left", "competitor"])


@dataclass(frozen=True, eq=False, repr=False)
class Truth(Talk, Shown):
    """The truth of a run.

    Parameters
    ----------
    world : World
        The market.
    people : ndarray
        The people's records at the end.
    written : Stretch
        What was written, with who was behind it.
    days : int
        For how many days the run went.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
    >>> len(run.truth.actors) == run.events.height
    True
    """

    world: World
    people: NDArray[np.void]
    written: Stretch
    days: int

    @cached_property
    def actors(self) -> NDArray[np.int64]:
        """Who was behind each row of the run's events, recognised or not, ``(events,)`` ids.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> bool((run.truth.actors > 0).all())
        True
        """
        order = as_told(self.written.events)
        return self._who if order is None else self._who[order.to_numpy()]

    @cached_property
    def customers(self) -> pl.DataFrame:
        """One row a customer: persona, traits, states at the end, the day he left and why, the day his rhythm broke.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.truth.customers.columns[:4]
        ['customer_id', 'persona', 'stage', 'reason']
        """
        people, world = self.people, self.world
        columns = {
            "customer_id": np.ascontiguousarray(people["customer"]),
            "persona": named(people["persona"], list(world.personas)),
            "stage": named(people["stage"], STAGES),
            "reason": named(people["reason"], REASONS),
            "interest": named(people["interest"], list(world.goods)),
            "home": named(people["home"], list(world.channels)),
            **{name: np.ascontiguousarray(people[name]).astype(float) for name in _NUMBERS},
            "satisfaction": self._satisfaction(),
            **{name: people[name] == 1 for name in _FLAGS},
            **{name: _day(people[name]) for name in _DAYS},
        }
        opens = {
            f"opens_{name}": people["opens"][:, place].astype(float)
            for place, (name, channel) in enumerate(world.channels.items())
            if channel.carries
        }
        return pl.DataFrame({**columns, **opens})

    def personas(self, customers: NDArray[np.int64] | None = None) -> NDArray[np.str_]:
        """Return what kind of person each customer is.

        Parameters
        ----------
        customers : array of int, optional
            Whose, ``(n,)``; everybody's unless given.

        Returns
        -------
        ndarray
            ``(n,)`` names.

        Raises
        ------
        TableError
            When the run has no such customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3)
        >>> len(run.truth.personas()), run.truth.personas([7])
        Traceback (most recent call last):
        cjlab.errors.TableError: customers names 7, whom the run has not
        """
        ids = self.people["customer"]
        asked = ids if customers is None else np.asarray(customers)
        place = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
        if (strange := ids[place] != asked).any():
            raise TableError(f"customers names {asked[strange][0]}, whom the run has not")
        names: NDArray[np.str_] = np.array(list(self.world.personas))
        return np.asarray(names[self.people["persona"][place]])

    def inclined(self, action: str) -> NDArray[np.float64]:
        """Return how reading a fresh message makes each customer more or less inclined to buy here.

        Parameters
        ----------
        action : str
            The message.

        Returns
        -------
        ndarray
            ``(n,)``: what it adds to the log-odds that a need is met here; 0 for those who read nothing.

        Raises
        ------
        SpecError
            When the world has no such action.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=3)
        >>> hurt = run.truth.inclined("text") < 0
        >>> set(run.truth.personas()[hurt])
        {np.str_('faithful')}
        """
        one_of(action, self.world.actions, name="action")
        desire = np.array([self.world.effect(action, who).desire for who in self.world.personas])
        read = self.people["indifferent"] == 0
        return np.asarray(desire[self.people["persona"]] * self.people["response"] * read, dtype=np.float64)

    @cached_property
    def planted(self) -> pl.DataFrame:
        """One row a planted fact: its kind, its name, what it comes with, and whether it causes anything.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3)
        >>> run.truth.planted.filter(kind="order")["name"].to_list()
        ['paper then email', 'email then paper']
        """
        return planted(self.world)

    @cached_property
    def visits(self) -> pl.DataFrame:
        """One row a true visit or call: who, when, by what, for which purpose, and whether he was recognised.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.telecom(n_customers=50), days=60)
        >>> sorted(run.truth.visits["journey"].cast(str).unique())[:3]
        ['assistance', 'management', 'payment']
        """
        told = self.written.events.select("session", "at", "channel", "device", "visitor_id", "customer_id")
        known = told.with_columns(
            pl.Series("actor", self._who), named(self.written.journeys, JOURNEYS).alias("journey")
        ).filter(pl.col("session").is_not_null())
        return known.group_by("session", maintain_order=True).agg(
            pl.col("actor").first().alias("customer_id"),
            pl.col("at").min(),
            pl.col("channel", "device", "journey", "visitor_id").first(),
            pl.col("customer_id").is_not_null().any().alias("recognised"),
        )

    @cached_property
    def visitors(self) -> pl.DataFrame:
        """One row a visitor's id and person who was behind it: a device that is shared has two.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> run.truth.visitors.columns
        ['visitor_id', 'customer_id', 'first', 'last', 'events']
        """
        met = self.written.events.select("visitor_id", "at").with_columns(pl.Series("customer_id", self._who))
        return (
            met.filter(pl.col("visitor_id").is_not_null())
            .group_by("visitor_id", "customer_id")
            .agg(first=pl.col("at").min(), last=pl.col("at").max(), events=pl.len())
            .sort("visitor_id", "customer_id")
        )

    def reminders(self, action: str, persona: str, *, every: float = 3.0) -> pd.DataFrame:
        """Return what each of a row of messages does, less what it costs; the best number has the highest ``total``.

        Parameters
        ----------
        action, persona : str
            What is sent, to whom.
        every : float
            Days between two messages.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``n``, 1 to 12: ``opens`` (probability), ``gain``, ``harm``, ``net`` and the ``total`` of the
            first *n*, in orders a person within 180 days, to the first order: paired runs agree within a third.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3)
        >>> bool(run.truth.reminders("reminder", "occasional")["opens"].is_monotonic_decreasing)
        True
        """
        one_of(action, self.world.actions, name="action")
        one_of(persona, self.world.personas, name="persona")
        return reminders(self.world, action, persona, every=every)

    def _satisfaction(self) -> NDArray[np.float64]:
        """Return satisfaction when the run, or the relationship, ended: it has gone on returning to its usual level."""
        people = self.people
        end = np.where(people["gone"] >= 0, people["gone"], self.days)
        left = np.exp(-np.maximum(end - people["settled"], 0) / self.world.trade.recovery)
        usual = people["content"].astype(float)
        return np.asarray(usual + (people["satisfaction"] - usual) * left)

    def to_frame(self) -> pd.DataFrame:
        """Return who the people are: a row a persona.

        Returns
        -------
        pandas.DataFrame
            ``persona``, ``customers``, their ``share``, their mean ``satisfaction`` at the end, and the shares who
            left by will though satisfied (``satisfied_leavers``), who are unhappy and cannot go (``unhappy_captives``),
            who ``lapsed`` and who are ``gone``.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=30)
        >>> float(run.truth.to_frame()["share"].sum())
        1.0
        """
        counted = self.customers.group_by(pl.col("persona").cast(pl.String)).agg(
            customers=pl.len(),
            share=pl.len() / len(self.people),
            satisfaction=pl.col("satisfaction").mean(),
            satisfied_leavers=(pl.col("gone").is_not_null() & _by_will & (pl.col("satisfaction") >= _GLAD)).mean(),
            unhappy_captives=(pl.col("gone").is_null() & pl.col("captive") & (pl.col("satisfaction") < _SAD)).mean(),
            lapsed=(pl.col("stage") == "lapsed").mean(),
            gone=(pl.col("stage") == "gone").mean(),
        )
        return counted.sort("customers", descending=True).to_pandas()


def _day(days: NDArray[np.int32]) -> pl.Series:
    """Return days of the run; what never comes is null."""
    never = (days > _FAR) | (days == -1)
    return pl.select(pl.when(pl.Series(~never)).then(pl.Series(np.ascontiguousarray(days)))).to_series()
