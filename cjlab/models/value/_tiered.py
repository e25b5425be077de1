"""Customers by tier at a date, and who moved between two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._display import Shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class TierTable(Shown):
    """Tiers at a date, the lowest first.

    Parameters
    ----------
    names : tuple of str
        What they are called.
    least : ndarray
        The value from which each is had; minus infinity for the lowest.
    customers : ndarray
        How many customers.
    value : ndarray
        What they are expected to bring together.
    cap : ndarray
        What may be spent on one of them within the horizon.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> value = pd.Series([1.0, 2.0, 3.0, 4.0])
    >>> cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5)).fit(value).table(value).customers.tolist()
    [2, 2]
    """

    names: tuple[str, ...]
    least: Floats
    customers: NDArray[np.int64]
    value: Floats
    cap: Floats

    def to_frame(self) -> pd.DataFrame:
        """Return a row a tier.

        Returns
        -------
        pandas.DataFrame
            ``tier``, ``least``, ``customers``, ``share_of_customers``, ``value``, ``share_of_value``, ``cap`` (of one
            customer) and ``budget`` (of all).

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> value = pd.Series([1.0, 2.0, 3.0, 4.0])
        >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5)).fit(value)
        >>> tiers.table(value).to_frame()["share_of_value"].tolist()
        [0.3, 0.7]
        """
        import pandas as pd

        everybody, everything = max(int(self.customers.sum()), 1), float(self.value.sum()) or 1.0
        made: dict[str, Any] = {
            "tier": list(self.names),
            "least": self.least,
            "customers": self.customers,
            "share_of_customers": self.customers / everybody,
            "value": self.value,
            "share_of_value": self.value / everything,
            "cap": self.cap,
            "budget": self.cap * self.customers,
        }
        return pd.DataFrame(made)


@dataclass(frozen=True, eq=False, repr=False)
class Moves(Shown):
    """Customers by their tier at two dates.

    Parameters
    ----------
    names : tuple of str
        The tiers: "none" for those who had not bought, then from the lowest.
    customers : ndarray
        ``(k, k)``: rows are the tier before, columns that after.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> before = pd.Series([1.0, 2.0, 3.0, 4.0])
    >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5)).fit(before)
    >>> tiers.moved(before, before).customers.tolist()
    [[0, 0, 0], [0, 2, 0], [0, 0, 2]]
    """

    names: tuple[str, ...]
    customers: NDArray[np.int64]

    @property
    def up(self) -> int:
        """How many had bought and rose.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> before = pd.Series([1.0, 2.0, 3.0, 4.0])
        >>> cj.models.Tiers(names=("a", "b"), shares=(0.5, 0.5)).fit(before).moved(before, before).up
        0
        """
        return int(np.triu(self.customers[1:, 1:], 1).sum())

    @property
    def down(self) -> int:
        """How many had bought and fell.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> before = pd.Series([1.0, 2.0, 3.0, 4.0])
        >>> cj.models.Tiers(names=("a", "b"), shares=(0.5, 0.5)).fit(before).moved(before, before - 1).down
        1
        """
        return int(np.tril(self.customers[1:, 1:], -1).sum())

    def to_frame(self) -> pd.DataFrame:
        """Return a row a pair of tiers.

        Returns
        -------
        pandas.DataFrame
            ``before``, ``after``, ``customers`` and ``share`` of those who were in the tier before.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> before = pd.Series([1.0, 2.0, 3.0, 4.0])
        >>> tiers = cj.models.Tiers(names=("base", "best"), shares=(0.5, 0.5)).fit(before)
        >>> len(tiers.moved(before, before).to_frame())
        9
        """
        import pandas as pd

        k, wholes = len(self.names), self.customers.sum(axis=1)
        whole = np.repeat(wholes, k)
        flat = self.customers.ravel()
        made: dict[str, Any] = {
            "before": np.repeat(self.names, k),
            "after": np.tile(self.names, k),
            "customers": flat,
            "share": np.divide(flat, whole, out=np.zeros(len(flat)), where=whole > 0),
        }
        return pd.DataFrame(made)
