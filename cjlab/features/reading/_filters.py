"""Filters of one table together: which of at most 64 each row passes, a bit each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from cjlab.features.kernel import narrow
from cjlab.features.reading._rows import fixed
from cjlab.features.reading._where import FLAGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.features.reading._rows import Rows
    from cjlab.features.reading._where import Where

BITS: Final = 64


class _Words(NamedTuple):
    """Which filters let each word of a column pass, and which any other word, or none."""

    named: Mapping[str, int]
    others: int

    def lookup(self, known: Sequence[str]) -> NDArray[np.uint64]:
        """Return the filters of each word; the last place is for no word."""
        return np.array([*(self.named.get(word, self.others) for word in known), self.others], np.uint64)


@dataclass(frozen=True)
class Filters:
    """At most 64 filters.

    Parameters
    ----------
    wheres : tuple of Where
        The filters, by their bits.
    """

    wheres: tuple[Where, ...]

    def bits(self, wheres: Sequence[Where]) -> np.uint64:
        """Return the bits of some of them."""
        return np.uint64(sum(1 << self.wheres.index(one) for one in dict.fromkeys(wheres)))

    def masks(self, rows: Rows) -> NDArray[np.uint64]:
        """Return which filters each row passes."""
        masks = np.full(len(rows.at), self._every, np.uint64)
        for column, words in self._words.items():
            codes, known = rows.words(column)
            narrow(fixed(codes), words.lookup(known), masks)
        for column, lookup in self._flags.items():
            narrow(fixed(rows.frame[column].cast(pl.Int32).fill_null(-1).to_numpy()), lookup, masks)
        return fixed(masks)

    @property
    def _every(self) -> int:
        return (1 << len(self.wheres)) - 1

    @cached_property
    def _words(self) -> Mapping[str, _Words]:
        columns = dict.fromkeys(name for where in self.wheres for name in where.words)
        return {name: self._told(name) for name in columns}

    def _told(self, column: str) -> _Words:
        asked = [where.words.get(column) for where in self.wheres]
        others = sum(1 << bit for bit, words in enumerate(asked) if words is None)
        named: dict[str, int] = {}
        for bit, words in enumerate(asked):
            for word in words or ():
                named[word] = named.get(word, others) | 1 << bit
        return _Words(named, others)

    @cached_property
    def _flags(self) -> Mapping[str, NDArray[np.uint64]]:
        asked = {name: [getattr(where, name) for where in self.wheres] for name in FLAGS}
        return {name: _lookup(said) for name, said in asked.items() if any(one is not None for one in said)}


def _lookup(asked: Sequence[bool | None]) -> NDArray[np.uint64]:
    """Return which filters let false pass, which true, and which what does not say: that counts as false."""
    no, yes = (sum(1 << bit for bit, one in enumerate(asked) if one is not other) for other in (True, False))
    return np.array([no, yes, no], np.uint64)
