"""One batch of rows becomes a tally, block by block, in memory that the processor keeps close."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.errors import TableError
from cjlab.statistics._tally import Tally
from cjlab.statistics._twofold import Twofold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.statistics._samples import Floats

_ROWS = 16_384  # of ten columns: they stay in the second-level cache
_LARGEST = 1e150  # the square of a larger number is none


def tally(codes: NDArray[np.intp], groups: int, columns: dict[str, Floats], pairs: Sequence[tuple[str, str]]) -> Tally:
    """Reduce a batch of rows.

    Within a block of rows each group's values are centred on their own mean before they are squared, so that a large
    offset costs no digits.
    """
    rows = max(_ROWS, 16 * groups)
    starts = range(0, max(len(codes), 1), rows)
    series = len(columns) + 2 * len(pairs)
    shape = (len(starts), groups)
    parts = _Parts(*(np.zeros((*shape, series)) for _ in range(5)), np.zeros((*shape, len(pairs))))
    count = np.zeros(shape)
    for block, start in enumerate(starts):
        inside = slice(start, start + rows)
        order = _Order.of(codes[inside], groups)
        count[block] = order.rows
        _fill(parts, block, order, {name: values[inside] for name, values in columns.items()}, pairs)
    return _centred(count, parts).merged()


class _Parts(NamedTuple):
    """What is known of each block and group: arrays ``(blocks, groups, series)``, the last ``(blocks, groups, pairs)``."""

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
    def of(cls, codes: NDArray[np.intp], groups: int) -> _Order:
        rows = np.bincount(codes, minlength=groups)
        present = np.flatnonzero(rows)
        sizes = rows[present]
        return cls(np.argsort(codes, kind="stable"), rows, present, np.cumsum(sizes) - sizes, sizes)

    def totals(self, values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values, self.starts))

    def counts(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Count how many of some sorted rows lie in each group."""
        return np.diff(np.searchsorted(rows, np.append(self.starts, len(self.places))))

    def exact_totals(self, values: Floats, largest: float) -> tuple[Floats, Floats]:
        """Sum each group in two parts: leading digits, which add up without error, and the small rest.

        Adding and taking away a large number rounds every value to a multiple so coarse that no sum of them is rounded
        (Rump, Ogita & Oishi 2008, doi:10.1137/050645671); so the order of the rows leaves the sum alone.
        """
        _, exponent = np.frexp(largest * len(values))
        anchor = np.ldexp(1.5, exponent)
        coarse = values + anchor
        coarse -= anchor
        return self.totals(coarse), self.totals(values - coarse)


class _Series(NamedTuple):
    """One column of a block, sorted by group: its parts, and its values less their pivot (0 where unknown)."""

    parts: tuple[Floats, ...]
    off: Floats


def _fill(
    parts: _Parts, block: int, order: _Order, columns: dict[str, Floats], pairs: Sequence[tuple[str, str]]
) -> None:
    taken = {name: np.take(values, order.places) for name, values in columns.items()}
    unknown = {name: np.flatnonzero(np.isnan(values)) for name, values in taken.items() if np.isnan(values.max())}
    found = {name: _series(order, values, unknown.get(name), name) for name, values in taken.items()}
    for place, series in enumerate(found.values()):
        _put(parts, block, order, place, series)
    for number, pair in enumerate(pairs):
        sides = [found[name] for name in pair]
        if any(name in unknown for name in pair):
            either = np.flatnonzero(np.isnan(taken[pair[0]]) | np.isnan(taken[pair[1]]))
            sides = [_series(order, taken[name], either, name) for name in pair]
        for side, series in enumerate(sides):
            _put(parts, block, order, len(columns) + side * len(pairs) + number, series)
        parts.product[block, order.present, number] = order.totals(sides[0].off * sides[1].off)


def _put(parts: _Parts, block: int, order: _Order, place: int, series: _Series) -> None:
    for into, values in zip(parts, series.parts, strict=False):
        into[block, order.present, place] = values


def _series(order: _Order, values: Floats, unknown: NDArray[np.intp] | None, name: str) -> _Series:
    n = order.sizes
    if unknown is not None:
        n = n - order.counts(unknown)
        values = values.copy()
        values[unknown] = 0.0
    high, low = order.exact_totals(values, _largest(values, name))
    pivot = (high + low) / np.maximum(n, 1)
    off = values - np.repeat(pivot, order.sizes)
    if unknown is not None:
        off[unknown] = 0.0
    return _Series((n, high, low, pivot, order.totals(off * off)), off)


def _largest(values: Floats, name: str) -> float:
    largest = max(values.max(), -values.min())
    if largest > _LARGEST:
        wrong = values[np.abs(values) > _LARGEST][0]
        raise TableError(f"column {name!r} holds {wrong}; moments need finite numbers: correct it or leave it null")
    return float(largest)


def _centred(rows: Floats, parts: _Parts) -> Tally:
    """Move squares and products from the pivots, which are rounded, to the means."""
    sums = Twofold.sum_of(parts.high, parts.low)
    off = (sums - Twofold.product_of(parts.n, parts.pivot)).high
    n, pairs = np.maximum(parts.n, 1), parts.product.shape[-1]
    y, x = (slice(parts.n.shape[-1] - back * pairs, parts.n.shape[-1] - (back - 1) * pairs) for back in (2, 1))
    squares = np.maximum(parts.square - off**2 / n, 0)
    products = parts.product - off[..., y] * off[..., x] / n[..., y]
    return Tally.of(rows, parts.n, sums, Twofold.of(squares), Twofold.of(products))
