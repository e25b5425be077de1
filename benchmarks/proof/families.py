"""What corrections, sizes, splits and guardrails promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.proof.bar import Rate
from benchmarks.proof.markets import rates
from cjlab.statistics import Plan, Sample, benjamini_hochberg, holm, noninferiority, proportions, sample_ratio, welch

if TYPE_CHECKING:
    from collections.abc import Iterator

ALPHA = 0.05


def corrections(replays: int) -> Iterator[Rate]:
    """Holm's family-wise error over arms that share a control, and Benjamini-Hochberg's share of false findings."""
    draw = np.random.default_rng([11, 0])
    for arms in (2, 8):
        means = draw.standard_normal((arms + 1, replays)) / np.sqrt(2_000) + 1.0
        p = welch(Sample(2_000, means[1:], 1.0), Sample(2_000, means[0], 1.0)).p
        wrong = (holm(np.asarray(p).T) < ALPHA).any(axis=1)
        yield Rate.of(
            "family-wise error of Holm", f"{arms} arms without effect, one control", wrong, ALPHA, kind="at_most"
        )
    shift = np.where(np.arange(20) < 5, 0.1, 0.0)
    means = draw.standard_normal((2, replays, 20)) / np.sqrt(2_000)
    p = welch(Sample(2_000, means[0] + shift, 1.0), Sample(2_000, means[1], 1.0)).p
    found = benjamini_hochberg(p) < ALPHA
    share = found[:, 5:].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    # the share is an average of fractions: a draw with that probability makes a count of it
    false = np.random.default_rng([11, 1]).random(replays) < share
    yield Rate.of("false findings of Benjamini-Hochberg", "20 metrics, 5 with an effect", false, ALPHA, kind="at_most")


def splits(replays: int) -> Iterator[Rate]:
    """Level of the sample-ratio test, where it is read (.001) and where it is familiar (.05)."""
    for shares in ((0.5, 0.5), (1 / 3, 1 / 3, 1 / 3), (0.05, 0.475, 0.475)):
        counts = np.random.default_rng([12, len(shares)]).multinomial(20_000, shares, size=replays)
        p = np.asarray([sample_ratio(row.tolist(), list(shares)).p for row in counts])
        where = f"20,000 customers split {' / '.join(f'{share:.3g}' for share in shares)}"
        for level in (0.05, 0.001):
            yield Rate.of("level of the sample-ratio test", where, p < level, level)


def sizes(replays: int) -> Iterator[Rate]:
    """Measure how often the size that a plan asks for shows the effect."""
    for power in (0.8, 0.9):
        for share, lift in ((0.05, 0.2), (0.3, 0.1)):
            before, after = share, share * (1 + lift)
            plan = Plan(deviation=(before * (1 - before)) ** 0.5, deviation_treated=(after * (1 - after)) ** 0.5)
            n = plan.sample_size(after - before, power)
            p = proportions(*rates(share, n, replays, lift, key=13)).p
            where = f"share {share:g}, lift {lift:.0%}: {n:,} an arm"
            yield Rate.of("power of the planned size", where, np.asarray(p) < ALPHA, power, kind="at_least")


def guardrails(replays: int) -> Iterator[Rate]:
    """Measure how often a guardrail whose harm is exactly its margin is called held, or broken."""
    share, margin, customers = 0.01, 0.005, 20_000
    comparison = proportions(*rates(share, customers, replays, margin / share, key=14))
    judged = noninferiority(comparison, margin=margin, harm="up")
    where = f"share {share:g}, harm = margin = {margin:g}, {customers:,} an arm"
    yield Rate.of("a guardrail at its margin is called held", where, np.asarray(judged.held), ALPHA / 2)
    yield Rate.of("a guardrail at its margin is called broken", where, np.asarray(judged.broken), ALPHA / 2)
