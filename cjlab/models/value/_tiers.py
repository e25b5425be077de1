"""Tiers of customers by what they are worth, what may be spent on each, and who moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, shown, texts, within
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models._named import Named
from cjlab.models.value._facts import of_tiers
from cjlab.models.value._tiered import Moves, TierTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models._card import Facts

    Floats = NDArray[np.float64]

NONE = "none"
"""The tier of those of whom nothing is known: who has not bought."""
_TOLERANCE = 1e-9


class Tiers(Named):
    """Tiers of customers by expected value, the lowest first, and the cap of what may be spent on one of each.

    Cut points are learned once and kept, so that who moves between two dates moved by his own value and not by that of
    others. A cap is a share of the mean expected value of the tier, so that it never falls with value.

    Parameters
    ----------
    names : tuple of str
        What the tiers are called, the lowest first.
    shares : tuple of float
        The share of customers in each when the cut points are learned; they add up to 1.
    spend : float or tuple of float
        The share of the expected value that may be spent on a customer within the horizon, from 0 to 1: one for all,
        or one a tier, not falling.

    Attributes
    ----------
    cuts : ndarray
        The least value of each tier but the lowest.

    Raises
    ------
    SpecError
        When there are not as many names as shares, or a share is none.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> value = pd.Series([5.0, 10.0, 20.0, 80.0], index=[1, 2, 3, 4])
    >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.75, 0.25), spend=0.1).fit(value)
    >>> tiers.table(value).to_frame()["cap"].round(2).tolist()
    [1.17, 8.0]
    """

    cuts: Floats
    customers: int = 0

    def __init__(
        self,
        *,
        names: tuple[str, ...] = ("base", "bronze", "silver", "gold"),
        shares: tuple[float, ...] = (0.5, 0.3, 0.15, 0.05),
        spend: float | tuple[float, ...] = 0.05,
    ) -> None:
        self.names = texts(names, name="names")
        self.shares = tuple(within(one, 0, 1, name="shares", open_ends=True) for one in shares)
        given = spend if isinstance(spend, tuple | list) else (spend,) * len(self.names)
        self.spend = tuple(within(one, 0, 1, name="spend") for one in given)
        if not len(self.names) == len(self.shares) == len(self.spend) or len(self.names) < 2:  # noqa: PLR2004 - one is none
            raise SpecError(
                f"tiers have {len(self.names)} names, {len(self.shares)} shares and {len(self.spend)} of spend; "
                "give one of each a tier, of at least two"
            )
        if abs(sum(self.shares) - 1) > _TOLERANCE:
            raise SpecError(f"shares add up to {sum(self.shares):g}; give shares that add up to 1")
        if NONE in self.names or list(self.spend) != sorted(self.spend):
            raise SpecError(
                f"names are {shown(self.names)}, spend {shown(self.spend)}; no tier is called {NONE!r}, which is who "
                "has not bought, and spend does not fall from the lowest tier to the highest"
            )

    def fit(self, value: pd.Series[float]) -> Tiers:
        """Learn the cut points: the values from which each tier is had.

        Parameters
        ----------
        value : pandas.Series
            What each customer is expected to bring, by customer; NaN for those who have not bought.

        Returns
        -------
        Tiers
            Itself.

        Raises
        ------
        EvidenceError
            When so many customers have one value that a tier would be empty.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5))
        >>> tiers.fit(pd.Series([1.0, 2.0, 3.0, 4.0])).cuts.tolist()
        [3.0]
        """
        known = np.sort(_values(value, "value"))
        places = np.ceil(np.cumsum(self.shares)[:-1] * len(known) - _TOLERANCE).astype(int)
        if len(known) < len(self.names) or places.max() >= len(known):
            raise EvidenceError(f"{len(known)} customers have a value; {len(self.names)} tiers need more of them")
        cuts = known[places]
        if (np.diff(np.append(known[0], cuts)) <= 0).any():
            raise EvidenceError(
                f"so many customers have one value that a tier would be empty (cut points {shown(cuts.tolist())}); "
                "give fewer tiers, or other shares"
            )
        self.cuts, self.customers = cuts, len(known)
        return self

    def assign(self, value: pd.Series[float]) -> pd.Series[str]:
        """Return the tier of each customer.

        Parameters
        ----------
        value : pandas.Series
            As :meth:`fit` takes it, of any date.

        Returns
        -------
        pandas.Series
            Named "tier", by customer; "none" where the value is NaN.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5)).fit(pd.Series([1.0, 2.0, 3.0, 4.0]))
        >>> tiers.assign(pd.Series([2.9, 3.0, float("nan")])).tolist()
        ['base', 'best', 'none']
        """
        import pandas as pd

        _values(value, "value")
        names = np.array([*self.names, NONE])
        place = np.searchsorted(self._fitted, value.to_numpy(dtype=np.float64), side="right")
        return pd.Series(names[np.where(value.isna(), len(self.names), place)], index=value.index, name="tier")

    @property
    def _fitted(self) -> Floats:
        if not hasattr(self, "cuts"):
            raise SpecError("these Tiers are not fitted; call fit(value) first")
        return self.cuts

    def table(self, value: pd.Series[float]) -> TierTable:
        """Return how many customers each tier has, what they are worth, and what may be spent on them.

        Parameters
        ----------
        value : pandas.Series
            As :meth:`fit` takes it, of any date.

        Returns
        -------
        TierTable
            A row a tier.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> value = pd.Series([1.0, 2.0, 3.0, 4.0])
        >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5), spend=0.1).fit(value)
        >>> tiers.table(value).to_frame()["budget"].round(2).tolist()
        [0.3, 0.7]
        """
        tier = self.assign(value)
        sums, counts = value.groupby(tier).sum(), tier.value_counts()
        worth = np.array([float(sums.get(name, 0.0)) for name in self.names])
        many = np.array([int(counts.get(name, 0)) for name in self.names])
        mean = np.divide(worth, many, out=np.zeros_like(worth), where=many > 0)
        least = np.append(-np.inf, self._fitted)
        return TierTable(self.names, least, many, worth, np.maximum(np.array(self.spend) * mean, 0.0))

    def moved(self, before: pd.Series[float], after: pd.Series[float]) -> Moves:
        """Return who went from which tier to which.

        Parameters
        ----------
        before, after : pandas.Series
            Expected values at two dates, by customer. Who is absent from one has the tier "none" there.

        Returns
        -------
        Moves
            Customers by tier before and after.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> before = pd.Series([1.0, 2.0, 3.0, 4.0])
        >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5)).fit(before)
        >>> moves = tiers.moved(before, before + 1)
        >>> moves.up, moves.down
        (1, 0)
        """
        import pandas as pd

        both = pd.concat({"before": self.assign(before), "after": self.assign(after)}, axis=1).fillna(NONE)
        names = (NONE, *self.names)
        grid = np.array(
            [[int(((both.before == one) & (both.after == other)).sum()) for other in names] for one in names]
        )
        return Moves(names, grid)

    def _facts(self) -> Facts:
        return of_tiers(self, self._fitted)

    def _parts(self) -> Mapping[str, Any]:
        settings = {name: list(getattr(self, name)) for name in ("names", "shares", "spend")}
        return {**settings, "cuts": self._fitted, "customers": self.customers}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Tiers:
        made = cls(names=tuple(parts["names"]), shares=tuple(parts["shares"]), spend=tuple(parts["spend"]))
        made.cuts, made.customers = parts["cuts"], parts.get("customers", 0)
        return made


def _values(value: Any, name: str) -> Floats:  # noqa: ANN401 - whatever was given
    import pandas as pd

    if not isinstance(value, pd.Series):
        raise TableError(
            f"{name} is a {type(value).__name__}; give a pandas Series by customer, such as predict(…)['value']"
        )
    if value.index.has_duplicates:
        raise TableError(
            f"{name} has customer {value.index[value.index.duplicated()].tolist()[0]!r} twice; give one row a customer"
        )
    known = value.dropna().to_numpy(dtype=np.float64)
    for one in known[~np.isfinite(known)][:1]:
        finite(float(one), name=name, error=TableError)
    return np.asarray(known)
