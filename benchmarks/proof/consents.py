"""Loops in which not everybody may be sent everything: what is learnt and judged there, against the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from cjlab.loop import Evidence, challenge
from cjlab.models import Uplift, whom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cjlab.loop import Challenge

    Floats = NDArray[np.float64]

COSTS = {"mail": 0.1, "text": 0.2}
LEARNT, JUDGED, MARGIN = 12_000, 20_000, 0.03
COLUMNS = ["a", "b", "c", "d"]
SAID = (
    f"Markets drawn anew with every seed, {LEARNT:,} customers to learn from and {JUDGED:,} later ones to judge on. "
    "Nine of ten may be mailed, three of ten sent a text, and whoever may be sent a text buys more anyway, which "
    "no feature tells; arms are drawn evenly among those that a customer may get. A mail moves customers by one "
    "feature, a text by another. Truth is the true effect of what a model gives each customer among what he may get. "
    "The better challenger knows the feature that the champion was not told; the naive ones were taught as if arms had "
    "been open to everybody."
)


class Market(NamedTuple):
    """Customers, what each may get, what he got with which chances, what came, and the true effects."""

    X: pd.DataFrame
    allowed: pd.DataFrame
    chances: pd.DataFrame
    arm: NDArray[np.str_]
    outcome: Floats
    effect: pd.DataFrame

    def worth(self, model: Uplift) -> float:
        """Return what a model's contacts would truly bring a customer, after costs."""
        chosen = whom(model.predict(self.X), control="none", costs=COSTS, allowed=self.allowed).customers["arm"]
        return float(sum(((self.effect[arm] - cost) * (chosen == arm)).mean() for arm, cost in COSTS.items()))

    @property
    def evidence(self) -> Evidence:
        """The customers who could have got a contact or none, as a challenge takes them."""
        able = self.allowed.any(axis=1).to_numpy()
        rows = self.X[able], self.outcome[able], self.arm[able]
        return Evidence(*rows, "none", self.chances[able], costs=COSTS)


def market(seed: int, *, customers: int) -> Market:
    """Draw a market."""
    drawn = np.random.default_rng([seed, 0x636F6E73])
    table = pd.DataFrame(drawn.normal(size=(customers, 4)), columns=COLUMNS)
    allowed = pd.DataFrame({"mail": drawn.uniform(size=customers) < 0.9, "text": drawn.uniform(size=customers) < 0.3})
    effect = pd.DataFrame({"mail": 0.5 * table["b"], "text": 0.3 + 0.8 * table["a"]})
    open_ = allowed.assign(none=True)[["none", "mail", "text"]]
    chances = open_.div(open_.sum(axis=1), axis=0)
    place = (drawn.uniform(size=customers)[:, None] > chances.cumsum(axis=1).to_numpy()).sum(axis=1)
    arm = np.array(["none", "mail", "text"])[place]
    habit = drawn.gamma(0.5, 2.0, customers) * np.exp(0.5 * table["c"].to_numpy()) + 1.5 * allowed["text"].to_numpy()
    came = np.select([arm == "mail", arm == "text"], [effect["mail"], effect["text"]], 0.0)
    return Market(table, allowed, chances, arm, habit + came, effect)


def learnt(own: Market, columns: Sequence[str] = COLUMNS, *, naive: bool = False) -> Uplift:
    """Return the default model of a market, from some of its features."""
    given = {"none": 0.4, "mail": 0.4, "text": 0.2} if naive else own.chances
    return Uplift().fit(own.X[list(columns)], own.outcome, arm=own.arm, control="none", propensity=given)


class Tried(NamedTuple):
    """A challenge, and by how much the challenger is truly better a customer."""

    better: float
    found: Challenge

    @property
    def held(self) -> bool:
        """Whether the interval of the last gate holds the truth."""
        gate = self.found.gates[-1]
        return bool(gate.low <= self.better <= gate.high)


def run(seed: int, *, customers: int = LEARNT, judged: int = JUDGED) -> dict[str, Tried]:
    """Let challengers try in one market."""
    own, other, later = (
        market(3 * seed + place, customers=n) for place, n in enumerate((customers, customers, judged))
    )
    champion, double, few = learnt(own), learnt(other), learnt(own, "bcd")
    turned = other._replace(arm=np.select([other.arm == "mail", other.arm == "text"], ["text", "mail"], "none"))
    open_ = other.allowed.all(axis=1).to_numpy()
    exchanged = Market(*(one[open_] for one in turned))
    pairs = {
        "nobody": (None, champion),
        "double": (champion, double),
        "better": (few, double),
        "naive": (champion, learnt(other, naive=True)),
        "actions exchanged": (champion, learnt(exchanged)),
    }
    return {name: _tried(*pair, later) for name, pair in pairs.items()}


def _tried(champion: Uplift | None, challenger: Uplift, later: Market) -> Tried:
    able = later.evidence.n / len(later.X)
    better = (later.worth(challenger) - (later.worth(champion) if champion else 0.0)) / able
    return Tried(better, challenge(champion, challenger, later.evidence))


def experiments(seeds: int) -> Iterator[Rate]:
    """Count what was promoted, and how often the interval of a rule's value holds."""
    runs = [run(seed) for seed in range(seeds)]
    held = np.array([one["nobody"].held for one in runs if one["nobody"].found.gates[-1].name == "value"])
    yield Rate.of("the interval of a rule's value holds the truth", "beside contacting no one", held, 0.95)
    for name in ("naive", "actions exchanged"):
        worse = np.array([one[name].found.promoted for one in runs if one[name].better < 0])
        yield Rate.of("a worse challenger is promoted", name, worse, 0.0, kind="at_most")
    double = np.array([one["double"].found.promoted for one in runs])
    yield Rate.of("a double of the champion is promoted", "taught on other customers", double, 0.05, kind="at_most")
    better = np.array([one["better"].found.promoted for one in runs if one["better"].better > MARGIN])
    yield Rate.of("a better challenger is promoted", f"better by more than {MARGIN:g}", better, 0.8, kind="at_least")
