"""The interval of one customer's effect: how often it holds, on drawn data and against the simulator's truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import beta

from benchmarks.page import table
from benchmarks.proof.bar import Rate
from benchmarks.proof.section import Section, barred, missed
from benchmarks.proof.uplift import market, taught
from cjlab.features._estimates import part
from cjlab.models import Uplift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROWS, FEATURES, ASKED = 1_000, 6, 100
MARKETS, MARKET = 5, 10_000
LEARNERS = ("forest", "s")
SAID = (
    f"Drawn data: {ROWS:,} customers of {FEATURES} features, uniform on [0, 1], noise of variance 1, the chance of the "
    "arm given; effects as in Wager & Athey (2018, doi:10.1080/01621459.2017.1319839) and Athey, Tibshirani & Wager "
    "(2019, doi:10.1214/18-AOS1709). *Steep*: ς(x₁)ς(x₂), ς(x) = 1 + 1/(1 + exp(−20(x − 1/3))), a chance of a half. "
    "*Bent, chance and level vary*: 1/(1 + exp(−12(x₁ − 1/2))) · 2/(1 + exp(−12(x₂ − 1/2))) with the chance "
    "¼(1 + β₂,₄(x₃)) and the level 2x₃ − 1. *No effect*: the same chance and level. A run is one drawing; bars are on "
    f"its first new customer, the first table is over {ASKED} of each run and tells more: where its interval lies "
    "below 0.95, that of one customer is a little too narrow, by what the second forest leaves of the first one's "
    "smoothing; where it lies above, wider than it need be. How fine the leaves of the two are was settled on the "
    "steep effect, the bent one and a straight one, with a chance of a half and other drawings."
)
AGAINST = (
    "Against the simulator: the market of uplift against the truth with {customers:,} customers, learnt on one half, "
    "judged on the other, seeds 0 to {last}. The true effect of a customer hangs on what no feature shows as well, "
    "which no interval made of features knows of; *what features allow* is what boosted trees expect of him that are "
    "taught the true effects of the first half."
)
TOLD = (
    "learner",
    "where",
    "held, share of customers",
    "99 % interval over runs",
    "width",
    "root of squared error",
    "correlation",
)


class Drawn(NamedTuple):
    """A trial of two arms whose truth is known, and customers to be asked of."""

    X: Floats
    y: Floats
    arm: NDArray[np.bool_]
    chance: Floats
    asked: Floats
    effect: Floats


class Held(NamedTuple):
    """Which customers' effects lay within their intervals, how wide those were, and estimates beside the truth."""

    held: NDArray[np.bool_]
    width: Floats
    estimate: Floats
    effect: Floats


def _bend(x: Floats, steep: float, middle: float) -> Floats:
    bent: Floats = 1 / (1 + np.exp(-steep * (x - middle)))
    return bent


def _steep(x: Floats) -> Floats:
    return (1 + _bend(x[:, 0], 20, 1 / 3)) * (1 + _bend(x[:, 1], 20, 1 / 3))


def _smooth(x: Floats) -> Floats:
    return 2 * _bend(x[:, 0], 12, 1 / 2) * _bend(x[:, 1], 12, 1 / 2)


def _none(x: Floats) -> Floats:
    return np.zeros(len(x))


EFFECTS: dict[str, tuple[Callable[[Floats], Floats], bool]] = {
    "steep": (_steep, False),
    "bent, chance and level vary": (_smooth, True),
    "no effect, chance and level vary": (_none, True),
}


def drawn(seed: int, name: str, rows: int = ROWS) -> Drawn:
    """Draw a trial."""
    effect, varies = EFFECTS[name]
    rng = np.random.default_rng(seed)
    features, asked = rng.random((rows, FEATURES)), rng.random((ASKED, FEATURES))
    chance = 0.25 * (1 + beta(2, 4).pdf(features[:, 2])) if varies else np.full(rows, 0.5)
    arm = rng.random(rows) < chance
    y = effect(features) * (arm - 0.5) + (2 * features[:, 2] - 1 if varies else 0) + rng.normal(size=rows)
    return Drawn(features, y, arm, np.column_stack([1 - chance, chance]), asked, effect(asked))


def told(trial: Drawn, learner: str) -> Held:
    """Learn, and see which intervals hold."""
    model = Uplift(learner).fit(trial.X, trial.y, arm=trial.arm, control=False, propensity=trial.chance)
    return _held(model, trial.asked, trial.effect)


def _held(model: Uplift, asked: object, effect: Floats) -> Held:
    ends = model.interval(asked).droplevel(0, axis=1)
    inside = (ends["low"] <= effect) & (effect <= ends["high"])
    return Held(inside.to_numpy(), (ends["high"] - ends["low"]).to_numpy(), ends["estimate"].to_numpy(), effect)


def row(learner: str, where: str, runs: Sequence[Held]) -> tuple[str, ...]:
    """Write what was found over all customers of all runs."""
    share, low, high = part([int(one.held.sum()) for one in runs], [len(one.held) for one in runs], confidence=0.99)
    whole = Held(*(np.concatenate(one) for one in zip(*runs, strict=True)))
    error = float(np.sqrt(np.mean((whole.estimate - whole.effect) ** 2)))
    same = np.ptp(whole.effect) == 0
    found = "–" if same else f"{np.corrcoef(whole.estimate, whole.effect)[0, 1]:.3f}"
    said = f"{low:.3f} to {min(high, 1):.3f}"
    return learner, where, f"{share:.3f}", said, f"{whole.width.mean():.3f}", f"{error:.3f}", found


def runs(count: int) -> dict[tuple[str, str], list[Held]]:
    """Run every learner on every effect, so many times."""
    found: dict[tuple[str, str], list[Held]] = {}
    for seed in range(count):
        for where in EFFECTS:
            trial = drawn(seed, where)
            for learner in LEARNERS:
                found.setdefault((learner, where), []).append(told(trial, learner))
    return found


def rates(found: dict[tuple[str, str], list[Held]]) -> Iterator[Rate]:
    """How often the forest's interval held for the first customer of each run."""
    for (learner, where), held in found.items():
        if learner == "forest":
            first = np.array([one.held[0] for one in held])
            yield Rate.of("95 % interval of one customer's effect, forest", where, first, 0.95)


def lines(found: dict[tuple[str, str], list[Held]]) -> Iterator[tuple[str, ...]]:
    """Write what was found on drawn data, over all customers asked of."""
    for (learner, where), held in found.items():
        yield row(learner, where, held)


def beside(worlds: Sequence[dict[tuple[str, str], Held]]) -> Iterator[tuple[str, ...]]:
    """Write what was found in simulated markets."""
    for learner, where in worlds[0]:
        yield row(learner, where, [world[learner, where] for world in worlds])


def against(seed: int, customers: int) -> dict[tuple[str, str], Held]:
    """Learn on one half of a market; judge by the true effects, and by what features allow, on the other."""
    whole = market(seed, customers)
    order = np.random.default_rng(seed).permutation(len(whole.y))
    learnt, judged = whole.rows(order[: len(order) // 2]), whole.rows(order[len(order) // 2 :])
    allowed = taught(learnt, judged)
    found = {}
    for learner in LEARNERS:
        model = Uplift(learner).fit(learnt.X, learnt.y, **learnt.given)
        found[learner, "true effect"] = _held(model, judged.X, judged.truth)
        found[learner, "what features allow"] = _held(model, judged.X, allowed)
    return found


def sure(seeds: int) -> Section:
    """Say how often the interval of one customer's effect holds."""
    found = runs(seeds)
    bars = list(rates(found))
    worlds = [against(seed, MARKET) for seed in range(MARKETS)]
    said = AGAINST.format(customers=MARKET, last=MARKETS - 1)
    shown = [table(TOLD, lines(found)), barred(bars), said, table(TOLD, beside(worlds))]
    return Section("\n\n".join([SAID, *shown]), missed(bars))
