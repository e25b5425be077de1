"""What is allowed is what a clerk finds who looks through the rows in plain Python; every exclusion has its reasons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.proof.clerk import Clerk
from cjlab.decisions import Action, Cap, Cooling, Fresh, Holdout, Rules, eligible
from cjlab.errors import SpecError, TableError
from cjlab.tables import Log
from tests.decisions.rows import NOW, ago, log_of

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.decisions import Eligibility

TIERS = ((50, "tin", None), (40, "gold", None), (30, "tin", ago(-1)))  # the last is not told yet
MAIL = (Action("mail", "email", 0.02),)
YES = (1, ago(100), "email", "marketing", True, None)


def why(asked: Eligibility, customer: int = 1, action: str = "mail") -> list[str]:
    """Return why a customer may not get an action."""
    found = asked.reasons().filter(pl.col("customer_id") == customer, pl.col("action") == action)
    return found["reason"].to_list()


def told(rules: Rules, **tables: Any) -> list[str]:
    """Return why customer 1, who granted marketing by e-mail, may not get the mail."""
    return why(eligible(log_of(**{"consents": [YES], **tables}), NOW, rules))


def contact(days: float, channel: str = "email", *, sent: bool = True, purpose: str | None = None) -> tuple[Any, ...]:
    return (int(days * 1000), 1, ago(days), "c", "a", channel, sent, purpose, None)


MOMENTS = st.sampled_from([0.0, 0.001, 1.0, 2.0, 6.999, 7.0, 7.001, 13.0, 14.0, 29.0, 30.0, 31.0, 365.0, 366.0, -1.0])
KNOWN = st.sampled_from([None, None, 0.0, 0.5, 8.0])
WHO = st.integers(1, 6)


def rows(*columns: Any, most: int = 12) -> Any:
    return st.lists(st.tuples(*columns), max_size=most)


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Draw a log of six customers whose rows lie on and beside the edges of every window."""
    channels, purposes = st.sampled_from(["email", "sms", "phone"]), st.sampled_from(["marketing", "service"])
    contacts = draw(rows(WHO, MOMENTS, channels, st.booleans(), st.sampled_from([None, "service"])))
    ends = st.sampled_from([None, -5.0, 0.0, 1.0])
    consents = draw(rows(WHO, MOMENTS, channels, purposes, st.booleans(), ends, most=30))
    events = draw(rows(WHO, MOMENTS, st.sampled_from(["complaint", "visit"]), KNOWN))
    values = st.sampled_from(["gold", "tin", None])
    profiles = draw(rows(WHO, st.sampled_from(["phone", "tier"]), MOMENTS, values, KNOWN))
    places, stock = st.sampled_from([None, "shop", "web"]), st.sampled_from([None, 0.0, -1.0, 3.0])
    states = draw(rows(MOMENTS, places, stock, most=4))
    return log_of(
        contacts=[(n, who, ago(at), "c", "a", *said, None) for n, (who, at, *said) in enumerate(contacts)],
        consents=[(who, ago(at), *said, _moment(end)) for who, at, *said, end in consents],
        events=[(who, ago(at), what, "web", _moment(known)) for who, at, what, known in events],
        profiles=[(who, field, ago(at), value, _moment(known)) for who, field, at, value, known in profiles],
        item_states=[("shoe", ago(at), place, stock) for at, place, stock in states],
    )


@settings(max_examples=60)
@given(log=logs(), shards=st.sampled_from([None, None, 3]))
def test_a_clerk_with_plain_python_finds_the_same(
    rules: Rules, tmp_path_factory: pytest.TempPathFactory, log: Log, shards: int | None
) -> None:
    if shards is not None:
        log = log.write(tmp_path_factory.mktemp("log") / "log", shards=shards)
    asked, clerk = eligible(log, NOW, rules, threads=1), Clerk(log, rules)
    frame = asked.reasons()
    for customer in asked.customers.tolist():
        for action in rules.actions:
            found = frame.filter(pl.col("customer_id") == customer, pl.col("action") == action.name)["reason"].to_list()
            assert set(found) == clerk.reasons(customer, action, NOW)
            assert len(found) == len(set(found))


def _moment(days: float | None) -> dt.datetime | None:
    return None if days is None else ago(days)


def test_who_never_spoke_of_consent_allowed_nothing() -> None:
    assert why(eligible(log_of(customers=[(1, ago(9))]), NOW, Rules(MAIL))) == ["no consent known"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((1, ago(1), "email", "marketing", False, None), ["consent refused"]),
        ((1, ago(100), "email", "marketing", False, None), ["consent refused"]),  # at the moment of the grant
        ((1, ago(1), "email", "service", False, None), []),
        ((1, ago(1), "sms", "marketing", False, None), []),
        ((1, ago(1), "email", "marketing", True, ago(0)), ["consent refused"]),  # it has just run out
        ((1, ago(1), "email", "marketing", True, ago(-1)), []),
        ((1, ago(0), "email", "marketing", False, None), []),  # at the moment itself: not known yet
    ],
)
def test_the_last_word_on_consent_holds(said: Any, reason: list[str]) -> None:
    assert told(Rules(MAIL), consents=[YES, said]) == reason


@pytest.mark.parametrize(
    ("contacts", "reason"),
    [
        ([contact(1)], []),
        ([contact(1), contact(2)], ["cap of 2 in 7D"]),
        ([contact(1), contact(7)], []),  # exactly a window ago does not count
        ([contact(1), contact(6.9)], ["cap of 2 in 7D"]),
        ([contact(1), contact(2, sent=False)], []),  # withheld from a control: no pressure
        ([contact(1), contact(2, "sms", purpose="service")], ["cap of 2 in 7D"]),
        ([contact(1), contact(0)], []),
    ],
)
def test_a_cap_counts_what_was_sent_in_its_window(contacts: Any, reason: list[str]) -> None:
    assert told(Rules(MAIL, caps=(Cap(2),)), contacts=contacts) == reason


def test_a_window_of_days_follows_the_brands_clocks() -> None:
    noon = dt.datetime(2025, 3, 31, 10, tzinfo=dt.UTC)  # 12:00 in Paris; the clocks went forward the day before
    week_ago = dt.datetime(2025, 3, 24, 11, tzinfo=dt.UTC)  # 12:00 in Paris
    sent = [(n, n, week_ago + dt.timedelta(minutes=n), "c", "a", "email", True, None, None) for n in (0, 1)]
    said = [(n, ago(200), "email", "marketing", True, None) for n in (0, 1)]
    given = log_of(contacts=sent, consents=said)
    paris = Log.of(contacts=given.contacts, consents=given.consents, customers=given.customers, timezone="Europe/Paris")
    assert eligible(paris, noon.isoformat(), Rules(MAIL, caps=(Cap(1),))).allowed[:, 0].tolist() == [True, False]


@pytest.mark.parametrize(
    ("cap", "reason"),
    [
        (Cap(1, channel="sms"), []),
        (Cap(1, channel="email"), ["cap of 1 in 7D by email"]),
        (Cap(1, purpose="service"), []),
        (Cap(1, purpose="marketing"), ["cap of 1 in 7D for marketing"]),  # a contact that states none
        (Cap(1, segment=("tier", "tin")), []),
        (Cap(1, segment=("tier", "gold")), ["cap of 1 in 7D where tier is gold"]),
        (Cap(0), ["cap of 0 in 7D"]),
    ],
)
def test_a_cap_holds_for_its_channel_purpose_and_segment(cap: Cap, reason: list[str]) -> None:
    tiers = [
        (1, "tier", ago(50), "tin", None),
        (1, "tier", ago(40), "gold", None),
        (1, "tier", ago(30), "tin", ago(-1)),
    ]
    assert told(Rules(MAIL, caps=(cap,)), contacts=[contact(1)], profiles=tiers) == reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((1, ago(13.9), "complaint", "phone", None), ["complaint in 14D"]),
        ((1, ago(14), "complaint", "phone", None), []),
        ((1, ago(1), "visit", "web", None), []),
        ((1, ago(1), "complaint", "phone", ago(0)), []),  # told to nobody yet
        ((None, ago(1), "complaint", "phone", None), []),
    ],
)
def test_after_a_complaint_a_customer_is_left_alone(row: Any, reason: list[str]) -> None:
    assert told(Rules(MAIL, coolings=(Cooling("complaint"),)), events=[row], customers=[(1, ago(400))]) == reason


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        ([], ["stock unknown"]),
        ([("shoe", ago(1), None, 3.0)], []),
        ([("shoe", ago(1), None, 0.0)], ["out of stock"]),
        ([("shoe", ago(2), None, 3.0), ("shoe", ago(1), None, 0.0)], ["out of stock"]),
        ([("shoe", ago(1), None, None)], ["stock unknown"]),
        ([("shoe", ago(2), None, 3.0), ("shoe", ago(1), None, None)], ["stock unknown"]),
        ([("shoe", ago(1), None, 3.0), ("shoe", ago(1), None, 0.0)], ["out of stock"]),
        ([("shoe", ago(1), None, 3.0), ("shoe", ago(1), None, None)], []),
        ([("shoe", ago(1), "shop", 0.0), ("shoe", ago(9), "web", 1.0)], []),  # what the web has is still there
        ([("shoe", ago(-1), None, 3.0)], ["stock unknown"]),  # expected tomorrow
        ([("hat", ago(1), None, 3.0)], ["stock unknown"]),
    ],
)
def test_what_a_message_is_about_must_be_in_stock(states: Any, reason: list[str]) -> None:
    assert told(Rules((Action("mail", "email", 0.02, item="shoe"),)), item_states=states) == reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((1, "place", ago(29), "north", None), []),
        ((1, "place", ago(30), "north", None), ["place older than 30D"]),
        ((1, "place", ago(29), None, None), ["place unknown"]),
        ((1, "phone", ago(29), "north", None), ["place unknown"]),
        ((1, "place", ago(29), "north", ago(-1)), ["place unknown"]),
    ],
)
def test_a_field_must_be_known_and_fresh(row: Any, reason: list[str]) -> None:
    assert told(Rules(MAIL, fresh=(Fresh("place", "30D"),)), profiles=[row]) == reason


def test_a_holdout_holds_from_its_day_until_the_next_begins() -> None:
    holdouts = (Holdout(0.1, "old", "2024-01-01"), Holdout(0.1, "new", "2025-06-01"))
    people = range(400)
    log = log_of(customers=[(n, ago(900)) for n in people])
    rules = Rules(MAIL, holdouts=holdouts[::-1])
    held = {
        day: eligible(log, day, rules).held.tolist() for day in ("2023-12-31", "2024-01-01", "2025-05-31", "2025-06-01")
    }
    assert not any(held["2023-12-31"])
    assert held["2024-01-01"] == held["2025-05-31"] == holdouts[0].holds(np.arange(400)).tolist()
    assert held["2025-06-01"] == holdouts[1].holds(np.arange(400)).tolist()
    assert eligible(log, "2025-06-01", rules).reasons().filter(pl.col("reason") == "holdout").height == sum(
        held["2025-06-01"]
    )


def test_who_has_not_joined_is_not_asked() -> None:
    log = log_of(customers=[(1, ago(1)), (2, ago(0)), (3, ago(-1))])
    assert eligible(log, NOW, Rules(MAIL)).customers.tolist() == [1]


def test_what_excludes_whom_is_counted() -> None:
    log = log_of(consents=[YES, (2, ago(3), "email", "marketing", False, None)], contacts=[contact(1)])
    shown = eligible(log, NOW, Rules(MAIL, caps=(Cap(1),))).to_frame()
    assert shown.values.tolist() == [
        ["mail", "allowed", 0, 0.0],
        ["mail", "consent refused", 1, 0.5],
        ["mail", "cap of 1 in 7D", 1, 0.5],
    ]


def test_customers_who_are_called_by_names_are_asked_too(tmp_path: Path) -> None:
    given = log_of(consents=[YES, (2, ago(3), "email", "marketing", False, None)])
    names = [
        getattr(given, table).with_columns(pl.col("customer_id").cast(pl.String)) for table in ("customers", "consents")
    ]
    log = Log.of(customers=names[0], consents=names[1]).write(tmp_path / "log", shards=2)
    asked = eligible(log, NOW, Rules(MAIL))
    assert dict(zip(asked.customers.tolist(), asked.allowed[:, 0].tolist(), strict=True)) == {"1": True, "2": False}


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        (Rules(MAIL), "the log has no consents, and consent is asked for every action; give Log.of"),
        (Rules(MAIL, fresh=(Fresh("a", "1D"),)), "the log has no profiles, and fields must be fresh, or caps have"),
        (Rules((Action("a", "email", 0, item="shoe"),)), "the log has no item_states, and actions are about items"),
    ],
)
def test_an_absent_table_is_named(rules: Rules, refused: str) -> None:
    given = log_of(consents=[YES])
    kept = {} if "consents," in refused else {"consents": given.consents}
    with pytest.raises(TableError, match=refused):
        eligible(Log.of(customers=given.customers, **kept), NOW, rules)


def test_what_is_no_log_and_no_rules_is_refused() -> None:
    with pytest.raises(SpecError, match=r"log is 'log'; give a cj.tables.Log"):
        eligible("log", NOW, Rules(MAIL))  # type: ignore[arg-type] # what a person might give
    with pytest.raises(SpecError, match=r"rules are None; give cj.decisions.Rules"):
        eligible(log_of(), NOW, None)  # type: ignore[arg-type] # what a person might give
