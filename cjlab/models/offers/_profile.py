"""Profiles of customers as a few values a column: numbers by their quarters, words as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models._columns import Columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class Profile:
    """What was learned of a table of features: its columns, and where numbers are cut.

    The values of a column are its quarters or categories; the last one is that nothing is known.
    """

    columns: Columns
    cuts: tuple[Floats, ...]

    @classmethod
    def learn(cls, table: object) -> Profile:
        """Learn columns and cuts."""
        columns = Columns.learn(table)
        coded = columns.coded(table)
        cuts = [_cuts(coded[:, place]) if kind == "number" else np.zeros(0) for place, kind in enumerate(columns.kinds)]
        return cls(columns, tuple(cuts))

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each column has, with that of nothing known."""
        named = zip(self.columns.names, self.columns.kinds, self.cuts, strict=True)
        return tuple(
            1 + (len(self.columns.categories[name]) if kind == "category" else len(cuts) + 1)
            for name, kind, cuts in named
        )

    def values(self, table: pd.DataFrame, customers: NDArray[Any]) -> NDArray[np.int64]:
        """Return the value of each column for these customers, ``(n, columns)``."""
        import pandas as pd

        coded = self.columns.coded(table)
        place = table.index.get_indexer(pd.Index(customers))
        made = np.empty((len(customers), len(self.cuts)), dtype=np.int64)
        for column, (size, kind, cuts) in enumerate(zip(self.sizes, self.columns.kinds, self.cuts, strict=True)):
            numbers = coded[:, column]
            which = np.searchsorted(cuts, numbers, side="right") if kind == "number" else np.nan_to_num(numbers)
            known = np.where(np.isnan(numbers), size - 1, which).astype(np.int64)
            made[:, column] = np.where(place >= 0, known[place], size - 1)
        return made

    def _parts(self) -> Mapping[str, Any]:
        return {"columns": self.columns, "cuts": list(self.cuts)}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Profile:
        return cls(parts["columns"], tuple(parts["cuts"]))


def tables(
    values: NDArray[np.int64],
    sizes: tuple[int, ...],
    grid: Any,  # noqa: ANN401 - a sparse matrix
    usual: Floats,
    believed: float,
) -> tuple[Floats, ...]:
    """Return for each column how much likelier an item is by its value, ``(values, m)``, as logarithms."""
    from scipy.sparse import csr_array

    made = []
    for column, size in enumerate(sizes):
        which, n = values[:, column], len(values)
        groups = csr_array((np.ones(n), (which, np.arange(n))), shape=(size, n))
        counts = (groups @ grid).toarray()
        shares = (counts + believed * usual) / (counts.sum(axis=1, keepdims=True) + believed)
        told = np.log(shares / usual)
        told[-1] = 0.0  # of whom nothing is known, nothing is said
        made.append(told)
    return tuple(made)


def _cuts(numbers: Floats) -> Floats:
    known = numbers[~np.isnan(numbers)]
    return np.unique(np.quantile(known, _QUARTERS)) if len(known) else np.zeros(0)
