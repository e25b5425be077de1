"""Several tests at once: p-values adjusted for the family they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from cjlab.statistics._samples import Floats


def holm(p: ArrayLike) -> Floats:
    r"""Adjust p-values so that the chance of any false rejection in the family stays at the level.

    The i-th smallest of m becomes :math:`\max_{j \le i} \min(1, (m - j + 1) p_{(j)})` (Holm 1979,
    https://www.jstor.org/stable/4615733). It holds whatever the dependence between the tests.

    Parameters
    ----------
    p : array_like
        P-values ``(..., m)``; a family lies along the last axis. NaN is a test that was not made: it stays NaN and does
        not count.

    Returns
    -------
    ndarray
        Adjusted p-values of the same shape, in the same order.

    Raises
    ------
    EvidenceError
        When a p-value lies outside 0 to 1.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.statistics.holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    ordered, order, tests = _ordered(p)
    rank = np.arange(ordered.shape[-1])
    adjusted = np.fmax.accumulate(ordered * (tests - rank), axis=-1)
    return _restored(adjusted, ordered, order)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    r"""Adjust p-values so that the expected share of false rejections among all rejections stays at the level.

    The i-th smallest of m becomes :math:`\min_{j \ge i} \min(1, m p_{(j)} / j)` (Benjamini & Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x). It holds for tests that are independent or positively dependent.

    Parameters
    ----------
    p : array_like
        P-values ``(..., m)``; a family lies along the last axis. NaN is a test that was not made: it stays NaN and does
        not count.

    Returns
    -------
    ndarray
        Adjusted p-values of the same shape, in the same order.

    Raises
    ------
    EvidenceError
        When a p-value lies outside 0 to 1.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.statistics.benjamini_hochberg([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    ordered, order, tests = _ordered(p)
    rank = np.arange(1, ordered.shape[-1] + 1)
    adjusted = np.flip(np.fmin.accumulate(np.flip(ordered * tests / rank, axis=-1), axis=-1), axis=-1)
    return _restored(adjusted, ordered, order)


def _ordered(p: ArrayLike) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Sort each family, NaN last, and count its tests."""
    values = np.atleast_1d(np.asarray(p, dtype=np.float64))
    wrong = (values < 0) | (values > 1)
    if wrong.any():
        raise EvidenceError(
            f"a p-value is {float(values[wrong][0])}; it lies from 0 to 1, or is NaN where no test was made"
        )
    order = np.argsort(values, axis=-1, kind="stable")
    tests = np.count_nonzero(~np.isnan(values), axis=-1, keepdims=True)
    return np.take_along_axis(values, order, axis=-1), order, tests


def _restored(adjusted: Floats, ordered: Floats, order: NDArray[np.intp]) -> Floats:
    adjusted = np.where(np.isnan(ordered), np.nan, np.minimum(adjusted, 1))
    restored = np.empty_like(adjusted)
    np.put_along_axis(restored, order, adjusted, axis=-1)
    return restored
