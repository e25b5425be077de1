"""Rows reduced once to counts, means, variances and covariances by group; everything else is computed on these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import distinct, listed
from cjlab._display import Shown
from cjlab.errors import TableError
from cjlab.statistics._grouped import Grouped, combined
from cjlab.statistics._samples import Joint, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.statistics._labels import Label
    from cjlab.statistics._tally import Tally


@dataclass(frozen=True, slots=True, eq=False)
class Moments(Shown):
    """Counts, means, variances and covariances of columns by group; two of them add up to that of all rows.

    Made by :func:`moments`, not by hand. Addition is associative and commutative to the last digits.

    Parameters
    ----------
    by : tuple of str
        Columns that make the groups.
    columns : tuple of str
        Columns that were reduced.
    pairs : tuple of (str, str)
        Pairs of columns ``(y, x)`` whose covariance is known.
    groups : tuple of tuple
        Label of each group, one value for each column of ``by``, in rising order, None (a null) last.
    tally : Tally
        The sums behind the moments; private.

    Examples
    --------
    >>> import cjlab as cj
    >>> import polars as pl
    >>> rows = pl.DataFrame({"arm": ["a", "b", "b", "b"], "spend": [1.0, 2.0, None, 6.0]})
    >>> spend = cj.statistics.moments(rows, by=["arm"], columns=["spend"])
    >>> spend.groups, spend.rows.tolist(), spend.sample("spend").n.tolist(), spend.sample("spend").mean.tolist()
    ((('a',), ('b',)), [1, 3], [1.0, 2.0], [1.0, 4.0])
    """

    by: tuple[str, ...]
    columns: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    groups: tuple[Label, ...]
    tally: Tally

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of each group ``(G,)``, whether or not anything in them is known.

        Returns
        -------
        ndarray of int
            In the order of ``groups``.

        Examples
        --------
        >>> import cjlab as cj
        >>> import polars as pl
        >>> cj.statistics.moments(pl.DataFrame({"x": [1, 2]}), by=[], columns=["x"]).rows.tolist()
        [2]
        """
        return self.tally.rows.astype(np.int64)

    def sample(self, column: str) -> Sample:
        """One column's count, mean and variance in each group, where the column is known.

        Parameters
        ----------
        column : str
            One of ``columns``.

        Returns
        -------
        Sample
            Arrays ``(G,)``; a mean without values is NaN, and so is a variance with fewer than two.

        Raises
        ------
        TableError
            When the column was not reduced.

        Examples
        --------
        >>> import cjlab as cj
        >>> import polars as pl
        >>> found = cj.statistics.moments(pl.DataFrame({"x": [1, 2, 6]}), by=[], columns=["x"])
        >>> found.sample("x").variance.tolist()
        [7.0]
        """
        if column not in self.columns:
            raise TableError(f"column {column!r} was not reduced; these were: {listed(self.columns)}")
        return self._sample(self.columns.index(column))

    def joint(self, y: str, x: str, *, fill: bool = False) -> Joint:
        """Two columns' counts, means, variances and covariance in each group.

        Parameters
        ----------
        y, x : str
            A pair that was declared, in either order.
        fill : bool, default: False
            Where only ``x`` is unknown, take the mean of ``x`` over all groups for it, so that no value of ``y`` is
            lost. Otherwise only rows count where both are known.

        Returns
        -------
        Joint
            Arrays ``(G,)``; NaN as in :meth:`sample`.

        Raises
        ------
        TableError
            When the pair was not declared.

        Examples
        --------
        >>> import cjlab as cj
        >>> import polars as pl
        >>> rows = pl.DataFrame({"y": [1, 2, 6], "x": [1, 2, None]})
        >>> found = cj.statistics.moments(rows, by=[], columns=["y"], pairs=[("y", "x")])
        >>> found.joint("y", "x").covariance.tolist(), found.joint("y", "x", fill=True).n.tolist()
        ([0.5], [3.0])
        """
        if (y, x) not in self.pairs and (x, y) in self.pairs:
            n, mean_y, mean_x, variance_y, variance_x, covariance = self._joint(self.pairs.index((x, y)))
            both = Joint(n, mean_x, mean_y, variance_x, variance_y, covariance)
        elif (y, x) in self.pairs:
            both = self._joint(self.pairs.index((y, x)))
        else:
            raise TableError(f"the pair ({y!r}, {x!r}) was not declared; these were: {listed(self.pairs) or 'none'}")
        return self._filled(both, y, x) if fill else both

    def regroup(self, by: Sequence[str]) -> Moments:
        """Put groups together that agree in some of the columns.

        Parameters
        ----------
        by : sequence of str
            Columns among those that make the groups, in the order wanted.

        Returns
        -------
        Moments
            As if ``moments`` had been asked for ``by``.

        Raises
        ------
        TableError
            When a column makes no groups here.

        Examples
        --------
        >>> import cjlab as cj
        >>> import polars as pl
        >>> rows = pl.DataFrame({"arm": ["a", "b"], "new": [True, True], "x": [1, 2]})
        >>> cj.statistics.moments(rows, by=["arm", "new"], columns=["x"]).regroup(["new"]).groups
        ((True,),)
        """
        places = [self._place(name) for name in distinct(by, name="by", error=TableError)]
        labels = [tuple(group[place] for place in places) for group in self.groups]
        return self._of(Grouped(self.groups, self.tally).relabelled(labels), by)

    def where(self, column: str, value: object) -> Moments:
        """Keep the groups whose label has a value.

        Parameters
        ----------
        column : str
            One of the columns that make the groups.
        value : object
            The value to keep; None for the group of nulls.

        Returns
        -------
        Moments
            Maybe without any group.

        Raises
        ------
        TableError
            When the column makes no groups here.

        Examples
        --------
        >>> import cjlab as cj
        >>> import polars as pl
        >>> rows = pl.DataFrame({"arm": ["a", "b"], "x": [1, 2]})
        >>> cj.statistics.moments(rows, by=["arm"], columns=["x"]).where("arm", "b").groups
        (('b',),)
        """
        place = self._place(column)
        kept = [number for number, group in enumerate(self.groups) if group[place] == value]
        return self._of(Grouped(self.groups, self.tally).taken(kept), self.by)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a group and column: what is known, its mean and standard deviation.

        Returns
        -------
        DataFrame
            Columns: those of ``by``, then ``column``, ``rows``, ``n``, ``mean``, ``sd``.

        Examples
        --------
        >>> import cjlab as cj
        >>> import polars as pl
        >>> cj.statistics.moments(pl.DataFrame({"x": [1, 3]}), by=[], columns=["x"]).to_frame()["mean"].tolist()
        [2.0]
        """
        import pandas as pd

        records = []
        for column in self.columns:
            sample = zip(*(np.asarray(field).tolist() for field in self.sample(column)), strict=True)
            for group, rows, (n, mean, variance) in zip(self.groups, self.rows.tolist(), sample, strict=True):
                records.append((*group, column, rows, int(n), mean, variance**0.5))
        return pd.DataFrame(records, columns=[*self.by, "column", "rows", "n", "mean", "sd"])

    def __add__(self, other: Moments) -> Moments:
        for name in ("by", "columns", "pairs"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise TableError(f"moments differ in {name}: {mine} and {theirs}; reduce both alike to add them")
        return self._of(combined([Grouped(one.groups, one.tally) for one in (self, other)]), self.by)

    def _place(self, column: str) -> int:
        if column not in self.by:
            raise TableError(f"column {column!r} makes no groups here; these do: {listed(self.by) or 'none'}")
        return self.by.index(column)

    def _of(self, grouped: Grouped, by: Sequence[str]) -> Moments:
        return Moments(tuple(by), self.columns, self.pairs, *grouped)

    def _sample(self, series: int) -> Sample:
        n = self.tally.n[:, series]
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(n > 0, self.tally.means.high[:, series], np.nan)
            return Sample(n, mean, np.where(n > 1, self.tally.squares.high[:, series] / (n - 1), np.nan))

    def _joint(self, pair: int) -> Joint:
        y, x = (self._sample(len(self.columns) + side * len(self.pairs) + pair) for side in (0, 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            covariance = self.tally.products.high[:, pair] / np.where(np.asarray(y.n) > 1, np.asarray(y.n) - 1, np.nan)
        return Joint(y.n, y.mean, x.mean, y.variance, x.variance, covariance)

    def _filled(self, both: Joint, y: str, x: str) -> Joint:
        """Add the rows where only y is known, with x at its overall mean: there x varies with nothing."""
        every = self.sample(y)
        constant = self.regroup([]).sample(x).mean
        n, mean_y, mean_x, _, variance_x, covariance = (np.nan_to_num(np.asarray(field)) for field in both)
        total, mean = np.asarray(every.n), np.nan_to_num(np.asarray(every.mean))
        rest = total - n
        with np.errstate(divide="ignore", invalid="ignore"):
            filled_x = np.where(total > 0, (n * mean_x + rest * constant) / total, np.nan)
            rest_y = np.where(rest > 0, (total * mean - n * mean_y) / np.maximum(rest, 1), 0.0)
            known = np.where(total > 1, total - 1, np.nan)
            own_x, own_xy = np.maximum(n - 1, 0) * variance_x, np.maximum(n - 1, 0) * covariance
            square = own_x + n * (mean_x - filled_x) ** 2 + rest * (constant - filled_x) ** 2
            product = (
                own_xy + n * (mean_y - mean) * (mean_x - filled_x) + rest * (rest_y - mean) * (constant - filled_x)
            )
            return Joint(every.n, every.mean, filled_x, every.variance, square / known, product / known)
