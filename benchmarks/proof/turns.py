"""Twelve turns of the loop in markets whose truth is known, beside what else a brand might do."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import polars as pl

from cjlab import features
from cjlab.decisions import Action, Holdout, Rules, Terms, eligible
from cjlab.errors import EvidenceError, TableError
from cjlab.loop import Aim, Cycle, Registry, play, turns
from cjlab.models import Uplift
from cjlab.simulator import Contacts, Nobody, World, simulate
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from cjlab.loop import Played
    from cjlab.simulator import Run, View

    Floats = NDArray[np.float64]

TURNS, DAYS, BEFORE, WANDER = 12, 30, 90, 6
_NET: Final = 4  # the row of a comparison that holds margin less the cost of contacts
_FUTURES: Final = 4
ARMS: Final = ("closed", "first", "retrained", "everyone", "oracle")


class Market(NamedTuple):
    """A world, what it becomes with which turn, and the actions that the loop may take."""

    name: str
    world: World
    changed: Mapping[int, World]
    actions: tuple[Action, ...]


def mailed(world: World, **desire: float) -> World:
    """Return a shop whose mails are read, and what they do to each persona."""
    names = world.personas
    changed: dict[str, Any] = {f"personas.{name}.opens.email": 0.9 for name in names}
    changed |= {f"personas.{name}.consents.email": 0.95 for name in names}
    changed |= {f"actions.reminder.effects.{name}.desire": desire.get(name, 0.0) for name in names}
    changed |= {f"actions.reminder.effects.{name}.attention": 1.0 for name in names}
    return world.but({**changed, "actions.reminder.wear": 0.0, "irritation": 0.0})


def markets(customers: int, seed: int) -> dict[str, Market]:
    """Return the markets of a seed: two as packaged, and a shop whose mails are read, its effects steady or not."""
    retail = World.retail(n_customers=customers, seed=seed)
    telecom = World.telecom(n_customers=customers, seed=seed)
    steady = mailed(retail, bargain=3.0, occasional=2.0, prospect=2.0, faithful=-3.0)
    turned = mailed(retail, bargain=-3.0, occasional=-2.0, prospect=-2.0, faithful=3.0)
    mail = (Action("reminder", "email", 0.01),)
    found = (
        Market("retail, as packaged", retail, {}, mail),
        Market("telecom, as packaged", telecom, {}, (Action("loyalty_gift", "email", 0.01),)),
        Market("a shop whose mails are read", steady, {}, mail),
        Market("the same, and effects wander", steady, {WANDER: turned}, mail),
    )
    return {one.name: one for one in found}


def cycle_of(market: Market) -> Cycle:
    """Return the loop of a market: models of eight features, judged on three waves."""
    f = features
    start = market.world.start.isoformat()
    recipe = f.Recipe(
        f.Recency("purchase"),
        f.Frequency("purchase", window="90D"),
        f.Monetary(window="90D"),
        f.Tenure(),
        f.Recency("visit"),
        f.Frequency("visit", window="90D"),
        f.Frequency("view", window="90D"),
    )
    return Cycle(
        name="turns",
        rules=Rules(market.actions, holdouts=(Holdout(0.03, "turns", start),)),
        terms=Terms("turns", explore=0.1),
        recipe=recipe,
        aim=Aim(within="28D"),
        held=3,
        memory=6,
        ramp=None,
    )


@dataclass(frozen=True, eq=False)
class Chosen:
    """A policy that decides once a turn by what is seen, within consent and outside the holdout."""

    cycle: Cycle
    wanted: Callable[[View], NDArray[np.bool_]]
    per_customer: bool = False
    every: int = DAYS

    def decide(self, view: View) -> Contacts:
        """Contact those who are wanted, and may be."""
        action = self.cycle.rules.actions[0]
        free = view.consents(action.channel, action.purpose) & ~self.cycle.rules.holdouts[0].holds(view.customers)
        return Contacts(customers=view.customers[free & self.wanted(view)], actions=action.name)


class Lived(NamedTuple):
    """What each arm brought beside contacting no one, a customer, and what it took to know that."""

    worth: dict[str, float]
    seconds: float
    served: int
    versions: int


def lived(market: Market) -> Lived:
    """Let every arm live through the same turns of one market."""
    started, cycle = time.process_time(), cycle_of(market)
    with tempfile.TemporaryDirectory(prefix="cjlab-turns-") as home:
        closed, first, retrained = _learning(market, cycle, Path(home))
        served = sum(turn.champion is not None for turn in closed.turns.rows)
        versions = len({turn.champion for turn in closed.turns.rows} - {None})
    nobody = _by(market, lambda _: Nobody())
    everyone = _by(market, lambda _: Chosen(cycle, lambda view: np.ones(len(view), bool)))
    oracle = _by(market, lambda run: Chosen(cycle, _knowing(run, cycle.rules.actions[0])))
    runs = dict(zip(ARMS, (closed.run, first, retrained, everyone, oracle), strict=True))
    worth = {name: _worth(run, nobody) for name, run in runs.items()}
    return Lived(worth, time.process_time() - started, served, versions)


def _worth(run: Run, nobody: Run) -> float:
    found = run.against(nobody, since=BEFORE)
    return float((found.this[_NET] - found.other[_NET]).sum() / len(found.customers))


def _by(market: Market, policy: Callable[[Run], Any]) -> Run:
    """Live under a policy that is asked anew each turn."""
    run = simulate(market.world, Nobody(), days=BEFORE)
    for turn in range(TURNS):
        run = run.onward(policy(run), DAYS, world=market.changed.get(turn, run.world))
    return run


def _knowing(run: Run, action: Action) -> Callable[[View], NDArray[np.bool_]]:
    """Return who gains by the truth: whose persona gains on average over futures."""
    told = run.effect_of(action.name, run.days, 28, replicates=_FUTURES)
    kind = run.truth.personas(told.customers)
    gain = told.of("net")["expected"].groupby(kind).transform("mean")
    return lambda view: (gain.reindex(view.customers, fill_value=-1.0) > 0).to_numpy()


class Wave(NamedTuple):
    """Whom a brand looked at on a date, and whom it contacted."""

    X: pd.DataFrame
    sent: NDArray[np.bool_]
    date: dt.date


@dataclass(eq=False)
class Serving:
    """A model that serves without chance: for ever, or taught anew each turn as if contacts had been drawn."""

    cycle: Cycle
    model: Uplift
    waves: list[Wave]
    taught: bool

    def live(self, market: Market, run: Run, turn: int) -> Run:
        """Live from a turn to the last."""
        for now in range(turn, TURNS):
            date = run.world.start + dt.timedelta(days=run.days)
            if self.taught and now > turn:
                self.learn(run)
            sent = self.look(run, date)
            run = run.onward(Given(run.days, sent), DAYS, world=market.changed.get(now, run.world))
        return run

    def look(self, run: Run, date: dt.date) -> Contacts:
        """Contact those of whom the model says that it pays."""
        asked = eligible(run.log, date, self.cycle.rules)
        customers = asked.customers[asked.allowed[:, 0]]
        table = self.cycle.recipe.build(run.log, date).reindex(customers)
        action = self.cycle.rules.actions[0]
        sent = (self.model.predict(table)[action.name] > action.cost).to_numpy()
        self.waves.append(Wave(table, sent, date))
        return Contacts(customers=customers[sent], actions=action.name)

    def learn(self, run: Run) -> None:
        """Learn from the last waves, contacted beside not contacted; where that cannot be the model stays."""
        last = self.waves[-(self.cycle.memory or 1) :]
        came = [_came(run, self.cycle, wave) for wave in last]
        arm = np.where(np.concatenate([wave.sent for wave in last]), self.cycle.rules.names[0], "none")
        table = pd.concat([wave.X for wave in last])
        with contextlib.suppress(EvidenceError, TableError):
            whose = table.index.to_numpy()
            rows = table.reset_index(drop=True)
            self.model = Uplift().fit(rows, np.concatenate(came), arm=arm, control="none", customer=whose)


def _came(run: Run, cycle: Cycle, wave: Wave) -> Floats:
    found = features.spent(run.log, column="margin", as_of=[wave.date], within=cycle.aim.within).y.droplevel("as_of")
    return found.reindex(wave.X.index, fill_value=0.0).fillna(0.0).to_numpy(np.float64)


@dataclass(frozen=True, eq=False)
class Given:
    """A policy for one day."""

    day: int
    contacts: Contacts
    per_customer: bool = False
    every: int = DAYS

    def decide(self, view: View) -> Contacts | None:
        """Return the contacts on their day."""
        return self.contacts if view.day == self.day else None


def _learning(market: Market, cycle: Cycle, home: Path) -> tuple[Played, Run, Run]:
    """Live under the closed loop, and from its first champion on also under that model for ever, and retrained."""
    played = play(cycle, market.world, folder=home, turns=1, days=DAYS, before=BEFORE)
    others: list[Run] = []
    for turn in range(1, TURNS):
        begun = played.run
        played = played.onward(cycle, days=DAYS, changed=_now(market, turn))
        if not others and (number := played.turns.rows[-1].champion) is not None:
            model, waves = Registry(home / "registry").load(cycle.name, number)[0], list(_logged(home, turn))
            others = [Serving(cycle, model, [*waves], taught).live(market, begun, turn) for taught in (False, True)]
    first, retrained = others or [played.run, played.run]
    return played, first, retrained


def _now(market: Market, turn: int) -> dict[int, World]:
    return {0: market.changed[turn]} if turn in market.changed else {}


def _logged(home: Path, turn: int) -> Iterator[Wave]:
    """Read the waves before a turn as a brand has them who wrote down nothing but whom it contacted."""
    contacts = Log.read(home / "log").contacts.filter("sent").select("customer_id", "at").collect()
    for one in turns(home).rows[:turn]:
        table = pd.read_parquet(home / "turns" / one.day / "features.parquet").set_index("customer_id")
        sent = contacts.filter(pl.col("at") == one.as_of)["customer_id"].to_numpy()
        yield Wave(table, np.isin(table.index.to_numpy(), sent), dt.date.fromisoformat(one.day))
