"""Outcomes that come late: the share known at each age, and what may be made of a wave that is not mature."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.proof.reported import AIM, NOW, learnt, truth, world
from cjlab.errors import EvidenceError, SpecError
from cjlab.loop import Aim, delay, measure, observe
from tests.loop.decided import after, decided


def two_waves(late: float = 0.0) -> tuple[object, object]:
    """Return a log of customers decided on twice, the second time ten days ago: 3 of 4 euros are known by then."""
    events = [(1, 4, "purchase", 30.0), (2, 20, "purchase", 10.0), (1, 104, "purchase", 60.0)]
    log = decided(events)
    second = log.contacts.with_columns(
        at=pl.lit(after(100)), **{name: pl.lit("e") + pl.col(name) for name in ("contact_id", "decision_id")}
    )
    known = log.events.with_columns(known_at=pl.col("at").dt.offset_by(f"{int(late * 24)}h"))
    seen = log.events.filter(pl.col("event") == "visit").tail(1).with_columns(at=pl.lit(after(109)))
    events_too = pl.concat([known, seen], how="diagonal")
    both = type(log).of(
        events=events_too, contacts=pl.concat([log.contacts, second]), customers=log.customers, timezone="UTC"
    )
    return both, after(110)


def test_the_share_is_that_of_the_sums_and_what_is_known_is_divided_by_it() -> None:
    log, now = two_waves()
    found = delay(log, Aim(), as_of=now, ages=(10, 20, 30))
    everybody = found.shares[found.shares["arm"] == "all"].set_index("age")["share"]
    assert everybody.to_dict() == {10: 0.75, 20: 0.75, 30: 1.0}
    sure = type(found)(found.aim, found.shares.assign(low=found.shares["share"], high=found.shares["share"]), 0.95)
    seen = observe(log, Aim(), as_of=now, delay=sure).rows
    assert seen["state"].value_counts().to_dict() == {"mature": 4, "maturing": 4}
    assert seen["outcome"][seen["state"] == "maturing"].tolist() == [80.0, 0.0, 0.0, 0.0]


def test_what_is_not_known_well_stays_pending() -> None:
    log, now = two_waves()
    found = delay(log, Aim(), as_of=now)
    assert 10 in set(found.shares["age"])
    assert np.isnan(found.share(10))
    assert observe(log, Aim(), as_of=now, delay=found).rows["state"].value_counts()["pending"] == 4


def test_what_becomes_known_late_is_known_late() -> None:
    log, now = two_waves(late=8.0)
    found = delay(log, Aim(late="9D"), as_of=now, ages=(10, 13, 29)).shares
    assert found[found["arm"] == "all"]["share"].tolist() == [0.0, 0.75, 1.0]


def test_the_wave_that_is_not_mature_tells_what_will_have_come() -> None:
    found = [learnt(seed) for seed in range(30)]
    used = [one for one in found if not one.delay.differs]
    assert len(used) >= 25  # of .95
    assert np.mean([one.low <= truth() <= one.high for one in used]) >= 0.8
    assert np.mean([one.estimate for one in used]) == pytest.approx(truth(), abs=0.35)  # three standard errors


def test_a_delay_that_differs_by_arm_is_refused() -> None:
    log = world(0, pace=0.5)
    found = delay(log, AIM, as_of=NOW, ages=(10,))
    assert found.differs == ("mail",)
    with pytest.raises(EvidenceError, match="outcomes of 'mail' become known at another pace"):
        observe(log, AIM, as_of=NOW, delay=found)


def test_without_a_delay_only_what_is_mature_counts() -> None:
    log = world(1)
    seen = observe(log, AIM, as_of=NOW)
    assert set(seen.rows["state"]) == {"mature", "pending"}
    more = observe(log, AIM, as_of=NOW, delay=delay(log, AIM, as_of=NOW, ages=(10,)))
    assert measure(more).readings[0].chosen == measure(seen).readings[0].chosen + 1_200


def test_a_delay_of_another_aim_or_of_nothing_is_refused() -> None:
    log, now = two_waves()
    found = delay(log, Aim(), as_of=now, ages=(10,))
    with pytest.raises(EvidenceError, match="ask for that of the same aim"):
        observe(log, Aim(within="20D"), as_of=now, delay=found)
    with pytest.raises(EvidenceError, match="no decision is mature"):
        delay(decided([(1, 3, "purchase", 10.0)]), Aim(), as_of=after(5))
    with pytest.raises(EvidenceError, match="nothing came of 4 mature decisions"):
        delay(decided([(1, 35, "purchase", 10.0)]), Aim(), as_of=after(40))
    with pytest.raises(SpecError, match="ages is 0"):
        delay(log, Aim(), as_of=now, ages=(0,))
