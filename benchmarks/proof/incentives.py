"""Several incentives, and several channels with their costs: who gets which, beside the best single one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.proof.bar import Rate
from benchmarks.proof.spread import Spread
from benchmarks.proof.trials import CONTROL, Design, Trial, held
from cjlab.models import choose
from cjlab.simulator import World
from cjlab.simulator.world import Action, Effect, Observation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cjlab.models import Choice

WORTH = 10.0  # of a purchase, in currency
_SAME = 1e-9  # of what is added up in another order
PERSONAS = ("faithful", "occasional", "bargain", "indifferent", "prospect")
SAID = (
    "The packaged retail world with messages that are read (opened by four of five) and move people, of 40,000 "
    "customers, tested on one half and judged on the other; a purchase within 14 days is worth 10. **Incentives**: a "
    "tenth off moves bargain hunters, free delivery moves occasional customers and prospects (log-odds of desire of 4 "
    "against 0.5), both annoy faithful ones (−2), and both cost 0.3. In the world without a difference both move "
    "everybody alike (2) and cost nothing. **Channels**: an e-mail (0.01) moves bargain hunters, a text (0.06) "
    "prospects and bargain hunters, paper (0.7) occasional and faithful customers. `choose` as it comes decides "
    "between all arms; beside it `choose` that knows of one arm only, for each. What is compared is true: expected "
    "effects over 10 futures, after costs, of customers that nothing was learnt from. Public data: Hillstrom's two "
    "mails are in the page on uplift; no public test has several incentives or channels with costs."
)


class Market(NamedTuple):
    """A kind of market: what each arm moves whom by, what it costs, and through which channel it goes."""

    name: str
    moves: Mapping[str, Mapping[str, float]]
    costs: Mapping[str, float]
    channels: Mapping[str, str]

    def world(self, seed: int, customers: int) -> World:
        """Return the market of a seed."""
        world = World.retail(n_customers=customers, seed=seed, newcomers=0.0, observation=Observation())
        actions = {
            arm: Action(
                channel=self.channels.get(arm, "email"),
                effects={who: Effect(desire=by, attention=2.0 * (by > 0)) for who, by in moves.items()},
            )
            for arm, moves in self.moves.items()
        }
        opens = dict.fromkeys(("email", "sms", "paper"), 0.8)
        world = world.but({f"personas.{name}.opens": opens for name in PERSONAS})
        return world.but(actions=actions, orders=(), habits={})

    def trial(self, seed: int, customers: int) -> Trial:
        """Run a test in it."""
        actions = tuple(self.moves)
        design = Design(actions, outcome="purchase", control=1 / (1 + len(actions)), futures=10)
        return held(self.world(seed, customers), design)


DIFFERENT = Market(
    "incentives that move different people",
    {
        "ten_off": {"bargain": 4.0, "occasional": 0.5, "prospect": 0.5, "faithful": -2.0},
        "free_delivery": {"bargain": 0.5, "occasional": 4.0, "prospect": 4.0, "faithful": -2.0},
    },
    {"ten_off": 0.3, "free_delivery": 0.3},
    {},
)
ALIKE = Market(
    "incentives that move everybody alike",
    {arm: dict.fromkeys(PERSONAS, 2.0) for arm in ("ten_off", "free_delivery")},
    {"ten_off": 0.0, "free_delivery": 0.0},
    {},
)
CHANNELS = Market(
    "channels with costs",
    {
        "mail": {"bargain": 3.0, "occasional": 0.5},
        "text": {"prospect": 3.0, "bargain": 3.0, "faithful": -2.0},
        "paper": {"occasional": 4.0, "faithful": 2.0},
    },
    {"mail": 0.01, "text": 0.06, "paper": 0.7},
    {"mail": "email", "text": "sms", "paper": "paper"},
)


class Found(NamedTuple):
    """True values of policies, in currency a customer, and what was taken."""

    chosen: float
    single: float
    everyone: float
    name: str


def lived(market: Market, seed: int, customers: int) -> Found:
    """Decide between all arms of a market, and between no contact and each arm alone."""
    learnt, judged = market.trial(seed, customers).halves(seed)
    costs = {arm: cost / WORTH for arm, cost in market.costs.items()}
    race = raced(learnt, costs)
    alone = [raced(only(learnt, arm), {arm: costs[arm]}) for arm in costs]
    net = judged.net(costs)
    return Found(
        WORTH * judged.chosen(race, costs),
        WORTH * max(judged.chosen(one, costs) for one in alone),
        WORTH * max(0.0, float(net.mean().max())),
        race.chosen,
    )


def raced(trial: Trial, costs: Mapping[str, float]) -> Choice:
    """Let `choose` decide as it comes."""
    return choose(trial.X, trial.y, costs=costs, **trial.given)


def only(trial: Trial, arm: str) -> Trial:
    """Return the customers of one arm and of the control."""
    kept = trial.rows(np.flatnonzero(np.isin(trial.arm, (CONTROL, arm))))
    return replace(kept, design=Design((arm,), control=0.5))  # of the two, each had the same chance


def lines(market: Market, found: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    """Write what was measured in a market."""
    told = f"{market.name}: "
    yield Spread.of(one.chosen for one in found).row(told + "what the choice truly brings a customer")
    yield Spread.of(one.chosen - one.single for one in found).row(told + "the same, over the best choice with one arm")
    yield Spread.of(one.chosen - one.everyone for one in found).row(told + "the same, over the best arm for everyone")


def bars(found: Mapping[str, Sequence[Found]]) -> Iterator[Rate]:
    """Yield how often the choice is the right one."""
    ahead = np.array([one.chosen > max(one.single, one.everyone) for one in found[DIFFERENT.name]])
    yield Rate.of("the choice truly brings more than any single arm", DIFFERENT.name, ahead, 0.95, kind="at_least")
    level = np.array([one.chosen > max(one.single, one.everyone) - _SAME for one in found[CHANNELS.name]])
    yield Rate.of("the choice truly brings no less than any single one", CHANNELS.name, level, 0.95, kind="at_least")
    simple = np.array([one.name.startswith(("everyone", "no one")) for one in found[ALIKE.name]])
    yield Rate.of("no model is taken: the answer is no difference", ALIKE.name, simple, 0.95, kind="at_least")
