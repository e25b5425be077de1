"""What moments are made of: counts, sums, and products about the mean, which add up in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab.statistics._twofold import Twofold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.statistics._samples import Floats


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts, sums and centred products of groups, in one array ``(..., groups, width)``.

    A series is one column, or one side of a pair on the rows where both sides are known: first the columns, then the y
    sides of all pairs, then their x sides. A group's numbers are its rows; n of each series; sums, then squares about
    the mean, each as high and low part; products about the means of each pair, as high and low part.
    """

    numbers: Floats
    columns: int
    pairs: int

    @classmethod
    def of(cls, rows: Floats, n: Floats, sums: Twofold, squares: Twofold, products: Twofold) -> Tally:
        """Put the parts together: ``(..., groups)``, then ``(..., groups, series)``, then ``(..., groups, pairs)``."""
        parts = (rows[..., None], n, sums.high, sums.low, squares.high, squares.low, products.high, products.low)
        pairs = products.high.shape[-1]
        return cls(np.concatenate(parts, axis=-1), n.shape[-1] - 2 * pairs, pairs)

    @property
    def series(self) -> int:
        """How many series there are."""
        return self.columns + 2 * self.pairs

    @property
    def rows(self) -> Floats:
        """Rows of each group, known or not."""
        return self.numbers[..., 0]

    @property
    def n(self) -> Floats:
        """Known values of each series."""
        return self._part(0)

    @property
    def sums(self) -> Twofold:
        """Sum of each series."""
        return Twofold(self._part(1), self._part(2))

    @property
    def means(self) -> Twofold:
        """Mean of each series; 0 where it is empty."""
        return self.sums / np.maximum(self.n, 1)

    @property
    def squares(self) -> Twofold:
        """Sum of squares about the mean of each series."""
        return Twofold(self._part(3), self._part(4))

    @property
    def products(self) -> Twofold:
        """Sum of products about the two means of each pair."""
        high, low = np.split(self.numbers[..., 1 + 5 * self.series :], 2, axis=-1)
        return Twofold(high, low)

    def sides(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the y sides and the x sides among ``(..., series)``."""
        y, x = np.split(values[..., self.columns :], 2, axis=-1)
        return y, x

    def merged(self) -> Tally:
        """Add up along the first axis (Chan, Golub & LeVeque 1983, doi:10.1080/00031305.1983.10483115)."""
        n, sums = self.n.sum(axis=0), self.sums.total()
        off = (self.means - sums / np.maximum(n, 1)).high
        (off_y, off_x), (count, _) = self.sides(off), self.sides(self.n)
        between = np.concatenate([self.n * off**2, count * off_y * off_x], axis=-1)
        about = (Twofold.beside(self.squares, self.products) + Twofold.of(between)).total()
        squares, products = about[:, : self.series], about[:, self.series :]
        return Tally.of(self.rows.sum(axis=0), n, sums, squares, products)

    def placed(self, places: NDArray[np.intp], groups: int) -> Tally:
        """Move the groups to their places among ``groups``; the others are empty."""
        numbers = np.zeros((*self.numbers.shape[:-2], groups, self.numbers.shape[-1]))
        numbers[..., places, :] = self.numbers
        return Tally(numbers, self.columns, self.pairs)

    def _part(self, which: int) -> Floats:
        return self.numbers[..., 1 + which * self.series : 1 + (which + 1) * self.series]
