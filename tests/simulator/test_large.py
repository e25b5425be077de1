"""Nothing wraps in a large run: numbers have room for ten million people and for ten years."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cjlab.simulator import RandomContacts, World
from cjlab.simulator._engine import Engine
from cjlab.simulator._sharded import Plot
from cjlab.simulator._stretch import _DAY, _PERSON, Stretch, days_of, people_of
from cjlab.simulator.kernel import CONTACTS_A_DAY, ROWS_A_DAY
from cjlab.simulator.kernel import DAYS as LONGEST
from cjlab.simulator.kernel._telling import _OWN

PEOPLE, DAYS = 10_000_000, 365


@pytest.fixture(scope="module")
def last() -> tuple[np.ndarray, Stretch]:
    """Let the last of ten million people live for a year, who are written to often."""
    world, ids = World.retail(n_customers=PEOPLE, seed=7), np.arange(PEOPLE - 59, PEOPLE + 1)
    engine, names = Engine(world, DAYS), list[str]()
    parts = engine.lived(engine.people(ids), RandomContacts(rate=0.5), 0, DAYS, names)
    return ids, Stretch.of(parts, world, names)


def test_a_person_has_room_for_all_that_he_numbers() -> None:
    assert 2 ** int(_OWN) > (ROWS_A_DAY + CONTACTS_A_DAY) * LONGEST
    assert _DAY * LONGEST < _PERSON
    assert np.iinfo(np.int64).max > PEOPLE * _PERSON


def test_the_last_of_many_people_stand_in_their_order(last: tuple[np.ndarray, Stretch]) -> None:
    ids, stretch = last
    for at, table in ((stretch.events_at, stretch.events), (stretch.contacts_at, stretch.contacts)):
        assert (np.diff(at) >= 0).all()
        assert np.isin(people_of(at), ids).all()
        assert days_of(at).min() >= 0
        assert days_of(at).max() == DAYS - 1
        known = table["customer_id"].is_not_null().to_numpy()
        assert (table["customer_id"].drop_nulls().to_numpy() == people_of(at)[known]).all()


def test_their_ids_are_their_own(last: tuple[np.ndarray, Stretch]) -> None:
    _, stretch = last
    events = stretch.events.with_columns(who=pl.Series(people_of(stretch.events_at)))
    assert stretch.contacts["contact_id"].is_unique().all()
    assert (stretch.contacts["contact_id"] >= 0).all()
    for name in ("order_id", "session", "case_id", "contact_id"):
        owners = events.drop_nulls(name).group_by(name).agg(pl.col("who").n_unique())["who"]
        assert owners.len()
        assert (owners == 1).all()
    answered = events.drop_nulls("contact_id").select("contact_id", "who").unique()
    sent = stretch.contacts.select("contact_id", who="customer_id")
    assert answered.join(sent, on=["contact_id", "who"], how="anti").is_empty()


def test_shards_are_enough_for_all(last: tuple[np.ndarray, Stretch]) -> None:
    plot = Plot.of(World.retail(n_customers=PEOPLE, seed=7), RandomContacts(rate=0.05), DAYS, None)
    a_person = last[1].events.height / 60
    assert plot.shards < np.iinfo(np.int16).max
    assert PEOPLE / plot.shards * a_person < 2_000_000  # rows in memory at a time, a thread
