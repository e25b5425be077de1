"""A simulated market under a cycle: the log holds what the run holds, and answers name their decisions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab.decisions import Action, Holdout, Rules, Terms
from cjlab.errors import SpecError
from cjlab.features import Frequency, Recency, Recipe
from cjlab.loop import Aim, Cycle, play
from cjlab.simulator import Nobody, RandomContacts, World, simulate
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.loop import Played

WORLD = World.retail(n_customers=400, seed=3)
END = dt.datetime(2024, 6, 28, 22, tzinfo=dt.UTC)  # midnight in Paris, 180 days on
CYCLE = Cycle(
    name="shop",
    rules=Rules(
        (Action("reminder", "email", 0.01), Action("news", "email", 0.01)),
        holdouts=(Holdout(0.1, "h", "2024-01-01"),),
    ),
    terms=Terms("a", explore=0.3),
    recipe=Recipe(Recency("purchase"), Frequency("visit", window="30D")),
    aim=Aim(within="28D"),
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(CYCLE, WORLD, folder=tmp_path_factory.mktemp("played"), turns=3)


def test_the_log_holds_what_happened(played: Played) -> None:
    stored, told = Log.verify(played.home / "log"), played.run.log
    for name in ("customers", "consents", "profiles", "links", "item_states", "context", "costs", "items"):
        both = [getattr(log, name).collect() for log in (stored, told)]
        if "at" in both[1].columns:  # what holds from tomorrow on is told tomorrow
            both[1] = both[1].filter(pl.col("at") < END)
        one, other = (frame.select(sorted(frame.columns)).sort(pl.all()) for frame in both)
        assert one.equals(other), name
    mine, theirs = (log.events.drop("contact_id").collect() for log in (stored, told))
    assert mine.height == theirs.height
    assert stored.check(arms=["none", *CYCLE.rules.names]).ok


def test_what_was_decided_was_sent_and_answers_name_it(played: Played) -> None:
    decided = Log.read(played.home / "log").contacts.filter("sent").collect()
    sent = played.run.contacts.filter("sent")
    assert decided.height == sent.height
    assert sorted(zip(decided["customer_id"], decided["arm"].cast(pl.String), strict=True)) == sorted(
        zip(sent["customer_id"], sent["arm"].cast(pl.String), strict=True)
    )
    assert decided["propensity"].sort().to_list() == pytest.approx(sent["propensity"].sort().to_list())
    answers = Log.read(played.home / "log").events.filter(pl.col("contact_id").is_not_null()).collect()
    assert answers.height > 0
    assert set(answers["contact_id"]) <= set(decided["contact_id"])


def test_played_again_the_turns_stand(played: Played) -> None:
    before = Log.read(played.home / "log").fingerprint()
    again = play(CYCLE, WORLD, folder=played.home, turns=3)
    assert Log.read(played.home / "log").fingerprint() == before
    assert again.to_frame().equals(played.to_frame())
    assert again.run.events.equals(played.run.events)


def test_what_no_world_has_is_named(tmp_path: Path) -> None:
    strange = replace(CYCLE, rules=Rules((Action("pigeon", "email", 0.01),)))
    with pytest.raises(SpecError, match="the cycle's actions name 'pigeon'; those of the world are 'reminder'"):
        play(strange, WORLD, folder=tmp_path)
    with pytest.raises(SpecError, match="before is 40 and days are 30; give a multiple of the days between turns"):
        play(CYCLE, WORLD, folder=tmp_path, before=40)


def test_a_run_goes_on_as_if_it_had_never_stopped() -> None:
    policy = RandomContacts(rate=0.05)
    whole = simulate(WORLD, policy, days=75)
    parts = simulate(WORLD, policy, days=40).onward(policy, 35)
    assert parts.log.fingerprint() == whole.log.fingerprint()
    assert (parts.people == whole.people).all()
    assert parts.onward(Nobody(), 10).days == 85


def test_a_market_may_become_another_of_the_same_people() -> None:
    liked = {f"actions.reminder.effects.{name}.desire": 3.0 for name in WORLD.personas}
    policy = RandomContacts(rate=0.2, actions=("reminder",))
    run = simulate(WORLD, policy, days=40)
    other = run.onward(policy, 60, world=WORLD.but(liked))
    bought = [one.events.filter(pl.col("event") == "purchase").height for one in (run.onward(policy, 60), other)]
    assert bought[1] > bought[0]
    with pytest.raises(SpecError, match="world: seed is 4, and was 3; leave it"):
        run.onward(policy, 10, world=World.retail(n_customers=400, seed=4))
    with pytest.raises(SpecError, match="world: personas are"):
        run.onward(policy, 10, world=World.telecom(n_customers=400, seed=3).but({"start": WORLD.start}))
