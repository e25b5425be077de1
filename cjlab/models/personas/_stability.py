"""Whether groups are found again in other samples of the same customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._display import Shown
from cjlab.models.personas._tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FEWEST = 2


@dataclass(frozen=True, eq=False, repr=False)
class Stability(Shown):
    """The adjusted Rand index of groupings grown in samples, with that of all customers.

    Parameters
    ----------
    groups : ndarray
        ``(m,)`` numbers of groups.
    mean, low, high : ndarray
        ``(m,)`` the mean index, and between what 95 % of the samples lie.
    explained : ndarray
        ``(m,)`` the share of the differences between customers that lies between groups.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
    >>> cj.models.Personas().fit(X).stability.mean.tolist()
    [1.0]
    """

    groups: NDArray[np.int64]
    mean: Floats
    low: Floats
    high: Floats
    explained: Floats

    def kept(self, stable: float) -> int:
        """Return the largest number of groups that are found again, 0 if none is."""
        enough = self.groups[self.mean >= stable]
        return int(enough.max(initial=0))

    def to_frame(self) -> pd.DataFrame:
        """Return a row a number of groups.

        Returns
        -------
        pandas.DataFrame
            ``personas``, ``index``, ``low``, ``high`` and ``explained``.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
        >>> cj.models.Personas().fit(X).stability.to_frame()["personas"].tolist()
        [2]
        """
        import pandas as pd

        ends = {"index": self.mean, "low": self.low, "high": self.high, "explained": self.explained}
        return pd.DataFrame({"personas": self.groups, **ends})

    def _parts(self) -> Mapping[str, Any]:
        return {name: getattr(self, name) for name in ("groups", "mean", "low", "high", "explained")}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Stability:
        return cls(**parts)


def stability(asked: Floats, told: Floats, *, most: int, least: float, resamples: int, seed: int) -> Stability:
    """Grow groups in samples, for each number of them, and compare them with those of all customers."""
    from sklearn.metrics import adjusted_rand_score

    draw = np.random.default_rng([61, seed])
    places = [draw.integers(0, len(asked), len(asked)) for _ in range(resamples)]
    rows = []
    for many in range(_FEWEST, most + 1):
        whole = Tree.grown(asked, told, groups=many, least=least)
        if len(whole.leaves) < many:
            break
        own = whole.groups(asked)
        again = [
            Tree.grown(asked[one], told[one], groups=many, least=least, rounded=False).groups(asked) for one in places
        ]
        index = np.array([adjusted_rand_score(own, one) for one in again])
        rows.append((many, index.mean(), *np.quantile(index, [0.025, 0.975]), _explained(told, own)))
    table = np.array(rows).reshape(-1, 5)
    return Stability(table[:, 0].astype(np.int64), *table[:, 1:].T)


def _explained(told: Floats, groups: NDArray[np.int64]) -> float:
    """Return the share of squared differences that lies between groups."""
    many = np.bincount(groups)
    means = np.stack([np.bincount(groups, one) for one in told.T], axis=1) / np.maximum(many, 1)[:, None]
    middle = told.mean(axis=0)
    return float((many @ (means - middle) ** 2).sum() / ((told - middle) ** 2).sum())
