"""From rows of numbers to the tables of a log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from cjlab._random import halves
from cjlab.simulator._clock import calendar
from cjlab.simulator._column import TIMES, column, frame, named, numbered
from cjlab.simulator._names import event_names, names_of
from cjlab.simulator._records import chosen
from cjlab.simulator.kernel import (
    BYTE,
    REAL,
    SENT_BYTE,
    SENT_REAL,
    SENT_WHOLE,
    SENT_WORD,
    SLICES,
    WHOLE,
    WORD,
    Facts,
    households_of,
    known_of,
    latest,
    tell,
    tell_sent,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_ORDER = (
    *("customer_id", "visitor_id", "at", "event", "channel", "device"),
    *("item", "quantity", "amount", "margin", "discount", "offer", "score"),
    *("order_id", "contract_id", "case_id", "contact_id", "due_at", "session"),
    *("reason", "page", "place", "query", "text", "duration_s", "machine", "other_customer_id", "known_at"),
)
_TIMES = {"at", "due_at", "known_at"}
_SENT_ORDER = (
    *("contact_id", "customer_id", "at", "campaign", "arm", "channel", "sent", "propensity"),
    *("slice", "purpose", "offer", "cost", "template", "scenario", "step"),
)


_DAY = 86_400_000_000  # microseconds


class Happened(NamedTuple):
    """Rows as columns; who was behind each and when, and to what purpose he had come."""

    table: pa.Table
    behind: NDArray[np.int64]
    journeys: NDArray[np.int8]


class Went(NamedTuple):
    """Contacts as columns; who was behind each, and when."""

    table: pa.Table
    behind: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Turns rows into tables.

    Parameters
    ----------
    world : World
        The market in which they were written.
    """

    world: World

    def happened(self, rows: NDArray[np.void], order: NDArray[np.int64]) -> Happened:
        """Return rows, taken in an order, as the columns of events."""
        n = len(rows)
        whole, real, byte, word = _blocks(n, len(WHOLE), len(REAL), len(BYTE), len(WORD))
        behind, known = np.empty(n, np.int64), np.empty(n, np.uint32)
        dates = calendar(self.world, int(latest(rows)) + 1)
        ever, always = tell(rows, order, self._facts, *dates, whole, real, byte, word, behind, known)
        every = zip((*WHOLE, *REAL, *BYTE, *WORD), (*whole, *real, *byte, *word), strict=True)
        made = {
            name: column(values, *_bits(known, place, ever, always), kind=TIMES if name in _TIMES else None)
            for place, (name, values) in enumerate(every)
        }
        return Happened(_table(made, _ORDER), behind, byte[BYTE.index("journey")].view(np.int8))

    def events(self, parts: Sequence[Happened]) -> pl.DataFrame:
        """Return the table of events, of parts that follow each other."""
        table = frame([part.table for part in parts], self._names, ["machine"])
        return table if self._facts["lags"][0] else table.drop("known_at")

    def went(self, sent: NDArray[np.void], order: NDArray[np.int64]) -> Went:
        """Return rows of contacts, taken in an order, as columns; the campaign is the number of its plan."""
        n = len(sent)
        whole, real, byte, word = _blocks(n, len(SENT_WHOLE), len(SENT_REAL), len(SENT_BYTE), len(SENT_WORD))
        behind, known = np.empty(n, np.int64), np.empty(n, np.uint32)
        dates = calendar(self.world, int(sent["day"].max(initial=0)) + 1)
        tell_sent(sent, order, self._actions, *dates, whole, real, byte, word, behind, known)
        names, values = (*SENT_WHOLE, *SENT_REAL, *SENT_BYTE, *SENT_WORD), (*whole, *real, *byte, *word)
        made = dict(zip(names, map(column, values), strict=True))
        made["at"] = column(whole[SENT_WHOLE.index("at")], kind=TIMES)
        made["propensity"] = column(real[0], *_bits(known, 0))
        made["offer"] = column(byte[SENT_BYTE.index("offer")], *_bits(known, 1))
        steps = _bits(known, 2)
        made["step"] = column(whole[SENT_WHOLE.index("step")], *steps)
        made["scenario"] = column(word[SENT_WORD.index("scenario")], *steps)
        return Went(_table(made, _SENT_ORDER), behind)

    def contacts(self, parts: Sequence[Went], campaigns: Sequence[str]) -> pl.DataFrame:
        """Return the table of contacts, of parts that follow each other; several plans may speak for one campaign."""
        table = frame([part.table for part in parts], self._sent_names, ["sent"])
        names = sorted(set(campaigns)) or ["none"]
        numbers = pl.Series([names.index(name) for name in campaigns] or [0], dtype=pl.UInt16)
        called = pl.lit(numbers).gather(pl.col("campaign", "scenario"))
        return table.with_columns(numbered(called, names).name.keep())

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        return names_of(self.world)

    @cached_property
    def _facts(self) -> NDArray[np.void]:
        return facts_of(self.world)

    @cached_property
    def _sent_names(self) -> dict[str, Sequence[str]]:
        actions = list(self.world.actions) or ["none"]
        return {
            "arm": [*actions, "control"],
            "channel": list(self.world.channels),
            "slice": SLICES,
            "purpose": self._purposes,
            "offer": actions,
            "template": actions,
        }

    @cached_property
    def _purposes(self) -> list[str]:
        return sorted({action.purpose for action in self.world.actions.values()} or {"marketing"})

    @cached_property
    def _actions(self) -> NDArray[np.uint8]:
        """A line an action: the code of its purpose, and whether it offers a discount."""
        lines = [
            [self._purposes.index(action.purpose), int(action.discount > 0)] for action in self.world.actions.values()
        ]
        return np.array(lines or [[0, 0]], np.uint8)


def _blocks(n: int, whole: int, real: int, byte: int, word: int) -> tuple[NDArray[np.number], ...]:
    """Return room for columns: memory that costs nothing where it is never written."""
    kinds = ((whole, np.int64), (real, np.float64), (byte, np.uint8), (word, np.uint16))
    return tuple(np.zeros((lines, n), kind) for lines, kind in kinds)


def _table(made: Mapping[str, pa.Array], names: Sequence[str]) -> pa.Table:
    return pa.Table.from_arrays([made[name] for name in names], names=list(names))


def _bits(
    known: NDArray[np.uint32], place: int, ever: int = -1, always: int = 0
) -> tuple[NDArray[np.uint8] | None, int]:
    """Return of which rows one column is known, and of how many; nothing where it is known of all of them."""
    if always >> place & 1:
        return None, len(known)
    bits = np.zeros(len(known) // 8 + 1, np.uint8)
    return bits, int(known_of(known, place, bits)) if ever >> place & 1 else 0


def facts_of(world: World) -> NDArray[np.void]:
    """Return what of a world decides how rows are told, as the kernel reads it."""
    facts = np.zeros(1, Facts)
    facts["seed"], facts["household"] = world.seed, halves(f"simulator/{world.seed}/household")
    seen = world.observation
    facts["cookie_days"], facts["cookies"], facts["shared"] = seen.cookie_days, seen.visitors, seen.shared
    site = [channel.digital and not channel.carries for channel in world.channels.values()]
    facts["site"][0, : len(site)] = site
    for number, name in enumerate(world.channels):
        facts["late"][0, number] = round(seen.late_days.get(name, 0.0) * _DAY)
    facts["lags"] = facts["late"].any()
    return facts


def happened(rows: NDArray[np.void], world: World) -> pl.DataFrame:
    """Return the day's events as a policy is told of them: who, what, at which second."""
    seen = chosen(rows, rows["known"] == 1)
    return pl.DataFrame(
        {
            "customer_id": np.ascontiguousarray(seen["customer"]),
            "event": named(seen["event"], event_names(world)).cast(pl.String),
            "second": np.ascontiguousarray(seen["second"]).astype(np.int64),
        }
    )


def households(customers: NDArray[np.int64], world: World) -> NDArray[np.int64]:
    """Return each customer's household, ``(n,)``: the lower id of the two who share one, or his own."""
    found = np.empty(len(customers), np.int64)
    households_of(facts_of(world), np.ascontiguousarray(customers), found)
    return found


def told(events: pl.DataFrame, world: World) -> pl.DataFrame:
    """Leave out what the brand does not see, and put the rest in the order in which it is told."""
    if world.observation.unseen:
        events = events.filter(~pl.col("event").is_in(list(world.observation.unseen)))
    order = as_told(events)
    return events if order is None else events[order]


def as_told(events: pl.DataFrame) -> pl.Series | None:
    """Return the order in which rows are told, or None where they stand in it.

    What nobody is recognised by comes at the end, by visitor and time, and by time alone where there is no visitor: the
    place of such a row tells nothing.
    """
    if not events["customer_id"].null_count():
        return None
    rows = events.select("customer_id", "visitor_id", "at", "event", "session").with_row_index("row")
    known = pl.col("customer_id").is_not_null()
    ties = ("visitor_id", "at", "event", "session")
    strangers = rows.filter(~known).sort(ties, nulls_last=True, maintain_order=True)
    return pl.concat([rows.filter(known)["row"], strangers["row"]])
