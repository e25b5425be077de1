"""Thousands of comparisons in one call: seconds of each test on 20 metrics × 7 arms × 70 days."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.statistics import Joint, Sample, cuped, proportions, ratio, welch

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE = (20, 7, 70)
CALLS = 7


def seconds() -> dict[str, dict[str, float]]:
    """Return what the first call of each test takes, and the median of the later ones."""
    draw = np.random.default_rng([42, 0])
    arms = [_joint(draw, SHAPE), _joint(draw, (SHAPE[0], 1, SHAPE[2]))]
    samples = [Sample(arm.n, arm.mean_y, arm.variance_y) for arm in arms]
    shares = [Sample(arm.n, arm.mean_y, arm.mean_y * (1 - arm.mean_y) * arm.n / (arm.n - 1)) for arm in arms]
    jobs = (welch, samples), (cuped, arms), (ratio, arms), (proportions, shares)
    return {test.__name__: _timed(test, given) for test, given in jobs}


def _joint(draw: np.random.Generator, shape: tuple[int, ...]) -> Joint:
    n = draw.integers(1_000, 100_000, shape).astype(np.float64)
    y, x = (draw.uniform(0.05, 0.3, shape) for _ in range(2))
    return Joint(n, y, 1 + x, y * (1 - y), x, 0.5 * np.sqrt(y * (1 - y) * x))


def _timed(test: Callable[..., Any], given: list[Any]) -> dict[str, float]:
    taken = [_once(test, given) for _ in range(CALLS + 1)]
    return {"first": taken[0], "median": statistics.median(taken[1:])}


def _once(test: Callable[..., Any], given: list[Any]) -> float:
    started = time.perf_counter()
    test(*given)
    return time.perf_counter() - started


if __name__ == "__main__":
    json.dump(seconds(), sys.stdout)
