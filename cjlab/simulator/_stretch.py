"""What was written over a stretch of days, as tables; stretches that follow each other make one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.simulator._ledger import contacts, events
from cjlab.simulator.kernel import Row, Sent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cjlab.simulator._engine import Written
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
        """Put together what was written."""
        kept = list(parts)
        rows, events_at = _ordered(np.concatenate([np.empty(0, Row), *(part.rows for part in kept)]))
        sent, contacts_at = _ordered(np.concatenate([np.empty(0, Sent), *(part.sent for part in kept)]))
        names = list(dict.fromkeys(campaigns))  # several plans may speak for one campaign
        if names and len(sent):
            sent["plan"] = np.array([names.index(name) for name in campaigns])[sent["plan"]]
        journeys = np.ascontiguousarray(rows["journey"])
        return cls(events(rows, world), contacts(sent, world, names), events_at, contacts_at, journeys)

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
        both = pl.Enum(list(dict.fromkeys([*_campaigns(self.contacts), *_campaigns(other.contacts)])))
        sent = [
            frame.with_columns(pl.col("campaign", "scenario").cast(both)) for frame in (self.contacts, other.contacts)
        ]
        events_at, order = _merged(self.events_at, other.events_at)
        contacts_at, turn = _merged(self.contacts_at, other.contacts_at)
        journeys = np.concatenate([self.journeys, other.journeys])[order]
        happened = pl.concat([self.events, other.events])[order]
        return Stretch(happened, pl.concat(sent)[turn], events_at, contacts_at, journeys)


def _campaigns(contacts: pl.DataFrame) -> list[str]:
    kind = contacts.schema["campaign"]
    return kind.categories.to_list() if isinstance(kind, pl.Enum) else []


def people_of(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return who is behind rows."""
    return at // _PERSON


def days_of(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return on which day rows were written."""
    return at % _PERSON // _DAY


def _ordered(rows: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    at = rows["customer"] * _PERSON + rows["day"] * _DAY + rows["second"]
    if (np.diff(at) >= 0).all():
        return rows, at
    order = np.argsort(at, kind="stable")
    return rows[order], at[order]


def _merged(one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return when and by whom rows of both were written, in order, and that order."""
    at = np.concatenate([one, other])
    order = np.argsort(at, kind="stable")
    return at[order], order
