"""Word of mouth: what travels, how far, and what is true about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import Budgeted, Contacts, Interpreted, Nobody, Plan, RandomContacts, Rules, Run, World, simulate
from cjlab.simulator._comparison import results
from cjlab.simulator._crew import Crew
from cjlab.simulator._engine import Engine
from cjlab.simulator.kernel import CIRCLE, STAGES
from cjlab.simulator.world import Effect, Social
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.simulator import View

DAYS, DAY = 90, 20
LOUD = Social(circle=5.0, tells=1.0, hears=1.0, refers=1.0, desire=2.0, attention=1.0, satisfaction=0.1, harm=0.3)
SILENT = Social(circle=5.0, tells=1.0, hears=1.0, refers=0.0, desire=0.0, attention=0.0, satisfaction=0.0, harm=0.0)
RANDOM = RandomContacts(rate=0.1)


@dataclass(frozen=True)
class Only:
    """One action to a few customers, on one day."""

    customers: tuple[int, ...]
    day: int = DAY
    every: int = 1
    per_customer: bool = True

    def decide(self, view: View) -> Contacts | None:
        here = [who for who in self.customers if who in view.customers]
        return Contacts(customers=here, actions="discount") if view.day == self.day else None


def market(social: Social | None = LOUD, **changes: Any) -> World:
    """A shop whose customers like to talk, and whose discounts are read and wanted."""
    world = World.retail(**{"n_customers": 240, "seed": 4, "social": social, **changes})
    reads = {"recommends": 1.0, "gap": 12.0, "pull": 0.3, "satisfaction": 0.85, "indifferent": 0.0}
    people = {name: replace(who, opens={"email": 0.95}, **reads) for name, who in world.personas.items()}
    wanted = replace(world.actions["discount"], effects={"*": Effect(desire=3.0, attention=1.0)}, half_life=30.0)
    return world.but(personas=people, actions={**world.actions, "discount": wanted})


@cache
def loud() -> Run:
    return simulate(market(), RANDOM, days=DAYS)


def acted(run: Run) -> pl.DataFrame:
    """All that happened, with who was behind it and when."""
    at = run.written.events_at
    who, day = pl.Series("actor", at // 2**31), pl.Series("day", at % 2**31 // 86_400)
    return run.written.events.with_columns(who, day, pl.col("event").cast(pl.String))


def changed_between(one: Run, other: Run) -> set[int]:
    """Who did anything else, or is in any other state at the end."""
    moved = set(one.people["customer"][one.people != other.people].tolist())
    for who in one.people["customer"]:
        mine, his = (acted(run).filter(actor=int(who)).drop("contact_id") for run in (one, other))
        moved |= set() if mine.equals(his) else {int(who)}
    return moved


def circle_of(run: Run, customer: int) -> set[int]:
    return set(run.people["customer"][run.people["circle"] == run.people["circle"][customer - 1]].tolist())


def test_who_is_alone_in_his_circle_lives_as_where_nobody_talks() -> None:
    alone = replace(LOUD, circle=1.0)
    one, other = (simulate(market(social), RANDOM, days=DAYS) for social in (alone, None))
    assert one.log.fingerprint() == other.log.fingerprint()
    assert one.truth.told.height == 0


def test_words_without_strength_change_nothing_but_whom_a_recommendation_names() -> None:
    one, other = (simulate(market(social), RANDOM, days=DAYS) for social in (SILENT, None))
    assert one.events.drop("other_customer_id").equals(other.events.drop("other_customer_id"))
    assert one.contacts.equals(other.contacts)
    assert one.truth.told.filter("heeded").height > 100
    assert one.events["other_customer_id"].is_not_null().any()
    assert other.events["other_customer_id"].is_null().all()


def test_circles_are_short_rows_of_ids_that_no_one_else_moves() -> None:
    made = simulate(market(n_customers=9_000), days=1).truth.circles
    sizes = made.group_by("circle", maintain_order=True).len()
    assert (made["circle"] <= made["customer_id"]).all()
    assert made["circle"].is_sorted()
    assert sizes["len"].max() == CIRCLE
    assert sizes["len"].mean() == pytest.approx(LOUD.circle, abs=4 * float(sizes["len"].std()) / sizes.height**0.5)  # type: ignore[arg-type]
    fewer = simulate(market(n_customers=90), days=1).truth.circles
    assert fewer.equals(made.head(90))
    assert not simulate(market(n_customers=90, seed=5), days=1).truth.circles.equals(fewer)
    assert simulate(market(None, n_customers=9), days=1).truth.circles["circle"].to_list() == list(range(1, 10))


def test_what_is_told_to_one_customer_reaches_his_circle_and_no_further() -> None:
    reached = 0
    run = simulate(market(n_customers=120), Nobody(), days=DAYS)
    for who in range(3, 120, 9):
        other = run.branch(DAY, Only((who,)))
        moved = changed_between(run, other) - {who}
        assert moved <= circle_of(run, who)
        reached += bool(moved)
    assert reached >= 3


def test_in_which_order_a_circle_lives_a_day_does_not_matter() -> None:
    """The same people in the opposite order hear the same: here only warnings, which are made to all."""
    world = market(replace(LOUD, tells=0.6, hears=0.6), n_customers=600)
    mute = world.but(personas={name: replace(who, recommends=0.0) for name, who in world.personas.items()})
    engine = Engine(mute, DAYS)
    people = engine.people(np.arange(1, 601))
    turned = people[::-1].copy()
    there, back = (engine.tally(some, 0, DAYS) for some in (people, turned))
    assert people["warned"].sum() > 50
    assert (people == turned[::-1]).all()
    np.testing.assert_array_equal(there, back[::-1])


def test_who_is_told_is_there_and_hears_it_the_next_day() -> None:
    run = loud()
    told = run.truth.told
    people = pl.DataFrame(
        {name: np.ascontiguousarray(run.people[name]) for name in ("customer", "joined", "gone", "circle")}
    )
    both = told.join(people, left_on="customer_id", right_on="customer").join(
        people, left_on="other_customer_id", right_on="customer", suffix="_other"
    )
    assert set(told["word"].cast(pl.String)) == {"recommendation", "complaint", "leaving"}
    assert (both["circle"] == both["circle_other"]).all()
    assert (both["customer_id"] != both["other_customer_id"]).all()
    assert (both["joined_other"] <= both["day"]).all()
    there = (pl.col("gone_other") < 0) | (pl.col("gone_other") >= pl.col("day"))
    assert both.select(there.all()).item()
    stays = (pl.col("gone_other") < 0) | (pl.col("gone_other") > pl.col("day"))
    assert both.filter("heeded").select(stays.all()).item()
    assert (both["joined_other"] > 0).any()  # somebody came later
    assert not told.filter(pl.col("day") == DAYS - 1)["heeded"].any()


def test_every_word_that_was_heeded_is_counted_once() -> None:
    run = loud()
    heeded = run.truth.told.filter("heeded").with_columns(praise=pl.col("word").cast(pl.String) == "recommendation")
    heard = heeded.unique(["day", "customer_id", "other_customer_id", "praise"])  # who complains and leaves warns once
    for field, praise in (("praised", True), ("warned", False)):
        counted = heard.filter(praise=praise)["other_customer_id"].value_counts().sort("other_customer_id")
        mine = run.people[run.people[field] > 0]
        assert counted["other_customer_id"].to_list() == mine["customer"].tolist()
        assert counted["count"].to_list() == mine[field].tolist()


def test_a_recommendation_names_whom_the_truth_names() -> None:
    """Also where somebody else of the circle leaves on that very day: nobody need know of it before the evening."""
    fickle = market(n_customers=4_000)
    run = simulate(fickle.but(trade=replace(fickle.trade, defect=0.3)), days=DAYS)
    named = acted(run).filter(pl.col("event") == "recommendation", pl.col("other_customer_id").is_not_null())
    told = run.truth.told.filter(pl.col("word").cast(pl.String) == "recommendation")
    rows = named.select("day", "actor", "other_customer_id").sort("day", "actor")
    left = told.join(run.truth.circles, on="customer_id").join(
        pl.DataFrame({"circle": run.people["circle"], "day": run.people["gone"].astype(np.int64)}), on=["circle", "day"]
    )
    assert min(rows.height, left.height) > 10
    assert rows.rows() == told.select("day", "customer_id", "other_customer_id").sort("day", "customer_id").rows()


@pytest.mark.parametrize(("tells", "hears"), [(0.25, 0.6), (0.7, 0.2)])
def test_words_are_told_and_heeded_as_often_as_said(tells: float, hears: float) -> None:
    run = simulate(market(replace(SILENT, tells=tells, hears=hears), n_customers=1_500), days=DAYS)
    every = simulate(market(SILENT, n_customers=1_500), days=DAYS)
    bad = pl.col("word").cast(pl.String) != "recommendation"
    warned, might = (one.truth.told.filter(bad, pl.col("day") < DAYS - 1) for one in (run, every))
    assert warned.height / might.height == pytest.approx(tells, abs=4 * (tells * (1 - tells) / might.height) ** 0.5)
    told = run.truth.told.filter(pl.col("day") < DAYS - 1)
    could = every.truth.told.filter("heeded").join(
        told, on=["day", "customer_id", "other_customer_id", "word"], how="semi"
    )
    share = told["heeded"].sum() / could.height
    assert share == pytest.approx(hears, abs=4 * (hears * (1 - hears) / could.height) ** 0.5)


def test_prospects_who_are_told_move_on_and_no_others() -> None:
    """In a market where nothing else moves them, prospects consider the brand if and only if a recommendation came."""
    world = market(replace(SILENT, refers=1.0), n_customers=900, errands={}, life={})
    shy = {"occasions": 0.0, "gap": 0.0, "stages": {"awareness": 1.0}, "problems": 0.0}
    people = world.personas
    run = simulate(world.but(personas={**people, "occasional": replace(people["occasional"], **shy)}), days=DAYS)
    prospects = run.people[(run.truth.personas() == "occasional") & (run.people["gone"] < 0)]
    moved = prospects["stage"] == STAGES.index("consideration")
    assert (moved == (prospects["praised"] > 0)).all()
    assert (prospects["stage"][~moved] == STAGES.index("awareness")).all()
    assert min(moved.sum(), (~moved).sum()) > 20


def orders(run: Run) -> np.ndarray:
    return results(run.written, run.people["customer"])[0]


@pytest.mark.parametrize(("word", "sign"), [({"desire": 2.0}, 1), ({"satisfaction": 0.3}, 1), ({"harm": 0.5}, -1)])
def test_good_words_sell_and_bad_ones_drive_away(word: dict[str, float], sign: int) -> None:
    quiet, other = (simulate(market(replace(SILENT, **one), n_customers=1_500), days=DAYS) for one in ({}, word))
    change = sign * (orders(other) - orders(quiet))
    assert change.mean() > 3 * change.std() / len(change) ** 0.5
    if sign < 0:
        assert (other.people["gone"] >= 0).sum() > 1.05 * (quiet.people["gone"] >= 0).sum()


CART = Rules((Plan(actions=("reminder",), on="cart", cap=2), Plan(actions=("news",), every=5, share=0.5)), holdout=0.1)
POLICIES = {"rules": CART, "python": Interpreted(CART), "budget": Budgeted("reminder", n=7, every=3), "random": RANDOM}


@cache
def said(policy: str) -> str:
    return simulate(market(n_customers=150), POLICIES[policy], days=40).log.fingerprint()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("shards", "threads"), [(1, 1), (2, 2), (7, 1), (7, 2)])
def test_neither_shards_nor_threads_change_a_row(tmp_path: Path, policy: str, shards: int, threads: int) -> None:
    folder = tmp_path / "log"
    run = simulate(market(n_customers=150), POLICIES[policy], days=40, folder=folder, shards=shards, threads=threads)
    assert Log.verify(folder).fingerprint() == run.log.fingerprint() == said(policy)


@pytest.mark.spark
@pytest.mark.slow
def test_spark_writes_the_same(spark: str, tmp_path: Path) -> None:
    simulate(market(n_customers=150), CART, days=40, folder=tmp_path / "log", shards=3, engine=spark)
    assert Log.verify(tmp_path / "log").fingerprint() == said("rules")


def test_compiled_and_in_python_a_policy_writes_the_same() -> None:
    assert said("rules") == said("python") != said("random")


def test_many_people_live_batch_by_batch_and_no_circle_is_cut(tmp_path: Path) -> None:
    world = market(n_customers=33_500)
    batches = Crew(world, 3, 1).batches(RANDOM)
    assert len(batches) == 2
    assert all(len(ids) % CIRCLE == 0 for ids in batches[:-1])
    assert np.concatenate(batches).tolist() == list(range(1, 33_501))
    assert len(Crew(world, 3, 1).batches(Budgeted("news", n=1))) == 1
    simulate(world, RANDOM, days=3, folder=tmp_path / "log", shards=3, threads=1)
    assert Log.verify(tmp_path / "log").fingerprint() == simulate(world, RANDOM, days=3).log.fingerprint()


@dataclass(repr=False)
class Fragile:
    """A policy that fails on a day, unless it is mended."""

    broken: bool = True
    per_customer: bool = True

    def decide(self, view: View) -> Contacts:
        if self.broken and view.day == 3:
            raise ZeroDivisionError("day 3")
        return Contacts(customers=view.customers[view.draw("who") < 0.1], actions="news")


def test_a_run_that_failed_goes_on(tmp_path: Path) -> None:
    policy, world = Fragile(), market(n_customers=150)
    with pytest.raises(ZeroDivisionError, match="day 3"):
        simulate(world, policy, days=9, folder=tmp_path / "log", shards=4)
    policy.broken = False
    simulate(world, policy, days=9, folder=tmp_path / "log", shards=4)
    assert Log.verify(tmp_path / "log").fingerprint() == simulate(world, policy, days=9).log.fingerprint()


def test_a_run_and_the_way_back_to_its_days() -> None:
    """Days lived at once and one after the other are the same, also beyond the days that are lived in one go."""
    run = loud()
    assert run.branch(33, RANDOM).log.fingerprint() == run.log.fingerprint()
    assert (run.people_at(70) == simulate(market(), RANDOM, days=70).people).all()
    assert (run.branch(40, Nobody()).people_at(40) == run.people_at(40)).all()


def test_a_message_is_sent_once_however_long_nothing_is_decided() -> None:
    """Forty-five days from one decision to the next are more than a circle lives in one go."""
    world, many = market(n_customers=120), tuple(range(1, 120, 5))
    seldom, daily = (simulate(world, Only(many, day=45, every=every), days=DAYS) for every in (45, 1))
    assert seldom.contacts.height > 15
    assert seldom.log.fingerprint() == daily.log.fingerprint()


@pytest.mark.parametrize("policy", ["rules", "python", "budget"])
def test_a_life_is_lived_among_others(policy: str) -> None:
    run = simulate(market(n_customers=60), POLICIES[policy], days=60)
    for place in range(0, 60, 5):
        if run.people["joined"][place] < 60:
            assert run.life(place + 1).states["stage"][-1] == STAGES[int(run.people["stage"][place])]


def test_the_realised_spill_over_is_the_difference_of_two_runs() -> None:
    run = simulate(market(n_customers=120), RANDOM, days=DAYS)
    effects = run.effect_of("discount", DAY, DAYS - DAY, replicates=2)
    left = run.branch(DAY, Nobody())
    for place in range(0, len(effects.customers), 6):
        who = int(effects.customers[place])
        found = run.branch(DAY, Only((who,))).against(left, since=DAY)
        change = (found.this - found.other)[1:3]  # amount, margin
        own, around = found.customers == who, np.isin(found.customers, list(circle_of(run, who) - {who}))
        np.testing.assert_allclose(effects.realised[1:3, place], change[:, own].sum(axis=1), atol=1e-6)
        np.testing.assert_allclose(effects.others.realised[1:3, place], change[:, around].sum(axis=1), atol=1e-6)
    assert effects.others.realised[1].any()


def test_the_effect_on_a_circle_is_the_direct_one_and_the_spill_over() -> None:
    effects = simulate(market(), days=DAY).effect_of("discount", DAY, 60, replicates=6)
    for name in ("realised", "expected"):
        whole, own, others = (getattr(one, name) for one in (effects.circle, effects, effects.others))
        np.testing.assert_allclose(whole, own + others, atol=1e-9)
    assert effects.others.expected[0].mean() > 0
    assert (effects.others.error[1] > 0).mean() > 0.2
    assert effects.of().columns.tolist() == effects.others.of().columns.tolist() == ["realised", "expected", "error"]


def test_where_nobody_talks_nothing_spills_over() -> None:
    effects = simulate(market(None, n_customers=60), days=DAY).effect_of("discount", DAY, 30, replicates=2)
    assert effects.circle is effects
    assert not any((effects.others.realised.any(), effects.others.expected.any(), effects.others.error.any()))
    unheard = replace(LOUD, hears=0.0)
    silent = simulate(market(unheard, n_customers=60), days=DAY).effect_of("discount", DAY, 30, replicates=2)
    assert not silent.others.expected.any()
    np.testing.assert_array_equal(silent.expected, effects.expected)


def test_what_was_planted_is_listed() -> None:
    facts = loud().truth.planted.filter(kind="word of mouth")
    assert facts["name"].to_list() == ["recommendation", "complaint", "leaving"]
    assert facts["size"].to_list() == [2.0, -0.3, -0.3]
    assert facts["causes"].all()
    assert simulate(market(None, n_customers=9), days=1).truth.planted.filter(kind="word of mouth").height == 0
    deaf = simulate(market(replace(LOUD, hears=0.0), n_customers=9), days=1).truth.planted.filter(kind="word of mouth")
    assert not deaf["causes"].any()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"circle": 13.0}, "social.circle is 13.0; input should be less than or equal to 12"),
        ({"circle": 0.5}, "social.circle is 0.5; input should be greater than or equal to 1"),
        ({"circle": "six"}, "social.circle is 'six'"),
        ({"tells": 1.5}, "social.tells is 1.5; input should be less than or equal to 1"),
        ({"hears": -0.1}, "social.hears is -0.1"),
        ({"refers": 2}, "social.refers is 2"),
        ({"harm": float("nan")}, "social.harm is nan"),
        ({"half_life": 0.0}, "social.half_life is 0.0"),
        ({"desire": 99.0}, "social.desire is 99.0"),
        ({"gossip": 1.0}, "social.gossip is unknown; remove it or correct its name"),
    ],
)
def test_word_of_mouth_that_cannot_be_is_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        World.retail(social=given)


def test_it_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "world.toml"
    file.write_text(
        'name = "town"\n[personas.one]\nshare = 1.0\nchannels = { web = 1.0 }\n'
        "[channels.web]\n[goods.bread]\nitems = 1\nprice = 2.0\n[social]\ncircle = 6.0\ntells = 0.2\n",
        encoding="utf-8",
    )
    assert World.read(file).social == Social(circle=6.0, tells=0.2)
