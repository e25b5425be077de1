"""An estimate with its interval, and how it was made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.simulator._normal import Z
from cjlab.statistics import Sample, level

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike


class Estimate(NamedTuple):
    """One field of a world as a log shows it.

    Parameters
    ----------
    name : str
        The field, such as ``"personas.p1.gap"``.
    estimate, low, high : float
        Its value and the ends of its 95 % interval; NaN where none is known.
    n : int
        Rows (or customers) that it was learned from.
    how : str
        How.
    """

    name: str
    estimate: float
    low: float
    high: float
    n: int
    how: str


def number(value: object, default: float) -> float:
    """Return what a column came to as a float; the default where it is empty."""
    return default if value is None else float(value)  # type: ignore[arg-type]  # a mean of numbers is one


def assumed(name: str, value: float, why: str) -> Estimate:
    """Return a value that no row speaks of."""
    return Estimate(name, value, math.nan, math.nan, 0, why)


def share(name: str, count: float, n: int, how: str, *, clusters: ArrayLike | None = None) -> Estimate:
    """Return a share with Wilson's interval; rows of few clusters count for fewer (their design effect)."""
    if n <= 0:
        return assumed(name, 0.0, f"{how}: no row")
    effect = 1.0 if clusters is None else design_effect(np.asarray(clusters, dtype=float), count / n)
    found = level(Sample(n / effect, count / n, count / n * (1 - count / n)), kind="share")
    return Estimate(name, count / n, float(found.low), float(found.high), n, how)


def design_effect(sizes: np.ndarray, rate: float) -> float:
    """Return by what clusters blow up a share's variance, from ``(m, 2)`` rows and hits a cluster; at least 1."""
    rows, hits = sizes[:, 0], sizes[:, 1]
    plain = rows.sum() * rate * (1 - rate)
    if plain <= 0 or len(rows) < 2:  # noqa: PLR2004 - a variance needs two
        return 1.0
    return max(1.0, float(((hits - rate * rows) ** 2).sum() / plain))


def rate(name: str, count: float, exposure: float, spread: float, n: int, how: str) -> Estimate:
    """Return a rate per unit of exposure, its interval on the log scale with the given overdispersion."""
    if exposure <= 0 or count <= 0:
        return assumed(name, 0.0, f"{how}: none seen")
    value = count / exposure
    error = math.sqrt(max(spread, 1.0) / count)
    return Estimate(name, value, value * math.exp(-Z * error), value * math.exp(Z * error), n, how)


def mean(name: str, values: ArrayLike, how: str) -> Estimate:
    """Return a mean with its normal interval."""
    array = np.asarray(values, dtype=float)
    array = array[np.isfinite(array)]
    if len(array) < 2:  # noqa: PLR2004 - a variance needs two
        return assumed(name, float(array[0]) if len(array) else 0.0, f"{how}: fewer than two rows")
    half = Z * float(array.std(ddof=1)) / math.sqrt(len(array))
    value = float(array.mean())
    return Estimate(name, value, value - half, value + half, len(array), how)


def around(name: str, value: float, error: float, n: int, how: str, *, positive: bool = False) -> Estimate:
    """Return a value with the interval of its standard error: on the log scale where it is positive."""
    if positive and value > 0:
        half = min(Z * error / value, 30.0)  # at the edge of what can be, the likelihood is flat
        return Estimate(name, value, value * math.exp(-half), value * math.exp(half), n, how)
    return Estimate(name, value, value - Z * error, value + Z * error, n, how)


def through(one: Estimate, name: str, law: Callable[[float], float], how: str) -> Estimate:
    """Return what an increasing or decreasing law makes of an estimate and its interval."""
    ends = [law(value) for value in (one.estimate, one.low, one.high)]
    return Estimate(name, ends[0], min(ends[1:]), max(ends[1:]), one.n, how)
