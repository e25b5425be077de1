"""Who was saved and who came back: against those left alone by chance, at the horizon and long after."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.proof.kept import LEAVING, NOW, read, world
from cjlab.errors import EvidenceError, SpecError
from cjlab.features import Where
from cjlab.loop import Leaving, Returning, regained, saved
from cjlab.statistics import Sample, proportions
from cjlab.tables import Log
from tests.loop.decided import after, decided


def test_the_saved_share_is_one_less_the_ratio_with_the_score_interval() -> None:
    first, later = read(0)
    assert (first.when, later.when) == ("60D", "60D + 90D")
    assert first.share == pytest.approx(first.of_contacted / first.contacted)
    assert first.estimate == pytest.approx(1 - first.share / first.control)
    known = [Sample(n, of / n, np.nan) for n, of in (first[2:4], first[5:7])]
    ratio = proportions(known[0], known[1])
    assert (first.low, first.high) == pytest.approx((-ratio.relative_high, -ratio.relative_low), abs=2e-4)
    assert later.estimate < first.estimate  # half of those saved leave in the end


def test_the_interval_holds_the_truth() -> None:
    found = [read(seed, kept=0.75) for seed in range(40)]
    assert np.mean([one[0].low <= 0.75 <= one[0].high for one in found]) >= 0.82
    assert np.mean([one[1].low <= 0.375 <= one[1].high for one in found]) >= 0.82


def test_too_few_leavers_in_the_control_are_refused() -> None:
    found = read(0, customers=1_000)[0]
    assert found.of_withheld < 50
    assert np.isnan([found.estimate, found.low, found.high]).all()
    assert "left alone have left, and 50 are needed" in found.said
    assert not np.isnan(
        saved(world(0, customers=1_000, risk=0.2, kept=0.4, called=0.85), LEAVING, as_of=NOW, least=10)
        .readings[0]
        .estimate
    )


def test_what_is_not_over_is_not_told() -> None:
    log = world(0, customers=2_000, risk=0.9, kept=0.4, called=0.5)
    first, later = saved(log, LEAVING, as_of="2025-03-20", least=1).readings
    assert first.contacted > 0
    assert later.contacted == 0
    assert "0 of the 0 left alone have left" in later.said


def test_of_the_silent_it_is_asked_who_buys_no_more() -> None:
    """Of two contacted one buys within 30 days and again half a year later; of those left alone nobody does."""
    log = decided(
        [(1, 3, "purchase", 1.0), (1, 200, "purchase", 1.0), (2, 60, "purchase", 1.0), (4, 230, "visit", None)]
    )
    first, later = saved(log, Leaving("purchase", within="30D", silent=True), as_of=after(230), least=1).readings
    assert (first.of_contacted, first.contacted, first.of_withheld, first.withheld) == (2, 3, 1, 1)
    assert (later.of_contacted, later.of_withheld) == (2, 1)
    assert first.estimate == pytest.approx(1 / 3)


def test_reasons_tell_leavers_from_those_who_die() -> None:
    log = decided([(1, 3, "ended", None), (2, 3, "ended", None), (4, 3, "ended", None), (4, 300, "visit", None)])
    told = log.events.with_columns(
        reason=pl.when(pl.col("customer_id") == 2).then(pl.lit("died")).otherwise(pl.lit("left"))
    )
    log = Log.of(events=told, contacts=log.contacts, customers=log.customers, timezone="UTC")
    leaving = Leaving(Where("ended", reason="left"))
    assert saved(log, leaving, as_of=after(300), least=1).readings[0].of_contacted == 1


def lapsed(back: float, *, customers: int = 400, lasts: bool = True) -> Log:
    """Return customers who bought every second week, not for 70 days; a share of the contacted takes it up again."""
    drawn = np.random.default_rng(5)
    who, got = np.arange(customers), drawn.uniform(size=customers) < 0.7
    returns = got & (drawn.uniform(size=customers) < back)
    days = [np.arange(-252.0, -70.0, 14.0) + drawn.uniform(-3, 3, 13) for _ in who]
    more = np.arange(5.0, 190.0 if lasts else 60.0, 13.0)
    rows = [(one, day) for one in who for day in (*days[one], *(more if returns[one] else ()))]
    chances = [{"arm": "offer", "probability": 0.7}, {"arm": "none", "probability": 0.3}]
    happened = pl.DataFrame(
        {
            "customer_id": [one for one, _ in rows] + [0],
            "at": [after(day) for _, day in rows] + [after(195)],
            "event": ["purchase"] * len(rows) + ["visit"],
            "channel": "web",
        }
    )
    contacts = pl.DataFrame(
        {
            "contact_id": who,
            "decision_id": who,
            "customer_id": who,
            "at": after(0),
            "campaign": "back",
            "arm": np.where(got, "offer", "none"),
            "channel": "email",
            "sent": got,
            "propensity": np.where(got, 0.7, 0.3),
            "slice": "random",
            "eligible": [chances] * customers,
        }
    )
    known = pl.DataFrame({"customer_id": who, "joined": [after(-400)] * customers})
    return Log.of(events=happened, contacts=contacts, customers=known, timezone="UTC")


def test_who_takes_up_his_own_rhythm_is_back_and_who_keeps_it_lasts() -> None:
    first, later = regained(lapsed(0.4), Returning(), as_of=after(190)).readings
    assert (first.when, later.when) == ("56D", "182D")
    assert first.contacted + first.withheld == 400
    assert first.control == later.control == 0.0
    assert first.low < 0.4 < first.high
    assert first.estimate == later.estimate == pytest.approx(first.of_contacted / first.contacted)


def test_who_buys_again_and_stops_does_not_last() -> None:
    first, later = regained(lapsed(0.4, lasts=False), Returning(), as_of=after(190)).readings
    assert first.estimate > 0.3
    assert later.estimate == 0.0


def test_one_purchase_is_no_rhythm_of_a_fortnight() -> None:
    log = lapsed(0.4)
    once = log.events.filter((pl.col("at") < after(6)) | (pl.col("event") == "visit"))
    log = Log.of(events=once, contacts=log.contacts, customers=log.customers, timezone="UTC")
    assert regained(log, Returning(), as_of=after(190)).readings[0].of_contacted == 0


def test_before_its_time_nothing_is_told_and_nobody_late_is_refused() -> None:
    log = lapsed(0.4)
    first, later = regained(log, Returning(), as_of=after(100)).readings
    assert first.estimate > 0.3
    assert np.isnan(later.estimate)
    assert "nobody who was late" in later.said
    early = log.contacts.with_columns(at=pl.lit(after(-80)))
    log = Log.of(events=log.events, contacts=early, customers=log.customers, timezone="UTC")
    with pytest.raises(EvidenceError, match="none of 400 decisions is on a customer of whose gaps 80% are over"):
        regained(log, Returning(), as_of=after(100))
    with pytest.raises(SpecError, match="lasting comes after it"):
        Returning(within="60D", lasting="30D")
