"""Training sets: features as of dates, what came after each, and the only splits that do not look ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from cjlab._checks import whole, within
from cjlab._display import Shown
from cjlab._random import uniform
from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray


class Fold(NamedTuple):
    """Rows by their places: those to learn from, and those to be judged by.

    Parameters
    ----------
    train, test : ndarray
        Places of rows, rising, ``(n,)`` each.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> train, test = cj.features.Fold(np.array([0, 1]), np.array([2]))
    >>> len(train)
    2
    """

    train: NDArray[np.intp]
    test: NDArray[np.intp]


@dataclass(frozen=True, eq=False, repr=False)
class TrainingSet(Shown):
    """Features as of dates and what came after each; made by :func:`training_set`.

    Rows of one customer resemble each other and time goes one way, so a random split flatters a model. Use
    :meth:`split` for a last judgement, and hand :meth:`folds` to scikit-learn as ``cv=``.

    Parameters
    ----------
    X : pandas.DataFrame
        Features, indexed by ``as_of`` and ``customer_id``.
    y : pandas.Series
        What came, on the same index.
    ends : mapping of datetime to datetime
        For each date, when its outcome was known: the end of the time after it.
    excluded : mapping of str to int
        How many customers and dates were left out, by why.
    fingerprint : str
        Of the recipe that made the features.

    Examples
    --------
    >>> from functools import partial
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=120).log
    >>> recipe = cj.features.Recipe(cj.features.Recency("visit"), cj.features.Frequency("visit"))
    >>> bought = partial(cj.features.outcome, event="purchase")
    >>> rows = cj.features.training_set(log, recipe, bought, as_of=["2024-02-01", "2024-03-15"], within="30D")
    >>> train, test = rows.split(last=1)
    >>> set(train.groups) & set(test.groups)
    set()
    """

    X: pd.DataFrame
    y: pd.Series[float]
    ends: Mapping[dt.datetime, dt.datetime]
    excluded: Mapping[str, int]
    fingerprint: str

    @property
    def groups(self) -> NDArray[np.generic]:
        """Whose each row is, ``(n,)``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=90).log
        >>> recipe = cj.features.Recipe(cj.features.Recency("visit"))
        >>> rows = cj.features.training_set(log, recipe, "visit", as_of=["2024-02-01", "2024-03-01"], within="2W")
        >>> len(rows.groups) == len(rows.y)
        True
        """
        return np.asarray(self.X.index.get_level_values("customer_id"))

    @property
    def dates(self) -> tuple[dt.datetime, ...]:
        """The dates, rising, in UTC.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=90).log
        >>> recipe = cj.features.Recipe(cj.features.Recency("visit"))
        >>> rows = cj.features.training_set(log, recipe, "visit", as_of=["2024-02-01", "2024-03-01"], within="2W")
        >>> [str(one) for one in rows.dates]
        ['2024-01-31 23:00:00+00:00', '2024-02-29 23:00:00+00:00']
        """
        return tuple(sorted(self.ends))

    def split(self, *, last: int = 1, held: float = 0.25, key: str = "split") -> tuple[TrainingSet, TrainingSet]:
        """Return what to learn from and what to be judged by: other customers, later dates.

        Judged are ``held`` of the customers, at the last dates. Learnt is from all the others, at the earlier dates
        whose outcome was known by the first of the last dates; dates between, whose time overlaps, are on neither side.

        Parameters
        ----------
        last : int
            How many of the last dates are judged.
        held : float
            Which share of customers is judged, above 0 and below 1.
        key : str
            What draws them; each customer's draw depends on it and on him alone.

        Returns
        -------
        tuple of TrainingSet
            What to learn from, and what to be judged by.

        Raises
        ------
        SpecError
            When a number is out of its range.
        EvidenceError
            When no date is left to learn from, or a side has no rows.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=90).log
        >>> recipe = cj.features.Recipe(cj.features.Recency("visit"))
        >>> dates = ["2024-02-01", "2024-03-01", "2024-03-10"]
        >>> rows = cj.features.training_set(log, recipe, "visit", as_of=dates, within="2W")
        >>> [len(part.dates) for part in rows.split(last=1)]  # on the tenth, what comes after the first is not known
        [1, 1]
        """
        within(held, 0, 1, name="held", open_ends=True)
        early, late = self._parted(last)
        judged = uniform(f"features/{key}", self.groups) < held
        return self._part(early & ~judged, "learn from"), self._part(late & judged, "be judged by")

    def folds(self, n: int = 5, *, last: int = 1, key: str = "folds") -> tuple[Fold, ...]:
        """Return places to learn from and to be judged by, for ``cv=`` of scikit-learn.

        Customers are parted into ``n``. Each part is judged once, at the last dates, by what is learnt from the other
        parts at the earlier dates whose outcome was known by then. Such as ``cross_val_score(model, rows.X, rows.y,
        cv=rows.folds(5))``, or ``GridSearchCV(model, grid, cv=rows.folds(5))``.

        Parameters
        ----------
        n : int
            How many parts.
        last : int
            How many of the last dates are judged; 0 parts by customers only, at all dates.
        key : str
            What draws them.

        Returns
        -------
        tuple of Fold
            ``n`` pairs of places, rising.

        Raises
        ------
        SpecError
            When a number is out of its range.
        EvidenceError
            When no date is left to learn from, or a side has no rows.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=90).log
        >>> recipe = cj.features.Recipe(cj.features.Recency("visit"))
        >>> rows = cj.features.training_set(log, recipe, "visit", as_of=["2024-02-01", "2024-03-01"], within="2W")
        >>> len(rows.folds(5))
        5
        """
        whole(n, name="n", least=2)
        every = np.ones(len(self.y), bool)
        early, late = (every, every) if whole(last, name="last", least=0) == 0 else self._parted(last)
        part = (uniform(f"features/{key}", self.groups) * n).astype(int)
        made = tuple(Fold(np.flatnonzero(early & (part != k)), np.flatnonzero(late & (part == k))) for k in range(n))
        if any(not len(side) for fold in made for side in fold):
            raise EvidenceError(f"a fold has no rows: {len(np.unique(self.groups)):,} customers are too few for n={n}")
        return made

    def _parted(self, last: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell rows of the dates to learn from, and of the last dates."""
        dates = self.dates
        whole(last, name="last", least=1, most=max(len(dates) - 1, 1))
        late = dates[-last:]
        early = [one for one in dates[:-last] if self.ends[one] <= late[0]]
        at = cast("pd.DatetimeIndex", self.X.index.get_level_values("as_of"))
        if not early:
            first = late[0].astimezone(at.tz)
            raise EvidenceError(
                f"no date is left to learn from: nothing that was asked before {first:%Y-%m-%d} was known by then; "
                "give earlier dates, or a shorter time within"
            )
        return at.isin(early), at.isin(late)

    def _part(self, rows: NDArray[np.bool_], use: str) -> TrainingSet:
        if not rows.any():
            raise EvidenceError(f"no row is left to {use}; give more customers or dates")
        there = set(self.X.index.get_level_values("as_of")[rows])
        ends = {start: end for start, end in self.ends.items() if start in there}
        return replace(self, X=self.X[rows], y=self.y[rows], ends=ends)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a date.

        Returns
        -------
        pandas.DataFrame
            ``as_of``, ``known`` (when its outcome was), ``customers``, and the mean of ``y``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=90).log
        >>> recipe = cj.features.Recipe(cj.features.Recency("visit"))
        >>> rows = cj.features.training_set(log, recipe, "visit", as_of=["2024-02-01", "2024-03-01"], within="2W")
        >>> rows.to_frame().columns.tolist()
        ['as_of', 'known', 'customers', 'mean']
        """
        import pandas as pd

        told = self.y.groupby(level="as_of").agg(["size", "mean"]).reset_index()
        told.columns = ["as_of", "customers", "mean"]
        known = [self.ends[one.to_pydatetime().astimezone(dt.UTC)] for one in told["as_of"]]
        told.insert(1, "known", pd.DatetimeIndex(known).tz_convert(told["as_of"].dt.tz).as_unit("us"))
        return told

    def __repr__(self) -> str:
        """Say how large it is."""
        shape = f"{len(self.X):,} rows of {len(np.unique(self.groups)):,} customers at {len(self.ends)} dates"
        return f"TrainingSet({shape}, {self.X.shape[1]} features of {self.y.name})"
