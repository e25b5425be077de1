"""The level of one arm, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from cjlab._checks import one_of, within
from cjlab.statistics._laws import normal_quantile, student_quantile
from cjlab.statistics._samples import floats, plain

if TYPE_CHECKING:
    from cjlab.statistics._samples import Floats, Sample


class Interval(NamedTuple):
    """An estimate and the two ends of its interval.

    Parameters
    ----------
    estimate, low, high : ndarray or float
        Numbers or arrays of one shape, in the unit of what was estimated.

    Examples
    --------
    >>> Interval(0.5, 0.4, 0.6).low
    0.4
    """

    estimate: Floats | float
    low: Floats | float
    high: Floats | float


def level(sample: Sample, *, kind: Literal["mean", "share"] = "mean", confidence: float = 0.95) -> Interval:
    r"""Level of one arm with its interval: Student's t for a mean, Wilson's score for a share.

    Wilson's ends are :math:`\frac{1}{1 + z^2/n}\left(p + \frac{z^2}{2n} \pm
    z \sqrt{\frac{p (1 - p)}{n} + \frac{z^2}{4 n^2}}\right)` (Wilson 1927, doi:10.1080/01621459.1927.10502953); they
    stay inside 0 and 1 where nobody or everybody answered.

    Parameters
    ----------
    sample : Sample
        One arm or an array of arms.
    kind : {"mean", "share"}, default: "mean"
        ``"mean"`` or ``"share"``; a share's ``variance`` is not used.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Interval
        NaN where the arm is empty, and where a mean has one value or none that differs.

    Raises
    ------
    SpecError
        When ``kind`` or ``confidence`` is not allowed.

    Examples
    --------
    >>> import cjlab as cj
    >>> nobody = cj.statistics.Sample(100, 0.0, 0.0)
    >>> round(float(cj.statistics.level(nobody, kind="share").high), 4)
    0.037
    """
    one_of(kind, ("mean", "share"), name="kind")
    upper = (1 + within(confidence, 0, 1, name="confidence", open_ends=True)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return _wilson(sample, normal_quantile(upper)) if kind == "share" else _student(sample, upper)


def _student(sample: Sample, upper: float) -> Interval:
    n, mean, variance = floats(sample)
    reach = student_quantile(n - 1, upper) * np.sqrt(np.where(variance > 0, variance, np.nan) / n)
    return Interval(*map(plain, np.broadcast_arrays(mean, mean - reach, mean + reach)))


def _wilson(sample: Sample, z: float) -> Interval:
    n, share, _ = floats(sample)
    extra = z**2 / n
    centre = (share + extra / 2) / (1 + extra)
    reach = z * np.sqrt(share * (1 - share) / n + extra / (4 * n)) / (1 + extra)
    low = np.where(share == 0, 0.0, centre - reach)
    high = np.where(share == 1, 1.0, centre + reach)
    return Interval(*map(plain, np.broadcast_arrays(share, low, high)))
