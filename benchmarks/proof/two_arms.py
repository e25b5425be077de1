"""Level and coverage of every two-arm comparison, on rates, on log-normal spend, and on the real test's spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.proof.bar import Rate
from benchmarks.proof.markets import LogNormal, Resampled, rates
from cjlab.statistics import Comparison, cuped, proportions, ratio, welch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHARE = 0.05
LIFTS = (0.0, 0.5)
ALPHA = 0.05


def on_rates(replays: int, *, share: float = SHARE, customers: int = 2_000) -> Iterator[Rate]:
    """Proportions and Welch on outcomes that happen to a share of the customers."""
    for lift in LIFTS:
        treated, control = rates(share, customers, replays, lift)
        for test in (proportions, welch):
            where = f"{test.__name__}, Bernoulli {share:.3g}, {customers:,} an arm"
            yield from judged(where, [test(treated, control)], difference=share * lift, lift=lift)


def on_spend(market: LogNormal | Resampled, replays: int) -> Iterator[Rate]:
    """Welch, CUPED and (where there are orders) the ratio on what customers spend."""
    for lift in LIFTS:
        found: dict[str, list[Comparison]] = {"welch": [], "cuped": [], "ratio": []}
        for treated, control in market.arms(replays, lift):
            found["welch"].append(welch(treated.metric, control.metric))
            found["cuped"].append(cuped(treated.with_past, control.with_past))
            if isinstance(market, LogNormal):
                found["ratio"].append(ratio(treated.over_orders, control.over_orders))
        base = {"welch": market.mean(), "cuped": market.mean()}
        base |= {"ratio": market.ratio()} if isinstance(market, LogNormal) else {}
        for name, mean in base.items():
            where = f"{name}, {market.name}, {market.customers:,} an arm"
            yield from judged(where, found[name], difference=mean * lift, lift=lift)


def on_half_the_values(replays: int) -> Iterator[Rate]:
    """Welch on spend of which half is unknown."""
    market = LogNormal(name="log-normal spend, half unknown", missing=0.5, key=4)
    found = [welch(treated.metric, control.metric) for treated, control in market.arms(replays, 0.0)]
    where = f"welch, {market.name}, {market.customers:,} an arm"
    yield from judged(where, found, difference=0.0, lift=0.0)


def by_arm_size(market: Resampled, replays: int, sizes: Sequence[int]) -> list[tuple[str, ...]]:
    """Measure Welch on the real test's spend at growing arms: where the normal law begins to serve."""
    rows = []
    for size in sizes:
        row = [f"{size:,}"]
        for lift in LIFTS:
            comparison = welch(*market.thinned(replays, lift, size))
            if lift == 0:
                row.append(f"{np.mean(comparison.p < ALPHA):.4f}")
            inside = covered(comparison, market.mean() * lift), covered_relative(comparison, lift)
            row += [f"{np.mean(one):.4f}" for one in inside]
        rows.append(tuple(row))
    return rows


def judged(where: str, found: Sequence[Comparison], *, difference: float, lift: float) -> Iterator[Rate]:
    """Turn comparisons into the rates that they promise."""
    all_of = Comparison(
        *(np.concatenate([np.atleast_1d(part) for part in field]) for field in zip(*found, strict=True))
    )
    at = f"{where}, lift {lift:.0%}"
    if lift == 0:
        yield Rate.of("level", at, np.asarray(all_of.p) < ALPHA, ALPHA)
    yield Rate.of("coverage, absolute", at, covered(all_of, difference), 1 - ALPHA)
    yield Rate.of("coverage, relative", at, covered_relative(all_of, lift), 1 - ALPHA)


def covered(comparison: Comparison, truth: float) -> np.ndarray:
    """Say for each interval whether it holds the true difference."""
    return (np.asarray(comparison.low) <= truth) & (truth <= np.asarray(comparison.high))


def covered_relative(comparison: Comparison, truth: float) -> np.ndarray:
    """Say for each relative interval whether it holds the true lift."""
    return (np.asarray(comparison.relative_low) <= truth) & (truth <= np.asarray(comparison.relative_high))
