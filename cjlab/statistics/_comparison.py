"""From two levels and their variances to the one answer that every test gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._checks import finite, within
from cjlab.statistics._laws import student, student_quantile
from cjlab.statistics._samples import plain

if TYPE_CHECKING:
    from cjlab.statistics._samples import Floats


class Comparison(NamedTuple):
    """Treated against control: the difference, its interval and test, and the same relative to the control.

    Every field is an array of the common shape of what was compared (a number where numbers were given).
    What the data cannot answer is NaN.

    Parameters
    ----------
    treated, control : ndarray
        Levels of the two arms: means, rates, ratios, or adjusted means.
    estimate : ndarray
        ``treated - control``.
    standard_error : ndarray
        Standard error of ``estimate``.
    df : ndarray
        Degrees of freedom of its t distribution; infinity for the normal one.
    low, high : ndarray
        Ends of the interval of ``estimate``.
    p : ndarray
        Two-sided p-value of ``estimate`` being the ``null`` of the test.
    relative : ndarray
        ``treated / control - 1``.
    relative_low, relative_high : ndarray
        Ends of the interval of ``relative``. Where they are finite they agree with the test: the interval holds 0
        exactly when that of ``estimate`` does. Where the control's level cannot be told from 0 the ratio has no
        bounds, and they are minus and plus infinity.

    Examples
    --------
    >>> import cjlab as cj
    >>> comparison = cj.statistics.welch(cj.statistics.Sample(4, 3.0, 1.0), cj.statistics.Sample(4, 2.0, 1.0))
    >>> float(comparison.estimate), float(comparison.relative)
    (1.0, 0.5)
    """

    treated: Floats
    control: Floats
    estimate: Floats
    standard_error: Floats
    df: Floats
    low: Floats
    high: Floats
    p: Floats
    relative: Floats
    relative_low: Floats
    relative_high: Floats


class Contrast(NamedTuple):
    """Two levels, how uncertain the difference and the control's level are, and how they vary together."""

    treated: Floats
    control: Floats
    estimate: Floats
    variance: Floats
    control_variance: Floats
    covariance: Floats
    df: Floats


def conclude(contrast: Contrast, *, null: float, confidence: float) -> Comparison:
    """Test a contrast against ``null`` and give the intervals of the difference and of the ratio minus 1."""
    null = finite(null, name="null")
    confidence = within(confidence, 0, 1, name="confidence", open_ends=True)
    variance = np.where(contrast.variance > 0, contrast.variance, np.nan)
    error = np.sqrt(variance)
    quantile = student_quantile(contrast.df, (1 + confidence) / 2)
    relative_low, relative_high = _relative(contrast._replace(variance=variance), quantile)
    return shaped(
        treated=contrast.treated,
        control=contrast.control,
        estimate=contrast.estimate,
        standard_error=error,
        df=contrast.df,
        low=contrast.estimate - quantile * error,
        high=contrast.estimate + quantile * error,
        p=2 * student(contrast.df, -np.abs(contrast.estimate - null) / error),
        relative=contrast.estimate / contrast.control,
        relative_low=relative_low,
        relative_high=relative_high,
    )


def shaped(**fields: Floats) -> Comparison:
    """Bring the fields to one shape: arrays where an array was compared, else numbers."""
    arrays = np.broadcast_arrays(*(np.asarray(field, dtype=np.float64) for field in fields.values()))
    return Comparison(**{name: plain(array) for name, array in zip(fields, arrays, strict=True)})


def _relative(contrast: Contrast, quantile: Floats) -> tuple[Floats, Floats]:
    """Give every r at which ``estimate - r control`` is not told from 0: between the roots of a parabola (Fieller)."""
    square = quantile**2
    bend = contrast.control**2 - square * contrast.control_variance
    middle = contrast.estimate * contrast.control - square * contrast.covariance
    offset = contrast.estimate**2 - square * contrast.variance
    reach = np.sqrt(np.maximum(middle**2 - bend * offset, 0))
    bounded = bend > 0
    low = np.where(bounded, (middle - reach) / bend, -np.inf)
    high = np.where(bounded, (middle + reach) / bend, np.inf)
    unknown = np.isnan(bend + middle + offset)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def pooled_df(*variances_and_counts: tuple[Floats, Floats]) -> Floats:
    """Satterthwaite's degrees of freedom of a sum of independent variances, each with its count."""
    total = sum(variance for variance, _ in variances_and_counts)
    parts = sum(variance**2 / (n - 1) for variance, n in variances_and_counts)
    return np.asarray(total**2 / parts, dtype=np.float64)
