"""What was promised and what came: against the truth of drawn waves, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.proof.waves import wave
from cjlab.errors import TableError
from cjlab.loop import Observed, measure

NAMED = ("held", "missed", "not known")


def test_what_came_is_the_weighted_difference() -> None:
    """Eight of ten got the mail at .8, two did not at .2: the difference is that of the two means."""
    arm = np.array((["mail"] * 8 + ["none"] * 2) * 20)
    rows = pd.DataFrame(
        {"customer_id": range(200), "arm": arm, "intended": "mail", "slice": "policy", "state": "mature"}
    )
    rows["score"], rows["cost"], rows["outcome"] = (
        3.0,
        0.5,
        np.where(arm == "mail", 5.0, 1.0) + np.tile([1.0, -1.0], 100),
    )
    chances = pd.DataFrame({"mail": np.full(200, 0.8), "none": np.full(200, 0.2)})
    found = measure(Observed(rows, chances, "none")).readings[0]
    assert found.came == pytest.approx(4.0)
    assert (found.chosen, found.contacted, found.promised, found.cost, found.verdict) == (200, 160, 3.0, 0.5, "held")


@pytest.mark.parametrize("actions", [("mail",), ("mail", "call")], ids=len)
def test_the_interval_holds_the_truth(actions: tuple[str, ...]) -> None:
    held = [one.low <= truth <= one.high for seed in range(60) for one, truth in wave(seed, actions=actions).read()]
    assert np.mean(held) >= 0.86  # of .95: 60 runs would lie below with a chance of .002


def test_an_action_that_does_nothing_misses_its_aim_and_the_others_do_not() -> None:
    seen = wave(3, actions=("mail", "call"), customers=20_000, effects={"call": 0.0}, promised={"call": 1.0})
    assert measure(seen.observed).missed == ("call",)


def test_who_was_contacted_because_he_buys_anyway_is_no_effect() -> None:
    """The policy chooses the best customers, and the mail changes nothing: a gross rate would praise it."""
    seen = wave(5, actions=("mail",), customers=20_000, effects={"mail": 0.0}, best=True, promised={"mail": 2.0})
    found = measure(seen.observed).readings[0]
    assert found.low <= 0 <= found.high
    assert found.verdict == "missed"


def test_pending_decisions_and_the_holdout_do_not_count() -> None:
    seen = wave(1, actions=("mail",)).observed
    rows = seen.rows.copy()
    rows.loc[rows.index[:500], "slice"] = "holdout"
    rows.loc[rows.index[500:900], ["state", "outcome"]] = ["pending", np.nan]
    kept = measure(Observed(rows.iloc[900:], seen.chances.iloc[900:], "none"))
    assert measure(Observed(rows, seen.chances, "none")).to_frame().equals(kept.to_frame())


def test_too_little_is_not_known_and_says_why() -> None:
    seen = wave(2, actions=("mail",), customers=60).observed
    found = measure(seen).readings[0]
    assert found.verdict == "not known"
    assert np.isnan(found.came)
    assert found.said


def test_segments_are_read_apart_and_must_be_known() -> None:
    seen = wave(4, actions=("mail",), customers=8_000).observed
    segment = {one: "north" if one % 2 else "south" for one in range(8_000)}
    found = measure(seen, segment=segment).to_frame()
    assert found["segment"].tolist() == ["everybody", "north", "south"]
    assert found["contacted"][1:].sum() == found["contacted"][0]
    with pytest.raises(TableError, match="segment has no customer 7999"):
        measure(seen, segment=dict.fromkeys(range(7999), "north"))
    with pytest.raises(TableError, match="no column 'score'"):
        measure(Observed(seen.rows.drop(columns="score"), seen.chances, "none"))
