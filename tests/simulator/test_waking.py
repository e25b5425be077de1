"""Eight days at a time, the kernel finds the day that it would find day by day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from cjlab.simulator import Everyone, Plan, RandomContacts, Rules, World
from cjlab.simulator._engine import Engine
from cjlab.simulator._policy import Planned, compiled
from cjlab.simulator.kernel import Today
from cjlab.simulator.kernel._draws import draw_often, eight_days
from cjlab.simulator.kernel._planning import may_follow
from cjlab.simulator.kernel._session import occasion
from cjlab.simulator.kernel._social import has_news
from cjlab.simulator.kernel._vocabulary import AT_OCCASION, AT_POLICY
from cjlab.simulator.kernel._waking import _under, wakes

DAYS = 120


@njit
def _at_once(people, tables, today, plans, outside, first, found):  # noqa: ANN001, ANN202 - compiled
    for place in range(people.shape[0]):
        found[place] = wakes(people[place], tables[0], today[0], plans[0], outside[0], first, DAYS)


@njit
def _day_by_day(people, tables, today, plans, outside, first, found):  # noqa: ANN001, ANN202 - compiled
    world = tables[0]
    for place in range(people.shape[0]):
        me, found[place] = people[place], DAYS
        for day in range(first, DAYS):
            for number in range(plans[0].n):
                today[0].lots[number] = eight_days(me.key, day, AT_POLICY + 8 * number)
            likely = occasion(me, world, day, outside[0].factors[day, 0], outside[0].weather[day, me.place])
            comes = draw_often(me.future, day, AT_OCCASION) < likely
            here = me.gone < 0 and (comes or me.due <= day or has_news(me, day))
            if here or may_follow(me, day, today[0].lots, plans[0]):
                found[place] = day
                break


@njit
def _tops(word, share):  # noqa: ANN001, ANN202 - compiled
    return _under(word, share)


def _bent(people: np.ndarray) -> None:
    """Give people, in turn, what bends how often they come."""
    people["occasions"] *= np.array([1.0, 0.05, 30.0], np.float32)[np.arange(len(people)) % 3]
    people["due"] = np.where(np.arange(len(people)) % 2, people["due"], 1_000_000)
    people["attention"] = np.array([0.0, 2.0, -3.0, 400.0], np.float32)[np.arange(len(people)) % 4]
    people["stirred"], people["stirred_until"] = 10, 60
    people["life_kind"], people["life_until"] = np.where(np.arange(len(people)) % 5, -1, 0), 70
    people["gone"] = np.where(np.arange(len(people)) % 7, -1, 5)


POLICIES = (
    RandomContacts(rate=0.01),
    RandomContacts(rate=0.9, every=3),
    Everyone(every=43),
    Rules((Plan(actions=("news",), every=5, first=9, last=80), Plan(actions=("reminder",), share=0.02, every=2))),
)


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("first", [11, 16, 61])
def test_the_day_is_that_of_a_search_day_by_day(policy: Planned, first: int) -> None:
    world = World.retail(n_customers=2_000, seed=4)
    engine = Engine(world, DAYS)
    people = engine.people(np.arange(1, 2_001))
    _bent(people)
    engine.tables["life_occasions"][0, 0] = 2.5
    given = (people, engine.tables, np.zeros(1, Today), compiled(policy, world), engine.outside, first)
    at_once, day_by_day = np.empty(2_000, np.int64), np.empty(2_000, np.int64)
    _at_once(*given, at_once)
    _day_by_day(*given, day_by_day)
    assert (at_once == day_by_day).all()
    assert len(np.unique(at_once)) > 3


@given(st.integers(0, 2**64 - 1), st.one_of(st.floats(0.0, 1.0), st.integers(0, 256).map(lambda byte: byte / 256)))
def test_no_byte_under_a_share_is_passed_over(word: int, share: float) -> None:
    found = _tops(np.uint64(word), share)
    for place, byte in enumerate(word.to_bytes(8, "little")):
        if byte < share * 256:
            assert int(found) >> (8 * place + 7) & 1
