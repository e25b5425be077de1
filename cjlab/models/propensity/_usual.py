"""What is usual: the middle of every column and the size of the base, against which a customer is described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models._folds import Times
    from cjlab.models._kinds import Part


@dataclass(frozen=True, eq=False)
class Usual:
    """The base that a model learnt from, in a few numbers.

    Parameters
    ----------
    middle : ndarray
        ``(p,)`` medians; of a category, the code of the most frequent one, which is 0.
    known : ndarray
        ``(p,)`` the share of rows in which a column is known.
    rows, customers : int
        How many.
    share : float
        Of rows with the second label.
    dates : tuple of str
        The first and the last date, where there are dates.
    """

    middle: NDArray[np.float64]
    known: NDArray[np.float64]
    rows: int
    customers: int
    share: float
    dates: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls,
        values: NDArray[np.float64],
        outcome: NDArray[np.float64],
        whose: NDArray[np.generic],
        times: Times | None,
    ) -> Usual:
        """Learn from coded rows."""
        found = ~np.isnan(values)
        middle = [
            np.median(column[there]) if there.any() else np.nan for column, there in zip(values.T, found.T, strict=True)
        ]
        ends = () if times is None else tuple(str(one)[:10] for one in (times.at.min(), times.at.max()))
        count = len(np.unique(whose))
        return cls(np.array(middle), found.mean(axis=0), len(values), count, float(outcome.mean()), ends)

    def _parts(self) -> Mapping[str, Part]:
        return dict(vars(self))

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Usual:
        return cls(**{**parts, "dates": tuple(parts["dates"])})
