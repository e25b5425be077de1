"""A measure along the share of customers contacted, best first, with its band."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite
from cjlab.metrics._estimate import Estimate, bounds, standard_error
from cjlab.metrics._tabled import Tabled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Codes, Floats
    from cjlab.metrics._ranking import Ranking

_STEPS = 100
_LEAST = 10


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Curve(Tabled):
    """A measure along the share of customers contacted, the highest scores first.

    Parameters
    ----------
    share : ndarray
        Shares of the rows that are contacted, from 0 to 1.
    estimate : ndarray
        The measure at each share; of rows with one score the same part each.
    standard_error : ndarray
        Its standard error at each share.
    low, high : ndarray
        Ends of its interval at each share by itself (not of the whole curve at once).

    Examples
    --------
    >>> import cjlab as cj
    >>> curve = cj.metrics.gain([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])
    >>> [round(float(found), 2) for found in curve.estimate[[25, 50, 75, 100]]]
    [0.5, 0.5, 1.0, 1.0]
    """

    share: Floats
    estimate: Floats
    standard_error: Floats
    low: Floats
    high: Floats

    def reaching(self, value: float) -> Estimate:
        """Return the smallest share at which the curve reaches a value, such as the one that finds 80 %.

        Parameters
        ----------
        value : float
            The value to be reached.

        Returns
        -------
        Estimate
            The share, between the shares at which the upper and the lower end of the band reach the value; NaN for
            what does not. The standard error is not known.

        Raises
        ------
        SpecError
            When ``value`` is no finite number.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.metrics.gain([1, 0, 1, 0], [4, 3, 2, 1]).reaching(0.8).estimate
        0.65
        """
        asked = finite(value, name="value")
        found, first, last = (_first(self.share, one, asked) for one in (self.estimate, self.high, self.low))
        return Estimate(found, math.nan, first, last)

    def _columns(self) -> Mapping[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def _first(share: Floats, curve: Floats, value: float) -> float:
    """Return the first share at which a curve reaches a value, on the straight line between two that are told."""
    there = np.flatnonzero(curve >= value)
    if not len(there):
        return math.nan
    place = int(there[0])
    if place == 0:
        return float(share[0])
    return float(np.interp(value, curve[place - 1 : place + 1], share[place - 1 : place + 1]))


def grid() -> Floats:
    """Return the shares at which a curve is told: every hundredth."""
    return np.arange(_STEPS + 1) / _STEPS


def taken(ranking: Ranking, values: Floats, share: float) -> tuple[float, Floats]:
    r"""Return the mean over all rows of what the best ``share`` of them bring, and the influences, best row first.

    :math:`G(q) = \frac 1 n \sum_i w_i z_i`, where :math:`w_i` is 1 for rows within the share, 0 beyond it, and the
    part that is needed for those tied at its edge. Where the edge lies is itself estimated:
    :math:`\psi_i = w_i (z_i - \tau) - (G - \tau q)`, with :math:`\tau` the mean of :math:`z` at the edge.
    """
    n, ordered = ranking.n, values[ranking.order]
    block = min(int(np.searchsorted(ranking.ends, share * n)), len(ranking.ends) - 1)
    end = int(ranking.ends[block])
    start = end - int(ranking.sizes[block])
    inside = (share * n - start) / (end - start)
    part = inside * float(ordered[start:end].sum())
    amount = (float(ordered[:start].sum()) + part) / n
    edge = float(ordered[window(start, end, share * n, n)].mean())
    influence = np.full(n, edge * share - amount)
    influence[:start] += ordered[:start] - edge
    influence[start:end] += inside * (ordered[start:end] - edge)
    return amount, influence


def window(start: int, end: int, place: float, n: int) -> slice:
    """Return the rows that tell what rows at the edge are like: those tied there, or enough neighbours."""
    half = max(_LEAST, round(n ** (2 / 3) / 2))
    if end - start >= half:
        return slice(start, end)
    return slice(max(0, min(start, round(place) - half)), min(n, max(end, round(place) + half)))


def gains(ranking: Ranking, values: Floats, customer: Codes | None, shares: Floats) -> tuple[Floats, Floats]:
    """Return what the best shares bring, and the standard errors."""
    whose = None if customer is None else customer[ranking.order]
    found = np.empty((2, len(shares)))
    for place, share in enumerate(shares):
        amount, influence = taken(ranking, values, float(share))
        found[:, place] = amount, standard_error(influence, whose)
    return found[0], found[1]


def curved(share: Floats, estimate: Floats, errors: Floats, *, confidence: float) -> Curve:
    """Give a curve its band."""
    low, high = bounds(estimate, errors, confidence=confidence)
    return Curve(share, estimate, errors, low, high)
