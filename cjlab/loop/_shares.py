"""Shares of the contacted and of their control, put against each other as chance drew them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab import statistics
from cjlab._display import Shown
from cjlab.loop._observe import MATURE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.loop._observe import Observed
    from cjlab.statistics import Comparison

    Floats = NDArray[np.float64]


class Share(NamedTuple):
    """A share of those who got an action beside that of their control, and what the action changed.

    Parameters
    ----------
    action, when : str
        Which action, and how long after it.
    contacted, of_contacted : int
        How many got it, and of how many of these it holds.
    share : float
        Their share, weighted by one over the chance of having got it. It tells of no effect without the next.
    withheld, of_withheld : int
        How many were meant for it and left alone by chance, and of how many of these it holds.
    control : float
        Their share, weighted likewise.
    estimate, low, high : float
        What the action changed, with its interval; NaN where it is not known.
    said : str
        Why it is not known; else empty.

    Examples
    --------
    >>> Share("call", "90D", 900, 90, 0.1, 300, 60, 0.2, 0.5, 0.3, 0.6, "").estimate
    0.5
    """

    action: str
    when: str
    contacted: int
    of_contacted: int
    share: float
    withheld: int
    of_withheld: int
    control: float
    estimate: float
    low: float
    high: float
    said: str


@dataclass(frozen=True, eq=False, repr=False)
class Shares(Shown):
    """What actions changed in shares; made by :func:`saved` and :func:`regained`.

    Parameters
    ----------
    what : str
        ``"saved"`` or ``"regained"``: what the estimate is.
    readings : tuple of Share
        One an action and time.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.Shares("saved", ()).to_frame().columns[:2].tolist()
    ['action', 'when']
    """

    what: str
    readings: tuple[Share, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a reading.

        Returns
        -------
        pandas.DataFrame
            The fields of :class:`Share`.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.loop.Shares("saved", ()).to_frame())
        0
        """
        import pandas as pd

        return pd.DataFrame(list(self.readings), columns=list(Share._fields))


class Against(NamedTuple):
    """Who got an action and who was left alone by chance, counted, and their shares compared."""

    contacted: tuple[int, int]
    withheld: tuple[int, int]
    compared: Comparison


def against(seen: Observed, action: str, *, confidence: float) -> Against:
    r"""Compare the shares of those who got an action and of those left alone, among those it was meant for.

    Each row weighs one over the chance of the arm received. A weighted share *p* whose variance, customers being the
    clusters, is *v*, tells as much as :math:`p (1 - p) / v` customers, and so many the score method is told of (Korn &
    Graubard 1998, doi:10.2307/1403309, for the effective size).
    """
    rows, chances = seen.rows, seen.chances
    able = (chances[action] > 0) & (chances[seen.control] > 0)
    meant = ((rows["state"] == MATURE) & (rows["slice"] != "holdout") & (rows["intended"] == action) & able).to_numpy()
    sides = []
    for arm in (action, seen.control):
        own = rows[meant & (rows["arm"] == arm).to_numpy()]
        sides.append((own, 1 / chances.loc[own.index, arm].to_numpy(np.float64)))
    contacted, withheld = [(len(own), int((own["outcome"] > 0).sum())) for own, _ in sides]
    treated, left = [_effective(own, weights) for own, weights in sides]
    return Against(contacted, withheld, statistics.proportions(treated, left, confidence=confidence))


def _effective(own: pd.DataFrame, weights: Floats) -> statistics.Sample:
    """Return a sample that tells as much as these rows."""
    import pandas as pd

    total = float(weights.sum())
    if not total:
        return statistics.Sample(0.0, float("nan"), float("nan"))
    y = own["outcome"].to_numpy(np.float64)
    share = float(weights @ y) / total
    codes, names = pd.factorize(own["customer_id"])
    parts = np.bincount(codes, weights=weights * (y - share) / total, minlength=len(names))
    variance = float((parts**2).sum()) * len(names) / max(len(names) - 1, 1)
    each = np.bincount(codes, weights=weights, minlength=len(names))
    size = share * (1 - share) / variance if variance > 0 else total**2 / float((each**2).sum())
    return statistics.Sample(size, share, float("nan"))
