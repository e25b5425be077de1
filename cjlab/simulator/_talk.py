"""Who talks with whom, and what was said."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.simulator._column import named
from cjlab.simulator._records import chosen
from cjlab.simulator._stretch import days_of, people_of
from cjlab.simulator._tabulated import tabulated
from cjlab.simulator.kernel import CIRCLE, REASONS, WORDS, listen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator._stretch import Stretch
    from cjlab.simulator.world import World

_BY_WILL = [REASONS.index(reason) for reason in ("left", "competitor")]


class Talk:
    """The part of a run's truth that is about circles, and what is said in them."""

    world: World
    people: NDArray[np.void]
    written: Stretch
    days: int

    @property
    def _who(self) -> NDArray[np.int64]:
        """Who was behind each row as it was written."""
        return people_of(self.written.events_at)

    @cached_property
    def circles(self) -> pl.DataFrame:
        """One row a customer: his circle, by the lowest id in it. Where nobody talks each is alone in his.

        Examples
        --------
        >>> import cjlab as cj
        >>> world = cj.simulator.World.retail(n_customers=5, seed=1, social={"circle": 3.0})
        >>> cj.simulator.simulate(world, days=3).truth.circles["circle"].to_list()
        [1, 1, 1, 4, 4]
        """
        return pl.DataFrame(
            {
                "customer_id": np.ascontiguousarray(self.people["customer"]),
                "circle": np.ascontiguousarray(self.people["circle"]),
            }
        )

    @cached_property
    def told(self) -> pl.DataFrame:
        """One row a person who was told something: ``day``, who said it, to whom, which ``word``, and if it was heeded.

        What is said on a day is heard on the next, by those who are still there; it is no event of the brand's.

        Examples
        --------
        >>> import cjlab as cj
        >>> world = cj.simulator.World.retail(n_customers=300, social={"circle": 6.0, "hears": 1.0})
        >>> told = cj.simulator.simulate(world, days=200).truth.told
        >>> told.columns, sorted(told["word"].cast(str).unique())
        (['day', 'customer_id', 'other_customer_id', 'word', 'heeded'], ['complaint', 'leaving', 'recommendation'])
        """
        days, speakers, words = self._said()
        told, heeded = (np.zeros((len(days), CIRCLE), dtype=bool) for _ in range(2))
        if self.world.social:
            listen(self.people, tabulated(self.world), speakers, words, days, told, heeded)
        said, seat = np.nonzero(told)
        whose = chosen(self.people, speakers[said])
        return pl.DataFrame(
            {
                "day": days[said],
                "customer_id": np.ascontiguousarray(whose["customer"]),
                "other_customer_id": whose["circle"] + seat,
                "word": named(words[said], WORDS),
                "heeded": heeded[said, seat] & (days[said] + 1 < self.days),
            }
        )

    def _said(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the days of what was said, the places of those who said it, and what it was, in the order of days."""
        kinds, day, who = self.written.events["event"].cast(pl.String), days_of(self.written.events_at), self.people
        place = np.searchsorted(who["customer"], self._who)
        parts = [(day[found], place[found]) for found in ((kinds == word).to_numpy() for word in WORDS[:2])]
        gone = np.flatnonzero((who["gone"] >= 0) & np.isin(who["reason"], _BY_WILL))
        parts.append((who["gone"][gone].astype(np.int64), gone))
        days, speakers = (np.concatenate(both) for both in zip(*parts, strict=True))
        words = np.repeat(np.arange(len(WORDS)), [len(part[0]) for part in parts])
        order = np.lexsort((words, speakers, days))
        return days[order], speakers[order], words[order]


def circle_around(people: NDArray[np.void], customer: int) -> NDArray[np.int64]:
    """Return the ids of a customer's circle, himself among them, rising."""
    mine = people["circle"][np.searchsorted(people["customer"], customer)]
    return np.ascontiguousarray(people["customer"][people["circle"] == mine])
