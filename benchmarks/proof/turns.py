"""Twelve turns of the loop in markets whose truth is known, beside what else a brand might do."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.proof.serving import Serving, logged
from cjlab import features
from cjlab.decisions import Action, Holdout, Rules, Terms
from cjlab.loop import Aim, Cycle, Registry, play
from cjlab.simulator import Contacts, Nobody, World, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.loop import Played
    from cjlab.simulator import Run, View

    Floats = NDArray[np.float64]

TURNS, DAYS, BEFORE, WANDER, CUSTOMERS = 12, 30, 90, 6, 20_000
_NET: Final = 4  # the row of a comparison that holds margin less the cost of contacts
_FUTURES: Final = 4
RETAIL: Final = "retail, as packaged"
TELECOM: Final = "telecom, as packaged"
STEADY: Final = "a shop whose mails are read"
WANDERING: Final = "the same, and effects wander"
ARMS: Final = ("closed", "first", "retrained", "everyone", "oracle")
MAIL, GIFT = (Action("reminder", "email", 0.01),), (Action("loyalty_gift", "email", 0.01),)


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


def retail(customers: int, seed: int) -> tuple[Market, ...]:
    """Return the packaged shop."""
    return (Market(RETAIL, World.retail(n_customers=customers, seed=seed), {}, MAIL),)


def telecom(customers: int, seed: int) -> tuple[Market, ...]:
    """Return the packaged operator."""
    return (Market(TELECOM, World.telecom(n_customers=customers, seed=seed), {}, GIFT),)


def read(customers: int, seed: int) -> tuple[Market, ...]:
    """Return a shop whose mails are read, its effects steady, and the same where they are turned round on the way."""
    retail = World.retail(n_customers=customers, seed=seed)
    steady = mailed(retail, bargain=3.0, occasional=2.0, prospect=2.0, faithful=-3.0)
    turned = mailed(retail, bargain=-3.0, occasional=-2.0, prospect=-2.0, faithful=3.0)
    return Market(STEADY, steady, {}, MAIL), Market(WANDERING, steady, {WANDER: turned}, MAIL)


def cycle_of(market: Market) -> Cycle:
    """Return the loop of a market: models of eight features, judged on the last mature wave."""
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
        terms=Terms("turns", explore=0.04),
        recipe=recipe,
        aim=Aim(within="28D"),
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


def lived(markets: Sequence[Market]) -> dict[str, Lived]:
    """Let every arm live through the same turns of markets that are one until the first of them changes."""
    started, first = time.process_time(), markets[0]
    with tempfile.TemporaryDirectory(prefix="cjlab-turns-") as folder:
        side = Side.begun(first, Path(folder) / "home")
        apart = min((turn for market in markets for turn in market.changed), default=TURNS)
        for turn in range(min(apart, TURNS)):
            side.onward(first, turn)
        shared = time.process_time() - started
        return {
            market.name: side.copied(Path(folder) / f"home {place}").finished(market, apart, shared / len(markets))
            for place, market in enumerate(markets)
        }


@dataclass(eq=False)
class Side:
    """A market on which every arm has lived until some turn."""

    cycle: Cycle
    closed: Played
    runs: dict[str, Run]
    serving: dict[str, Serving]

    @classmethod
    def begun(cls, market: Market, home: Path) -> Side:
        """Live through the first turn."""
        cycle = cycle_of(market)
        closed = play(cycle, market.world, folder=home, turns=1, days=DAYS, before=BEFORE)
        run = simulate(market.world, Nobody(), days=BEFORE)
        side = cls(cycle, closed, dict.fromkeys(("nobody", "everyone", "oracle"), run), {})
        side._others(market, 0)
        return side

    def copied(self, home: Path) -> Side:
        """Return one of its own, to live on elsewhere."""
        shutil.copytree(self.closed.home, home)
        serving = {name: replace(one, waves=list(one.waves)) for name, one in self.serving.items()}
        return Side(self.cycle, replace(self.closed, home=home), dict(self.runs), serving)

    def onward(self, market: Market, turn: int) -> None:
        """Live through a turn."""
        if turn == 0:
            return
        begun, changed = self.closed.run, market.changed.get(turn)
        self.closed = self.closed.onward(self.cycle, days=DAYS, changed={0: changed} if changed else {})
        if not self.serving and (number := self.closed.turns.rows[-1].champion) is not None:
            self._served(begun, number, turn)
        for name, one in self.serving.items():
            run = self.runs[name]
            self.runs[name] = one.onward(run, DAYS, market.changed.get(turn, run.world))
        self._others(market, turn)
        gc.collect()  # a market of the turn before may hang in a frame that an error has kept

    def _served(self, begun: Run, number: int, turn: int) -> None:
        """Let the first champion serve for ever, and retrained."""
        home = self.closed.home
        model, waves = Registry(home / "registry").load(self.cycle.name, number)[0], list(logged(home, turn))
        for name, taught in (("first", False), ("retrained", True)):
            self.runs[name], self.serving[name] = begun, Serving(self.cycle, model, [*waves], taught)

    def _others(self, market: Market, turn: int) -> None:
        """Live through a turn under those who learn nothing."""
        action = self.cycle.rules.actions[0]
        policies = {
            "nobody": Nobody(),
            "everyone": Chosen(self.cycle, lambda view: np.ones(len(view), bool)),
            "oracle": Chosen(self.cycle, _knowing(self.runs["oracle"], action)),
        }
        for name, policy in policies.items():
            run = self.runs[name]
            self.runs[name] = run.onward(policy, DAYS, world=market.changed.get(turn, run.world))

    def finished(self, market: Market, turn: int, seconds: float) -> Lived:
        """Live to the last turn, and say what each arm brought."""
        started = time.process_time()
        for now in range(turn, TURNS):
            self.onward(market, now)
        closed = self.closed.run
        runs = {"closed": closed, "first": closed, "retrained": closed} | self.runs
        worth = {name: _worth(runs[name], runs["nobody"]) for name in ARMS}
        champions = [one.champion for one in self.closed.turns.rows]
        taken = time.process_time() - started + seconds
        return Lived(worth, taken, sum(one is not None for one in champions), len(set(champions) - {None}))


def _worth(run: Run, nobody: Run) -> float:
    found = run.against(nobody, since=BEFORE)
    return float((found.this[_NET] - found.other[_NET]).sum() / len(found.customers))


def _knowing(run: Run, action: Action) -> Callable[[View], NDArray[np.bool_]]:
    """Return who gains by the truth: whose persona gains on average over futures."""
    told = run.effect_of(action.name, run.days, 28, replicates=_FUTURES)
    kind = run.truth.personas(told.customers)
    gain = told.of("net")["expected"].groupby(kind).transform("mean")
    return lambda view: (gain.reindex(view.customers, fill_value=-1.0) > 0).to_numpy()
