"""A batch of rows becomes a tally, block by block, in memory that the processor keeps close."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.errors import TableError
from cjlab.statistics._tally import Tally
from cjlab.statistics._twofold import Twofold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.statistics._samples import Floats

_ROWS = 32_768  # fewer cost more calls, more leave the cache
_FEW = 16  # groups that are faster centred one by one
_LARGEST = 1e150  # the square of a larger number is none


class Blocks:
    """Reduces batches of the same columns, in buffers that are used again.

    Within a block of rows each group's values are centred on their own mean before they are squared, so that a large
    offset costs no digits.
    """

    def __init__(self, columns: Sequence[str], pairs: Sequence[tuple[str, str]]) -> None:
        self._columns = list(columns)
        self._pairs = [(self._columns.index(y), self._columns.index(x)) for y, x in pairs]
        self._series = len(columns) + 2 * len(pairs)
        self._buffers = np.empty((3, self._series, 0))

    def tally(self, codes: NDArray[np.unsignedinteger], groups: int, values: Mapping[str, Floats]) -> Tally:
        """Reduce a batch to one tally a block, from the number of each row's group, their count, and the columns."""
        rows = max(_ROWS, 16 * groups)
        starts = range(0, len(codes), rows)
        widths = (*(self._series,) * 5, len(self._pairs))
        parts = _Parts(*(np.zeros((len(starts), groups, width)) for width in widths))
        count = np.zeros((len(starts), groups))
        for block, start in enumerate(starts):
            order = _Order.of(codes[start : start + rows], groups)
            count[block] = order.rows
            known = self._sorted([values[name][start : start + rows] for name in self._columns], order)
            for into, found in zip(parts, self._reduced(known, order), strict=True):
                into[block, order.present] = found.T
        return _centred(count, parts)

    def _sorted(self, columns: Sequence[Floats], order: _Order) -> _Known:
        """Sort the columns by group, with 0 where nothing is known; pairs that miss something get their own lines."""
        lines = self._room(order.size)[0]
        for line, values in zip(lines, columns, strict=False):
            np.take(values, order.places, out=line, mode="clip")
        used, sides = len(columns), []
        largest = np.zeros(len(lines))
        largest[:used] = _largest(lines[:used])
        missing = {at: np.isnan(lines[at]) for at in np.flatnonzero(np.isnan(largest)).tolist()}
        for pair in self._pairs:
            if missing.keys().isdisjoint(pair):
                sides.append(pair)
                continue
            lines[used : used + 2] = lines[list(pair)]
            missing |= dict.fromkeys((used, used + 1), np.isnan(lines[pair[0]]) | np.isnan(lines[pair[1]]))
            sides.append((used, used + 1))
            used += 2
        places = {at: np.flatnonzero(flags) for at, flags in missing.items()}
        for at, rows in places.items():
            lines[at, rows] = 0.0
            largest[at] = _largest(lines[at])
        self._refuse_infinite(lines, largest)
        return _Known(lines[:used], largest[:used], places, sides)

    def _reduced(self, known: _Known, order: _Order) -> _Parts:
        """Reduce sorted lines to arrays ``(series, groups that are there)``."""
        used = len(known.lines)
        _, off, scratch = self._room(order.size)[:, :used]
        n = np.tile(order.sizes.astype(np.float64), (used, 1))
        for at, rows in known.missing.items():
            n[at] -= order.counts(rows)
        high, low = _exact_totals(known, order, scratch)
        pivot = (high + low) / np.maximum(n, 1)
        order.centre(known.lines, pivot, out=off)
        for at, rows in known.missing.items():
            off[at, rows] = 0.0
        square = order.totals(np.multiply(off, off, out=scratch))
        product = np.empty((len(self._pairs), len(order.present)))
        for into, (y, x) in zip(product, known.sides, strict=True):
            into[:] = order.totals(np.multiply(off[y], off[x], out=scratch[0]))
        series = [*range(len(self._columns)), *(y for y, _ in known.sides), *(x for _, x in known.sides)]
        n, high, low, pivot, square = (found[series] for found in (n, high, low, pivot, square))
        return _Parts(n, high, low, pivot, square, product)

    def _room(self, rows: int) -> Floats:
        if rows > self._buffers.shape[-1]:
            self._buffers = np.empty((3, self._series, rows))
        return self._buffers[..., :rows]

    def _refuse_infinite(self, lines: Floats, largest: Floats) -> None:
        wrong = np.flatnonzero(largest > _LARGEST)
        if len(wrong):
            values = lines[wrong[0]]
            raise TableError(
                f"column {self._columns[wrong[0]]!r} holds {values[np.abs(values) > _LARGEST][0]}; "
                "moments need finite numbers: correct it or leave it null"
            )


class _Known(NamedTuple):
    """Lines sorted by group, what is largest in each, where it misses something, and the lines of each pair."""

    lines: Floats
    largest: Floats
    missing: dict[int, NDArray[np.intp]]
    sides: list[tuple[int, int]]


class _Parts(NamedTuple):
    """What is known of each series, ``product`` of each pair."""

    n: Floats
    high: Floats
    low: Floats
    pivot: Floats
    square: Floats
    product: Floats


class _Order(NamedTuple):
    """A block's rows sorted by group: where the rows of each group that is there start, and how many they are."""

    places: NDArray[np.intp]
    rows: NDArray[np.intp]
    present: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]

    @classmethod
    def of(cls, codes: NDArray[np.unsignedinteger], groups: int) -> _Order:
        rows = np.bincount(codes, minlength=groups)
        present = np.flatnonzero(rows)
        sizes = rows[present]
        return cls(np.argsort(codes, kind="stable"), rows, present, np.cumsum(sizes) - sizes, sizes)

    @property
    def size(self) -> int:
        return len(self.places)

    def totals(self, values: Floats) -> Floats:
        """Sum each group along the last axis."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=-1))

    def counts(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Count how many of some sorted rows lie in each group."""
        return np.diff(np.searchsorted(rows, np.append(self.starts, self.size)))

    def centre(self, lines: Floats, pivot: Floats, *, out: Floats) -> None:
        """Take each group's pivot away from its values."""
        if len(self.starts) > _FEW:
            np.subtract(lines, np.repeat(pivot, self.sizes, axis=1), out=out)
            return
        for group, (start, size) in enumerate(zip(self.starts, self.sizes, strict=True)):
            inside = np.s_[:, start : start + size]
            np.subtract(lines[inside], pivot[:, group, None], out=out[inside])


def _largest(lines: Floats) -> Floats:
    return np.asarray(np.maximum(lines.max(axis=-1), -lines.min(axis=-1)))


def _exact_totals(known: _Known, order: _Order, scratch: Floats) -> tuple[Floats, Floats]:
    """Sum each group in two parts: leading digits, which add up without error, and the small rest.

    Adding and taking away a large number rounds every value to a multiple so coarse that no sum of them is rounded
    (Rump, Ogita & Oishi 2008, doi:10.1137/050645671); so the order of the rows leaves the sum alone.
    """
    _, exponent = np.frexp(known.largest * order.size)
    anchor = np.ldexp(1.5, exponent)[:, None]
    coarse = np.subtract(np.add(known.lines, anchor, out=scratch), anchor, out=scratch)
    high = order.totals(coarse)
    return high, order.totals(np.subtract(known.lines, coarse, out=scratch))


def _centred(rows: Floats, parts: _Parts) -> Tally:
    """Move squares and products from the pivots, which are rounded, to the means."""
    sums = Twofold.sum_of(parts.high, parts.low)
    off = (sums - Twofold.product_of(parts.n, parts.pivot)).high
    n, pairs = np.maximum(parts.n, 1), parts.product.shape[-1]
    first = parts.n.shape[-1] - 2 * pairs
    y, x = np.s_[..., first : first + pairs], np.s_[..., first + pairs :]
    squares = np.maximum(parts.square - off**2 / n, 0)
    products = parts.product - off[y] * off[x] / n[y]
    return Tally.of(rows, parts.n, sums, Twofold.of(squares), Twofold.of(products))
