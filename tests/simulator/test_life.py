"""One life: what happened agrees with the tables, and the truth with the people's records."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.simulator import Budgeted, Contacts, Everyone, Interpreted, World, simulate
from cjlab.simulator.kernel import STAGES

WORLD = World.retail(n_customers=120, seed=9)
DAYS = 60
OFTEN = Everyone(every=5)


@pytest.mark.parametrize("policy", [OFTEN, Interpreted(OFTEN), Budgeted("reminder", n=60, every=2)])
def test_its_last_evening_is_the_end_of_the_run(policy: Any) -> None:
    run = simulate(WORLD, policy, days=DAYS).branch(30, policy)
    for place in range(0, 120, 7):
        life = run.life(place + 1)
        if run.people["joined"][place] < DAYS:
            assert life.states["stage"][-1] == STAGES[int(run.people["stage"][place])]
        assert life.states["day"].to_list() == list(range(max(0, int(run.people["joined"][place])), DAYS))


def test_it_holds_what_the_brand_did_not_see() -> None:
    run = simulate(WORLD, OFTEN, days=DAYS)
    lives = [run.life(who) for who in range(1, 121)]
    assert sum(life.events.height for life in lives) == run.events.height
    assert sum(life.contacts.height for life in lives) == run.contacts.height
    assert sum(life.events["knew"].sum() for life in lives) == run.events["customer_id"].is_not_null().sum()


def test_a_contact_keeps_its_last_answer() -> None:
    run = simulate(WORLD, OFTEN, days=DAYS)
    answers = pl.concat([run.life(who).contacts for who in range(1, 121)])["answer"]
    opened = run.events.filter(pl.col("event").cast(pl.String).is_in(["opened"]))["contact_id"].n_unique()
    later = answers.is_in(["opened", "clicked", "redeemed", "unsubscribed", "spam_reported"]).sum()
    assert opened <= later
    assert answers.null_count() == 0


def test_it_shows_itself() -> None:
    life = simulate(WORLD, OFTEN, days=DAYS).life(2)
    assert life.to_frame()["date"].is_monotonic_increasing
    assert "sent: " in life._repr_html_()


def test_who_is_not_there_is_named() -> None:
    run = simulate(WORLD, days=3)
    with pytest.raises(TableError, match="customers names 121, whom the run has not"):
        run.life(121)
    with pytest.raises(SpecError, match="customer is 'x'; give a whole number from 1"):
        run.life("x")  # type: ignore[arg-type]


def test_a_life_that_cannot_be_lived_apart_is_refused() -> None:
    class Together:
        per_customer = False

        def decide(self, view: Any) -> None: ...

        def on_event(self, view: Any, events: Any) -> Contacts | None: ...

    run = simulate(WORLD, Together(), days=5)
    with pytest.raises(EvidenceError, match="policy Together shares a budget and answers events"):
        run.life(2)
