"""Splits that a model may be chosen and judged by: other customers always, later dates where there are dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import offset
from cjlab._random import uniform
from cjlab.errors import EvidenceError, TableError

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray


class Split(NamedTuple):
    """Places of rows to learn from, and of rows to be judged by."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


class Times(NamedTuple):
    """When each row is, and how long what follows takes to be known."""

    at: NDArray[np.datetime64]
    within: dt.timedelta | None = None

    @classmethod
    def of(cls, given: Any, n: int, within: str | None) -> Times | None:  # noqa: ANN401 - whatever holds dates
        """Return dates as they were given, or None where there are none."""
        length = None if within is None else offset(within, name="within")
        if given is None:
            return None
        at = _dates(given)
        if at.shape != (n,) or np.isnat(at).any():
            raise TableError(f"at has the shape {at.shape} or lacks a date; give one date a row, ({n},)")
        return cls(at, length)

    def among(self, rows: NDArray[np.intp]) -> Times:
        """Return the dates of some rows."""
        return Times(self.at[rows], self.within)

    @property
    def several(self) -> bool:
        """Tell whether there are dates to part by."""
        return bool(len(self.at)) and bool((self.at != self.at[0]).any())

    @property
    def last(self) -> NDArray[np.bool_]:
        """Tell the rows of the last date."""
        return np.asarray(self.at == self.at.max())

    @property
    def foretold(self) -> bool:
        """Tell whether some date's outcome was known by the last date, so that the last can be judged by it."""
        last = self.at.max()
        return self.several and bool(self._known(last).any())

    def _known(self, last: np.datetime64) -> NDArray[np.bool_]:
        return self.at < last if self.within is None else self.at + np.timedelta64(self.within) <= last

    def sides(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell the rows of the dates whose outcome was known by the last date, and those of the last date."""
        last = self.at.max()
        early = self._known(last)
        if not early.any():
            raise EvidenceError(
                f"no date is left to learn from: nothing that was asked before {str(last)[:10]} was known by then; "
                "give earlier dates, or a shorter time within"
            )
        return early, self.last


def _dates(given: Any) -> NDArray[np.datetime64]:  # noqa: ANN401 - whatever holds dates
    import pandas as pd

    held = np.asarray(given)
    try:
        read = pd.to_datetime(held, utc=True, format=None if held.dtype.kind == "M" else "ISO8601")
    except (TypeError, ValueError) as refused:
        said = str(refused).partition(". ")[0]
        raise TableError(f"at holds what is no date: {said}; give dates such as '2025-05-31'") from refused
    return pd.DatetimeIndex(read).tz_localize(None).to_numpy("datetime64[us]")


def splits(
    outcome: NDArray[np.float64],
    groups: NDArray[np.generic],
    *,
    times: Times | None = None,
    folds: int = 5,
    key: str = "0",
) -> list[Split]:
    """Part customers into folds with alike shares of the outcome; with dates, the last is judged by what came before.

    The draw of a customer depends on the key and on him alone; a fold never has a customer on both its sides.

    Raises
    ------
    EvidenceError
        When a class has fewer than two customers, or a side of a fold lacks a class.
    """
    names, whose = np.unique(groups, return_inverse=True)
    positive = np.bincount(whose, outcome, len(names)) > 0
    scarce = int(min(positive.sum(), (~positive).sum())) if len(names) > 1 else len(names)
    many = min(folds, scarce)
    if many < 2:  # noqa: PLR2004 - nobody is judged by himself
        raise EvidenceError(
            f"there are {len(names):,} customers (n_samples = {len(outcome)}), and 1 class has only {scarce} of them; "
            "a model needs 2 customers of each class to be judged by others than it learnt from"
        )
    drawn = np.lexsort((uniform(f"models/{key}", names), positive))
    part = np.empty(len(names), np.intp)
    part[drawn] = np.arange(len(names)) % many
    every = np.ones(len(outcome), bool)
    early, late = times.sides() if times is not None and times.several else (every, every)
    made = [
        Split(np.flatnonzero(early & (part[whose] != k)), np.flatnonzero(late & (part[whose] == k)))
        for k in range(many)
    ]
    for place, one in enumerate(made):
        if len(np.unique(outcome[one.train])) < 2 or not len(one.test):  # noqa: PLR2004 - both must occur
            raise EvidenceError(
                f"fold {place + 1} of {many} has only one class to learn from, or nobody to be judged by; "
                "give more customers, more dates, or fewer folds"
            )
    return made
