"""What the brand cannot see: who people are, where they stand, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._display import Shown
from cjlab.errors import TableError
from cjlab.simulator._ledger import named
from cjlab.simulator.kernel import REASONS, STAGES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_NUMBERS = ("occasions", "gap", "scale", "loyalty", "price", "content", "response", "satisfaction", "strain")
_FLAGS = ("indifferent", "hairpin", "proxied", "captive")
_DAYS = ("joined", "gone", "breaks")
_FAR = 1_000_000


@dataclass(frozen=True, eq=False)
class Truth(Shown):
    """The truth of a run.

    Parameters
    ----------
    world : World
        The market.
    people : ndarray
        The people's records at the end.
    actors : ndarray
        ``(events,)`` ids: who was behind each row of the run's events, recognised or not.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
    >>> len(run.truth.actors) == run.events.height
    True
    """

    world: World
    people: NDArray[np.void]
    actors: NDArray[np.int64]

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
        moments = [(moment.kind, name, moment.on, moment.causes) for name, moment in self.world.moments.items()]
        regimes = [("regime", regime.factor, f"day {regime.day}", True) for regime in self.world.regimes]
        orders = [("order", f"{order.first} then {order.then}", "contact", True) for order in self.world.orders]
        topics = self.world.service.topics if self.world.service else {}
        texts = [("text", name, "case_opened", topic.signal > 0) for name, topic in topics.items()]
        rows = [*moments, *regimes, *orders, *texts]
        return pl.DataFrame(rows, schema=["kind", "name", "on", "causes"], orient="row")

    def to_frame(self) -> pd.DataFrame:
        """Return who the people are: a row a persona.

        Returns
        -------
        pandas.DataFrame
            ``persona``, ``customers``, their ``share``, their mean ``satisfaction`` at the end, and the shares who
            ``lapsed`` and who are ``gone``.

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
            lapsed=(pl.col("stage") == "lapsed").mean(),
            gone=(pl.col("stage") == "gone").mean(),
        )
        return counted.sort("customers", descending=True).to_pandas()


def _day(days: NDArray[np.int32]) -> pl.Series:
    """Return days of the run; what never comes is null."""
    never = (days > _FAR) | (days == -1)
    return pl.select(pl.when(pl.Series(~never)).then(pl.Series(np.ascontiguousarray(days)))).to_series()
