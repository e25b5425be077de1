"""Decisions are recorded once and whole, whoever dies or writes meanwhile, and only while the rules hold."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest

from cjlab.decisions import Action, Cap, Rules, Terms, eligible, plan, record
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.tables import Log
from tests.decisions.rows import NOW, ago, log_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cjlab.decisions import Plan
    from tests.deaths import Deaths

RULES = Rules((Action("mail", "email", 0.02), Action("text", "sms", 0.1)), caps=(Cap(1, "7D"),))
PEOPLE = range(40)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store a log of forty who granted everything."""
    folder = tmp_path_factory.mktemp("stored") / "log"
    said = [(n, ago(90), by, "marketing", True, None) for n in PEOPLE for by in ("email", "sms")]
    log_of(consents=said, contacts=[(1, 7, ago(30), "old", "mail", "email", True, None, None)]).write(folder, shards=2)
    return folder


def planned(folder: Path, *, moment: Any = NOW, salt: str = "a", **said: Any) -> Plan:
    """Plan from a stored log."""
    asked = eligible(Log.read(folder), moment, RULES)
    value = pd.DataFrame({"customer_id": asked.customers, "mail": 0.5, "text": 0.2})
    return plan(asked, value, Terms(salt, explore=0.2), **said)


@pytest.fixture
def home(stored: Path, tmp_path: Path) -> Path:
    shutil.copytree(stored, tmp_path / "log")
    return tmp_path / "log"


def test_decisions_are_recorded_once(home: Path) -> None:
    made = planned(home)
    after = record(made, home)
    assert after.contacts.collect().height == 1 + made.contacts().height
    said = after.fingerprint()
    assert record(made, home).fingerprint() == said
    again = planned(home)  # from the log that has them: what lies at the moment or after it is not read
    assert record(again, home).fingerprint() == said
    assert not list(Log.verify(home).check(arms=["none", "mail", "text"]))


def test_who_dies_while_recording_leaves_all_or_nothing(stored: Path, deaths: Deaths, tmp_path: Path) -> None:
    made = planned(stored)
    shutil.copytree(stored, tmp_path / "after")
    done = {Log.read(stored).fingerprint(): False, record(made, tmp_path / "after").fingerprint(): True}
    seen = set()
    for home in deaths(lambda place: record(made, place), stored):
        seen.add(done[Log.verify(home / "log").fingerprint()])
        assert done[record(made, home / "log").fingerprint()]
        assert done[Log.verify(home / "log").fingerprint()]
        assert {file.name for file in home.rglob("*.part")} == set()
    assert seen == {False}  # the last change of the disk is the commit


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a stored log as another writer does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def test_of_two_who_record_at_once_one_is_told(home: Path) -> None:
    made, before = planned(home), Log.read(home).fingerprint()
    with (
        held(home),
        pytest.raises(TableError, match=r"another process is writing to .*log; try again when it has"),
    ):
        record(made, home)
    assert Log.read(home).fingerprint() == before
    record(made, home)
    other = planned(home, salt="b")
    with pytest.raises(EvidenceError, match=r"overtaken: customer \d+ may not be sent .* \(cap of 1 in 7D\)"):
        record(other, home)


def test_a_consent_withdrawn_meanwhile_stops_the_plan(home: Path) -> None:
    made = planned(home)
    who = int(made.contacts().filter("sent")["customer_id"][0])
    log_of(consents=[(who, ago(0), by, "marketing", False, None) for by in ("email", "sms")], customers=()).append(home)
    before = Log.read(home).fingerprint()
    with pytest.raises(EvidenceError, match=rf"customer {who} may not be sent '\w+' any more \(consent refused\)"):
        record(made, home)
    assert Log.read(home).fingerprint() == before


def test_decisions_are_recorded_in_the_order_of_time(home: Path) -> None:
    early = planned(home, moment=ago(3))
    record(planned(home), home)
    with pytest.raises(EvidenceError, match="was sent something at 2025-06-01 09:00 UTC, after the moment"):
        record(early, home)


def test_other_decisions_of_one_name_are_refused(home: Path) -> None:
    made = planned(home)
    record(made, home)
    with pytest.raises(TableError, match=r"holds .* other decisions of the policy [0-9a-f]{16} at 2025-06-01 09:00"):
        record(replace(made, done=made.done._replace(arms=made.done.arms * 0)), home)


def test_a_log_whose_contacts_have_names_gets_names(tmp_path: Path) -> None:
    said = [(n, ago(90), by, "marketing", True, None) for n in PEOPLE for by in ("email", "sms")]
    given = log_of(consents=said, contacts=[(1, 7, ago(30), "old", "mail", "email", True, None, None)])
    names = given.contacts.with_columns(pl.lit("c-1").alias("contact_id"))
    Log.of(consents=given.consents, customers=given.customers, contacts=names).write(tmp_path / "log")
    after = record(planned(tmp_path / "log"), tmp_path / "log")
    assert after.contacts.collect_schema()["contact_id"] == pl.String
    assert after.contacts.filter(pl.col("contact_id") != "c-1").collect().height > 30


def test_what_is_no_plan_is_refused(home: Path) -> None:
    with pytest.raises(SpecError, match=r"plan is None; give what cj.decisions.plan returned"):
        record(None, home)  # type: ignore[arg-type] # what a person might give
