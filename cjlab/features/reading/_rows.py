"""Rows of one table as arrays, in the order of customers and time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl

from cjlab.errors import TableError
from cjlab.features.kernel import clocked, noticed, parted
from cjlab.features.reading._cell import IDS
from cjlab.features.reading._identifiers import places, rise
from cjlab.features.reading._source import CLOCK
from cjlab.tables import ordered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.features.reading._source import Reading
    from cjlab.tables import Log

_T = TypeVar("_T", bound=np.generic)
_QUARTER, _MICRO = 900, 1_000_000
_STRETCH = 1 << 15  # quarters of an hour, some eleven months, by which offsets of clocks are looked up
_MADE = {"lateness_d": "due_at", "category": "item"}  # what is made of which column, where it is not there
_TEXT = pl.String | pl.Enum | pl.Categorical
NO_TIME, _NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max  # numpy's word for no time is the least number


def fixed(array: NDArray[_T]) -> NDArray[_T]:
    """Return an array that cannot be written: those from Arrow cannot, and kernels are compiled for one kind only."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


_ALL = fixed(np.empty(0, np.uint64))  # filters that are not asked
_NONE = np.empty(0, np.int32)  # no room
_NOBODY = np.uint64(0)
_NOBODY_ASKS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a table that have a customer, sorted by customer, time, and the rest.

    Parameters
    ----------
    frame : polars.DataFrame
        Their columns that are not text.
    texts : mapping
        Those that are: the codes of rows, −1 for none, and the words.
    owners : polars.Series
        Whose they are, rising.
    bounds : ndarray
        Where each owner's begin, and the end.
    at : ndarray
        When each row happened, microseconds since 1970 in UTC.
    timezone : str
        The brand's zone.
    """

    frame: pl.DataFrame
    texts: Mapping[str, tuple[NDArray[np.int32], tuple[str, ...]]]
    owners: pl.Series
    bounds: NDArray[np.int64]
    at: NDArray[np.int64]
    timezone: str

    @classmethod
    def of(
        cls,
        log: Log,
        needed: Sequence[str],
        *,
        name: str,
        only: pl.Series | None = None,
        asking: Mapping[str, str] = _NOBODY_ASKS,
        but: Collection[str] = (),
    ) -> Rows:
        """Read columns of a table, and ``known_at`` if there is one, in their order, of all customers or of some.

        Of a column that is absent is said who is ``asking`` for it. Of a log that is stored the rows of some files may
        be left out.
        """
        wanted = set(asked(log, needed, name=name, asking=asking))
        rows = cls._read(log, wanted, name, only, but, trust=True) or cls._read(
            log, wanted, name, only, but, trust=False
        )
        assert rows is not None  # noqa: S101 - what was put in order is taken as it is
        return rows.told(log, needed, asking.get("category", "a feature"))

    @classmethod
    def _read(
        cls, log: Log, wanted: set[str], name: str, only: pl.Series | None, but: Collection[str], *, trust: bool
    ) -> Rows | None:
        """Return the rows if they are in order."""
        read = ordered(log, name, wanted, trust=trust, only=only, but=but)
        text = read.texts.get("customer_id")
        owners = fixed(text.codes if text else read.frame["customer_id"].to_numpy())
        bounds = np.empty(len(owners) + 1, np.int64)
        if read.frame["at"].null_count():
            raise TableError(f"{name}.at has nulls; a row needs a time: run Log.check, which names the rows")
        at = fixed(instants(read.frame["at"]))
        n = parted(owners, at, bounds)
        if n < 0:
            return None
        begins = owners[bounds[:n]]
        words = [text.words[code] for code in begins] if text else begins
        whose = pl.Series("customer_id", words, pl.String if text else None)
        made = cls(read.frame, read.texts, whose, bounds[: n + 1].copy(), at, log.timezone)
        return made if not read.trusted or rise(made.owners) else None

    def told(self, log: Log, needed: Sequence[str], who: str = "a feature") -> Rows:
        """Return the rows and what their items are, where that is asked for and the rows do not say it."""
        if "category" not in needed or "category" in {*self.texts, *self.frame.columns}:
            return self
        return replace(self, texts={**self.texts, "category": _categories(self, log.items, who)})

    @cached_property
    def known(self) -> NDArray[np.int64]:
        """From when each row was known."""
        if "known_at" not in self.frame.columns:
            return self.at
        known = instants(self.frame["known_at"])
        return fixed(np.where(known == NO_TIME, self.at, known) if self.frame["known_at"].null_count() else known)

    @cached_property
    def days(self) -> NDArray[np.int32]:
        """The local day of each row."""
        return self.days_of(_ALL, _NOBODY)

    def days_of(self, masks: NDArray[np.uint64], asked: np.uint64) -> NDArray[np.int32]:
        """Return the local day of each row that passes any of the filters asked; that of others is not told."""
        days = np.empty(len(self.at), np.int32)
        self._clock(days, _NONE, _NONE, masks, asked)
        return fixed(days)

    def _clock(
        self,
        days: NDArray[np.int32],
        hours: NDArray[np.int32],
        weekdays: NDArray[np.int32],
        masks: NDArray[np.uint64],
        asked: np.uint64 = _NOBODY,
    ) -> None:
        if len(self.at):
            first, offsets = _ahead(int(self.at.min()), int(self.at.max()), self.timezone)
            clocked(self.at, offsets, first, masks, asked, days, hours, weekdays)

    def starts(self, customers: pl.Series) -> NDArray[np.int64]:
        """Return where the rows of each of these customers begin, ``(n + 1,)``; every owner is one of them."""
        counts = np.zeros(len(customers) + 1, np.int64)
        counts[places(customers, self.owners) + 1] = np.diff(self.bounds)
        return fixed(np.cumsum(counts))

    def noticed(self, customers: pl.Series) -> NDArray[np.int64]:
        """Return when something of each customer was first known, microseconds; far from now where nothing was."""
        found = np.full(len(customers), _NEVER)
        noticed(self.starts(customers), self.at, self.known, found)
        return found

    def numbers(self, column: str, reading: Reading | None = None) -> NDArray[np.float64]:
        """Return a column of numbers, or of what words are read as; NaN where unknown."""
        if reading is not None:
            codes, words = self.words(column)
            return np.append(reading(words), np.nan)[codes]
        if column == "lateness_d":
            late = (pl.col("at") - pl.col("due_at")).dt.total_microseconds() / (86_400 * _MICRO)
            return self.frame.select(late).to_series().to_numpy()
        if column in self.texts:
            codes, words = self.texts[column]
            read = pl.Series([*words, None], dtype=pl.String).cast(pl.Float64, strict=False).to_numpy()
            return np.where(np.isfinite(read), read, np.nan)[codes]
        return self.frame[column].cast(pl.Float64).to_numpy()

    def codes(self, column: str, words: Sequence[str] = ()) -> NDArray[np.int32]:
        """Return each row's word as its place among those given, or its hour, weekday or month; −1 for others."""
        if column in CLOCK:
            return self._clocked(column)
        codes, known = self.words(column)
        place_of = {word: place for place, word in enumerate(words)}
        turned = np.array([*(place_of.get(word, -1) for word in known), -1], np.int32)
        return turned[codes]

    def things(self, column: str) -> NDArray[Any]:
        """Return a column as it is told: numbers and flags as floats, NaN where unknown; moments; all else as objects.

        Identifiers are no numbers, and kinds come of the table and not of what its rows happen to hold.
        """
        if column in CLOCK:
            return self._clocked(column).astype(np.int64)
        if column in self.texts:
            codes, words = self.texts[column]
            return np.array([*words, None], object)[codes]
        if column in IDS:
            return np.array(self.frame[column].to_list(), object)
        kind = pl.Int64() if column == "lateness_d" else self.frame.schema[column]
        if kind.is_numeric() or kind == pl.Boolean:
            return self.numbers(column)
        told = self.frame[column]
        return told.to_numpy() if kind.is_temporal() else told.to_numpy().astype(object)

    def identities(self, column: str) -> NDArray[np.int64]:
        """Return for each row a number that tells its word or id apart; −1 for none."""
        if column in CLOCK:
            return self._clocked(column).astype(np.int64)
        if column in self.texts:
            return self.texts[column][0].astype(np.int64)
        return self.frame[column].fill_null(-1).cast(pl.Int64).to_numpy()

    def _clocked(self, column: str) -> NDArray[np.int32]:
        if column == "month":
            months = self.days.astype("datetime64[D]").astype("datetime64[M]")
            return (months.astype(np.int64) % 12).astype(np.int32)
        made = np.empty(len(self.at), np.int32)
        self._clock(_NONE, made if column == "hour" else _NONE, made if column == "weekday" else _NONE, _ALL)
        return made

    def words(self, column: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """Return each row's word as its place among those that occur, −1 for none."""
        return self.texts[column] if column in self.texts else self._integers(column)

    def _integers(self, column: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """Return whole numbers as codes of the words that they are written as."""
        known = self.frame[column].unique().drop_nulls().sort()
        places = known.search_sorted(self.frame[column].fill_null(0)).to_numpy().astype(np.int32)
        return np.where(self.frame[column].is_null().to_numpy(), np.int32(-1), places), tuple(map(str, known))


def asked(log: Log, needed: Sequence[str], *, name: str, asking: Mapping[str, str] = _NOBODY_ASKS) -> dict[str, str]:
    """Return the columns of a table that are read when some are needed, and what each is: its type, or "text"."""
    if name not in log.tables:
        first = next(iter(asking.values()), "a feature")
        raise TableError(f"the log has no {name}, which {first} asks for; give Log.of({name}=…)")
    schema = log.tables[name].collect_schema()
    require_zones(schema, name)
    made = {column for column in _MADE if column in needed and column not in schema}
    wanted = {"customer_id", "at", *needed, *(_MADE[column] for column in made)} - made
    if absent := sorted(wanted - set(schema)):
        wanting = {_MADE.get(column, column): who for column, who in asking.items()} | dict(asking)
        who = wanting.get(absent[0], "every feature")
        raise TableError(f"{name} have no column {absent[0]!r}, which {who} asks for; they have {schema.names()}")
    kinds = {column: kind for column, kind in schema.items() if column in {"known_at", *wanted}}
    return {name: "text" if isinstance(kind, _TEXT) else str(kind) for name, kind in kinds.items()}


def require_zones(schema: pl.Schema, table: str) -> None:
    """Refuse moments of a table of which nobody knows where clocks stood."""
    for column in ("at", "known_at", "due_at"):
        if isinstance(schema.get(column), pl.Datetime) and schema[column].time_zone is None:  # type: ignore[attr-defined] # it is one
            raise TableError(f"{table}.{column} has no time zone; say where clocks stood: Log.of(…, assume='UTC')")


def _categories(rows: Rows, items: pl.LazyFrame, who: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Say of each row what its item is, as a code; −1 where nobody knows."""
    if "category" not in items.collect_schema().names():
        raise TableError(f"items have no column 'category', which {who} asks for; give Log.of(items=…) with one")
    codes, words = rows.words("item")
    known = items.select(pl.col("item").cast(pl.String), pl.col("category").cast(pl.String)).drop_nulls()
    of = dict(known.sort("item", "category", descending=True).collect().iter_rows())
    kinds: dict[str, int] = {}
    turned = [kinds.setdefault(of[word], len(kinds)) if word in of else -1 for word in words]
    return np.array([*turned, -1], np.int32)[codes], tuple(kinds)


def instants(times: pl.Series) -> NDArray[np.int64]:
    """Return times as microseconds since 1970 in UTC; the least number of all where there is none."""
    known = times if isinstance(times.dtype, pl.Datetime) else times.cast(pl.Datetime("us"))
    return known.to_numpy().astype("datetime64[us]", copy=False).view(np.int64)


def _ahead(least: int, most: int, timezone: str) -> tuple[int, NDArray[np.int64]]:
    """Return by how many seconds local clocks are ahead of UTC, for each quarter of an hour, and the first of these."""
    begin, end = (one // _MICRO // _QUARTER // _STRETCH for one in (least, most))
    return begin * _STRETCH, np.concatenate([_offsets(place, timezone) for place in range(begin, end + 1)])


@lru_cache(maxsize=64)
def _offsets(stretch: int, timezone: str) -> NDArray[np.int64]:
    quarters = np.arange(stretch * _STRETCH, (stretch + 1) * _STRETCH, dtype=np.int64)
    moments = pl.Series(quarters * _QUARTER * _MICRO).cast(pl.Datetime("us", "UTC"))
    local = moments.dt.convert_time_zone(timezone).dt.replace_time_zone(None).to_physical().to_numpy()
    made: NDArray[np.int64] = (local - moments.to_physical().to_numpy()) // _MICRO
    return made
