"""Who is in each persona: how many, what they are worth, what sets them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._display import Shown
from cjlab.errors import TableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MOST = 3  # features that are named


@dataclass(frozen=True, eq=False, repr=False)
class Portraits(Shown):
    """Personas at a date.

    Parameters
    ----------
    names, rules : tuple of str
        What each is called, and its rule.
    customers : ndarray
        How many customers.
    value : ndarray
        What they are worth together; NaN where it was not given.
    means : pandas.DataFrame
        Indexed by ``persona``: the mean of each number (a category's columns are shares).
    apart : pandas.DataFrame
        Likewise, how far the mean lies from that of all, in standard deviations of all.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
    >>> cj.models.Personas().fit(X).portraits(X).means["orders"].tolist()
    [0.0, 9.0]
    """

    names: tuple[str, ...]
    rules: tuple[str, ...]
    customers: NDArray[np.int64]
    value: Floats
    means: pd.DataFrame
    apart: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return a row a persona.

        Returns
        -------
        pandas.DataFrame
            ``persona``, ``rule``, ``customers``, ``share``, ``value``, ``share_of_value`` and ``known_by``: the
            features whose means lie furthest from those of all.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
        >>> cj.models.Personas().fit(X).portraits(X).to_frame()["known_by"].tolist()
        ['low orders', 'high orders']
        """
        import pandas as pd

        everything = float(self.value.sum())
        made: dict[str, Any] = {
            "persona": list(self.names),
            "rule": list(self.rules),
            "customers": self.customers,
            "share": self.customers / max(int(self.customers.sum()), 1),
            "value": self.value,
            "share_of_value": self.value / everything if everything else np.full(len(self.names), np.nan),
            "known_by": [self._known_by(name) for name in self.names],
        }
        return pd.DataFrame(made)

    def _known_by(self, name: str) -> str:
        row = self.apart.to_numpy()[self.names.index(name)]
        told = [place for place in np.argsort(-np.abs(row), kind="stable") if np.isfinite(row[place])]
        return ", ".join(f"{'high' if row[one] > 0 else 'low'} {self.apart.columns[one]}" for one in told[:_MOST])


def portraits(
    frame: pd.DataFrame,
    groups: NDArray[np.int64],
    *,
    names: tuple[str, ...],
    rules: tuple[str, ...],
    value: pd.Series[float] | None,
) -> Portraits:
    """Add up by persona."""
    import pandas as pd

    many = np.bincount(groups, minlength=len(names))
    worth = np.full(len(names), np.nan)
    if value is not None:
        absent = ~frame.index.isin(value.index)
        if absent.any():
            raise TableError(
                f"value has no customer {frame.index[absent].tolist()[0]!r}, who is in X; give all of them"
            )
        worth = np.bincount(groups, value.reindex(frame.index).to_numpy(np.float64), minlength=len(names))
    numbers = pd.get_dummies(frame, dummy_na=False, dtype=np.float64).astype(np.float64)
    means = numbers.groupby(groups).mean().reindex(range(len(names))).set_axis(pd.Index(names, name="persona"))
    spread = numbers.std(ddof=0).replace(0.0, np.nan)
    return Portraits(names, rules, many, worth, means, (means - numbers.mean()) / spread)
