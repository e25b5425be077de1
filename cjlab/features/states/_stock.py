"""A stock: rows of one table of a shard, kept so that those of some customers are had without reading the others'."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pyarrow as pa

from cjlab.features.kernel import met, rising
from cjlab.features.reading._identifiers import chosen
from cjlab.features.reading._rows import Rows, fixed, instants

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from cjlab.tables import Sheaf

_KINDS: Final = b"kinds"
_FEW: Final = 256  # words, which are all told
_SHARE: Final = 8  # of the base is what the tail may be, before both are laid as one


@dataclass(frozen=True, eq=False)
class Stock:
    """Rows that features are made of, in the order of customers and time: a base, and a tail of what came since.

    The base is never written again; the tail is, with every state. When it has become large, both become a new base.

    Parameters
    ----------
    base, tail : pyarrow.Table
        The rows; words as codes.
    counts : ndarray
        How many rows of each customer are in the base, and in the tail, and how many of the base count no more, since
        they are in the tail now, ``(customers, 3)``.
    kinds : mapping
        What each column of the log was when they were read.
    lies : pathlib.Path or None
        Where the base lies already.
    """

    base: pa.Table
    tail: pa.Table
    counts: NDArray[np.int64]
    kinds: Mapping[str, str]
    lies: Path | None = None

    @classmethod
    def of(cls, rows: Rows, kept: NDArray[np.bool_], *, customers: pl.Series, kinds: Mapping[str, str]) -> Stock:
        """Return a stock of some rows, all of which are its base."""
        starts = rows.starts(customers)
        counts = np.diff(np.concatenate([[0], np.cumsum(kept)])[starts])
        base = _table(rows, kept, kinds)
        return cls(base, base.slice(0, 0), _in_base(counts), kinds)

    @classmethod
    def mapped(cls, sheaf: Sheaf, number: int, table: str, counts: NDArray[np.int64]) -> Stock:
        """Return the stock of a shard and table that was laid; of its rows nothing is read yet."""
        base = sheaf.mapped(number, f"{table}.base")
        tail = sheaf.mapped(number, f"{table}.tail") if counts[:, 1].any() else base.slice(0, 0)
        kinds = json.loads(base.schema.metadata[_KINDS])
        return cls(base, tail, counts, kinds, sheaf.place(number, f"{table}.base"))

    def laid(self, table: str) -> dict[str, pa.Table | Path]:
        """Return what is to be laid: a base that lies already needs only another name, and an empty tail none."""
        tail = {f"{table}.tail": self.tail} if self.tail.num_rows else {}
        return {f"{table}.base": self.base if self.lies is None else self.lies, **tail}

    def among(self, n: int, places: NDArray[np.int64]) -> Stock:
        """Return the same rows, of customers that stand at these places among ``n``."""
        counts = np.zeros((n, 3), np.int64)
        counts[places] = self.counts
        return replace(self, counts=counts)

    def tied(self, more: Stock) -> NDArray[np.bool_]:
        """Tell of which customers rows and those of the base of another stock have a moment in common.

        Which comes first only columns can say that are not kept.
        """
        found, times = np.zeros(len(self.counts), np.bool_), _at(more.base)
        starts = np.concatenate([[0], np.cumsum(more.counts[:, 0])])
        for part, table in enumerate((self.base, self.tail)):
            if table.num_rows:
                begins = self._begins(part)
                met(begins, begins + self.counts[:, part], _at(table), starts, times, found)
        return found

    def without(self, some: NDArray[np.bool_]) -> Stock:
        """Return the stock without the rows of some customers, who may be brought anew."""
        if not some.any():
            return self
        counts = self.counts.copy()
        counts[some] = np.stack([np.zeros_like(counts[some, 0])] * 2 + [counts[some][:, [0, 2]].sum(axis=1)], axis=1)
        tail = self.tail.take(_spans(self._begins(1), self.counts[:, 1], np.flatnonzero(~some)))
        return replace(self, tail=tail.combine_chunks(), counts=counts)

    def only(self, some: NDArray[np.bool_]) -> Stock:
        """Return the base alone, of some customers."""
        base = self.base.take(_spans(self._begins(0), self.counts[:, 0], np.flatnonzero(some))).combine_chunks()
        return Stock(base, base.slice(0, 0), _in_base(np.where(some, self.counts[:, 0], 0)), self.kinds)

    def added(self, more: Stock) -> Stock:
        """Return the stock with the base of another one, with which it has no moment in common, in its tail."""
        if not more.base.num_rows:
            return self
        none = np.zeros(len(self.counts), np.int64)
        counts = np.stack([self.counts[:, 1], more.counts[:, 0], none], axis=1)
        tail = Stock(self.tail, more.base, counts, self.kinds).taken(np.arange(len(counts)))
        both = np.stack([self.counts[:, 0], counts.sum(axis=1), self.counts[:, 2]], axis=1)
        grown = replace(self, tail=tail, counts=both)
        return grown if grown.tail.num_rows * _SHARE <= grown.base.num_rows else grown.folded()

    def folded(self) -> Stock:
        """Return the stock with all its rows in its base."""
        base = self.taken(np.arange(len(self.counts))).replace_schema_metadata(self.base.schema.metadata)
        return Stock(base, base.slice(0, 0), _in_base(self.counts[:, :2].sum(axis=1)), self.kinds)

    def taken(self, who: NDArray[np.int64]) -> pa.Table:
        """Return the rows of customers at some places, rising."""
        if self.base.num_rows == self.counts[who, 0].sum() and not self.tail.num_rows:
            return self.base
        base, tail = (_spans(self._begins(part), self.counts[:, part], who) for part in (0, 1))
        if not len(tail):
            return self.base.take(base)
        owners = np.repeat(np.tile(np.arange(len(who)), 2), self.counts[who, :2].T.ravel())
        both = pa.concat_tables([self.base.take(base), self.tail.take(tail)]).unify_dictionaries().combine_chunks()
        return both.take(_order(owners, _at(both))).combine_chunks()

    def _begins(self, part: int) -> NDArray[np.int64]:
        """Return where the rows of each customer begin in the base, or in the tail."""
        lengths = self.counts[:, 1] if part else self.counts[:, 0] + self.counts[:, 2]
        begins: NDArray[np.int64] = np.cumsum(lengths) - lengths
        return begins

    def rows(self, who: NDArray[np.int64], *, customers: pl.Series, timezone: str) -> Rows:
        """Return the rows of customers at some places, rising."""
        table = self.taken(who)
        counts = self.counts[who, :2].sum(axis=1)
        owners = np.flatnonzero(counts)
        bounds = np.concatenate([[0], np.cumsum(counts[owners])])
        words = [name for name in table.column_names if pa.types.is_dictionary(table.schema.field(name).type)]
        frame = pl.DataFrame(table.drop_columns(words))
        texts = {name: _coded(table[name].combine_chunks()) for name in words}
        return Rows(frame, texts, chosen(customers, who[owners]), bounds, fixed(instants(frame["at"])), timezone)


def _table(rows: Rows, kept: NDArray[np.bool_], kinds: Mapping[str, str]) -> pa.Table:
    """Return rows as a table, without whose they are."""
    every = bool(kept.all())
    columns = [name for name in rows.frame.columns if name in kinds and name != "customer_id"]
    frame = rows.frame.select(columns)
    made = (frame if every else frame.filter(pl.Series(kept))).rechunk().to_arrow()
    for name in sorted(rows.texts.keys() & kinds.keys() - {"customer_id"}):
        codes, words = rows.texts[name]
        mine = codes if every else codes[kept]
        places = pa.array(mine, mask=mine < 0)
        made = made.append_column(name, pa.DictionaryArray.from_arrays(places, pa.array(words, pa.large_string())))
    return made.combine_chunks().replace_schema_metadata({_KINDS: json.dumps(dict(kinds)).encode()})


def _coded(words: pa.DictionaryArray) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return words as codes, −1 for none; where there are many words, only those that occur."""
    known = words.indices if not words.null_count else words.indices.fill_null(-1)
    codes = known.to_numpy(zero_copy_only=False)
    if len(words.dictionary) <= _FEW:
        return codes, tuple(words.dictionary.to_pylist())
    there = np.zeros(len(words.dictionary) + 1, np.bool_)
    there[codes] = True
    there[-1] = False
    turned = np.where(there, np.cumsum(there, dtype=np.int32) - np.int32(1), np.int32(-1))
    said = words.dictionary.take(pa.array(np.flatnonzero(there))).to_pylist()
    return turned[codes], tuple(said)


def _in_base(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return so many rows of each customer as those of a base."""
    none = np.zeros_like(counts)
    return np.stack([counts, none, none], axis=1)


def _spans(begins: NDArray[np.int64], counts: NDArray[np.int64], who: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of the rows of some customers, of whom each has so many from where they begin."""
    mine = counts[who]
    ends = np.cumsum(mine)
    return np.arange(ends[-1] if len(who) else 0) + np.repeat(begins[who] - ends + mine, mine)


def _order(owners: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the order of rows by owner and time, which most of them have within each owner."""
    order = np.argsort(owners, kind="stable")
    return order if rising(owners, at, order) else np.lexsort((at, owners))


def _at(table: pa.Table) -> NDArray[np.int64]:
    return fixed(table["at"].combine_chunks().cast(pa.int64()).to_numpy(zero_copy_only=False))
