"""What is read of reactions, visits and interests agrees with what the simulated customers are like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from benchmarks.proof import affinities
from cjlab.features import engagement_audit

if TYPE_CHECKING:
    from cjlab.simulator import Run


@pytest.fixture(scope="module")
def run() -> Run:
    """Let a retailer's customers live under a policy that wrote to the best of them."""
    return affinities.lived(3_000)


def test_the_audit_and_sessions_equal_the_truth_within_half_a_point(run: Run) -> None:
    found = list(affinities.audited(run))
    assert [claim.what for claim in found if not claim.holds] == []
    read = engagement_audit(run.log, affinities.DATE)
    assert read["share"].between(read["low"], read["high"]).all()
    assert read["cost"].is_monotonic_decreasing


def test_the_top_interest_is_the_true_one(run: Run) -> None:
    found = affinities.interest(run)
    assert found.runs > 500
    assert found.observed >= 0.7


def test_affinity_finds_the_true_one_at_twelve_messages_a_channel() -> None:
    for where, found in affinities.reactions(1_000):
        assert [rate.row() for rate in affinities.covered(where, found) if not rate.holds] == []
        assert [claim.row() for claim in affinities.ranked(where, found) if not claim.holds] == []


def test_how_likely_a_message_was_to_be_opened_is_told_by_what_came_before() -> None:
    (_, calm), (_, tired) = affinities.worlds(400)
    for run in (calm, tired):
        likely = affinities.chances(run)
        read = (pl.col("event") == "opened") & pl.col("machine").fill_null(value=False).not_()
        opened = run.log.events.filter(read).select("contact_id").unique().collect()
        n = likely.join(opened, on="contact_id", how="semi").height
        variance = likely.select((pl.col("likely") * (1 - pl.col("likely"))).sum()).item()
        assert abs(n - likely["likely"].sum()) < 4 * np.sqrt(variance)
