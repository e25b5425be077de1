"""Rows in bins of like scores: how often it was said to happen, and how often it did."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.metrics._tabled import Tabled
from cjlab.statistics import Sample, level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Codes, Floats


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Bins(Tabled):
    """Bins of like scores, from low to high: what was said, and what happened.

    Parameters
    ----------
    n : ndarray
        Count of rows.
    first, last : ndarray
        The lowest and the highest score.
    score : ndarray
        The mean score: the share of rows in which it was said to happen.
    happened : ndarray
        The share of rows in which it happened.
    standard_error : ndarray
        Standard error of ``happened - score``, the scores being given; that of a share as large as the mean score,
        where it happened in all rows of the bin or in none.
    low, high : ndarray
        Ends of the interval of ``happened`` (Wilson; of as many rows as the customers are worth).

    Examples
    --------
    >>> import cjlab as cj
    >>> bins = cj.metrics.calibration([0, 1, 1, 1], [0.2, 0.2, 0.8, 0.8], bins=2).bins
    >>> bins.happened.tolist(), bins.score.tolist()
    ([0.5, 1.0], [0.2, 0.8])
    """

    n: Codes
    first: Floats
    last: Floats
    score: Floats
    happened: Floats
    standard_error: Floats
    low: Floats
    high: Floats

    def _columns(self) -> Mapping[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def placed(score: Floats, bins: int) -> Codes:
    """Return the bin of each row: as many rows in each as can be without parting equal scores; empty bins are none."""
    distinct, codes, counts = np.unique(score, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(score)
    place = np.minimum((middle * bins).astype(np.intp), bins - 1)
    return np.unique(place, return_inverse=True)[1][codes] if len(distinct) else codes


def binned(happened: Floats, score: Floats, place: Codes, customer: Codes | None, *, confidence: float) -> Bins:
    """Add up the rows of each bin."""
    count = np.bincount(place)
    said, share = (np.bincount(place, weights=values) / count for values in (score, happened))
    errors, worth = _errors(happened - share[place], place, count, customer)
    errors = np.where(errors > 0, errors, np.sqrt(said * (1 - said) / worth))  # where all rows are alike
    interval = level(Sample(worth, share, share), kind="share", confidence=confidence)
    first, last = np.full(len(count), np.inf), np.full(len(count), -np.inf)
    np.minimum.at(first, place, score)
    np.maximum.at(last, place, score)
    return Bins(count, first, last, said, share, errors, np.asarray(interval.low), np.asarray(interval.high))


def _errors(rest: Floats, place: Codes, count: Codes, customer: Codes | None) -> tuple[Floats, Floats]:
    """Return the error of each bin's share, and how many rows that do not hang together would be as certain."""
    alone = np.bincount(place, weights=rest**2) / count**2
    if customer is None:
        return np.sqrt(alone * count / np.maximum(count - 1, 1)), count.astype(np.float64)
    bins = len(count)
    pairs, codes = np.unique(customer * bins + place, return_inverse=True)
    sums, where = np.bincount(codes, weights=rest), pairs % bins
    customers = np.bincount(where, minlength=bins)
    together = np.bincount(where, weights=sums**2, minlength=bins) / count**2
    together *= customers / np.maximum(customers - 1, 1)
    known = together > 0
    worth = np.where(known, count * alone / np.where(known, together, 1), customers)
    return np.sqrt(together), worth
