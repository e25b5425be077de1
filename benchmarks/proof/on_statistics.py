"""What is proven of statistics: levels, sizes, numerics, and where the normal law fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.page import table
from benchmarks.proof import families, numerics, two_arms
from benchmarks.proof.bar import COLUMNS
from benchmarks.proof.markets import LogNormal, real_market
from benchmarks.proof.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.proof.bar import Rate
    from benchmarks.proof.markets import Resampled

REPLAYS, ROWS = 40_000, 4_000_000
ENOUGH = 0.945
REAL_SIZES = (2_000, 21_306)
ARM_SIZES = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)


def compared() -> Iterable[Rate]:
    """Measure comparisons of two arms."""
    yield from two_arms.on_rates(REPLAYS)
    yield from two_arms.on_spend(LogNormal(), REPLAYS)
    yield from two_arms.on_half_the_values(REPLAYS)


def many() -> Iterable[Rate]:
    """Measure corrections, sizes, splits and guardrails."""
    yield from families.corrections(REPLAYS)
    yield from families.splits(REPLAYS)
    yield from families.sizes(REPLAYS)
    yield from families.guardrails(REPLAYS)


def same() -> Section:
    """Say how far numbers hang on how the rows arrive."""
    measured = [*numerics.invariance(ROWS), *numerics.readouts(ROWS)]
    found = [(name, change, 1e-12) for name, change in measured]
    found.append(("1e9 added to the metric: standard error", numerics.offset_error(ROWS), 1e-6))
    lines = [
        (name, f"{change:.1e}", f"{bar:.0e}", "holds" if change <= bar else "**does not hold**")
        for name, change, bar in found
    ]
    text = (
        f"{ROWS:,} rows; the largest relative change of any field of any comparison (Welch, proportions, ratio, CUPED; "
        "estimate, interval, standard error, p) against the frame as drawn."
    )
    body = f"{text}\n\n{table(('changed', 'largest change', 'bar', 'verdict'), lines)}"
    return Section(body, sum(change > bar for _, change, bar in found))


def spent() -> Section | None:
    """Say where the normal law fails a real test's spend; its figures have no bar to meet."""
    market = real_market()
    if market is None:
        return None
    found, orders = _orders(market)
    sizes = two_arms.by_arm_size(market, REPLAYS, ARM_SIZES)
    reached = [size for size, *_, absolute, _ in sizes if float(absolute) >= ENOUGH]
    text = (
        "Spend of the real test's control (0.57 % buy), drawn with replacement. With a dozen buyers an arm the mean is "
        "not normal, and a method built on it need not meet its promise; what it does instead is measured here. "
        f"Coverage of the absolute interval at a lift of 50 % reaches {ENOUGH:g} at "
        f"{reached[0] if reached else f'more than {ARM_SIZES[-1]:,}'} customers an arm; the real test has 21,306."
    )
    lifts = [f"{kind}, lift {lift}" for lift in ("0 %", "50 %") for kind in ("absolute", "relative")]
    by_size = table(("customers an arm", "level", *lifts), sizes)
    body = f"{text}\n\n{by_size}\n\nAt 2,000 an arm, beside CUPED:\n\n{table(COLUMNS, [one.row() for one in found])}"
    return Section(f"{body}\n\nIts orders, as shares:\n\n{table(COLUMNS, [one.row() for one in orders])}")


def _orders(market: Resampled) -> tuple[list[Rate], list[Rate]]:
    """Measure the spend of a small test, and the orders of a small and of the real one."""
    share = float((market.spend > 0).mean())
    orders = [rate for size in REAL_SIZES for rate in two_arms.on_rates(REPLAYS, share=share, customers=size)]
    return list(two_arms.on_spend(market, REPLAYS)), orders
