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
CALLS = 21


def seconds() -> dict[str, dict[str, float]]:
    """Return the median seconds of each test, on the clock and of the processor, and those of its first call."""
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
    wall, cpu = (statistics.median(each) for each in zip(*taken[1:], strict=True))
    return {"wall": wall, "cpu": cpu, "first": taken[0][0]}


def _once(test: Callable[..., Any], given: list[Any]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    test(*given)
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    json.dump(seconds(), sys.stdout)
