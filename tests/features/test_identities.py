"""Persons behind identifiers equal what plain Python finds, rest on nothing learnt later, and meet the truth."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjlab import datasets, simulator
from cjlab.errors import SpecError, TableError
from cjlab.features import Identities, resolved
from cjlab.features.persons._union import united
from cjlab.tables import Log, moment

BEGIN = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
AS_OF = "2024-05-11"
TIME = pl.Datetime("us", "UTC")
EVENTS = {"customer_id": pl.Int64, "visitor_id": pl.Int64, "at": TIME, "known_at": TIME, "event": pl.String}
LINKS = {"customer_id": pl.Int64, "identifier": pl.Int64, "kind": pl.String, "starts": TIME, "ends": TIME}
LINKS |= {"known_at": TIME, "confidence": pl.Float64}
Row = dict[str, Any]
some = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def at(day: float) -> dt.datetime:
    """Return a moment, some days after the first of May."""
    return BEGIN + dt.timedelta(days=day)


def log_of(events: list[Row], links: list[Row], **tables: Any) -> Log:
    """Return a log of rows; what they do not say is unknown."""
    seen = pl.DataFrame([{name: row.get(name) for name in EVENTS} for row in events], schema=EVENTS)
    tied = pl.DataFrame([{name: row.get(name) for name in LINKS} for row in links], schema=LINKS)
    return Log.of(events=seen.with_columns(channel=pl.lit("web")), links=tied, **tables)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Draw visits, recognised or not, and links, some of them learnt late, doubtful or over."""
    moments = st.integers(0, 80).map(lambda one: at(one / 4))
    customers, visitors = st.integers(1, 5), st.integers(1, 4)
    events = [
        {
            "customer_id": draw(st.none() | customers),
            "visitor_id": draw(visitors),
            "at": when,
            "known_at": draw(st.sampled_from((None, None, when + dt.timedelta(days=4)))),
            "event": "visit",
        }
        for when in draw(st.lists(moments, max_size=12))
    ]
    links = []
    for starts in draw(st.lists(moments, max_size=6)):
        kind = draw(st.sampled_from(("cookie", "cookie", "email", "merge")))
        links.append(
            {
                "customer_id": draw(customers),
                "identifier": draw(customers if kind == "merge" else visitors),
                "kind": kind,
                "starts": starts,
                "ends": draw(st.sampled_from((None, None, starts + dt.timedelta(days=2)))),
                "known_at": draw(st.sampled_from((None, starts + dt.timedelta(days=3)))),
                "confidence": draw(st.sampled_from((None, 1.0, 0.5))),
            }
        )
    return events, links


def past(rows: list[Row], name: str) -> list[Row]:
    """Return the rows that had happened and were known before the date."""
    when = moment(AS_OF, "UTC")
    return [row for row in rows if max(row[name], row.get("known_at") or row[name]) < when]


def people_of(events: list[Row], links: list[Row]) -> dict[int, int]:
    """Return the person of each customer id, from neighbour to neighbour."""
    ids = {row["customer_id"] for row in [*events, *links]} - {None}
    ids |= {row["identifier"] for row in links if row["kind"] == "merge"}
    near: dict[Any, set[Any]] = {one: set() for one in ids}
    for row in links:
        if row["kind"] in {"email", "merge"}:
            other = row["identifier"] if row["kind"] == "merge" else (row["kind"], row["identifier"])
            near[row["customer_id"]].add(other)
            near.setdefault(other, set()).add(row["customer_id"])
    found = {}
    for one in ids:
        reached, ahead = {one}, [one]
        while ahead:
            new = near[ahead.pop()] - reached
            reached |= new
            ahead += new
        found[one] = min(other for other in reached if isinstance(other, int))
    return found


def behind(visitor: int, when: dt.datetime, events: list[Row], links: list[Row], people: dict[int, int]) -> int | None:
    """Return who was behind a visitor's id at a time."""
    known = [row for row in events if row["visitor_id"] == visitor and row["customer_id"] is not None]
    if known:
        ranked = [(abs(row["at"] - when), row["at"] > when, people[row["customer_id"]]) for row in known]
        return min(ranked)[2]
    held = []
    for row in links:
        if row["kind"] == "cookie" and row["identifier"] == visitor:
            end = row["ends"] if row["ends"] is not None and row["ends"] < moment(AS_OF, "UTC") else None
            over = end is not None and when >= end
            away = when - end if over and end is not None else max(row["starts"] - when, dt.timedelta())
            held.append((away, over, BEGIN - row["starts"], people[row["customer_id"]]))
    return min(held)[3] if held else None


@some
@given(stories())
def test_persons_equal_plain_python(story: tuple[list[Row], list[Row]]) -> None:
    found = resolved(log_of(*story), AS_OF)
    events = past(story[0], "at")
    links = [row for row in past(story[1], "starts") if (row["confidence"] or 1.0) >= 0.9]
    people = people_of(events, links)
    told = found.persons.filter(kind="customer")
    assert dict(zip(told["identifier"], told["person"], strict=True)) == people
    asked = [(row["at"], row["visitor_id"], row["customer_id"]) for row in events]
    given = [
        (when, one, behind(one, when, events, links, people) if who is None else people[who])
        for when, one, who in asked
    ]
    made = found.log.events.collect().select("at", "visitor_id", "customer_id").rows()
    assert sorted(made, key=repr) == sorted(given, key=repr)


@some
@given(stories(), stories())
def test_what_is_learnt_later_changes_nothing(
    one: tuple[list[Row], list[Row]], two: tuple[list[Row], list[Row]]
) -> None:
    events, links = past(one[0], "at"), past(one[1], "starts")
    late = [row for row in two[0] if row not in past(two[0], "at")]
    merges = [row for row in two[1] if row not in past(two[1], "starts")]
    before, after = (resolved(log, AS_OF) for log in (log_of(events, links), log_of(events + late, links + merges)))
    assert before.persons.equals(after.persons)
    assert before.log.fingerprint() == after.log.fingerprint()


def test_a_merge_counts_from_the_day_it_is_known() -> None:
    visits = [{"customer_id": one, "visitor_id": one, "at": at(one), "event": "visit"} for one in (3, 5)]
    merge = {"customer_id": 5, "identifier": 3, "kind": "merge", "starts": at(0), "known_at": at(8)}
    log = log_of(visits, [merge])
    assert resolved(log, "2024-05-09").log.events.collect()["customer_id"].to_list() == [3, 5]
    assert resolved(log, "2024-05-10").log.events.collect()["customer_id"].to_list() == [3, 3]


def test_a_shared_cookie_makes_nobody_one_person() -> None:
    links = [{"customer_id": one, "identifier": 9, "kind": "cookie", "starts": at(one)} for one in (1, 4)]
    visits = [{"visitor_id": 9, "at": at(day), "event": "visit"} for day in (0, 2, 6)]
    found = resolved(log_of(visits, links), AS_OF)
    assert found.log.events.collect().sort("at")["customer_id"].to_list() == [1, 1, 4]
    assert found.persons.filter(kind="cookie")["person"].to_list() == [4]
    assert found.persons.filter(kind="customer")["person"].to_list() == [1, 4]


def test_a_device_that_was_handed_over_belongs_to_each_in_turn() -> None:
    links = [
        {"customer_id": 1, "identifier": 9, "kind": "device", "starts": at(0), "ends": at(3)},
        {"customer_id": 2, "identifier": 9, "kind": "device", "starts": at(6)},
    ]
    visits = [{"visitor_id": 9, "at": at(day), "event": "visit"} for day in (1, 4, 5, 7)]
    made = resolved(log_of(visits, links), AS_OF).log.events.collect().sort("at")
    assert made["customer_id"].to_list() == [1, 1, 2, 2]


def test_a_doubtful_link_is_believed_when_it_is_asked_for() -> None:
    doubtful = {"customer_id": 1, "identifier": 9, "kind": "guess", "starts": at(0), "confidence": 0.4}
    log = log_of([{"visitor_id": 9, "at": at(1), "event": "visit"}], [doubtful])
    assert resolved(log, AS_OF).log.events.collect()["customer_id"].to_list() == [None]
    assert resolved(log, AS_OF, confidence=0.4).log.events.collect()["customer_id"].to_list() == [1]


def test_everything_of_one_person_stands_under_his_name() -> None:
    people = pl.DataFrame({"customer_id": [1, 2], "joined": [at(3), at(1)]})
    email = [{"customer_id": one, "identifier": 77, "kind": "email", "starts": at(4)} for one in (1, 2)]
    profile = pl.DataFrame({"customer_id": [2], "field": ["age"], "at": [at(2)], "value": ["40"]})
    log = log_of([{"customer_id": 2, "at": at(5), "event": "visit"}], email, customers=people, profiles=profile)
    made = resolved(log, AS_OF).log
    assert made.customers.collect().rows() == [(1, at(1))]  # he joined when the first of his ids did
    assert made.profiles is not None
    assert made.profiles.collect()["customer_id"].to_list() == [1]
    assert resolved(log, "2024-05-05").log.customers.collect().height == 2


@given(st.integers(1, 40), st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60))
def test_union_finds_what_is_reached(n: int, pairs: list[tuple[int, int]]) -> None:
    edges = [(a % n, b % n) for a, b in pairs]
    root = list(range(n))
    for _ in range(n):
        for a, b in edges:
            root[a] = root[b] = min(root[a], root[b])
    one, other = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    assert united(n, one, other).tolist() == root


def test_a_long_chain_is_one() -> None:
    n = 200_000
    steps = np.random.default_rng(0).permutation(n - 1)
    assert (united(n, steps, steps + 1) == 0).all()


def pairs(frame: pl.DataFrame, by: list[str]) -> int:
    """Return how many pairs of rows have the same in these columns."""
    n = frame.drop_nulls(by).group_by(by).len()["len"].cast(pl.Int64)
    return int((n * (n - 1) // 2).sum())


@pytest.mark.parametrize("world", ["retail", "telecom"])
def test_visitors_meet_the_truth_of_a_simulation(world: str) -> None:
    run = simulator.simulate(getattr(simulator.World, world)(n_customers=1_000), days=365)
    found = resolved(run.log, "2025-01-01")
    assert isinstance(found, Identities)
    most = run.truth.visitors.sort("visitor_id", "events").group_by("visitor_id").last()
    told = found.persons.filter(pl.col("kind") != "customer").select(visitor_id="identifier", person="person")
    both = most.select("visitor_id", truth="customer_id").join(told, on="visitor_id", how="left")
    right = pairs(both, ["truth", "person"])
    assert right / pairs(both, ["person"]) >= 0.95
    assert right / pairs(both.drop_nulls("person"), ["truth"]) >= 0.85  # of visitors who were recognised at least once
    assert right / pairs(both, ["truth"]) >= 0.8


@pytest.mark.usefixtures("data")
def test_real_logs_without_visitors_are_refused_by_name() -> None:
    for log in (datasets.online_retail(), datasets.complete_journey()):
        with pytest.raises(TableError, match="neither links nor events with a visitor_id"):
            resolved(log, "2017-06-01")


LINK = {"customer_id": 1, "identifier": 9, "kind": "merge", "starts": at(0)}


def test_what_cannot_be_resolved_is_refused_by_name() -> None:
    log = log_of([{"visitor_id": 9, "at": at(1), "event": "visit"}], [LINK])
    with pytest.raises(SpecError, match="log is 3; give"):
        resolved(3, AS_OF)  # type: ignore[arg-type] # refused
    with pytest.raises(SpecError, match="'then' is no date"):
        resolved(log, "then")
    with pytest.raises(SpecError, match="confidence is 2; give a number from 0 to 1"):
        resolved(log, AS_OF, confidence=2)
    with pytest.raises(SpecError, match="same is 3; give text"):
        resolved(log, AS_OF, same=3)  # type: ignore[arg-type] # refused
    words = pl.DataFrame({"customer_id": [1], "identifier": ["x"], "kind": ["merge"], "starts": [at(0)]})
    visits = log.events.collect()
    with pytest.raises(TableError, match="a link of kind 'merge' names another customer id"):
        resolved(Log.of(events=visits, links=words), AS_OF)
    with pytest.raises(TableError, match=r"links.identifier is of type String, and events.visitor_id of type Int64"):
        resolved(Log.of(events=visits, links=words.with_columns(kind=pl.lit("cookie"))), AS_OF)


def test_words_are_identifiers_too() -> None:
    seen = pl.DataFrame(
        {
            "customer_id": [None, "ada"],
            "visitor_id": ["v", "v"],
            "at": [at(1), at(2)],
            "event": "visit",
            "channel": "web",
        }
    )
    merge = pl.DataFrame({"customer_id": ["zoe"], "identifier": ["ada"], "kind": ["merge"], "starts": [at(0)]})
    found = resolved(Log.of(events=seen, links=merge), AS_OF)
    assert found.log.events.collect()["customer_id"].to_list() == ["ada", "ada"]
    assert found.to_frame().set_index("identifier")["person"].to_dict() == {"ada": "ada", "zoe": "ada", "v": "ada"}
    assert repr(found) == "Identities(3 identifiers of 1 people, as of 2024-05-11 00:00 UTC)"
