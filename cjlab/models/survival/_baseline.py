r"""The baseline hazard of a proportional model, and how sure it is.

With *b* the scale of the log risk *m*, :math:`S_0(t) = \sum_{i: T_i \ge t} e^{b m_i}` and :math:`\bar m(t)` the mean of
*m* under those weights, at times :math:`t_j` at which :math:`d_j` left:

.. math:: H_0(t) = \sum_{t_j \le t} \frac{d_j}{S_0(t_j)}, \qquad
    V(t) = \sum_{t_j \le t} \frac{d_j}{S_0(t_j)^2}, \qquad D(t) = \sum_{t_j \le t} \bar m(t_j) \frac{d_j}{S_0(t_j)}

(Breslow 1974, doi:10.2307/2529620; Tsiatis 1981, doi:10.1214/aos/1176345335). *V* is the variance of :math:`H_0` for a
known *b*, and :math:`-D` how :math:`H_0` changes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Baseline:
    """The scale *b* of the log risk with its standard error, and by time ``(m,)`` the hazard, *V* and *D* above."""

    slope: float
    error: float
    times: Floats
    hazard: Floats
    variance: Floats
    drift: Floats

    @classmethod
    def of(cls, risk: Floats, spans: Floats, gone: NDArray[np.bool_]) -> Baseline:
        """Scale log risks of customers that were not learnt from, and add up the hazard of these."""
        slope, error = scaled(risk, spans, gone)
        return cls(slope, error, *added_up(risk, slope, spans, gone))

    def steps(self, asked: Floats) -> tuple[Floats, Floats, Floats]:
        """Return hazard, *V* and *D* at some times, none of them beyond what was seen."""
        beyond = asked[~((asked >= 0) & (asked <= self.times[-1]))]
        if len(beyond):
            raise EvidenceError(
                f"at asks for {beyond[0]:g}, and nobody was seen to leave after {self.times[-1]:g}: what comes then "
                f"is not known; give times from 0 to {self.times[-1]:g}"
            )
        place = np.searchsorted(self.times, asked, side="right")
        hazard, variance, drift = (np.r_[0.0, one][place] for one in (self.hazard, self.variance, self.drift))
        return hazard, variance, drift

    def _parts(self) -> Mapping[str, Part]:
        return dict(vars(self))

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Baseline:
        return cls(**parts)


def scaled(risk: Floats, spans: Floats, gone: NDArray[np.bool_]) -> tuple[float, float]:
    """Return Cox's coefficient of the risk and its standard error; never below 0, since no order is turned round."""
    from statsmodels.duration.hazard_regression import PHReg

    spread = float(risk.std())
    if spread == 0:
        return 0.0, 0.0
    found = PHReg(spans, (risk / spread)[:, None], status=gone.astype(int), ties="breslow").fit(disp=0)
    return max(float(found.params[0]) / spread, 0.0), float(found.bse[0]) / spread


def added_up(
    risk: Floats, slope: float, spans: Floats, gone: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the times at which somebody left, and hazard, *V* and *D* at each."""
    order = np.argsort(spans, kind="stable")
    weight = np.exp(slope * risk[order])
    there, leaning = (np.cumsum(one[::-1])[::-1] for one in (weight, weight * risk[order]))
    times, left = np.unique(spans[gone], return_counts=True)
    first = np.searchsorted(spans[order], times, side="left")  # those still there, at each time
    share = left / there[first]
    return times, np.cumsum(share), np.cumsum(share / there[first]), np.cumsum(share * leaning[first] / there[first])
