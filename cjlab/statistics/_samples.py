"""What an arm is reduced to before anything is compared: a count, means, and centred second moments."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Given: TypeAlias = Floats | float
Flags: TypeAlias = NDArray[np.bool_]


class Sample(NamedTuple):
    """One metric of one arm, or of many: numbers or arrays that broadcast against each other.

    Parameters
    ----------
    n : ndarray or float
        Values that are known; not rows.
    mean : ndarray or float
        Their mean, in the metric's unit.
    variance : ndarray or float
        Their variance with divisor ``n - 1``, in the unit squared.

    Examples
    --------
    >>> Sample(n=4, mean=2.5, variance=5 / 3)
    Sample(n=4, mean=2.5, variance=1.6666666666666667)
    """

    n: Given
    mean: Given
    variance: Given


class Joint(NamedTuple):
    """Two metrics of the same customers in one arm, or of many arms: numbers or arrays that broadcast.

    Parameters
    ----------
    n : ndarray or float
        Customers whose two values are known.
    mean_y, mean_x : ndarray or float
        The two means, each in its metric's unit.
    variance_y, variance_x : ndarray or float
        The two variances with divisor ``n - 1``.
    covariance : ndarray or float
        Their covariance with divisor ``n - 1``.

    Examples
    --------
    >>> Joint(n=3, mean_y=2.0, mean_x=1.0, variance_y=1.0, variance_x=1.0, covariance=0.5).covariance
    0.5
    """

    n: Given
    mean_y: Given
    mean_x: Given
    variance_y: Given
    variance_x: Given
    covariance: Given

    @property
    def linearised(self) -> Sample:
        r"""The sample whose mean is the ratio *R* of the two means, y over x, and that varies as the ratio does.

        Its values are :math:`R + (y - R x) / \bar x` (Deng, Knoblich & Lu 2018, doi:10.1145/3219819.3219919), with the
        variance :math:`(s_y^2 - 2 R s_{xy} + R^2 s_x^2) / \bar x^2`; NaN where the mean of x is 0.

        Examples
        --------
        >>> one = Joint(n=100, mean_y=1.0, mean_x=2.0, variance_y=1.0, variance_x=1.0, covariance=0.5).linearised
        >>> float(one.mean), float(one.variance)
        (0.5, 0.1875)
        """
        n, mean_y, mean_x, variance_y, variance_x, covariance = floats(self)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            mean_x = np.where(mean_x == 0, np.nan, mean_x)
            level = mean_y / mean_x
            variance = variance_y - 2 * level * covariance + level**2 * variance_x
            return Sample(n, level, np.maximum(variance, 0) / mean_x**2)


def floats(reduced: Sample | Joint) -> tuple[Floats, ...]:
    """Return the fields as float arrays."""
    return tuple(np.asarray(field, dtype=np.float64) for field in reduced)


def plain(array: Floats) -> Floats:
    """Return an array of no dimension as the number that it is, which shows itself as one; any other array as it is."""
    return array.item() if array.ndim == 0 else array  # type: ignore[return-value] # a number where numbers were given
