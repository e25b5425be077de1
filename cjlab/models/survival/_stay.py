"""How many of some groups are still there after some times, each share with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from cjlab._display import Shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.survival._baseline import Baseline

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Stay(Shown):
    """Shares of groups still there after some times; made by :meth:`Survival.stay`.

    Parameters
    ----------
    share, low, high : pandas.DataFrame
        A row a group, a column a time: the mean share of its customers, and the ends of its interval.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
    >>> model = cj.models.Survival(rounds=20).fit(X, time, left=time < 20)
    >>> stay = model.stay(X, at=[5, 10])
    >>> bool((stay.low < stay.share).all(axis=None)), stay.to_frame().columns.tolist()
    (True, ['group', 'time', 'share', 'low', 'high'])
    """

    share: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row a group and time.

        Returns
        -------
        pandas.DataFrame
            ``group``, ``time``, ``share``, ``low``, ``high``.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> model = cj.models.Survival(rounds=20).fit(X, time, left=time < 20)
        >>> len(model.stay(X, at=[5, 10], by=X[:, 0]).to_frame())
        4
        """
        import pandas as pd

        ends = {name: getattr(self, name).to_numpy().ravel() for name in ("share", "low", "high")}
        places = pd.MultiIndex.from_product([self.share.index, self.share.columns], names=["group", "time"])
        return pd.DataFrame(ends, index=places).reset_index()


def grouped(
    risk: Floats, baseline: Baseline, at: Floats, group: NDArray[np.intp], *, confidence: float
) -> tuple[Floats, Floats, Floats]:
    r"""Return the mean share of each group after each time and the ends of its interval, ``(groups, times)`` each.

    With :math:`w_i = e^{b m_i}` and the mean over a group, the variance of :math:`\bar S = \overline{e^{-H_0 w_i}}` is

    .. math:: \left(\overline{S_i w_i}\right)^2 V + \left(\overline{S_i w_i (m_i H_0 - D)}\right)^2 \mathrm{Var}(b)

    by the delta method; the interval is symmetric in :math:`\ln(-\ln \bar S)`, so that it stays between 0 and 1
    (Kalbfleisch & Prentice 2002, 4.3). ``risk`` is *m*.
    """
    hazard, variance, drift = baseline.steps(at)
    weight, sizes = np.exp(baseline.slope * risk)[:, None], np.bincount(group)

    def mean(values: Floats) -> Floats:
        sums = np.stack([np.bincount(group, column) for column in values.T], axis=1)
        return sums / sizes[:, None]

    each = np.exp(-weight * hazard)
    share, by_hazard = mean(each), mean(each * weight)
    by_slope = mean(each * weight * (risk[:, None] * hazard - drift))
    error = np.sqrt(by_hazard**2 * variance + by_slope**2 * baseline.error**2)
    inside = (share > 0) & (share < 1)
    log = -np.log(np.where(inside, share, 0.5))
    reach = np.exp(float(norm.isf((1 - confidence) / 2)) * error / np.where(inside, share, 0.5) / log)
    low, high = (np.where(inside, np.exp(-log * one), share) for one in (reach, 1 / reach))
    return share, low, high
