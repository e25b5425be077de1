"""What a loop brought: by hand, as often as it says, and of waves together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from cjlab.errors import SpecError
from cjlab.loop import Observed, brought

DAYS = pd.to_datetime(["2024-03-01", "2024-04-01"], utc=True)


def lived(seed: int, n: int = 400, effect: float = 0.5) -> tuple[Observed, list[float]]:
    """Draw two waves of the same customers: a policy that is right on who is moved, and a random slice."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=n)
    frames, chances, truth = [], [], []
    for at in DAYS:
        moved = rng.random(n) < 0.5
        chance = np.where(moved, 0.9, 0.1)
        arm = np.where(rng.random(n) < chance, "mail", "none")
        gain = np.where(moved, effect, -effect / 2)
        outcome = own + 0.5 * rng.normal(size=n) + gain * (arm == "mail")
        truth.append(float(((gain - 0.1) * (arm == "mail")).sum()))
        frames.append(pd.DataFrame({"customer_id": range(n), "at": at, "arm": arm, "outcome": outcome}))
        chances.append(pd.DataFrame({"none": 1 - chance, "mail": chance}))
    rows = pd.concat(frames, ignore_index=True).assign(slice="policy", state="mature")
    rows["cost"] = 0.1 * (rows["arm"] == "mail")
    return Observed(rows, pd.concat(chances, ignore_index=True), "none"), truth


def test_what_was_brought_by_hand() -> None:
    rows = pd.DataFrame(
        {"customer_id": range(80), "at": DAYS[0], "arm": ["mail", "none"] * 40, "outcome": [3.0, 1.0] * 40}
    ).assign(slice="random", state="mature", cost=[0.5, 0.0] * 40)
    half = pd.DataFrame(0.5, index=rows.index, columns=["none", "mail"])
    (wave,) = brought(Observed(rows, half, "none"), value=2.0).waves
    assert (wave.decisions, wave.contacted) == (80, 40)
    assert wave.net == pytest.approx(40 * (2 * 3 - 0.5) - 40 * 2 * 1)
    assert wave.total == wave.net


def test_pending_decisions_and_the_holdout_are_left_out() -> None:
    seen, _ = lived(0)
    rows = seen.rows.copy()
    rows.loc[rows["at"] == DAYS[1], "state"] = "pending"
    rows.loc[rows.index[:50], "slice"] = "holdout"
    (wave,) = brought(Observed(rows, seen.chances, "none")).waves
    assert wave.decisions == 350


def test_totals_add_up_and_know_that_customers_are_the_same() -> None:
    seen, _ = lived(1, n=4_000)
    first, second = brought(seen).waves
    assert second.total == pytest.approx(first.net + second.net, rel=0.1)
    alone = np.hypot(first.high - first.low, second.high - second.low)
    assert second.total_high - second.total_low != pytest.approx(alone, rel=1e-3)


def test_intervals_hold_what_was_brought() -> None:
    held = np.zeros(2)
    for seed in range(400):
        seen, truth = lived(seed)
        first, second = brought(seen).waves
        held += [first.low <= truth[0] <= first.high, second.total_low <= sum(truth) <= second.total_high]
    for count in held:
        assert binomtest(int(count), 400, 0.95).pvalue > 0.01


def test_what_was_decided_without_chance_is_not_known() -> None:
    seen, _ = lived(2)
    sure = pd.DataFrame({"none": (seen.rows["arm"] == "none") * 1.0, "mail": (seen.rows["arm"] == "mail") * 1.0})
    assert np.isnan(brought(Observed(seen.rows, sure, "none")).waves[0].net)


def test_what_is_no_value_is_named() -> None:
    with pytest.raises(SpecError, match="confidence is 1"):
        brought(lived(0)[0], confidence=1)
