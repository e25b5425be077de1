"""Facts that are planted with a day and a size are read back from the log: there and then, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from cjlab.errors import SpecError
from cjlab.simulator import Everyone, Legacy, RandomContacts, Run, World, simulate
from cjlab.simulator._interpreted import Interpreted
from cjlab.simulator.world import Block, Moment

WORLDS = ("retail", "telecom", "insurance", "travel", "car_brand")
DAYS = 320


@cache
def run_of(name: str) -> Run:
    world: World = getattr(World, name)(n_customers=1_200, seed=4)
    mails = tuple(one for one, action in world.actions.items() if action.channel == "email")
    return simulate(world, RandomContacts(rate=0.15, actions=mails, control=0.0), days=DAYS)


def fact(run: Run, kind: str) -> dict[str, object]:
    (one,) = run.truth.planted.filter(kind=kind).to_dicts()
    return one


def holds(count: int, n: int, share: float) -> bool:
    low, high = binomtest(count, n).proportion_ci(0.9999)
    return bool(low <= share <= high)


def mails(run: Run) -> pl.DataFrame:
    """Each message, whether it was delivered, and by which provider its reader has it: from the log alone."""
    seen = run.log.profiles.collect().filter(field="email provider")  # type: ignore[union-attr]
    kinds = run.log.events.collect().with_columns(pl.col("event").cast(pl.String))
    came = kinds.filter(event="delivered").select("contact_id", came=pl.lit(value=True))
    local = pl.col("at").dt.convert_time_zone(run.world.timezone).dt.date()
    sent = run.contacts.with_columns(day=(local - run.world.start).dt.total_days())
    both = sent.join(came, on="contact_id", how="left").join(seen, on="customer_id")
    return both.with_columns(pl.col("came").fill_null(value=False)).rename({"value": "provider"})


@pytest.mark.parametrize("name", WORLDS)
def test_a_provider_blocks_from_its_day_to_its_end_and_no_other_does(name: str) -> None:
    run = run_of(name)
    (block,) = run.world.blocks.values()
    told, sent = fact(run, "provider block"), mails(run)
    assert (told["day"], told["until"], told["on"]) == (block.day, block.until, f"email: {block.provider}")
    his = pl.col("provider") == block.provider
    then = pl.col("day").is_between(block.day, block.until, closed="left")
    usual = run.world.channels["email"].delivered
    struck = sent.filter(his & then)
    whose = struck.group_by("customer_id").agg(came=pl.col("came").any(), n=pl.len()).filter(pl.col("n") > 2)
    assert whose.height > 60
    assert holds(whose.height - whose["came"].sum(), whose.height, block.share)
    for rest in (sent.filter(his & ~then), sent.filter(~his & then)):
        assert rest.height > 800
        assert holds(rest["came"].sum(), rest.height, usual)
    share = sent.group_by("customer_id").agg(pl.col("provider").first())["provider"].eq(block.provider).mean()
    assert told["size"] == pytest.approx(share * block.share, abs=0.05)  # type: ignore[operator]


def test_what_a_block_swallows_bounces_and_without_it_nothing_else_changes() -> None:
    """Those of other providers live as they would without the block."""
    run = run_of("retail")
    free = simulate(run.world.but(blocks={}), run.policy, days=DAYS)
    seen = run.log.profiles.collect().filter(field="email provider", value="postbox")  # type: ignore[union-attr]
    others = [~np.isin(one.truth.actors, seen["customer_id"].to_numpy()) for one in (run, free)]
    assert run.events.filter(pl.Series(others[0])).equals(free.events.filter(pl.Series(others[1])))
    assert not run.events.equals(free.events)
    sent = run.contacts.height
    kinds = run.events["event"].cast(pl.String)
    assert kinds.is_in(["delivered", "bounced"]).sum() == sent


def comings(run: Run, moment: Moment, name: str) -> pl.DataFrame:
    """Each coming by the second channel of a hand-over: whether one by the first lay before it, and what followed."""
    written, at = run.written.events, run.written.events_at
    rows = written.with_columns(
        pl.col("event", "channel").cast(pl.String),
        pl.Series("actor", at // 2**31),
        pl.Series("day", (at % 2**31 // 86_400).astype(np.int64)),
    )
    visits = rows.filter(pl.col("event") == "visit", pl.col("contact_id").is_null())
    first = visits.filter(channel=moment.after).select("actor", "day", came="day").unique().sort("day")
    then = rows.filter(event=moment.on, channel=moment.by).select("actor", "day", "session", "customer_id")
    alone = then.join(then.group_by("actor", "day").len().filter(len=1), on=["actor", "day"], how="semi").sort("day")
    met = alone.join_asof(first, on="day", by="actor", strategy="backward", check_sortedness=False)
    lost = rows.filter(event=name).select("session", broken=pl.lit(value=True))
    gap = pl.col("day") - pl.col("came")
    return met.join(lost, on="session", how="left").with_columns(
        pl.col("broken").fill_null(value=False),
        (gap <= moment.within).fill_null(value=False).alias("handed"),
        (gap == 0).fill_null(value=False).alias("same"),
    )


@pytest.mark.parametrize("name", WORLDS)
def test_a_broken_hand_over_lies_between_its_channels_from_its_day_on(name: str) -> None:
    run = run_of(name)
    ((title, moment),) = ((one, what) for one, what in run.world.moments.items() if what.kind == "handover")
    told = fact(run, "handover")
    assert (told["name"], told["on"]) == (title, f"{moment.after} then {moment.by}")
    assert (told["day"], told["size"], told["causes"]) == (moment.day, moment.share, True)
    came = comings(run, moment, title)
    assert not came.filter((pl.col("day") < moment.day) | ~pl.col("handed"))["broken"].any()
    handed = came.filter("handed", ~pl.col("same"), pl.col("day") >= moment.day)  # on one day the order is not told
    assert handed.height > 25
    assert holds(handed["broken"].sum(), handed.height, moment.share)


@pytest.mark.parametrize("name", ["retail", "travel", "car_brand"])
def test_who_is_not_handed_over_is_not_recognised_unless_he_says_so(name: str) -> None:
    run = run_of(name)
    ((title, moment),) = ((one, what) for one, what in run.world.moments.items() if what.kind == "handover")
    came = comings(run, moment, title)
    usual = run.world.observation.known[str(moment.by)]
    broken, whole = (came.filter(broken=flag) for flag in (True, False))
    assert broken["customer_id"].is_not_null().mean() < 0.3  # type: ignore[operator]
    assert whole["customer_id"].is_not_null().mean() > usual - 0.05  # type: ignore[operator]


def test_a_broken_hand_over_costs_what_it_is_said_to_cost() -> None:
    """Satisfaction and purchases of those concerned fall against the same lives without it; nobody else's change."""
    run = run_of("retail")
    rest = {one: what for one, what in run.world.moments.items() if what.kind != "handover"}
    mended = simulate(run.world.but(moments=rest), run.policy, days=DAYS)
    actors = run.truth.actors
    struck = np.unique(actors[(run.events["event"].cast(pl.String) == "basket_not_found_in_store").to_numpy()])
    alike = [~np.isin(one.truth.actors, struck) for one in (run, mended)]
    words = pl.col("event").cast(pl.String)
    one, other = (
        side.events.with_columns(words).filter(pl.Series(mask)) for side, mask in zip((run, mended), alike, strict=True)
    )
    assert one.equals(other)
    lines = [
        side.events.with_columns(actor=pl.Series(side.truth.actors)).filter(
            words == "purchase", pl.col("actor").is_in(struck)
        )
        for side in (run, mended)
    ]
    assert len(struck) > 60
    assert lines[0].height < lines[1].height


def test_a_scenario_that_is_replayed_names_itself_and_its_steps() -> None:
    world = World.retail(n_customers=400, seed=4)
    run, again = (simulate(world, one, days=240) for one in (Legacy(), Interpreted(Legacy())))
    told = run.contacts.with_columns(pl.col("scenario", "template", "campaign").cast(pl.String))
    assert (told["scenario"] == told["campaign"]).all()
    endless = told.filter(scenario="endless_day")
    steps = dict(endless.select("step", "template").unique().sort("step").iter_rows())
    assert steps == {1: "reminder", 2: "discount", 3: "news"}
    one = max(endless.group_by("customer_id", maintain_order=True), key=lambda part: part[1].height)[1]["step"]
    assert one.len() > 4
    assert set(np.diff(one.to_numpy()) % 3) <= {0, 1, 2}
    alike = pl.col("scenario", "campaign").cast(pl.String)
    assert run.contacts.with_columns(alike).equals(again.contacts.with_columns(alike))
    once = simulate(world, Everyone(), days=20).contacts
    assert once["scenario"].is_null().all()
    assert once["step"].is_null().all()


def test_bad_facts_are_named() -> None:
    world = World.retail()
    wrong = {"filter": Block(channel="email", provider="nobody", day=3)}
    with pytest.raises(SpecError, match=r"blocks.filter.provider names 'nobody', .*allowed: 'bigmail', 'postbox'"):
        world.but(blocks=wrong)
    with pytest.raises(SpecError, match=r"blocks.filter.until is 3; it must be above day, which is 3"):
        world.but(blocks={"filter": Block(channel="email", provider="postbox", day=3, until=3)})
    lost = replace(world.moments["basket_not_found_in_store"], after=None)
    with pytest.raises(SpecError, match=r"moments.lost is a hand-over without by or after; name the channels"):
        world.but(moments={"lost": lost})
    with pytest.raises(SpecError, match=r"moments.lost.by names 'stor', .*did you mean 'store'"):
        world.but(moments={"lost": replace(lost, after="web", by="stor")})
