"""What a chosen policy is worth beside the oracle's, how much of that features allow, and where the rest goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from benchmarks.proof.spread import Spread
from benchmarks.proof.uplift import Market, market, taught
from cjlab.models import Uplift, choose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.models import Choice

    Floats = NDArray[np.float64]

COST = 0.03
MEMBERS = {"s": Uplift(), "dr": Uplift("dr"), "s boosted": Uplift(model="boosted")}  # those of `choose`
HISTORY, JUDGED, SMALL = 100_000, 50_000, 20_000
SAID = (
    "The market of uplift against the truth, with 100,000 customers in the test and 50,000 others to judge on, and the "
    "same with 20,000 of them in the test: whom to contact at a cost of 0.03 purchases. Values are true expected "
    "effects after costs, as shares of what an oracle brings that knows every customer's expected effect. The bar of "
    "0.95 of the oracle **does not hold**, and cannot: of what the oracle knows much (needs that fall due, habits, the "
    "mood of the day) shows in no feature, so that even trees *taught the true effects* stop far below. The race is "
    "`choose` as it comes: it takes a model only if that is surely ahead of no one and of everyone, which costs "
    "something where a test is small. Beside it stand its contenders, sure or not."
)


class Found(NamedTuple):
    """True values of policies as shares of the oracle's, in one world after a test of one size."""

    size: int
    everyone: float
    allowed: float
    members: Mapping[str, float]
    chosen: float
    name: str
    nothing: bool


def lived(seed: int) -> Iterator[Found]:
    """Learn from a large and from a small test of one world, and judge on the others."""
    whole = market(seed, HISTORY + JUDGED)
    order = np.random.default_rng(seed).permutation(len(whole.y))
    judged = whole.rows(order[HISTORY:])
    for size in (HISTORY, SMALL):
        yield judged_by(whole.rows(order[:size]), judged)


def judged_by(learnt: Market, judged: Market) -> Found:
    net = judged.truth - COST
    best = float(np.maximum(net, 0.0).sum())

    def share(those: NDArray[np.bool_]) -> float:
        return float(net[those].sum()) / best

    said = {name: _effects(one, learnt, judged) for name, one in MEMBERS.items()}
    said["blend"] = np.mean(list(said.values()), axis=0)
    race: Choice = choose(learnt.X, learnt.y, costs={"discount": COST}, **learnt.given)
    return Found(
        len(learnt.y),
        share(np.ones(len(net), dtype=bool)),
        share(taught(learnt, judged) > COST),
        {name: share(effects > COST) for name, effects in said.items()},
        share(race.decide(judged.X).to_numpy() == "discount"),
        race.chosen,
        race.chosen in {"no one", "everyone"},
    )


def _effects(model: Uplift, learnt: Market, judged: Market) -> Floats:
    found: Floats = model.fit(learnt.X, learnt.y, **learnt.given).predict(judged.X)["discount"].to_numpy()
    return found


def lines(found: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    """Write what was measured, for each size of the test."""
    for size in (HISTORY, SMALL):
        some = [one for one in found if one.size == size]
        told = f"{size:,} in the test: "
        yield Spread.of(one.allowed for one in some).row(told + "trees taught the true effects (what features allow)")
        yield Spread.of(one.chosen for one in some).row(told + "the race's choice")
        yield Spread.of(one.chosen / one.allowed for one in some).row(told + "the same, as a share of what they allow")
        for name in some[0].members:
            yield Spread.of(one.members[name] for one in some).row(f"{told}{name}, whether sure or not")
        yield Spread.of(one.everyone for one in some).row(told + "everyone")
        yield Spread.of(float(one.nothing) for one in some).row(told + "share of worlds in which no model is taken")


def nothing(runs: int, *, customers: int = 1_000) -> Iterator[Rate]:
    """Share of tests in worlds where nothing works after which nobody is contacted."""
    for cost in (0.0, 0.01):
        said = np.array([_nobody(seed, customers, cost) for seed in range(runs)])
        where = f"{customers:,} customers, two arms and a control, a contact costs {cost:g}"
        yield Rate.of("where nothing works, the answer is to contact no one", where, said, 0.95, kind="at_least")


def _nobody(seed: int, customers: int, cost: float) -> bool:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(customers, 6)), columns=list("abcdef"))
    y = (rng.random(customers) < 1 / (1 + np.exp(1.5 - table["a"] - 0.5 * table["b"]))).astype(float)
    given = {"arm": rng.choice(["none", "mail", "call"], customers), "control": "none"}
    chances = dict.fromkeys(("none", "mail", "call"), 1 / 3)
    return choose(table, y, propensity=chances, costs={"mail": cost, "call": cost}, **given).chosen == "no one"
