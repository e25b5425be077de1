"""A compiled policy and its Python form write the same tables, bit for bit."""

from __future__ import annotations

import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import (
    Contacts,
    Everyone,
    Interpreted,
    Nobody,
    Plan,
    RandomContacts,
    Rules,
    View,
    World,
    simulate,
)

WORLD = World.retail(n_customers=400, seed=3)
DAYS = 60
CART = Plan(actions=("reminder", "news"), on="cart", campaign="cart", cap=2, cap_days=14)
POLICIES = {
    "nobody": Nobody(),
    "random": RandomContacts(rate=0.1),
    "random, no control, every third day": RandomContacts(rate=0.5, control=0.0, every=3, actions=("text", "news")),
    "random, without consent": RandomContacts(rate=0.2, consent=False),
    "everyone": Everyone(every=5),
    "on event": Rules((CART,)),
    "on opening, which may fall at midnight": Rules((Plan(actions=("text",), on="opened"), Plan(actions=("news",)))),
    "on a moment at which people leave": Rules((Plan(actions=("news",), on="data_leak", consent=False), CART)),
    "holdout": Rules((Plan(actions=("news",), every=4),), holdout=0.3),
    "cap": Rules((Plan(actions=("news",)), Plan(actions=("reminder",), cap=3, cap_days=9), CART)),
    "conditions": Rules(
        (
            Plan(actions=("discount",), when={"last_order": (30, None), "orders": (1, 5)}, cap=1),
            Plan(actions=("reminder",), when={"cart_since": (1, 3), "last_score": (None, 8)}, share=0.5, control=0.2),
            Plan(actions=("text", "news"), when={"unsubscribed": (100, None), "spent": (20, None)}, randomised=True),
        )
    ),
    "first and last": Rules(
        (Plan(actions=("news",), first=10, last=40, every=7), Plan(actions=("text",), on="visit", first=5, last=9))
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_both_forms_write_the_same(name: str) -> None:
    compiled, read = (simulate(WORLD, one, days=DAYS) for one in (POLICIES[name], Interpreted(POLICIES[name])))
    strings = pl.col("campaign", "scenario").cast(pl.String)
    assert compiled.contacts.with_columns(strings).equals(read.contacts.with_columns(strings))
    assert compiled.events.equals(read.events)
    assert (compiled.people == read.people).all()
    assert compiled.contacts.height or name == "nobody"


def test_it_reads_only_what_is_compiled() -> None:
    with pytest.raises(SpecError, match="policy is 3; give Nobody, RandomContacts, Everyone or Rules"):
        Interpreted(3)  # type: ignore[arg-type]


def test_those_who_are_asked_about_one_after_the_other_are_as_those_asked_about_together() -> None:
    world, weekly = WORLD.but(n_customers=9_000), RandomContacts(rate=0.3, every=7)
    asked: list[int] = []

    class Counted(Interpreted):
        def decide(self, view: View) -> Contacts | None:
            asked.append(len(view))
            return super().decide(view)

    one, other = simulate(world, weekly, days=15), simulate(world, Counted(weekly), days=15)
    assert len(asked) > 2 * 3
    assert one.events.equals(other.events)
    assert one.contacts.equals(other.contacts)
