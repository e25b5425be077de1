"""How good foretold times are: their order, and promised shares beside those that came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.models._figure import Figure, about_all

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_Z = float(norm.ppf(0.975))
_DRAWN = 5_000  # customers whose order is compared, pair by pair
_BLOCK = 500
_THIRDS = ("low", "middle", "high")


@dataclass(frozen=True, eq=False, repr=False)
class SurvivalJudged(Shown):
    """What was foretold of customers who were not learnt from, beside what came; made by :meth:`Survival.judge`.

    Parameters
    ----------
    figures : tuple of Figure
        ``concordance`` (of two of whom it is known who left first, how often he had the higher risk), ``slope`` (of the
        log risk in what came: 1 where risks are as far apart as was said), and the share that came of each third by
        risk. Intervals are of 95 %.
    table : pandas.DataFrame
        A row a third and time: ``promised``, ``came`` (Kaplan and Meier), ``low``, ``high``.
    customers : int
        How many.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
    >>> model = cj.models.Survival(rounds=20).fit(X, time, left=time < 20)
    >>> model.judge(X, time, left=time < 20, at=[10]).how
    '200 customers, whom it is for the one who judges not to have taught it'
    """

    figures: tuple[Figure, ...]
    table: pd.DataFrame
    customers: int

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> cj.models.Survival(rounds=20).fit(X, time, left=time < 20).judge(X, time, left=time < 20, at=[10]).customers
        200
        """
        return f"{self.customers:,} customers, whom it is for the one who judges not to have taught it"

    def to_frame(self) -> pd.DataFrame:
        """Return promised shares beside those that came.

        Returns
        -------
        pandas.DataFrame
            ``table``.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> model = cj.models.Survival(rounds=20).fit(X, time, left=time < 20)
        >>> model.judge(X, time, left=time < 20, at=[10]).to_frame().columns.tolist()
        ['third', 'time', 'promised', 'came', 'low', 'high']
        """
        return self.table


def judged(risk: Floats, spans: Floats, gone: Flags, promised: pd.DataFrame) -> SurvivalJudged:
    """Set what was foretold of customers beside what came of them."""
    import pandas as pd

    thirds = np.array_split(np.argsort(risk, kind="stable"), len(_THIRDS))
    rows = [
        (name, at, float(promised[at].to_numpy()[own].mean()), *kept(spans[own], gone[own], float(at)))
        for name, own in zip(_THIRDS, thirds, strict=True)
        for at in promised.columns
    ]
    table = pd.DataFrame(rows, columns=["third", "time", "promised", "came", "low", "high"])
    figures = [
        figure
        for third, at, said, *came in rows
        for figure in (
            about_all(f"still there at {at:g}, {third} third, promised", said),
            about_all(f"still there at {at:g}, {third} third, came", *came),
        )
    ]
    order = about_all("concordance", *concordance(risk, spans, gone))
    return SurvivalJudged((order, _spread(risk, spans, gone), *figures), table, len(risk))


def kept(spans: Floats, gone: Flags, at: float) -> tuple[float, float, float]:
    r"""Return the share still there after a time, by Kaplan and Meier, with its interval.

    :math:`\exp(-e^{\ln(-\ln \hat S) \pm z\,\hat\sigma / \ln \hat S})`, with Greenwood's
    :math:`\hat\sigma^2 = \sum d_j / (n_j (n_j - d_j))` (Kalbfleisch & Prentice 2002, 1.4).
    """
    times, left = np.unique(spans[gone & (spans <= at)], return_counts=True)
    there = len(spans) - np.searchsorted(np.sort(spans), times, side="left")
    share = float(np.prod(1 - left / there))
    if not 0 < share < 1:
        return share, np.nan, np.nan
    error = float(np.sqrt((left / (there * (there - left))).sum()))
    ends = [share ** float(np.exp(sign * _Z * error / -np.log(share))) for sign in (1, -1)]
    return share, *ends


def concordance(risk: Floats, spans: Floats, gone: Flags) -> tuple[float, float, float]:
    r"""Return how often, of two of whom it is known who left first, that one had the higher risk; ties count half.

    :math:`C = \sum_{ij} c_{ij} / \sum_{ij} k_{ij}` over pairs that are known (Harrell, Lee & Mark 1996,
    doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4). The interval is that of its influence
    function, as of any ratio of U-statistics (Hoeffding 1948, doi:10.1214/aoms/1177730196); of more than 5,000
    customers, 5,000 are drawn.
    """
    if len(risk) > _DRAWN:
        own = np.random.default_rng(0).permutation(len(risk))[:_DRAWN]
        risk, spans, gone = risk[own], spans[own], gone[own]
    known, right = np.zeros(len(risk)), np.zeros(len(risk))
    leavers = np.flatnonzero(gone)
    for first in range(0, len(leavers), _BLOCK):
        rows = leavers[first : first + _BLOCK]
        pairs = (spans[rows, None] < spans) | ((spans[rows, None] == spans) & ~gone)
        apart = risk[rows, None] - risk
        held = np.where(pairs, (apart > 0) + 0.5 * (apart == 0), 0.0)
        known += pairs.sum(axis=0)
        right += held.sum(axis=0)
        known[rows] += pairs.sum(axis=1)
        right[rows] += held.sum(axis=1)
    if not known.any():
        raise EvidenceError("of no two customers is it known who left first; judge with more of them, or a longer time")
    share = float(right.sum() / known.sum())
    reach = _Z * 2 * float(np.sqrt(((right - share * known) ** 2).sum())) / float(known.sum())
    return share, share - reach, share + reach


def _spread(risk: Floats, spans: Floats, gone: Flags) -> Figure:
    """Return Cox's coefficient of the log risk; NaN where risks do not differ."""
    from statsmodels.duration.hazard_regression import PHReg

    if np.ptp(risk) == 0:
        return about_all("slope", np.nan)
    found = PHReg(spans, risk[:, None], status=gone.astype(int), ties="breslow").fit(disp=0)
    return about_all("slope", found.params[0], *(found.params[0] + side * _Z * found.bse[0] for side in (-1, 1)))
