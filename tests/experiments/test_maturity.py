"""Who has been followed to the end: a young test is read as one, and a stray time makes no test older."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import EvidenceError, TableError
from cjlab.experiments import Arm, Experiment, Metric, Reason, Verdict, Voice
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Sequence

DECLARED = Path(__file__).parents[2] / "notebooks" / "experiments" / "promotion.toml"
START = dt.datetime(2026, 3, 1, 22, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MAIL = Experiment(
    name="spring",
    question="Does a mail bring visits?",
    control="none",
    horizon="14D",
    arms=(Arm(name="none"), Arm(name="a", cost=0.1)),
    metrics=(Metric(name="visit", kind="share", event="visit", role="primary"),),
)


def contacts(count: int = 80, *, days: int = 1) -> pl.DataFrame:
    arms = [("none", "a")[one % 2] for one in range(count)]
    return pl.DataFrame(
        {
            "contact_id": range(count),
            "customer_id": range(count),
            "at": [START + one % days * DAY for one in range(count)],
            "campaign": ["spring"] * count,
            "arm": arms,
            "channel": ["email"] * count,
            "sent": [arm == "a" for arm in arms],
            "propensity": [0.5] * count,
        }
    )


def visits(*visits: tuple[int, dt.timedelta]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": [customer for customer, _ in visits],
            "at": [START + after for _, after in visits],
            "event": ["visit"] * len(visits),
            "channel": ["web"] * len(visits),
        }
    )


def log_of(events: pl.DataFrame, frame: pl.DataFrame | None = None, **given: str) -> Log:
    return Log.of(contacts=contacts() if frame is None else frame, events=events, **given)


EARLY = [(0, DAY), (1, DAY), (3, DAY), (5, 10 * DAY), (7, 10 * DAY)]


def test_nobody_followed_to_the_end_is_an_ordinary_reading() -> None:
    readout = MAIL.read_out(log_of(visits(*EARLY), timezone="Europe/Paris"), as_of="2026-03-10")
    assert (readout.decision.verdict, readout.decision.of("a").reason) == (Verdict.KEEP_TESTING, Reason.IMMATURE)
    assert readout.soundness.enrolment.customers == {"none": 40, "a": 40}
    assert readout.say("en") == (
        "Keep testing. Nobody has been followed for two weeks yet. The first will have been on 16 March 2026, all "
        "those in the test so far on 16 March 2026."
    )
    assert readout.say("fr").startswith("Poursuivre le test. Personne n’a encore été suivi pendant deux semaines. Le")
    assert readout.to_frame()["estimate"].isna().all()
    assert all(entry.get("estimate") is None for entry in readout.numbers())


def test_one_arm_that_is_not_yet_followed_is_an_ordinary_reading() -> None:
    frame = contacts().with_columns(at=pl.when(pl.col("arm") == "a").then(pl.col("at") + 3 * DAY).otherwise("at"))
    tolerant = replace(MAIL, mature_share=0.4)
    readout = tolerant.read_out(log_of(visits(*EARLY), frame), as_of=START + 14 * DAY)
    assert readout.soundness.enrolment.mature == {"none": 40, "a": 0}
    assert readout.decision.of("a").reason is Reason.IMMATURE
    assert "too early" not in readout.say()


def test_an_arm_without_any_customer_stays_refused() -> None:
    frame = contacts().filter(pl.col("arm") == "none")
    with pytest.raises(EvidenceError, match="arm 'a' of experiment 'spring' has no customer"):
        MAIL.read_out(log_of(visits(*EARLY), frame), as_of="2026-03-10")


@pytest.mark.parametrize(
    ("timezone", "day"), [("UTC", 16), ("Europe/Paris", 16), ("America/New_York", 16), ("Asia/Tokyo", 17)]
)
def test_the_next_reading_is_the_first_midnight_of_the_brand_s_zone(timezone: str, day: int) -> None:
    log = log_of(visits(*EARLY), timezone=timezone)
    found = MAIL.read_out(log, as_of="2026-03-10").all_complete
    assert found == dt.date(2026, 3, day)
    assert MAIL.read_out(log, as_of=found.isoformat()).soundness.enrolment.mature_share == 1
    before = MAIL.read_out(log, as_of=(found - DAY).isoformat())
    assert before.soundness.enrolment.mature_share == 0


def test_a_day_that_starts_at_the_very_moment_is_that_day() -> None:
    frame = contacts().with_columns(at=pl.lit(dt.datetime(2026, 3, 1, tzinfo=dt.UTC)))
    assert MAIL.read_out(log_of(visits(*EARLY), frame), as_of="2026-03-10").all_complete == dt.date(2026, 3, 15)


STRAY: Sequence[tuple[int, dt.timedelta]] = [(2, 4000 * DAY)]


def test_one_stray_time_does_not_make_a_young_test_look_old() -> None:
    young = MAIL.read_out(log_of(visits(*EARLY)))
    stray = MAIL.read_out(log_of(visits(*EARLY, *STRAY)))
    assert young.soundness.enrolment.mature_share == 0
    assert stray.soundness == young.soundness
    assert stray.until == young.until == START + 10 * DAY + dt.timedelta(microseconds=1)


def test_one_customer_in_a_thousand_must_reach_the_end_of_a_large_log() -> None:
    strays = [(customer, 4000 * DAY) for customer in range(4)]
    many = [(customer, 10 * DAY) for customer in range(5000)]
    assert MAIL.read_out(log_of(visits(*many, *strays), contacts(5000))).soundness.enrolment.mature_share == 0
    enough = [(customer, 4000 * DAY) for customer in range(5)]
    assert MAIL.read_out(log_of(visits(*many, *enough), contacts(5000))).soundness.enrolment.mature_share == 1


def test_a_stray_contact_does_not_make_a_young_test_look_old() -> None:
    late = contacts(1).with_columns(contact_id=pl.lit(999, dtype=pl.Int64), at=pl.col("at") + 4000 * DAY)
    frame = pl.concat([contacts(), late.with_columns(campaign=pl.lit("autumn"))])
    assert MAIL.read_out(log_of(visits(*EARLY), frame)).soundness.enrolment.mature_share == 0


def test_a_date_that_was_asked_for_is_taken_at_its_word() -> None:
    assert MAIL.read_out(log_of(visits(*EARLY)), as_of="2026-04-01").soundness.enrolment.mature_share == 1


def test_an_unknown_sending_is_refused() -> None:
    frame = contacts().with_columns(sent=pl.when(pl.col("customer_id") > 3).then("sent"))
    with pytest.raises(TableError, match=r"contacts\.sent is null"):
        MAIL.read_out(log_of(visits(*EARLY), frame), as_of="2026-04-01")


def test_an_arm_that_was_sent_nothing_is_no_test() -> None:
    frame = contacts().with_columns(sent=pl.lit(value=False))
    readout = MAIL.read_out(log_of(visits(*EARLY), frame), as_of="2026-04-01")
    assert (readout.decision.verdict, readout.decision.of("a").reason) == (Verdict.INVALID, Reason.NOT_SENT)
    assert "Nothing was sent to a, who were to be contacted" in readout.say()
    assert "Rien n’a été envoyé à ce groupe, qui devait être contacté\u202f: a." in readout.say("fr")


def test_one_message_can_be_tested_against_another() -> None:
    frame = contacts().with_columns(sent=pl.lit(value=True), cost=pl.lit(0.1))
    log = log_of(visits(*EARLY), frame)
    assert MAIL.read_out(log, as_of="2026-04-01").decision.of("a").reason is Reason.CONTAMINATED
    against = replace(MAIL, arms=(Arm(name="none", contacted=True, cost=0.1), MAIL.arms[1]))
    readout = against.read_out(log, as_of="2026-04-01")
    assert readout.soundness.broken is None
    assert readout.soundness.contaminated == 0
    assert readout.decision.verdict is Verdict.KEEP_TESTING


@pytest.mark.parametrize(("horizon", "english", "french"), [("1h", "one hour", "une heure"), ("49h", "49 hours", "49")])
def test_a_horizon_in_hours_is_said_in_hours(horizon: str, english: str, french: str) -> None:
    test = replace(MAIL, horizon=horizon)
    assert Voice(test, "en").horizon() == english
    assert Voice(test, "fr").horizon().startswith(french)


def test_a_curve_by_day_ends_at_the_horizon() -> None:
    hours = [(1, dt.timedelta(hours=20)), (0, dt.timedelta(hours=30)), (3, dt.timedelta(hours=48.5))]
    readout = replace(MAIL, horizon="49h").read_out(log_of(visits(*hours)), as_of="2026-04-01")
    assert [one.day for one in readout.days] == [1, 2, pytest.approx(49 / 24)]
    assert [one.level for one in readout.days] == [1 / 40, 1 / 40, 2 / 40]
    assert readout.days[-1].estimate == readout.effect("visit", "a").estimate


def test_two_contacts_at_one_time_are_told_apart_by_their_id() -> None:
    twice = pl.concat([contacts(), contacts().with_columns(contact_id=pl.col("contact_id") + 1000, propensity=None)])
    log = [log_of(visits(*EARLY), twice.sample(fraction=1, shuffle=True, seed=seed)) for seed in range(5)]
    found = [MAIL.read_out(one, as_of="2026-04-01").to_frame() for one in log]
    assert all(one.equals(found[0]) for one in found)


def test_two_values_at_one_time_are_told_apart_by_when_they_were_known_and_by_themselves() -> None:
    said = pl.DataFrame(
        {
            "customer_id": [one for one in range(80) for _ in range(3)],
            "field": ["age"] * 240,
            "at": [START - 2 * DAY] * 240,
            "known_at": [START - 2 * DAY, START - DAY, START - DAY] * 80,
            "value": ["90", "30", "40"] * 80,
        }
    )
    test = replace(MAIL, balance=("age",))
    for seed in range(5):
        log = Log.of(
            contacts=contacts(), events=visits(*EARLY), profiles=said.sample(fraction=1, shuffle=True, seed=seed)
        )
        assert test.read_out(log, as_of="2026-04-01").soundness.balance[0].mean == 40.0


def test_a_young_log_of_the_package_is_read_in_both_languages() -> None:
    test = Experiment.read(DECLARED)
    readout = test.read_out(cj.datasets.promotion_test(n_customers=2000), as_of="2025-09-08")
    assert readout.decision.verdict is Verdict.KEEP_TESTING
    assert "16 September 2025" in readout.say("en")
    assert "16 septembre 2025" in readout.say("fr")
    assert readout.soundness.alike is not None
