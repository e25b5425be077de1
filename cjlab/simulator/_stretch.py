"""What was written over a stretch of days, as tables; stretches that follow each other make one."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.simulator._ledger import Ledger
from cjlab.simulator._written import NOTHING
from cjlab.simulator.kernel import arranged, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cjlab.simulator._written import Written
    from cjlab.simulator.world import World

_DAY = 86_400
_PERSON = 2**31  # seconds of a run lie below it, a person's number above


class Stretch(NamedTuple):
    """Events and contacts in the order of people and time; who was behind each row, when, and to what purpose."""

    events: pl.DataFrame
    contacts: pl.DataFrame
    events_at: NDArray[np.int64]
    contacts_at: NDArray[np.int64]
    journeys: NDArray[np.int8]

    @classmethod
    def of(cls, parts: Iterable[Written], world: World, campaigns: Sequence[str]) -> Stretch:
        """Put together what was written by people who rise from part to part; each part is read before the next."""
        ledger, happened, went = Ledger(world), [], []
        for part in chain(parts, [NOTHING]):
            happened.append(ledger.happened(part.rows, _order(part.rows, part.people)))
            went.append(ledger.went(part.sent, _order(part.sent, part.people)))
        at, sent_at = (np.concatenate([one.behind for one in several]) for several in (happened, went))
        journeys = np.concatenate([one.journeys for one in happened])
        return cls(ledger.events(happened), ledger.contacts(went, campaigns), at, sent_at, journeys)

    def before(self, day: int) -> Stretch:
        """Keep what was written before a day began."""
        return self._kept(*(at % _PERSON < day * _DAY for at in (self.events_at, self.contacts_at)))

    def since(self, day: int) -> Stretch:
        """Keep what was written from a day on."""
        return self._kept(*(at % _PERSON >= day * _DAY for at in (self.events_at, self.contacts_at)))

    def _kept(self, happened: NDArray[np.bool_], sent: NDArray[np.bool_]) -> Stretch:
        return Stretch(
            self.events.filter(pl.Series(happened)),
            self.contacts.filter(pl.Series(sent)),
            self.events_at[happened],
            self.contacts_at[sent],
            self.journeys[happened],
        )

    def then(self, other: Stretch) -> Stretch:
        """Put another stretch, of later days, behind this one."""
        events_at, order = _merged(self.events_at, other.events_at)
        contacts_at, turn = _merged(self.contacts_at, other.contacts_at)
        journeys = np.concatenate([self.journeys, other.journeys])[order]
        happened = pl.concat([self.events, other.events])[order]
        return Stretch(happened, _together([self.contacts, other.contacts])[turn], events_at, contacts_at, journeys)


def _together(contacts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return contacts behind each other; their campaigns are those of all of them, by name."""
    names = {name for frame in contacts if frame.height for name in _campaigns(frame)}
    kind = pl.Enum(sorted(names) or ["none"])
    return pl.concat([frame.with_columns(pl.col("campaign", "scenario").cast(kind)) for frame in contacts])


def _campaigns(contacts: pl.DataFrame) -> list[str]:
    kind = contacts.schema["campaign"]
    return kind.categories.to_list() if isinstance(kind, pl.Enum) else []


def people_of(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return who is behind rows."""
    return at // _PERSON


def days_of(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return on which day rows were written."""
    return at % _PERSON // _DAY


def _order(rows: NDArray[np.void], people: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of rows in the order of people, who rise, and time."""
    if in_order(rows):
        return np.arange(len(rows))
    order = np.empty(len(rows), np.int64)
    arranged(rows, people, order)
    return order


def _merged(one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return when and by whom rows of both were written, in order, and that order."""
    at = np.concatenate([one, other])
    order = np.argsort(at, kind="stable")
    return at[order], order
