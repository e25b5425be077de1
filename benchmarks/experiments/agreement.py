"""What each contender must find by its own definition, computed again from one set of moments of the rows."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.experiments.job import CONTROL, PAIRS, Effect
from cjlab.statistics import Comparison, Joint, Moments, Sample, cuped, moments, welch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from numpy.typing import NDArray

    Reduced: TypeAlias = Callable[[Moments, str, str], Joint]
    Compared: TypeAlias = Callable[[Joint, Joint], Comparison]


def definitions(path: str) -> dict[str, list[Effect]]:
    """Return what each contender must find in the file."""
    found = moments(path, by=["arm"], columns=list(PAIRS), pairs=list(PAIRS.items()))
    return {name: list(expected(found, *how)) for name, how in _DEFINITIONS.items()}


def expected(found: Moments, joint: Reduced, compare: Compared) -> Iterator[Effect]:
    """Compare every arm with the control, by one way to reduce a pair of columns and one to compare two arms."""
    arms = [str(arm) for (arm,) in found.groups]
    for metric, past in PAIRS.items():
        both = joint(found, metric, past)
        control = Joint(*(np.asarray(field)[arms.index(CONTROL)] for field in both))
        numbers = compare(both, control)
        for place, arm in enumerate(arms):
            if arm != CONTROL:
                yield Effect(arm, metric, *(float(of[place]) for of in (numbers.estimate, numbers.low, numbers.high)))


def by_known(found: Moments, metric: str, past: str) -> Joint:
    """Reduce a pair over the rows where both are known."""
    return found.joint(metric, past)


def by_rows(found: Moments, metric: str, past: str) -> Joint:
    """Reduce a pair as tea-tasting does: n counts rows, and each moment is of the rows that have it."""
    y, x, both = found.sample(metric), found.sample(past), found.joint(metric, past)
    return Joint(found.rows.astype(np.float64), y.mean, x.mean, y.variance, x.variance, both.covariance)


def by_mean_squares(found: Moments, metric: str, past: str) -> Joint:
    """Reduce a pair as tea-tasting does through Narwhals: mean squares of what is known, times rows over rows − 1."""
    n, mean_y, mean_x, *squares = by_rows(found, metric, past)
    known = found.sample(metric).n, found.sample(past).n, found.joint(metric, past).n
    variances = (square * (k - 1) / k * n / (n - 1) for square, k in zip(squares, known, strict=True))
    return Joint(n, mean_y, mean_x, *variances)


def one_slope(treated: Joint, control: Joint) -> Comparison:
    """Adjust by the slope of both arms taken for one sample, and compare the means by Welch's t."""
    slope = _slope(treated, control)
    return welch(_adjusted(treated, slope), _adjusted(control, slope))


_DEFINITIONS: dict[str, tuple[Reduced, Compared]] = {
    "cjlab": (by_known, cuped),
    "statsmodels": (by_known, one_slope),
    "tea-tasting": (by_rows, one_slope),
    "tea-tasting, Narwhals": (by_mean_squares, one_slope),
}


def _slope(treated: Joint, control: Joint) -> NDArray[np.float64]:
    n1, y1, x1, _, square1, product1 = treated
    n0, y0, x0, _, square0, product0 = control
    between = n1 * n0 / (n1 + n0)
    product = (n1 - 1) * product1 + (n0 - 1) * product0 + between * (y1 - y0) * (x1 - x0)
    return np.asarray(product / ((n1 - 1) * square1 + (n0 - 1) * square0 + between * (x1 - x0) ** 2))


def _adjusted(arm: Joint, slope: NDArray[np.float64]) -> Sample:
    n, mean_y, mean_x, variance_y, variance_x, covariance = arm
    return Sample(n, mean_y - slope * mean_x, variance_y - 2 * slope * covariance + slope**2 * variance_x)


if __name__ == "__main__":
    json.dump(definitions(sys.argv[1]), sys.stdout)
