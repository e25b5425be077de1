"""Whatever a cap names, a view answers it day by day as the log of that day does, and no plan passes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from benchmarks.proof.planned import held
from benchmarks.proof.sweep import Sweep
from cjlab.decisions import Action, Cap, Daily, Eligibility, Rules, Terms, eligible
from cjlab.errors import SpecError
from cjlab.simulator import Everyone, World, simulate

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.simulator import Contacts, Run, View
    from cjlab.tables import Log

DAYS, PEOPLE = 50, 300
RETAIL = World.retail(n_customers=PEOPLE, seed=3)
WORLDS = {"retail": RETAIL, "telecom": World.telecom(n_customers=PEOPLE, seed=3)}
WINDOWS = ("1D", "3D", "1W", "20D", "5h", "24h", "80h", "90min")


def actions_of(world: World) -> tuple[Action, ...]:
    return tuple(Action(name, one.channel, 0.01, one.purpose) for name, one in world.actions.items())


def drawn(rng: np.random.Generator, world: World) -> Cap:
    """Draw a cap of any kind."""
    channels = [None, None, *dict.fromkeys(one.channel for one in world.actions.values())]
    purposes = [None, None, *dict.fromkeys(one.purpose for one in world.actions.values())]
    places = list(world.places)
    return Cap(
        int(rng.choice([0, 1, 1, 2, 3, 5, 8, 9, 12])),
        str(rng.choice(WINDOWS)),
        channel=rng.choice(np.array(channels, object)),
        purpose=rng.choice(np.array(purposes, object)),
        segment=("place", str(rng.choice(places))) if rng.random() < 0.3 else None,
    )


def caps_of(seed: int, world: World, n: int = 12) -> tuple[Cap, ...]:
    rng = np.random.default_rng(seed)
    found = [drawn(rng, world) for _ in range(n)]
    return tuple({cap.reason: cap for cap in found}.values())


def often(view: View) -> pd.DataFrame:
    """Return values by which most are sent something most days."""
    values = {name: 2.0 * view.draw(name) for name in view.actions}
    return pd.DataFrame(values, pd.Index(view.customers, name="customer_id"))


def daily_of(world: World, caps: tuple[Cap, ...], *, budget: float | None = None) -> Daily:
    beside = simulate(world, days=DAYS).log
    terms = Terms("caps", budget=budget, explore=0.1, control=0.1)
    return Daily(Rules(actions_of(world), caps=caps), terms, often, beside)


@dataclass(frozen=True)
class Watched:
    """A daily policy, of which every answer about who may be sent what is kept."""

    daily: Daily
    seen: list[Eligibility] = field(default_factory=list)

    @property
    def per_customer(self) -> bool:
        return False

    @property
    def remembers(self) -> int:
        return self.daily.remembers

    def decide(self, view: View) -> Contacts:
        self.seen.append(self.daily.eligible(view))
        return self.daily.decide(view)


def alike(seen: Eligibility, log: Log, rules: Rules) -> int:
    """Ask of a log what a view has answered, and return of how many a cap kept something back."""
    told = eligible(log, seen.as_of, rules)
    first = told.known.index(rules.caps[0].reason)
    bits = sum(1 << bit for bit in range(first, first + len(rules.caps)))
    capped = [one.why & np.uint64(bits) for one in (seen, told)]
    assert seen.customers.tolist() == told.customers.tolist()
    assert (capped[0] == capped[1]).all(), f"{seen.as_of}: caps differ"
    return int((capped[0] > 0).any(axis=1).sum())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", WORLDS)
def test_every_cap_is_answered_each_day_as_the_log_answers_it(name: str, seed: int) -> None:
    world = WORLDS[name]
    watched = Watched(daily_of(world, caps_of(seed, world)))
    log = simulate(world, watched, days=DAYS).log
    kept = [alike(seen, log, watched.daily.rules) for seen in watched.seen]
    assert len(kept) == DAYS
    assert sum(kept) > 0


@pytest.fixture(scope="module")
def capped() -> tuple[Run, Daily]:
    """Let a market live under caps by channel, by purpose and by segment."""
    caps = (
        Cap(2, "7D", channel="email"),
        Cap(1, "20D", channel="sms", segment=("place", "north")),
        Cap(9, "30D", purpose="marketing"),
        Cap(1, "80h"),
    )
    daily = daily_of(RETAIL, caps)
    return simulate(RETAIL, daily, days=DAYS), daily


def test_no_contact_passes_a_cap_of_any_kind(capped: tuple[Run, Daily]) -> None:
    run, daily = capped
    found = held(run, daily.rules)
    assert found.contacts > 1_000
    assert not [why for why in found.broken if why.startswith("cap")]
    assert Sweep(run.log, daily.rules).broken(run.contacts) == found.broken


def test_without_the_caps_they_would_have_been_passed(capped: tuple[Run, Daily]) -> None:
    run, daily = capped
    free = simulate(RETAIL, replace(daily, rules=replace(daily.rules, caps=())), days=DAYS)
    broken = held(free, daily.rules).broken
    assert all(broken[cap.reason] > 50 for cap in daily.rules.caps)
    assert run.contacts.filter("sent").height < free.contacts.filter("sent").height


@pytest.mark.parametrize("day", [1, 17, 33])
def test_who_goes_on_remembers_what_was_sent_before(capped: tuple[Run, Daily], day: int) -> None:
    run, daily = capped
    assert run.branch(day, daily).contacts.drop("campaign").equals(run.contacts.drop("campaign"))
    shorter = simulate(RETAIL, daily, days=day).onward(daily, DAYS - day)
    assert shorter.contacts.drop("campaign").equals(run.contacts.drop("campaign"))
    assert (run.people_at(day) == simulate(RETAIL, daily, days=day).people).all()


def test_another_policy_leaves_what_it_sent_to_be_remembered() -> None:
    before = simulate(RETAIL, Everyone(("news",), every=1), days=DAYS)
    daily = daily_of(RETAIL, (Cap(3, "7D", channel="email"), Cap(1, "2D", channel="sms")))
    watched = Watched(daily)
    log = before.branch(20, watched).log
    kept = [alike(seen, log, daily.rules) for seen in watched.seen]
    assert len(kept) == DAYS - 20
    assert kept[0] > PEOPLE / 2  # what went out before the branch


def test_a_run_that_is_written_as_it_goes_remembers_too(capped: tuple[Run, Daily], tmp_path: Path) -> None:
    run, daily = capped
    assert daily.per_customer
    shared = replace(daily, terms=replace(daily.terms, budget=9_999.0))
    for name, policy in (("apart", daily), ("together", shared)):
        stored = simulate(RETAIL, policy, days=DAYS, folder=tmp_path / name, shards=3)
        there = simulate(RETAIL, policy, days=DAYS)
        assert stored.log.fingerprint() == there.log.fingerprint()
    assert run.life(7).contacts.height == int((run.contacts["customer_id"] == 7).sum())


def test_a_view_tells_each_contact_only_to_whom_it_was_promised(capped: tuple[Run, Daily]) -> None:
    run, daily = capped

    @dataclass(frozen=True)
    class Forgetful:
        remembers: object = 0
        per_customer = True

        def decide(self, view: View) -> Contacts:
            return daily.decide(view)

    with pytest.raises(SpecError, match=r"contacts of the last 32 days are asked for, and the view remembers 0; give"):
        simulate(RETAIL, Forgetful(), days=2)
    with pytest.raises(SpecError, match=r"policy Forgetful: remembers is -1; give a whole number from 0"):
        simulate(RETAIL, Forgetful(-1), days=2)
    assert run.view(DAYS).sent(DAYS + 1).height == run.contacts.filter("sent").height
