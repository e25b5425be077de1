"""Decisions: logged propensities are the frequencies of the draws, and no draw takes a plan past its limits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from benchmarks.proof.clerk import Clerk
from benchmarks.proof.sweep import Sweep
from cjlab.decisions import Action, Cap, Cooling, Daily, Eligibility, Fresh, Holdout, Rules, Terms, plan
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjlab.decisions import Plan
    from cjlab.simulator import Run, View
    from cjlab.tables import Log

RULES = Rules(
    (
        Action("news", "email", 0.02),
        Action("offer", "email", 0.5),
        Action("text", "sms", 0.08),
        Action("call", "phone", 4.0),
        Action("letter", "post", 0.9),
        Action("note", "app", 0.01),
    )
)
AT = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)


def asked(n: int, *, seed: int = 0, rules: Rules = RULES) -> Eligibility:
    """Return customers of whom each action is kept back from three in ten, and one in fifty is held out."""
    rng, actions = np.random.default_rng(seed), len(rules.actions)
    held = rng.random(n) < 0.02
    why = ((rng.random((n, actions)) < 0.3) * np.uint64(2)).astype(np.uint64) | held[:, None]
    return Eligibility(np.arange(n), rules, AT, why.astype(np.uint64), held, np.zeros((n, 5), np.int64))


def worth(n: int, *, seed: int = 0, rules: Rules = RULES) -> pd.DataFrame:
    """Return skewed values, some below 0, of which those of dear actions are larger."""
    rng = np.random.default_rng(seed + 1)
    drawn = rng.gamma(0.5, 2.0, (n, len(rules.actions))) - 0.3
    scale = [1.0 + one.cost for one in rules.actions]
    return pd.DataFrame(drawn * scale, pd.Index(np.arange(n), name="customer_id"), rules.names)


def terms(n: int, salt: str = "0") -> Terms:
    """Return terms under which the budget, the calls and the text messages bind."""
    return Terms(salt, budget=0.25 * n, capacity={"phone": 0.03 * n, "sms": 0.05 * n}, explore=0.05, control=0.1)


def propensities(salts: int, n: int = 2_000) -> Iterator[Rate]:
    """Draw one plan under many salts: how often each customer got what, by the propensity that was logged for it."""
    told, value, drawn = asked(n), worth(n), Counter[float]()
    got, within, unmoved = Counter[float](), [], []
    first: Plan | None = None
    for salt in range(salts):
        made = plan(told, value, replace(terms(n), salt=str(salt)))
        first = first or made
        logged = np.flatnonzero(told.allowed.any(axis=1))
        chances = np.round(made.propensities(logged), 12)
        drawn.update(chances[chances > 0].tolist())
        got.update(chances[np.arange(len(logged)), made.done.arms[logged]].tolist())
        limits = made.limits()
        within.append(bool((limits["used"] <= limits["limit"] * (1 + 1e-9)).all()))
        unmoved.append(bool((made.done.own == first.done.own).all()))
    for chance in sorted(drawn):
        where = f"logged propensity {chance:.4f}, {n:,} customers × {salts:,} salts"
        yield Rate("frequency of an action", where, got[chance], drawn[chance], chance)
    yield Rate.of("budget and capacities held", f"{salts:,} salts", np.array(within), 1.0, kind="at_least")
    yield Rate.of("own choices unmoved by draws", f"{salts:,} salts", np.array(unmoved), 1.0, kind="at_least")


class Held(NamedTuple):
    """How many contacts of a run were looked through, and what was wrong with how many."""

    contacts: int
    broken: Counter[str]


def lived(n: int, days: int, *, every: int = 1, seed: int = 0, spend: float = 0.02) -> tuple[Run, Daily, Log]:
    """Let a retail market live under rules of every kind, a budget that binds, a random slice and a control."""
    world = World.retail(n_customers=n, seed=seed)
    beside = simulate(world, days=days).log
    states = beside.item_states
    assert states is not None  # noqa: S101 - the simulator tells them
    first = states.collect()["item"][0]
    begin = world.start
    rules, terms = rules_of(world, str(first), begin, days, salt=str(seed or "")), terms_of(n, spend)
    daily = Daily(rules, terms, partial(worth_in, n), beside, every=every)
    return simulate(world, daily, days=days), daily, beside


def rules_of(world: World, item: str, begin: dt.date, days: int, *, salt: str = "") -> Rules:
    """Return rules of every kind for the actions of a world; the holdout is drawn anew half way."""
    known = list(world.actions.items())[:4]
    return Rules(
        tuple(
            Action(name, one.channel, world.channels[one.channel].cost, one.purpose, item=None if place else item)
            for place, (name, one) in enumerate(known)
        ),
        caps=(Cap(2, "7D"), Cap(4, "30D")),
        coolings=(Cooling("complaint", "21D"),),
        fresh=(Fresh("place", "180D", actions=(known[1][0],)),),
        holdouts=(
            Holdout(0.05, f"first{salt}", begin),
            Holdout(0.05, f"second{salt}", begin + dt.timedelta(days=days // 2)),
        ),
    )


def terms_of(n: int, spend: float = 0.02) -> Terms:
    """Return terms of a day that let few of many be contacted."""
    return Terms("daily", budget=spend * n + 20.0, explore=0.05, control=0.1)


def worth_in(n: int, view: View) -> pd.DataFrame:
    """Return values that differ by customer and day: whatever they are, the rules must hold."""
    names = list(view.actions)[:4]
    values = {name: 2.0 * view.draw(f"{name} of {n}") for name in names}
    return pd.DataFrame(values, pd.Index(view.customers, name="customer_id"))


def held(run: Run, rules: Rules) -> Held:
    """Look through every contact that was sent, in plain Python, and count what no rule allowed when it was decided."""
    clerk, broken = Clerk(run.log, rules), Counter[str]()
    actions = {one.name: one for one in rules.actions}
    sent = run.contacts.filter("sent").select("customer_id", "at", "template")
    for customer, at, name in sent.iter_rows():
        decided = at.astimezone(clerk.zone).replace(hour=0, minute=0, second=0, microsecond=1).astimezone(dt.UTC)
        broken.update(clerk.reasons(customer, actions[name], decided))
        broken.update(f"{why}, when sent" for why in clerk.capped(customer, actions[name], at))
    return Held(sent.height, broken)


def rules_in_a_market(n: int, days: int) -> Iterator[Rate]:
    """Let a market live under daily plans, and look through every contact: whether a rule kept it back."""
    run, daily, _ = lived(n, days)
    found = held(run, daily.rules)
    where = f"retail, {n:,} customers × {days} days, every contact looked through in plain Python"
    kept = found.contacts - sum(found.broken.values())
    yield Rate("contacts that every rule allows", where, kept, found.contacts, 1.0, "at_least")


def rules_among_many(markets: int, n: int, days: int) -> Iterator[Rate]:
    """Let many markets live one after the other, each with its own people, draws and holdouts, as one would."""
    broken, sent, decided = Counter[str](), 0, 0
    for seed in range(1, markets + 1):
        run, daily, _ = lived(n, days, seed=seed, spend=0.002)
        broken += Sweep(run.log, daily.rules).broken(run.contacts)
        sent += run.contacts.filter("sent").height
        decided += n * days
    where = f"retail, {markets * n:,} customers × {days} days, {decided:,} customer-days, every contact looked through"
    yield Rate("contacts that every rule allows", where, sent - sum(broken.values()), sent, 1.0, "at_least")
