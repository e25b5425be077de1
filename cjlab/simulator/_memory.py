"""What was sent to people lately, contact by contact: kept only for a policy that asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import whole
from cjlab.errors import SpecError
from cjlab.simulator._clock import midnights
from cjlab.simulator._column import TIME
from cjlab.simulator._ledger import Ledger
from cjlab.simulator.kernel import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from cjlab.simulator._written import Written
    from cjlab.simulator.world import World

_COLUMNS = ("customer_id", "at", "channel", "purpose", "template")


@dataclass(eq=False)
class Memory:
    """Contacts that were sent, for so many days as somebody asks for.

    What it holds when it begins is read from what was written before; so whoever goes on with a run from any day
    remembers what those who lived it remembered.

    Parameters
    ----------
    world : World
        The market.
    days : int
        Over how many days, the one that is lived included; 0 for none.
    parts : list of polars.LazyFrame
        What was sent, in the order in which it was written.
    """

    world: World
    days: int
    parts: list[pl.LazyFrame] = field(default_factory=list)

    @classmethod
    def before(cls, world: World, day: int, contacts: pl.DataFrame) -> Memory:
        """Remember all contacts that were sent before a day."""
        return cls(world, DAYS, [_sent(contacts.lazy()).filter(pl.col("at") < _midnight(world, day))])

    def of(self, people: NDArray[np.int64], days: int) -> Memory:
        """Return what is remembered of some people, who rise, over fewer days."""
        theirs = pl.col("customer_id").is_between(people.min(initial=2**62), people.max(initial=0))
        return Memory(self.world, days, [part.filter(theirs) for part in self.parts if days])

    def keeping(self, parts: Iterable[Written], campaigns: list[str]) -> Iterable[Written]:
        """Hand parts on, and remember what was sent in them."""
        return self._keeping(parts, campaigns) if self.days else parts

    def _keeping(self, parts: Iterable[Written], campaigns: list[str]) -> Iterator[Written]:
        ledger = Ledger(self.world)
        for part in parts:
            if len(part.sent):
                went = ledger.went(part.sent, np.arange(len(part.sent)))
                self.parts.append(_sent(ledger.contacts([went], campaigns).lazy()).collect().lazy())
            yield part

    def on(self, day: int) -> Memory:
        """Return what is remembered on a day, which stays as it is, and let go of what lies further back."""
        if self.parts:
            lately = pl.concat(self.parts).filter(pl.col("at") >= _midnight(self.world, day - self.days + 1))
            self.parts = [lately.collect().lazy()]
        return Memory(self.world, self.days, [*self.parts])

    def sent(self, day: int, days: int) -> pl.LazyFrame:
        """Return what was sent over some days, the last of them included."""
        asked = min(whole(days, name="days", least=1), DAYS)  # no run is longer
        if asked > self.days:
            raise SpecError(
                f"day {day}: contacts of the last {asked} days are asked for, and the view remembers {self.days};"
                f" give the policy an attribute remembers = {asked}"
            )
        if not self.parts:
            return pl.LazyFrame(schema=dict(zip(_COLUMNS, (pl.Int64, TIME, *[pl.String] * 3), strict=True)))
        return pl.concat(self.parts).filter(pl.col("at") >= _midnight(self.world, day - asked + 1))


def remembered(policy: object) -> int:
    """Return over how many days a policy asks for contacts one by one."""
    asked = whole(getattr(policy, "remembers", 0), name=f"policy {type(policy).__name__}: remembers", least=0)
    return min(asked, DAYS)


def _sent(contacts: pl.LazyFrame) -> pl.LazyFrame:
    return contacts.filter("sent").select(_COLUMNS)


def _midnight(world: World, day: int) -> Any:  # noqa: ANN401 - an expression
    return pl.lit(int(midnights(world, np.array([day]))[0])).cast(TIME)
