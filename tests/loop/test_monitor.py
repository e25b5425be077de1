"""A loop that does what was agreed raises no alarm; one that does not says what is wrong, and what to do."""

from __future__ import annotations

import datetime as dt
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pytest

from benchmarks.proof import alarms
from benchmarks.proof.alarms import HELD, looped
from cjlab.decisions import Holdout
from cjlab.errors import EvidenceError, TableError
from cjlab.loop import Aim, Monitored, Observed, drift, followed, monitor, observe
from cjlab.tables import Log
from tests.loop.decided import after, decided

played = partial(looped, waves=4, size=3_000)


def codes(found: Monitored) -> list[str]:
    return [one.code for one in found.alarms]


def test_a_loop_that_does_what_was_agreed_raises_alarms_by_chance_alone() -> None:
    found = [played(seed, waves=3, size=2_000).monitored() for seed in range(30)]
    assert sum(bool(one.alarms) for one in found) <= 5  # of .05: 30 runs would lie above with .003
    told = found[0]
    assert told.waves["pending"].tolist() == [0, 0, 2_000]
    assert told.waves["mature"].tolist() == [2_000, 2_000, 0]
    assert told.slope["slope_low"] < 1 < told.slope["slope_high"]
    assert told.readings.columns[:3].tolist() == ["at", "action", "segment"]
    assert told.readings["verdict"].tolist() == ["held", "held", "not known"]


def test_the_slope_tells_what_part_of_a_promise_came() -> None:
    found = [played(seed, kept=0.4).monitored() for seed in range(12)]
    assert np.mean([one.slope["slope_low"] < 0.4 < one.slope["slope_high"] for one in found]) >= 0.7
    assert np.mean([one.slope["slope"] for one in found]) == pytest.approx(0.4, abs=0.1)  # three standard errors
    assert np.mean(["calibration" in codes(one) for one in found]) >= 0.9


def test_what_is_broken_is_seen_and_sound_loops_are_left_alone() -> None:
    found = list(alarms.experiments(sound=6, broken=2))
    assert [one.count for one in found[:8]] == [0] * 8
    assert [(one.where, one.count) for one in found[8:]] == [(what, 2) for what in alarms.BROKEN]


def test_the_error_is_shared_among_the_kinds_of_alarm() -> None:
    one = played(4, kept=0.8)
    assert one.monitored().slope["slope_high"] < 1.0  # outside the interval of 95 %, and not of 98.75 %
    assert codes(one.monitored()) == []
    assert codes(one.monitored(terms=None, holdouts=[])) == ["calibration"]  # one of two kinds, not of four


def test_shares_by_hand_with_exact_ends() -> None:
    one = played(0, waves=1, size=400)
    rows = one.seen.rows.assign(slice="policy", arm=np.repeat(["mail", "none"], [100, 300]), state="mature")
    rows.loc[rows.index[:40], "slice"] = "random"
    told = one._replace(seen=Observed(rows, one.seen.chances, "none")).monitored(holdouts=[]).waves.iloc[0]
    assert (told["contacted"], told["explored"], told["held"]) == (0.25, 0.1, 0.0)
    assert (told["explored_low"], told["explored_high"]) == pytest.approx((0.0724, 0.1337), abs=2e-4)
    assert told["explored_p"] == 1.0
    best = np.sort(np.maximum(one.scores["mail"], 0))[::-1]
    assert told["top_tenth"] == pytest.approx(best[:40].sum() / best.sum())


def test_other_shares_explored_than_agreed_are_an_alarm() -> None:
    assert "explored" in codes(played(1, explore=0.06).monitored())
    none = played(1)
    calm = none.seen.rows.assign(slice=none.seen.rows["slice"].replace("random", "policy"))
    told = monitor(Observed(calm, none.seen.chances, "none"))
    assert [one.said for one in told.alarms if one.code == "explored"] == ["nobody was explored"]


def test_a_holdout_that_quietly_disappears_is_an_alarm() -> None:
    one = played(2)
    last = one.seen.rows["at"] == one.seen.rows["at"].max()
    rows = one.seen.rows.copy()
    rows.loc[last & (rows["slice"] == "holdout"), "slice"] = "policy"
    found = one._replace(seen=Observed(rows, one.seen.chances, "none")).monitored()
    alarms = [alarm for alarm in found.alarms if alarm.code == "holdout"]
    assert [alarm.wave for alarm in alarms] == ["2025-04-01", "2025-04-01"]
    assert "of the holdout were decided on" in alarms[0].said
    assert alarms[0].figure == HELD.holds(np.arange(3_000)).sum()
    assert "0.00% of the decisions are on the holdout" in alarms[1].said
    other = one.monitored(holdouts=[HELD, Holdout(0.05, "new", dt.date(2025, 3, 31))])
    assert {alarm.wave for alarm in other.alarms if alarm.code == "holdout"} == {"2025-04-01"}


def test_broken_promises_feeds_that_stopped_and_drift_are_alarms() -> None:
    found = played(3, kept=0.0).monitored()
    assert {"promise", "calibration"} <= set(codes(found))
    assert found.alarms[codes(found).index("promise")].do.startswith("give 'mail' by the random slice alone")
    one = played(4)
    first = one.seen.rows["at"] == one.seen.rows["at"].min()
    rows = one.seen.rows.assign(state=np.where(first, "censored", one.seen.rows["state"]))
    moved = drift(pd.DataFrame({"age": np.arange(900.0)}), pd.DataFrame({"age": np.arange(900.0) + 400}))
    told = one._replace(seen=Observed(rows, one.seen.chances, "none")).monitored(drifted=moved)
    assert "what came of 3,000 of 3,000 decisions cannot be known" in told.alarms[codes(told).index("feed")].said
    assert told.alarms[-1].said.startswith("'age' moved since the model learnt")


def test_who_contacts_everybody_or_nobody_is_told() -> None:
    one = played(5)
    rows = one.seen.rows.assign(arm="none")
    alarms = one._replace(seen=Observed(rows, one.seen.chances, "none")).monitored().alarms
    assert [alarm.said for alarm in alarms if alarm.code == "contacted"] == ["nobody was contacted"]


def test_scores_are_complete_and_there_are_decisions() -> None:
    one = played(6)
    with pytest.raises(TableError, match="scores lack 1 decisions, first 0"):
        one._replace(scores=one.scores[1:]).monitored()
    with pytest.raises(TableError, match="scores have no action 'mail'; they have 'call'"):
        one._replace(scores=one.scores.rename(columns={"mail": "call"})).monitored()
    with pytest.raises(EvidenceError, match="there is no decision"):
        monitor(Observed(one.seen.rows[:0], one.seen.chances[:0], "none"))


def test_plan_done_and_effect_stand_in_one_row_from_one_log() -> None:
    log = decided([(1, 3, "purchase", 10.0)], sent=[True, False, True, False])
    answers = pl.DataFrame(
        {
            "customer_id": [1, 1, 1, 3, 3],
            "at": [after(1), after(2), after(3), after(1), after(50)],
            "event": ["delivered", "opened", "opened", "delivered", "clicked"],
            "channel": "email",
            "contact_id": ["c1", "c1", "c1", "c3", "c3"],
            "machine": [False, False, False, False, False],
        }
    )
    machine = answers[3:4].with_columns(event=pl.lit("opened"), machine=True)
    events = pl.concat([log.events.collect(), answers, machine], how="diagonal")
    log = Log.of(events=events, contacts=log.contacts, customers=log.customers, timezone="UTC")
    seen = observe(log, Aim(), as_of=after(40))
    told = followed(log, seen, as_of=after(40)).to_frame().loc["mail"]
    assert told[["planned", "withheld", "sent", "delivered", "opened"]].tolist() == [3, 1, 2, 2, 1]
    assert np.isnan(told["clicked"])  # told only later
    assert (told["promised"], told["verdict"]) == (2.0, "not known")
    with pytest.raises(TableError, match="contacts lack 4 decisions, first 'd1'"):
        followed(log, seen, as_of="2024-12-30")
