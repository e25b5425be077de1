"""Each broken rule is one finding, named; a clean log has none."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import polars as pl
import pytest

from cjlab.errors import SpecError, TableError
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
EARLY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
LATE = dt.datetime(2025, 6, 2, tzinfo=dt.UTC)
UTC = pl.Datetime("us", "UTC")


class Fault(NamedTuple):
    """What is done to which table, and the finding that it must give."""

    rule: str
    table: str
    column: str
    count: int
    change: Callable[[pl.DataFrame], Any]
    says: str


def put(column: str, row: int, value: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Put a value into one cell."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        here = pl.int_range(pl.len()) == row
        return frame.with_columns(pl.when(here).then(pl.lit(value)).otherwise(column).alias(column))

    return change


def more(**values: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Add the last row again, with some values changed."""
    return lambda frame: pl.concat(
        [
            frame,
            frame.tail(1).with_columns(pl.lit(value, frame.schema[name]).alias(name) for name, value in values.items()),
        ]
    )


def cast(column: str, kind: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Give a column another type."""
    return lambda frame: frame.with_columns(pl.col(column).cast(kind))


def mixed(frame: pl.DataFrame) -> pd.DataFrame:
    """Take the zone away from the first time only, which only pandas can hold."""
    first, *others = frame["at"].to_list()
    return frame.to_pandas().assign(at=pd.Series([first.replace(tzinfo=None), *others], dtype=object))


def options(**probabilities: float) -> pl.Series:
    """Make the probabilities of one choice."""
    return pl.Series([[{"arm": arm, "probability": one} for arm, one in probabilities.items()]])


def chosen(**probabilities: float) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Give the first contact other options."""
    return lambda frame: frame.with_columns(
        eligible=pl.concat([options(**probabilities), frame["eligible"][1:]]).alias("eligible")
    )


FAULTS = {
    "missing column": Fault(
        "missing", "contacts", "campaign", 3, lambda f: f.drop("campaign"), "is missing; it must be String"
    ),
    "missing owner": Fault(
        "missing", "events", "customer_id", 5, lambda f: f.drop("customer_id", "visitor_id"), "Int64 or String"
    ),
    "wrong dtype": Fault("type", "events", "amount", 4, cast("amount", pl.String), "is String; allowed: Float64"),
    "Python objects": Fault(
        "type",
        "items",
        "photo",
        2,
        lambda f: f.with_columns(pl.Series("photo", [object()] * 2)),
        "is Object, which no file can hold",
    ),
    "wrong dtype in a list": Fault(
        "type",
        "contacts",
        "eligible",
        3,
        lambda f: f.with_columns(eligible=pl.lit("mail")),
        r"a list of \(arm, probability\)",
    ),
    "identifier of two types": Fault(
        "type", "links", "customer_id", 1, cast("customer_id", pl.String), "is String, but events.customer_id is Int64"
    ),
    "naive times": Fault(
        "time zone", "contacts", "at", 3, cast("at", pl.Datetime("us")), "state their zone: .*assume='Europe/Paris'"
    ),
    "mixed time zones": Fault("mixed zones", "events", "at", 4, mixed, "mixes times of several zones"),
    "mixed offsets in text": Fault(
        "mixed zones",
        "consents",
        "at",
        4,
        lambda f: f.with_columns(at=pl.Series(["2025-05-01T08:00+02:00", *["2025-05-01T08:00Z"] * 3])),
        "parse it as UTC",
    ),
    "times as text": Fault("type", "profiles", "at", 2, lambda f: f.with_columns(at=pl.lit("2025-05-01")), "is String"),
    "null key": Fault("null", "contacts", "customer_id", 1, put("customer_id", 2, None), "no row may lack it"),
    "null time": Fault("null", "events", "at", 1, put("at", 1, None), "is null"),
    "duplicate contact": Fault("duplicate", "contacts", "contact_id", 2, more(sent=False), "stands in several rows"),
    "duplicate customer": Fault("duplicate", "customers", "customer_id", 2, more(), "keep one row for each"),
    "duplicate item": Fault("duplicate", "items", "item", 2, more(), "several rows"),
    "future event": Fault("future", "events", "at", 1, put("at", 1, LATE), "lies after now, 2025-06-01T00:00:00"),
    "future knowledge": Fault("future", "events", "known_at", 1, put("known_at", 0, LATE), "give a later now"),
    "future customer": Fault("future", "customers", "joined", 1, put("joined", 0, LATE), "after now"),
    "known too early": Fault("order", "events", "known_at", 1, put("known_at", 2, EARLY), "nothing is known before"),
    "consent ends before it starts": Fault("order", "consents", "until", 1, put("until", 3, EARLY), "lies before at"),
    "cost ends before it starts": Fault("order", "costs", "ends", 1, put("ends", 0, EARLY), "lies before at"),
    "unknown customer of an event": Fault(
        "unknown customer", "events", "customer_id", 1, put("customer_id", 2, 99), "not among customers.customer_id"
    ),
    "unknown customer of a contact": Fault(
        "unknown customer", "contacts", "customer_id", 1, put("customer_id", 2, 99), "add the customer"
    ),
    "answer to an unknown contact": Fault(
        "unknown contact",
        "events",
        "contact_id",
        1,
        put("contact_id", 2, 99),
        "answers a contact that contacts does not",
    ),
    "answered before it was sent": Fault(
        "early answer", "events", "contact_id", 1, lambda f: put("known_at", 0, None)(put("at", 0, EARLY)(f)), "before"
    ),
    "unknown arm": Fault("unknown arm", "contacts", "arm", 1, put("arm", 2, "post"), "allowed: 'mail' or 'control'"),
    "propensity 0": Fault(
        "range", "contacts", "propensity", 1, put("propensity", 0, 0.0), "allowed: above 0 and at most 1"
    ),
    "propensity above 1": Fault(
        "range", "contacts", "propensity", 1, put("propensity", 2, 1.5), "above 0 and at most 1"
    ),
    "negative cost": Fault("range", "contacts", "cost", 1, put("cost", 0, -0.01), "allowed: 0 or more"),
    "confidence above 1": Fault(
        "range", "links", "confidence", 1, lambda f: f.with_columns(confidence=pl.lit(1.1)), "from 0 to 1"
    ),
    "infinite amount": Fault("finite", "events", "amount", 1, put("amount", 1, math.inf), "leave unknown values null"),
    "amount not a number": Fault("finite", "events", "amount", 1, put("amount", 1, math.nan), "is not a finite number"),
    "propensity not a number": Fault("finite", "contacts", "propensity", 1, put("propensity", 0, math.nan), "finite"),
    "unknown slice": Fault("word", "contacts", "slice", 1, put("slice", 0, "test"), "'control' or 'holdout'"),
    "unknown purpose": Fault("word", "contacts", "purpose", 1, put("purpose", 0, "fun"), "'dunning' or 'survey'"),
    "unknown source": Fault("word", "profiles", "source", 1, put("source", 0, "heard"), "map it to one of these"),
    "probabilities that sum to less": Fault(
        "probabilities", "contacts", "eligible", 1, chosen(mail=0.25, control=0.5), "sum to 1"
    ),
    "a negative probability": Fault(
        "probabilities", "contacts", "eligible", 1, chosen(mail=0.25, control=1.0, post=-0.25), "from 0 to 1"
    ),
    "a probability that is not a number": Fault(
        "probabilities",
        "contacts",
        "eligible",
        1,
        chosen(mail=0.25, control=math.nan),
        "every arm that could have been",
    ),
    "an arm that was no option": Fault(
        "chosen arm", "contacts", "eligible", 1, chosen(post=0.25, control=0.75), "does not hold the arm"
    ),
    "another propensity": Fault(
        "chosen arm", "contacts", "eligible", 1, chosen(mail=0.5, control=0.5), "with its propensity"
    ),
    "sent without consent": Fault(
        "consent", "contacts", "sent", 1, put("at", 2, EARLY), "no consent of the customer for its channel"
    ),
    "sent after consent was withdrawn": Fault(
        "consent", "contacts", "sent", 1, put("at", 2, dt.datetime(2025, 5, 3, tzinfo=dt.UTC)), "at that time"
    ),
    "sent by a channel without consent": Fault("consent", "contacts", "sent", 1, put("channel", 2, "sms"), "consent"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_one_named_finding(frames: Mapping[str, pl.DataFrame], name: str) -> None:
    fault = FAULTS[name]
    log = Log.of(**{**frames, fault.table: fault.change(frames[fault.table])})
    (finding,) = log.check(now=NOW, arms=["mail", "control"])
    assert (finding.rule, finding.table, finding.column, finding.count) == fault[:4]
    with pytest.raises(TableError, match=fault.says):
        log.check(now=NOW, arms=["mail", "control"]).require()


def test_a_clean_log_has_no_finding(frames: Mapping[str, pl.DataFrame]) -> None:
    findings = Log.of(**frames).check(now=NOW, arms=["mail", "control"])
    assert findings.ok
    assert findings.require() is findings
    assert len(findings) == len(findings.to_frame()) == 0


def test_an_event_of_nobody_is_counted_and_no_fault(frames: Mapping[str, pl.DataFrame]) -> None:
    log = Log.of(**frames)
    assert log.check().unassigned == 1
    assert log.unassigned.collect().height == 1
    assert log.events.collect().height == 4


def test_an_empty_log_is_clean() -> None:
    assert Log.of().check(now=NOW).ok


def test_without_now_and_arms_no_time_is_late_and_no_arm_unknown(frames: Mapping[str, pl.DataFrame]) -> None:
    far = put("at", 1, dt.datetime(2999, 1, 1, tzinfo=dt.UTC))(frames["events"])
    assert Log.of(**{**frames, "events": far}).check().ok


def test_now_is_local_midnight(frames: Mapping[str, pl.DataFrame]) -> None:  # 23:00 in UTC is next day in Paris
    late = put("at", 1, dt.datetime(2025, 5, 31, 23, tzinfo=dt.UTC))(frames["events"])
    log = Log.of(**{**frames, "events": late}, timezone="Europe/Paris")
    assert [finding.rule for finding in log.check(now="2025-06-01")] == ["future"]
    assert log.check(now="2025-06-02").ok


def test_a_finding_shows_the_first_offenders_and_escapes_them(frames: Mapping[str, pl.DataFrame]) -> None:
    scripted = put("slice", 0, "<script>alert(1)</script>")(frames["contacts"])
    findings = Log.of(**{**frames, "contacts": scripted}).check()
    (finding,) = findings
    assert finding.first == ({"contact_id": 10, "slice": "<script>alert(1)</script>"},)
    assert findings.to_frame()["first"].tolist() == ["contact_id 10, slice <script>alert(1)</script>"]
    assert "<script>" not in findings._repr_html_()


def test_a_choice_without_options_is_broken_in_both_ways(frames: Mapping[str, pl.DataFrame]) -> None:
    empty = frames["contacts"].with_columns(pl.col("eligible").list.head(0))
    found = [(finding.rule, finding.count) for finding in Log.of(**{**frames, "contacts": empty}).check()]
    assert found == [("probabilities", 2), ("chosen arm", 2)]


def test_at_most_five_offenders_are_shown() -> None:
    joined = pl.datetime(2025, 1, 1, time_zone="UTC")
    log = Log.of(customers=pl.DataFrame({"customer_id": [7] * 1200}).with_columns(joined=joined))
    (finding,) = log.check()
    assert (finding.count, len(finding.first)) == (1200, 5)
    assert "(1,200 rows)" in finding.message


def test_a_table_without_rows_still_needs_its_columns() -> None:
    (finding,) = Log.of(items=pl.DataFrame({"brand": pl.Series([], dtype=pl.String)})).check()
    assert (finding.rule, finding.column, finding.count) == ("missing", "item", 0)


def test_many_broken_rules_are_summed_up(frames: Mapping[str, pl.DataFrame]) -> None:
    log = Log.of(**{**frames, "contacts": frames["contacts"].select("contact_id", score=pl.lit("high"))})
    with pytest.raises(TableError, match=r"(?s)the log breaks its rules:\n- contacts.customer_id.*- and 2 more"):
        log.check().require()


def test_consent_ends_at_its_end(frames: Mapping[str, pl.DataFrame]) -> None:
    sent = frames["contacts"]["at"][0]
    until = put("until", 0, sent)(frames["consents"])
    assert [finding.rule for finding in Log.of(**{**frames, "consents": until}).check()] == ["consent"]
    later = put("until", 0, sent + dt.timedelta(microseconds=1))(frames["consents"])
    assert Log.of(**{**frames, "consents": later}).check().ok


def test_without_consents_none_is_asked_for(frames: Mapping[str, pl.DataFrame]) -> None:
    post = put("channel", 2, "post")(frames["contacts"])
    assert Log.of(**{**frames, "contacts": post, "consents": None}).check().ok


@pytest.mark.parametrize("arms", ["control", b"control", [1, 2], [None], ["mail", 2], [b"mail"], 5])
def test_arms_are_a_list_of_texts(arms: Any) -> None:
    with pytest.raises(SpecError, match=r"arms is .*; give (a list of texts|text)"):
        Log.of().check(arms=arms)


def test_where_no_arm_may_be_each_is_unknown(frames: Mapping[str, pl.DataFrame]) -> None:
    (found,) = Log.of(**frames).check(arms=[])
    assert found.message == (
        "contacts.arm is an unknown arm; allowed: none (3 rows); declare the arm, or correct the contact"
    )
    assert Log.of(**frames).check(arms=pl.Series(["mail", "control"])).ok


def test_a_missing_column_is_told_what_may_be_it(frames: Mapping[str, pl.DataFrame]) -> None:
    near = Log.of(contacts=frames["contacts"].rename({"campaign": "Campaign_name", "arm": "group"})).check()
    told = {finding.column: finding.message.partition("; ")[2] for finding in near if finding.rule == "missing"}
    assert told["campaign"] == "it must be String (3 rows); add it, or rename 'Campaign_name'"
    assert told["arm"] == "it must be String (3 rows); add it, or rename 'Campaign_name' or 'group'"


def test_a_column_of_ones_own_may_bear_a_name_that_another_table_declares(frames: Mapping[str, pl.DataFrame]) -> None:
    known = frames["contacts"].with_columns(known_at="at")
    assert Log.of(**{**frames, "contacts": known}).check(now=NOW) == Log.of(**frames).check(now=NOW)
