"""Two scores on the same customers: by how much one is better, and whether that could be chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from cjlab._checks import finite, one_of, whole, within
from cjlab.errors import SpecError
from cjlab.metrics._door import clusters, same_rows
from cjlab.metrics._estimate import estimated
from cjlab.metrics._measures import MEASURES
from cjlab.metrics._tabled import Tabled

if TYPE_CHECKING:
    from cjlab.metrics._door import Codes
    from cjlab.metrics._estimate import Estimate

Metric: TypeAlias = str | Callable[..., float]
_STREAM = 0x6D657472  # sets these draws apart from others of the same seed


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Difference(Tabled):
    """One score minus another, by one measure on the same rows.

    Parameters
    ----------
    measure : str
        By what they were compared.
    first, second : float
        The measure of each.
    estimate, standard_error, low, high : float
        The first minus the second, with its interval.
    p : float
        Two-sided p-value of there being no difference; NaN where the standard error is not known.
    n : int
        Count of rows.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.compare("brier", [0.9, 0.2, 0.7, 0.4], [0.5] * 4, outcome=[1, 0, 1, 0])
    >>> round(found.first, 3), found.second, round(found.estimate, 3)
    (0.075, 0.25, -0.175)
    """

    measure: str
    first: float
    second: float
    estimate: float
    standard_error: float
    low: float
    high: float
    p: float
    n: int

    def _columns(self) -> Mapping[str, Any]:
        return {one.name: [getattr(self, one.name)] for one in fields(self)}


def compare(
    metric: Metric,
    score: Any,  # noqa: ANN401 - a column, a frame, or a policy
    other: Any,  # noqa: ANN401 - likewise
    *,
    customer: Any = None,  # noqa: ANN401 - a column of labels
    confidence: float = 0.95,
    repeats: int = 1_000,
    seed: int = 0,
    **given: Any,  # noqa: ANN401 - what the measure takes beside a score
) -> Difference:
    r"""Difference of a measure between two scores on the same customers.

    Two measures on the same rows vary together, so that overlapping intervals say nothing about their difference. A
    measure of this room is compared by the influences of the rows, :math:`\psi^1_i - \psi^2_i`; for the AUC that is the
    test of DeLong et al. (1988, doi:10.2307/2531595). A function of one's own is computed for both scores on the same
    resamples of the customers (Efron 1979, doi:10.1214/aos/1176344552), drawn from ``seed``: the interval has the
    quantiles of the differences, and *p* is twice the smaller part of them on one side of 0.

    Parameters
    ----------
    metric : str or callable
        ``"auc"``, ``"average_precision"``, ``"brier"``, ``"recall"`` (with ``share=``), ``"qini"``, ``"auuc"``,
        ``"policy_value"`` (doubly robust; the scores are policies); or a function that is called with the score as
        ``score=`` and with ``given``, and returns a number.
    score, other : array_like or frame
        The two scores, of the same rows.
    customer : array_like, optional
        The customer of each row, where one has several: they are drawn together.
    confidence : float, default: 0.95
        Above 0 and below 1.
    repeats : int, default: 1000
        How many resamples a function of one's own is computed on, from 100 to 100,000.
    seed : int, default: 0
        From which resamples are drawn, from 0.
    **given : object
        What the measure takes besides: ``outcome=`` and, for measures of effects, ``arm=``, ``control=``,
        ``propensity=``, ``treated=``, ``expected=``. For a function, what has one value a row is resampled with it.

    Returns
    -------
    Difference
        The first minus the second.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When ``metric`` is not known, or a parameter is not allowed.

    Examples
    --------
    >>> import cjlab as cj
    >>> y = [1, 0, 1, 0, 1, 0]
    >>> found = cj.metrics.compare("auc", [6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6], outcome=y)
    >>> round(found.first, 3), round(found.second, 3), round(found.estimate, 3)
    (0.667, 0.333, 0.333)
    """
    same_rows(score=score, other=other, customer=customer, **given)
    if callable(metric):
        pair = _Pair(metric, score, other, given, clusters(customer, len(score)))
        return _resampled(pair, _draws(repeats, seed), within(confidence, 0, 1, name="confidence", open_ends=True))
    measure = MEASURES[one_of(metric, tuple(MEASURES), name="metric")]
    first, second = (measure(one, given | {"customer": customer}) for one in (score, other))
    difference, whose = first.minus(second), clusters(customer, len(first.influence))
    found = estimated(difference, whose, confidence=confidence)
    return Difference(metric, first.estimate, second.estimate, *found, _chance(found), len(first.influence))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A function, and the two scores that it is computed for."""

    metric: Callable[..., float]
    score: Any
    other: Any
    given: Mapping[str, Any]
    customer: Codes | None

    def at(self, rows: Codes) -> tuple[float, float]:
        """Compute both on some rows."""
        n = len(self.score)
        given = _part(self.given, rows, n)
        first, second = (
            finite(self.metric(score=_part(one, rows, n), **given), name="what metric returns", error=SpecError)
            for one in (self.score, self.other)
        )
        return first, second


def _draws(repeats: int, seed: int) -> tuple[int, np.random.Generator]:
    key = [_STREAM, whole(seed, name="seed", least=0, most=2**63)]
    return whole(repeats, name="repeats", least=100, most=100_000), np.random.default_rng(key)


def _resampled(pair: _Pair, draws: tuple[int, np.random.Generator], confidence: float) -> Difference:
    n, (repeats, draw) = len(pair.score), draws
    first, second = pair.at(np.arange(n))
    starts, rows = _grouped(pair.customer, n)
    found = np.array([np.subtract(*pair.at(_drawn(starts, rows, draw))) for _ in range(repeats)])
    low, high = map(float, np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2]))
    beyond = int(min((found <= 0).sum(), (found >= 0).sum()))
    p = min(1.0, 2 * (beyond + 1) / (repeats + 1))
    name = getattr(pair.metric, "__name__", "metric")
    return Difference(name, first, second, first - second, float(found.std(ddof=1)), low, high, p, n)


def _grouped(customer: Codes | None, n: int) -> tuple[Codes, Codes]:
    """Return the rows customer by customer, and where each customer starts."""
    if customer is None:
        return np.arange(n + 1), np.arange(n)
    return np.concatenate(([0], np.cumsum(np.bincount(customer)))), np.argsort(customer, kind="stable")


def _drawn(starts: Codes, rows: Codes, draw: np.random.Generator) -> Codes:
    """Draw as many customers as there are, with replacement, and return their rows."""
    chosen = draw.integers(0, len(starts) - 1, len(starts) - 1)
    sizes = starts[chosen + 1] - starts[chosen]
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.asarray(rows[np.repeat(starts[chosen], sizes) + within])


def _part(one: Any, rows: Codes, n: int) -> Any:  # noqa: ANN401 - of the kind that it was
    """Return the rows of what has one value a row; all else as it is."""
    if isinstance(one, Mapping):
        return {name: _part(column, rows, n) for name, column in one.items()}
    if isinstance(one, str | bytes) or not hasattr(one, "__len__") or len(one) != n:
        return one
    if hasattr(one, "iloc"):
        return one.iloc[rows]
    return one[rows] if hasattr(one, "columns") else np.asarray(one)[rows]


def _chance(found: Estimate) -> float:
    if found.standard_error == 0:
        return 1.0 if found.estimate == 0 else math.nan
    return math.erfc(abs(found.estimate) / found.standard_error / math.sqrt(2))
