"""What one column foretells by itself, and what a quick model foretells from some columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cjlab.models.propensity._trees import Grower

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.models._columns import Columns
    from cjlab.models._folds import Split

_BINS = 20
_PRIOR = 5.0  # customers of the mean that every bin starts with
_DEPTH, _RATE, _ROUNDS = 4, 0.15, 60
_ALIKE = 0.9  # rank correlation from which two columns say the same


@dataclass(frozen=True, eq=False)
class Told:
    """Coded rows, what came, and folds by customer, so that everything is foretold for others than learnt from."""

    values: NDArray[np.float64]
    outcome: NDArray[np.float64]
    columns: Columns
    folds: Sequence[Split]

    def alone(self, place: int) -> NDArray[np.float64]:
        """Return ``(n,)`` the share of the outcome in the bin, or category, of one column, in the other folds."""
        bins = self.bins(place)
        score = np.empty(len(bins))
        for train, test in self.folds:
            mean = self.outcome[train].mean()
            sizes = np.bincount(bins[train], minlength=bins.max() + 1)
            sums = np.bincount(bins[train], self.outcome[train], minlength=bins.max() + 1)
            score[test] = ((sums + _PRIOR * mean) / (sizes + _PRIOR))[bins[test]]
        return score

    def bins(self, place: int) -> NDArray[np.intp]:
        """Return ``(n,)`` bins of one column; what is missing has one of its own, the first."""
        column = self.values[:, place]
        known = ~np.isnan(column)
        bins = np.zeros(len(column), np.intp)
        if self.columns.kinds[place] == "category":
            bins[known] = column[known].astype(int) + 1
        elif known.any():
            edges = np.unique(np.quantile(column[known], np.linspace(0, 1, _BINS + 1)[1:-1]))
            bins[known] = np.searchsorted(edges, column[known], side="left") + 1
        return bins

    def together(self, places: Sequence[int]) -> NDArray[np.float64]:
        """Return ``(n,)`` log-odds by a quick model of some columns."""
        kept = replace(
            self.columns,
            names=tuple(self.columns.names[place] for place in places),
            kinds=tuple(self.columns.kinds[place] for place in places),
        )
        grower = Grower(kept, _DEPTH, _RATE, _ROUNDS, {}, 0)
        some, score = self.values[:, places], np.empty(len(self.outcome))
        for train, test in self.folds:
            score[test] = grower.grow(some[train], self.outcome[train], _ROUNDS).logit(some[test])
        return score

    def alike(self, place: int) -> list[int]:
        """Return the places of columns that order customers almost as this one does, itself among them."""
        from scipy.stats import rankdata

        ranks = rankdata(np.nan_to_num(self.values, nan=-1e300), axis=0)
        centred = ranks - ranks.mean(axis=0)
        spread = np.sqrt((centred**2).sum(axis=0))
        same = np.abs(centred.T @ centred[:, place]) >= _ALIKE * spread * spread[place]
        return [int(one) for one in np.flatnonzero(same) if spread[one] > 0]
