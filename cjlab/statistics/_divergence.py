"""How far the shares of cells moved between two samples, and how far chance alone moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import within
from cjlab.errors import EvidenceError
from cjlab.statistics._level import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from cjlab.statistics._samples import Floats

_LEAST = 5.0  # expected in a cell of the smaller sample, or it is joined to others
_NEVER_ZERO = 0.5  # added to every cell, so that a category that is new has a logarithm
_EIGHT = 8.0  # near 0 the population stability index is eight times the divergence of Jensen and Shannon


class Divergence(NamedTuple):
    """Two divergences between two samples, and the law that chance gives them; made by :func:`divergence`.

    Parameters
    ----------
    psi, js : Interval
        The population stability index, and the divergence of Jensen and Shannon (natural logarithm, 0 to 0.69).
    p : float
        How often chance alone shows such an index or a larger one; NaN where there is but one cell.
    cells : int
        How many cells were compared, after those with too few were joined.
    scale, df : float
        By chance alone the index is ``scale`` times a chi-square number with ``df`` degrees of freedom.

    Examples
    --------
    >>> import numpy as np
    >>> found = divergence(np.repeat(["a", "b"], 500), np.repeat(["a", "b"], [400, 600]))
    >>> round(found.psi.estimate, 3), round(found.floor(0.05)[0], 4), found.p < 0.001
    (0.04, 0.0077, True)
    """

    psi: Interval
    js: Interval
    p: float
    cells: int
    scale: float
    df: float

    def floor(self, level: float) -> tuple[float, float]:
        """Return what chance alone exceeds that often, of the index and of Jensen's and Shannon's divergence.

        Parameters
        ----------
        level : float
            How often, above 0 and below 1.

        Returns
        -------
        tuple of float
            Both floors; 0 where there is but one cell.

        Examples
        --------
        >>> divergence(["a"] * 30, ["a"] * 50).floor(0.05)
        (0.0, 0.0)
        """
        from scipy.stats import chi2

        within(level, 0, 1, name="level", open_ends=True)
        found = self.scale * float(chi2.isf(level, self.df)) if self.df > 0 else 0.0
        return found, found / _EIGHT


def divergence(
    before: ArrayLike,
    after: ArrayLike,
    *,
    clusters: tuple[ArrayLike, ArrayLike] | None = None,
    confidence: float = 0.95,
) -> Divergence:
    r"""Return how far the shares of cells moved, with intervals, and what chance alone shows.

    With shares *p* before and *q* after, the population stability index and the divergence of Jensen and Shannon are

    .. math:: \sum_j (p_j - q_j) \log\frac{p_j}{q_j}, \qquad
        \tfrac12 \sum_j p_j \log\frac{2 p_j}{p_j + q_j} + \tfrac12 \sum_j q_j \log\frac{2 q_j}{p_j + q_j}.

    Where nothing moved the index, and eight times the other, are to second order the quadratic form
    :math:`\sum_j (p_j - q_j)^2 / \pi_j` of the pooled shares :math:`\pi`. For independent rows that is
    :math:`(1/n + 1/m)\,\chi^2_{k-1}` (Yurdakul & Naranjo 2020, doi:10.21314/JRMV.2020.227). Where rows hang together
    (customers with several rows, or in both samples) the covariance *V* of :math:`p - q` is summed over customers,
    and the form, a sum of chi-square numbers weighted by the eigenvalues of :math:`W = \mathrm{diag}(\pi)^{-1} V`, is
    taken as ``scale`` times one with as many degrees of freedom as gives it mean and variance:
    :math:`\mathrm{tr} W^2 / \mathrm{tr} W` and :math:`(\mathrm{tr} W)^2 / \mathrm{tr} W^2` (Satterthwaite 1946,
    doi:10.2307/3002019; Rao & Scott 1984, doi:10.1214/aos/1176346391).

    An interval inverts the non-central law: *d* is *a* times chi-square with mean :math:`\nu a + \delta` and
    non-centrality :math:`\delta/a`, with :math:`a = \mathrm{var}(d) / 4d` by the delta method, which is ``scale`` near
    0. Cells of which fewer than 5 are expected in the smaller sample are joined; half a row is added to every cell.

    Parameters
    ----------
    before, after : array_like
        ``(n,)`` and ``(m,)`` cells: words or whole numbers.
    clusters : tuple of array_like, optional
        To which customer each row belongs; each row its own unless given.
    confidence : float, default: 0.95
        Of the intervals.

    Returns
    -------
    Divergence
        Both divergences, and their law by chance.

    Raises
    ------
    EvidenceError
        When a sample is empty, or has not one cluster a row.

    Examples
    --------
    >>> divergence([1, 1, 2, 2] * 20, [2, 1, 2, 1] * 30).psi.low
    0.0
    """
    within(confidence, 0, 1, name="confidence", open_ends=True)
    first, second, cells = _joined(before, after)
    _owned(first, second, clusters)
    n, m = len(first), len(second)
    p, q = (_shares(one, cells) for one in (first, second))
    if cells == 1:
        nothing = Interval(0.0, 0.0, 0.0)
        return Divergence(nothing, nothing, float("nan"), 1, 0.0, 0.0)
    influence = _rows(p, q, n, m) if clusters is None else _customers(first, second, clusters, cells)
    pooled = (n * p + m * q) / (n + m)
    chance = _rows(pooled, pooled, n, m) if clusters is None else influence
    mean, square = chance.chance(pooled)
    scale, df = square / mean if mean > 0 else 0.0, mean**2 / square if square > 0 else 0.0
    half = (p + q) / 2
    psi = float(((p - q) * np.log(p / q)).sum())
    js = float((p * np.log(p / half) + q * np.log(q / half)).sum() / 2)
    slope_psi = np.log(p / q) + (p - q) / p, -np.log(p / q) - (p - q) / q
    slope_js = np.log(p / half) / 2, np.log(q / half) / 2
    return Divergence(
        _interval(psi, influence.variance(*slope_psi), mean, confidence),
        Interval(
            *(x / _EIGHT for x in _interval(_EIGHT * js, _EIGHT**2 * influence.variance(*slope_js), mean, confidence))
        ),
        _beyond(psi, scale, df),
        cells,
        scale,
        df,
    )


def _owned(first: NDArray[np.int64], second: NDArray[np.int64], clusters: tuple[ArrayLike, ArrayLike] | None) -> None:
    """Check that every row has its cluster."""
    for name, rows, given in zip(("before", "after"), (first, second), clusters or (), strict=False):
        own = np.asarray(given)
        if len(rows) != len(own):
            raise EvidenceError(f"{name} has {len(rows):,} rows and {len(own):,} clusters; give one for each")


class _Influence(NamedTuple):
    """What each independent unit adds to the shares before and after: ``(units, cells)`` each, or their covariances."""

    before: Floats
    after: Floats
    between: Floats

    def chance(self, pooled: Floats) -> tuple[float, float]:
        """Return the trace of diag(pooled)^-1 V, and that of its square, V being the covariance of the difference."""
        moved = (self.before + self.after - self.between - self.between.T) / pooled[:, None]
        return float(np.trace(moved)), float((moved * moved.T).sum())

    def variance(self, before: Floats, after: Floats) -> float:
        """Return the variance of what has these slopes in the shares."""
        return float(before @ self.before @ before + after @ self.after @ after + 2 * before @ self.between @ after)


def _rows(p: Floats, q: Floats, n: int, m: int) -> _Influence:
    """Return the covariances of shares of rows of their own."""
    first, second = (np.diag(one) - np.outer(one, one) for one in (p, q))
    return _Influence(first / n, second / m, np.zeros_like(first))


def _customers(
    first: NDArray[np.int64], second: NDArray[np.int64], clusters: tuple[ArrayLike, ArrayLike], cells: int
) -> _Influence:
    """Return the covariances of shares of rows that hang together by customer."""
    owners = [np.asarray(one) for one in clusters]
    names, places = np.unique(np.concatenate(owners), return_inverse=True)
    cut, units = len(first), len(names)
    sums = [_added(places[:cut], first, units, cells), _added(places[cut:], second, units, cells)]
    spread = units / max(units - 1, 1)
    return _Influence(
        *(spread * one.T @ two for one, two in ((sums[0], sums[0]), (sums[1], sums[1]), (sums[0], sums[1])))
    )


def _added(owners: NDArray[np.intp], codes: NDArray[np.int64], units: int, cells: int) -> Floats:
    """Return what each customer's rows add to the shares, ``(units, cells)``, 0 on average."""
    counts = np.bincount(owners * cells + codes, minlength=units * cells).reshape(units, cells).astype(np.float64)
    shares = counts.sum(axis=0) / len(codes)
    return np.asarray((counts - counts.sum(axis=1, keepdims=True) * shares) / len(codes))


def _joined(before: ArrayLike, after: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return the cells as numbers from 0 on, those with too few joined to one, and how many there are."""
    parts: list[NDArray[Any]] = [np.asarray(before), np.asarray(after)]
    for name, one in zip(("before", "after"), parts, strict=True):
        if not len(one):
            raise EvidenceError(f"{name} has no row; a divergence needs at least one on either side")
    codes = np.unique(np.concatenate(parts), return_inverse=True)[1]
    smaller = min(len(one) for one in parts)
    expected = np.bincount(codes) / len(codes) * smaller
    target = np.arange(len(expected))
    few = expected < _LEAST
    if few.any() and len(expected) > 1:
        together = few.copy()
        if expected[few].sum() < _LEAST and not few.all():
            together[np.flatnonzero(~few)[expected[~few].argmin()]] = True
        target[together] = np.flatnonzero(together)[0]
    numbers, merged = np.unique(target[codes], return_inverse=True)
    cut = len(parts[0])
    return merged[:cut], merged[cut:], len(numbers)


def _shares(codes: NDArray[np.int64], cells: int) -> Floats:
    counts = np.bincount(codes, minlength=cells) + _NEVER_ZERO
    return np.asarray(counts / counts.sum())


def _beyond(value: float, scale: float, df: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, value / scale)) if scale > 0 else float("nan")


def _interval(value: float, variance: float, mean: float, confidence: float) -> Interval:
    """Return the ends between which the true divergence lies: those at which the value is as likely from one side."""
    scale = variance / (4 * value) if value > 0 else 0.0
    if scale <= 0:
        return Interval(value, 0.0, value)
    df, at, tail = mean / scale, value / scale, (1 - confidence) / 2
    return Interval(value, *(scale * _noncentrality(at, df, below) for below in (1 - tail, tail)))


def _noncentrality(at: float, df: float, below: float) -> float:
    """Return which non-centrality lies so that a value is not exceeded with that chance; 0 where none is so small."""
    from scipy.optimize import brentq
    from scipy.stats import ncx2, norm

    def over(centre: float) -> float:
        found = float(ncx2.cdf(at, df, centre))
        if np.isnan(found):  # scipy gives up at some millions, where the law is as good as normal
            found = float(norm.cdf((at - df - centre) / np.sqrt(2 * (df + 2 * centre))))
        return found - below

    if over(0.0) <= 0:
        return 0.0
    most = at + 10.0 * (1.0 + np.sqrt(at + df))
    return float(brentq(over, 0.0, most, xtol=1e-9 * most))
