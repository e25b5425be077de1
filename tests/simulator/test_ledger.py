"""Rows become columns: every value where it is known, in the order of people and time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from cjlab.simulator import World
from cjlab.simulator._engine import NONE, Written
from cjlab.simulator._ledger import Ledger
from cjlab.simulator._names import event_names
from cjlab.simulator._stretch import Stretch
from cjlab.simulator.kernel import EVENTS, FIRST_ERRAND, Row, Sent

WORLD = World.retail(n_customers=50)
PLAIN = {"amount": "amount", "margin": "margin", "discount": "discount", "score": "score", "duration_s": "duration"}
IDS = {"order_id": "order", "contract_id": "contract", "case_id": "case", "contact_id": "contact", "session": "session"}


def drawn(n: int, *, people: int = 20, days: int = 400) -> np.ndarray:
    """Return rows of which each value is known or not at random."""
    draws = np.random.default_rng(7)
    rows = np.zeros(n, Row)
    rows["customer"], rows["day"] = draws.integers(1, people, n), draws.integers(0, days, n)
    rows["second"], rows["event"] = draws.integers(0, 86_400, n), draws.integers(0, len(EVENTS), n)
    rows["channel"], rows["known"] = draws.integers(0, len(WORLD.channels), n), draws.integers(0, 2, n)
    for name in ("amount", "margin", "discount", "score", "duration"):
        rows[name] = np.where(draws.random(n) < 0.5, draws.normal(size=n), np.nan)
    for name in ("order", "contract", "case", "contact", "session", "other"):
        rows[name] = draws.integers(-1, 9, n)
    rows["due"] = np.where(draws.random(n) < 0.5, -1, draws.integers(0, 3_000, n))
    rows["quantity"], rows["item"], rows["device"] = (draws.integers(low, 3, n) for low in (0, -1, -1))
    rows["device"] = np.minimum(rows["device"], 1)
    rows["machine"], rows["journey"] = draws.integers(-1, 2, n), draws.integers(-1, 6, n)
    rows["offer"] = rows["reason"] = rows["text"] = rows["place"] = -1
    return rows


def made(rows: np.ndarray) -> Stretch:
    """Return rows of several stretches as tables."""
    people = np.unique(rows["customer"])
    return Stretch.of([Written(rows, NONE, people)], WORLD, [])


def ordered(rows: np.ndarray) -> np.ndarray:
    """Return rows by customer, day and second; what is equal stays as it was written."""
    return rows[np.lexsort((np.arange(len(rows)), rows["second"], rows["day"], rows["customer"]))]


def test_every_number_stands_where_it_is_known() -> None:
    rows = drawn(5_000)
    events, expected = made(rows).events, ordered(rows)
    for column, name in PLAIN.items():
        given = events[column].fill_null(np.nan).to_numpy()
        np.testing.assert_array_equal(given, expected[name].astype(float))
    np.testing.assert_array_equal(events["quantity"].fill_null(0).to_numpy(), expected["quantity"])
    known = np.where(expected["known"] == 1, expected["customer"], 0)
    np.testing.assert_array_equal(events["customer_id"].fill_null(0).to_numpy(), known)
    np.testing.assert_array_equal(events["event"].cast(pl.String), np.array(event_names(WORLD))[expected["event"]])
    flags = {None: -1, True: 1, False: 0}
    assert [flags[one] for one in events["machine"]] == expected["machine"].tolist()


@pytest.mark.parametrize("column", list(IDS))
def test_ids_tie_the_rows_of_a_person_together(column: str) -> None:
    rows = drawn(5_000)
    expected = ordered(rows)
    frame = (
        made(rows)
        .events.select(id=column)
        .with_columns(who=pl.Series(expected["customer"]), own=pl.Series(expected[IDS[column]]))
    )
    np.testing.assert_array_equal(frame["id"].is_null(), expected[IDS[column]] < 0)
    pairs = frame.drop_nulls("id").unique()
    assert pairs["id"].n_unique() == pairs.height == pairs.select("who", "own").n_unique()


def test_moments_are_those_of_the_clock_on_the_wall() -> None:
    zone = ZoneInfo("Europe/Paris")
    world = WORLD.but(timezone="Europe/Paris", start=dt.date(2024, 3, 1))
    rows = drawn(3_000, days=300)
    rows["second"] = np.where(rows["second"] // 3600 == 2, 3 * 3600, rows["second"])  # an hour that one day has not
    events = Stretch.of([Written(rows, NONE, np.unique(rows["customer"]))], world, []).events
    for at, row in zip(events["at"], ordered(rows), strict=True):
        day = world.start + dt.timedelta(days=int(row["day"]))
        local = at.astimezone(zone)
        assert (local.date(), local.hour * 3600 + local.minute * 60 + local.second) == (day, row["second"])


def test_a_page_and_a_reason_are_told_apart() -> None:
    world = World.telecom(n_customers=50)
    rows = drawn(4)
    rows["customer"], rows["day"] = 1, np.arange(4)
    rows["event"] = [EVENTS.index(name) for name in ("view", "view", "contract_ended", "complaint")]
    rows["reason"] = [FIRST_ERRAND, -1, 0, -1]
    events = Ledger(world).events([Ledger(world).happened(rows, np.arange(4))])
    assert events["page"].is_null().to_list() == [False, True, True, True]
    assert events["reason"].cast(pl.String).to_list() == [None, None, "left", None]


def test_several_plans_speak_for_one_campaign() -> None:
    sent = np.zeros(4, Sent)
    sent["customer"], sent["plan"], sent["sent"] = [1, 1, 2, 2], [0, 1, 2, 1], [1, 1, 0, 1]
    sent["second"], sent["number"], sent["propensity"] = [1, 2, 3, 4], [0, 1, 0, 1], [0.5, np.nan, 0.25, 1.0]
    contacts = Stretch.of([Written(drawn(0), sent, np.array([1, 2]))], WORLD, ["b", "a", "b"]).contacts
    assert contacts["campaign"].cast(pl.String).to_list() == ["b", "a", "b", "a"]
    assert contacts["propensity"].to_list() == [0.5, None, 0.25, 1.0]
    assert contacts["arm"].cast(pl.String)[2] == "control"


def test_parts_may_name_other_campaigns_than_those_before() -> None:
    parts, names = [], []
    for number, name in enumerate("ba"):
        sent = np.zeros(1, Sent)
        sent["customer"], sent["plan"], sent["sent"] = number + 1, number, 1
        parts.append((sent, name))

    def lived() -> object:
        for sent, name in parts:
            names.append(name)
            yield Written(drawn(0), sent, sent["customer"])

    assert Stretch.of(lived(), WORLD, names).contacts["campaign"].cast(pl.String).to_list() == ["b", "a"]


def test_nothing_makes_empty_tables_with_all_columns() -> None:
    stretch = Stretch.of([], WORLD, [])
    assert (stretch.events.height, stretch.contacts.height) == (0, 0)
    assert stretch.events.schema == made(drawn(50)).events.schema
