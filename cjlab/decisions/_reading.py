"""Reading a log: how the customers of a shard stood with the rules at a moment, and what was in stock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from cjlab._checks import columns
from cjlab.decisions._standing import GOOD, REFUSED, UNKNOWN, Standing, pairs
from cjlab.errors import TableError
from cjlab.tables import known, later, left

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.decisions._cap import Cap
    from cjlab.decisions._rules import Rules
    from cjlab.tables import Log

_ID: Final = "customer_id"
_NEEDS = {
    "consents": ("consent is asked for every action", (_ID, "at", "channel", "purpose", "granted")),
    "profiles": ("fields must be fresh, or caps have segments", (_ID, "field", "at", "value")),
    "item_states": ("actions are about items", ("item", "at", "stock")),
}


class Told(NamedTuple):
    """What profiles tell: ``(n, fields)`` unknown, too old or good; ``(n, caps)``, true for whom each cap holds."""

    ages: NDArray[np.int8]
    members: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Reading:
    """Rules, and the moment at which a log is read; nothing at or after it, or known later, is read."""

    rules: Rules
    as_of: dt.datetime

    def standing(self, shard: Log) -> Standing:
        """Return how the customers of a shard stand, who had joined before the moment."""
        people = shard.customers.filter(pl.col("joined") < self.as_of).select(_ID).unique()
        parts = [part for part in (self._consents(shard), *self._histories(shard)) if part is not None]
        joined = reduce(lambda all_, one: all_.join(one, on=_ID, how="left"), parts, people)
        return self._arranged(joined.sort(_ID).collect(engine="streaming"), shard.timezone)

    def told(self, log: Log, customers: NDArray[Any]) -> Told:
        """Return what profiles tell of some customers."""
        found = _joined(customers, self._profiles(log))
        members = [_member(found, place, cap) for place, cap in enumerate(self.rules.caps)]
        return Told(self._ages(found, log.timezone), _columns(members, len(customers), np.bool_))

    def reached(self, contacts: pl.LazyFrame, customers: NDArray[Any], timezone: str) -> NDArray[np.bool_]:
        """Return for which caps, members or not, some customers have had as many contacts, ``(n, caps)``."""
        found = _joined(customers, self._counted(contacts, timezone))
        full = [_reached(found, place, cap) for place, cap in enumerate(self.rules.caps)]
        return _columns(full, len(customers), np.bool_)

    def stock(self, log: Log) -> dict[str, int]:
        """Return whether what each action is about is in stock, by its name: unknown, sold out or there."""
        items = {one.name: str(one.item) for one in self.rules.actions if one.item is not None}
        levels = self._levels(log) if items else {}
        return {
            one.name: _state(levels.get(items[one.name])) if one.name in items else GOOD for one in self.rules.actions
        }

    def _levels(self, log: Log) -> dict[str, float | None]:
        """Return what is left of each item, over all places."""
        lowest = left(_table(log, "item_states"), self.as_of)
        told = pl.col("stock").sum().alias("left"), pl.col("stock").is_not_null().any().alias("told")
        found = lowest.group_by(pl.col("item").cast(pl.String)).agg(*told).collect()
        return {item: many if told else None for item, many, told in found.iter_rows()}

    def _past(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return frame.filter(pl.col(_ID).is_not_null(), known(frame) < self.as_of)

    def _consents(self, shard: Log) -> pl.LazyFrame:
        """Return the last word of each on each channel and purpose: its time twice over, and 1 more for a refusal."""
        said = self._past(_table(shard, "consents"))
        ends = pl.col("until") if "until" in said.collect_schema() else pl.lit(None, pl.Datetime("us", "UTC"))
        lasts = pl.col("granted") & (ends.is_null() | (ends > self.as_of))
        word = pl.col("at").to_physical() * 2 + (~lasts).fill_null(value=True).cast(pl.Int64)
        each = [
            word.filter(pl.col("channel") == channel, pl.col("purpose") == purpose).max().alias(f"word {n}")
            for n, (channel, purpose) in enumerate(pairs(self.rules))
        ]
        return said.group_by(_ID).agg(*each)

    def _histories(self, shard: Log) -> tuple[pl.LazyFrame | None, ...]:
        return self._counted(shard.contacts, shard.timezone), self._events(shard), self._profiles(shard)

    def _begins(self, windows: Sequence[str], timezone: str) -> list[dt.datetime]:
        return [later(self.as_of, window, timezone, name="window", back=True) for window in windows]

    def _counted(self, contacts: pl.LazyFrame, timezone: str) -> pl.LazyFrame | None:
        """Count what was sent in the window of each cap."""
        begins = self._begins([cap.window for cap in self.rules.caps], timezone)
        if not begins:
            return None
        sent = self._past(contacts).filter("sent", pl.col("at") > min(begins))
        purpose = pl.col("purpose") if "purpose" in sent.collect_schema() else pl.lit(None, pl.String)
        counted = [
            _counts(cap, purpose.fill_null("marketing"), begin).sum().alias(f"sent {n}")
            for n, (cap, begin) in enumerate(zip(self.rules.caps, begins, strict=True))
        ]
        return sent.group_by(_ID).agg(*counted)

    def _events(self, shard: Log) -> pl.LazyFrame | None:
        """Tell in whose window of a cooling-off its event lies."""
        begins = self._begins([cooling.window for cooling in self.rules.coolings], shard.timezone)
        if not begins:
            return None
        names = [cooling.event for cooling in self.rules.coolings]
        met = self._past(shard.events).filter(pl.col("event").is_in(names), pl.col("at") > min(begins))
        near = [
            ((pl.col("event") == name) & (pl.col("at") > begin)).any().alias(f"near {n}")
            for n, (name, begin) in enumerate(zip(names, begins, strict=True))
        ]
        return met.group_by(_ID).agg(*near)

    def _profiles(self, shard: Log) -> pl.LazyFrame | None:
        """Return when each field was last told, and whether what was told last is the value of a segment."""
        fields = [one.field for one in self.rules.fresh]
        segments = {n: cap.segment for n, cap in enumerate(self.rules.caps) if cap.segment is not None}
        if not fields and not segments:
            return None
        asked = {*fields, *(field for field, _ in segments.values())}
        told = self._past(_table(shard, "profiles")).filter(pl.col("field").is_in(asked), pl.col("value").is_not_null())
        of, at, value = pl.col("field"), pl.col("at"), pl.col("value")
        last = [at.filter(of == field).max().alias(f"told {n}") for n, field in enumerate(fields)]
        members = [
            (at.filter(of == field, value == named).max() == at.filter(of == field).max()).alias(f"member {n}")
            for n, (field, named) in segments.items()
        ]
        return told.group_by(_ID).agg(*last, *members)

    def _arranged(self, found: pl.DataFrame, timezone: str) -> Standing:
        """Return what was found as arrays."""
        rules, n = self.rules, found.height
        customers = found[_ID].to_numpy()
        words = [found[f"word {p}"] for p in range(len(pairs(rules)))]
        consent = [_where(word.is_null(), UNKNOWN, _where(word % 2 == 0, GOOD, REFUSED)) for word in words]
        since = [(word // 2).fill_null(0).to_numpy() for word in words]
        now = rules.holding(self.as_of, timezone)
        return Standing(
            customers=customers,
            held=np.zeros(n, np.bool_) if now is None else now.holds(customers),
            consent=_columns(consent, n, np.int8),
            since=_columns(since, n, np.int64),
            capped=_columns(
                [_reached(found, k, cap) & _member(found, k, cap) for k, cap in enumerate(rules.caps)], n, np.bool_
            ),
            cooling=_columns([_true(found[f"near {k}"]) for k in range(len(rules.coolings))], n, np.bool_),
            told=self._ages(found, timezone),
        )

    def _ages(self, found: pl.DataFrame, timezone: str) -> NDArray[np.int8]:
        """Return whether each field is unknown, too old or good."""
        begins = self._begins([one.window for one in self.rules.fresh], timezone)
        told = [(found[f"told {place}"], begin) for place, begin in enumerate(begins)]
        ages = [_where(at.is_null(), UNKNOWN, _where(at > begin, GOOD, REFUSED)) for at, begin in told]
        return _columns(ages, found.height, np.int8)


def _table(log: Log, name: str) -> pl.LazyFrame:
    """Return a companion that the rules need."""
    why, needed = _NEEDS[name]
    frame: pl.LazyFrame | None = getattr(log, name)
    if frame is None:
        raise TableError(f"the log has no {name}, and {why}; give Log.of({name}=…)")
    return columns(frame, needed, table=name)


def _counts(cap: Cap, purpose: pl.Expr, begin: dt.datetime) -> pl.Expr:
    """Tell which contacts a cap counts."""
    counted = pl.col("at") > begin
    if cap.channel is not None:
        counted &= pl.col("channel") == cap.channel
    return counted if cap.purpose is None else counted & (purpose == cap.purpose)


def _joined(customers: NDArray[Any], found: pl.LazyFrame | None) -> pl.DataFrame:
    people = pl.LazyFrame({_ID: customers})
    return (people if found is None else people.join(found, on=_ID, how="left", maintain_order="left")).collect()


def _reached(found: pl.DataFrame, place: int, cap: Cap) -> NDArray[np.bool_]:
    return (found[f"sent {place}"].fill_null(0) >= cap.most).to_numpy()


def _member(found: pl.DataFrame, place: int, cap: Cap) -> NDArray[np.bool_]:
    return np.ones(found.height, np.bool_) if cap.segment is None else _true(found[f"member {place}"])


def _true(flags: pl.Series) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return flags.fill_null(value=False).to_numpy()


def _where(condition: pl.Series, yes: int, no: Any) -> Any:  # noqa: ANN401 - arrays of numpy
    return np.where(condition.fill_null(value=False).to_numpy(), yes, no)


def _columns(columns: list[Any], n: int, kind: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401 - a type of numpy
    return np.column_stack(columns).astype(kind) if columns else np.zeros((n, 0), kind)


def _state(left: float | None) -> int:
    return UNKNOWN if left is None else (GOOD if left > 0 else REFUSED)
