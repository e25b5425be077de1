"""Winning back: the lapsed scored by what a message changes, beside the lapsed scored by whether they return."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.proof.bar import Rate
from benchmarks.proof.spread import Spread
from benchmarks.proof.trials import Design, Trial, held
from cjlab.metrics import compare, qini
from cjlab.models import Uplift, choose
from cjlab.simulator import World
from cjlab.simulator.world import Effect, Observation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COST = {"come_back": 0.02}
LOUD = {"bargain": 4.0, "occasional": 3.0, "prospect": 2.0, "faithful": -3.0}
EFFECTS = {persona: Effect(desire=desire, attention=2.0 * (desire > 0)) for persona, desire in LOUD.items()}
LAPSED = Design(
    ("come_back",),
    day=180,
    within=30,
    outcome="purchase",
    when={"orders": (1, None), "last_order": (60, None)},
)
SAID = (
    "The packaged retail world with a louder `come_back` that four of five open (a log-odds of desire of 4 for bargain "
    "hunters, 3 for occasional customers, 2 for prospects, −3 for faithful ones, times 1.5 for the lapsed). On day 180 "
    "a random half of those whose last purchase lies 60 days back or more gets it; the outcome is whether they buy "
    "within 30 days. Learnt on one half of them with the default `Uplift()`, judged on the other; the raw score is the "
    "probability of returning, `Uplift('response')`, learnt on the same customers. The null world is the same without "
    "any effect of any contact. A message costs 0.02 returns. Public data: none holds a randomised message to lapsed "
    "customers (Hillstrom's went to buyers of the last twelve months)."
)


class Found(NamedTuple):
    """What was found in one world: Qinis a customer, whether they are surely above 0, and what was decided."""

    qini: float
    sure: bool
    raw: float
    ahead: float
    surely_ahead: bool
    brought: float
    name: str


def market(seed: int, customers: int, *, null: bool = False) -> Trial:
    """Run a test on the lapsed of a market."""
    world = World.retail(n_customers=customers, seed=seed, newcomers=0.0, observation=Observation())
    parts: dict[str, object] = {"actions.come_back.effects": EFFECTS}
    world = world.but(parts | {f"personas.{name}.opens.email": 0.8 for name in LOUD})
    return held(world.without_effects() if null else world, LAPSED)


def lived(seed: int, customers: int, *, null: bool = False) -> Found:
    """Score the lapsed of a market in both ways."""
    learnt, judged = market(seed, customers, null=null).halves(seed)
    effect, raw = (_scored(Uplift(one), learnt, judged) for one in ("s", "response"))
    found, other = (qini(judged.y, one, **judged.given) for one in (effect, raw))
    apart = compare("qini", effect, raw, outcome=judged.y, **judged.given)
    race = choose(learnt.X, learnt.y, costs=COST, **learnt.given)
    brought = judged.chosen(race, COST)
    return Found(found.estimate, found.low > 0, other.estimate, apart.estimate, apart.low > 0, brought, race.chosen)


def _scored(model: Uplift, learnt: Trial, judged: Trial) -> Floats:
    told = model.fit(learnt.X, learnt.y, **learnt.given).predict(judged.X)
    return np.asarray(told["come_back"], dtype=np.float64)


def lines(found: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    """Write what was measured where the message moves people."""
    yield Spread.of(one.qini for one in found).row("Qini of the effect expected", 4)
    yield Spread.of(one.raw for one in found).row("Qini of the raw probability of returning", 4)
    yield Spread.of(one.ahead for one in found).row("the first minus the second, on the same customers", 4)
    yield Spread.of(one.brought for one in found).row("what the choice truly brings a lapsed customer, in returns", 4)


def bars(moved: Sequence[Found], null: Sequence[Found]) -> Iterator[Rate]:
    """Yield how often each answer is right."""
    sure = np.array([one.sure for one in moved])
    yield Rate.of("Qini is surely above 0", "loud come_back", sure, 0.95, kind="at_least")
    ahead = np.array([one.surely_ahead for one in moved])
    yield Rate.of("it is surely above that of the raw probability", "loud come_back", ahead, 0.95, kind="at_least")
    wrong = np.array([one.sure for one in null])
    yield Rate.of("Qini is surely above 0", "no effect of anything", wrong, 0.025, kind="at_most")
    nobody = np.array([one.name == "no one" for one in null])
    yield Rate.of("the answer is to write to no one", "no effect of anything", nobody, 0.95, kind="at_least")
