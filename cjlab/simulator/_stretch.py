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
    """Events and contacts in the order of people and time, and for each row who was behind it and when."""

    events: pl.DataFrame
    contacts: pl.DataFrame
    events_at: NDArray[np.int64]
    contacts_at: NDArray[np.int64]

    @classmethod
    def of(cls, parts: Iterable[Written], world: World, days: int, campaigns: Sequence[str]) -> Stretch:
        """Put together what was written."""
        kept = list(parts)
        rows, events_at = _ordered(np.concatenate([np.empty(0, Row), *(part.rows for part in kept)]))
        sent, contacts_at = _ordered(np.concatenate([np.empty(0, Sent), *(part.sent for part in kept)]))
        names = list(dict.fromkeys(campaigns))  # several plans may speak for one campaign
        if names and len(sent):
            sent["plan"] = np.array([names.index(name) for name in campaigns])[sent["plan"]]
        return cls(events(rows, world, days), contacts(sent, world, days, names), events_at, contacts_at)

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
        )

    def then(self, other: Stretch) -> Stretch:
        """Put another stretch, of later days, behind this one."""
        both = pl.Enum(list(dict.fromkeys([*_campaigns(self.contacts), *_campaigns(other.contacts)])))
        sent = [frame.with_columns(pl.col("campaign").cast(both)) for frame in (self.contacts, other.contacts)]
        happened, events_at = _merged((self.events, other.events), (self.events_at, other.events_at))
        written, contacts_at = _merged((sent[0], sent[1]), (self.contacts_at, other.contacts_at))
        return Stretch(happened, written, events_at, contacts_at)


def _campaigns(contacts: pl.DataFrame) -> list[str]:
    kind = contacts.schema["campaign"]
    return kind.categories.to_list() if isinstance(kind, pl.Enum) else []


def people_of(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return who is behind rows."""
    return at // _PERSON


def _ordered(rows: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    at = rows["customer"] * _PERSON + rows["day"] * _DAY + rows["second"]
    if (np.diff(at) >= 0).all():
        return rows, at
    order = np.argsort(at, kind="stable")
    return rows[order], at[order]


def _merged(
    frames: tuple[pl.DataFrame, pl.DataFrame], ats: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    at = np.concatenate(ats)
    order = np.argsort(at, kind="stable")
    return pl.concat(frames)[order], at[order]
