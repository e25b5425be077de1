"""A batch of rows becomes tallies, block by block, in buffers that are used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.errors import TableError
from cjlab.statistics._lines import Lines
from cjlab.statistics._numbers import zeroed
from cjlab.statistics._order import Order
from cjlab.statistics._tally import Tally
from cjlab.statistics._twofold import Twofold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.statistics._samples import Floats

_ROWS = 32_768  # fewer cost more calls, more leave the cache
_LARGEST = 1e150  # the square of a larger number is none
_EXACT = 2.0**53  # whole numbers up to here add up without error


class Blocks:
    """Reduces batches of the same columns.

    Within a block of rows each group's values are centred on their own mean before they are squared, so that a large
    offset costs no digits. What earlier blocks taught about a column (how far its values reach, that it misses some)
    is kept, so that later blocks need not look; a block that teaches more is reduced again.
    """

    def __init__(self, columns: Sequence[str], pairs: Sequence[tuple[str, str]]) -> None:
        self._columns = list(columns)
        self._pairs = [(self._columns.index(y), self._columns.index(x)) for y, x in pairs]
        self._series = len(columns) + 2 * len(pairs)
        self._reach = np.zeros(len(columns))
        self._missing: set[int] = set()
        self._buffers = np.empty((3, self._series, 0))

    def tally(self, codes: NDArray[np.integer], groups: int, values: Sequence[NDArray[np.generic]]) -> Tally:
        """Reduce a batch to one tally a block, from the number of each row's group, their count, and the columns.

        A column is float64 with NaN for what is unknown, or whole numbers that are all known.
        """
        rows = max(_ROWS, 16 * groups)
        starts = range(0, len(codes), rows)
        widths = (*(self._series,) * 5, len(self._pairs))
        parts = _Parts(*(np.zeros((len(starts), groups, width)) for width in widths))
        count = np.zeros((len(starts), groups))
        for block, start in enumerate(starts):
            order = Order.of(codes[start : start + rows], groups)
            count[block] = order.rows
            block_parts = self._block([column[start : start + rows] for column in values], order)
            for into, found in zip(parts, block_parts, strict=True):
                into[block, order.present] = found.T
        return _centred(count, parts)

    def _block(self, columns: Sequence[NDArray[np.generic]], order: Order) -> _Parts:
        """Reduce a block to ``(series, groups that are there)``; again, if it went further than was known."""
        while True:
            lines = self._lines(columns, order)
            with np.errstate(invalid="ignore", over="ignore"):
                found = self._reduced(lines, order)
                reach = order.size * (np.abs(found.pivot) + np.sqrt(found.square)).max(axis=1)
            if self._foreseen(lines, reach):
                series = lines.series(len(self._columns))
                n, high, low, pivot, square = (part[series] for part in found[:5])
                return _Parts(n, high, low, pivot, square, found.product)

    def _lines(self, columns: Sequence[NDArray[np.generic]], order: Order) -> Lines:
        whole = [column.dtype.kind != "f" and self._reach[at] < _EXACT for at, column in enumerate(columns)]
        lines = Lines.of(columns, whole, order, room=self._room(order.size)[0])
        return lines.paired(self._pairs, missing=self._missing)

    def _reduced(self, lines: Lines, order: Order) -> _Parts:
        _, off, scratch = self._room(order.size)[:, : len(lines.values)]
        n = np.tile(order.sizes.astype(np.float64), (len(lines.values), 1))
        for line, unknown in lines.unknown.items():
            n[line] -= order.counts(unknown)
        high, low = self._exact_totals(lines, order)
        pivot = (high + low) / np.maximum(n, 1)
        order.centre(lines.values, pivot, out=off)
        for line, unknown in lines.unknown.items():
            zeroed(off[line], unknown)
        square = order.totals(np.multiply(off, off, out=scratch))
        product = np.empty((len(self._pairs), len(order.present)))
        for into, (y, x) in zip(product, lines.pairs, strict=True):
            into[:] = order.totals(np.multiply(off[y], off[x], out=scratch[0]))
        return _Parts(n, high, low, pivot, square, product)

    def _exact_totals(self, lines: Lines, order: Order) -> tuple[Floats, Floats]:
        """Sum each group in two parts: leading digits, which add up without error, and the small rest.

        Adding and taking away a large number rounds every value to a multiple so coarse that no sum of them is rounded
        (Rump, Ogita & Oishi 2008, doi:10.1137/050645671); so the order of the rows leaves the sum alone. Whole numbers
        add up as they are.
        """
        fractions = np.s_[lines.whole : len(lines.values)]
        scratch = self._room(order.size)[2, fractions]
        anchor = 1.5 * self._reach[lines.columns[fractions], None]
        coarse = np.subtract(np.add(lines.values[fractions], anchor, out=scratch), anchor, out=scratch)
        high, low = np.zeros((2, len(lines.values), len(order.present)))
        high[: lines.whole], high[fractions] = order.totals(lines.values[: lines.whole]), order.totals(coarse)
        low[fractions] = order.totals(np.subtract(lines.values[fractions], coarse, out=scratch))
        return high, low

    def _foreseen(self, lines: Lines, reach: Floats) -> bool:
        """Say whether the block stayed within what was known of the columns; learn from it where it did not."""
        wrong = np.flatnonzero(~(reach <= self._reach[lines.columns]))
        for line in wrong.tolist():
            values, column = lines.values[line], lines.columns[line]
            if np.isnan(values).any():
                self._missing.add(column)
                continue
            if not reach[line] < _LARGEST:
                raise TableError(
                    f"column {self._columns[column]!r} holds {values[np.argmax(np.abs(values))]}; "
                    "moments need finite numbers: correct it or leave it null"
                )
            self._reach[column] = max(self._reach[column], np.exp2(2 + np.ceil(np.log2(reach[line]))))
        return not len(wrong)

    def _room(self, rows: int) -> Floats:
        if rows > self._buffers.shape[-1]:
            self._buffers = np.empty((3, self._series, rows))
        return self._buffers[..., :rows]


class _Parts(NamedTuple):
    """What is known of each series, ``product`` of each pair."""

    n: Floats
    high: Floats
    low: Floats
    pivot: Floats
    square: Floats
    product: Floats


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
