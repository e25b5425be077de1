"""Challengers whose worth is known: better ones, doubles of the champion, and ten that are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from cjlab.loop import Evidence, challenge
from cjlab.models import Uplift, whom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HALF = {"none": 0.5, "mail": 0.5}
COST, MARGIN = 0.3, 0.03
LEARNT, JUDGED = 6_000, 20_000
COLUMNS = ["a", "b", "c", "d", "e", "f", "paid"]
SAID = (
    f"Markets drawn anew with every seed: {LEARNT:,} customers of a randomised mailing to learn from and {JUDGED:,} "
    "later ones to be judged on; two features of six tell whom the mail moves, a third who buys, margins are skewed. "
    "The champion is the default `Uplift()`, taught soundly. Ten challengers are broken, each in its way; whether one "
    "is worse is said by the true effects of the later customers and not by the gates. A better challenger knows what "
    f"the champion was not told (the second feature), and is truly better by more than {MARGIN:g} a customer; a double "
    "was taught on other customers of the same market."
)


class Market(NamedTuple):
    """Customers of a randomised mailing, with the true effect on each."""

    X: pd.DataFrame
    outcome: Floats
    arm: NDArray[np.str_]
    effect: Floats

    def worth(self, model: Any) -> float:  # noqa: ANN401 - whatever foretells effects
        """Return what a model's contacts would truly bring a customer, after costs."""
        chosen = whom(model.predict(self.X), control="none", costs={"mail": COST}).customers["arm"] == "mail"
        return float(((self.effect - COST) * chosen.to_numpy()).mean())

    def rows(self, those: NDArray[np.bool_]) -> Market:
        """Return some of its customers."""
        return Market(self.X[those], self.outcome[those], self.arm[those], self.effect[those])


def market(seed: int, *, customers: int) -> Market:
    """Draw a market: who likes the mail is told by two of six features, who buys by a third."""
    drawn = np.random.default_rng(seed)
    table = pd.DataFrame(drawn.normal(size=(customers, 6)), columns=COLUMNS[:6]).assign(paid=0.0)
    effect = (0.8 * table["a"] + 0.4 * table["b"]).to_numpy()
    arm = np.where(drawn.uniform(size=customers) < HALF["mail"], "mail", "none")
    habit = drawn.gamma(0.5, 2.0, customers) * np.exp(0.6 * table["c"].to_numpy())
    return Market(table, habit + (arm == "mail") * effect, arm, effect)


def learnt(own: Market, columns: str = "abcdef") -> Uplift:
    """Return the default model of a market, from some of its features."""
    return Uplift().fit(own.X[[*columns, "paid"]], own.outcome, arm=own.arm, control="none", propensity=HALF)


def known(own: Market, **more: Any) -> Evidence:  # noqa: ANN401 - further fields
    """Return a market as evidence, in two segments."""
    segment = np.where(own.X["d"] > 0, "north", "south")
    return Evidence(own.X, own.outcome, own.arm, "none", HALF, costs={"mail": COST}, segment=segment, **more)


def _leaking(own: Market, _: np.random.Generator) -> Market:
    return own._replace(X=own.X.assign(paid=own.outcome))


def _shuffled(own: Market, drawn: np.random.Generator) -> Market:
    return own._replace(outcome=drawn.permutation(own.outcome))


def _turned(own: Market, _: np.random.Generator) -> Market:
    return own._replace(arm=np.where(own.arm == "mail", "none", "mail"))


def _immature(own: Market, drawn: np.random.Generator) -> Market:
    lately = (own.arm == "mail") & (drawn.uniform(size=len(own.arm)) < 0.6)
    return own._replace(outcome=np.where(lately, 0.0, own.outcome))


def _shifted(own: Market, _: np.random.Generator) -> Market:
    return own._replace(X=own.X.assign(a=100 * own.X["a"] + 50))


def _chosen(own: Market, _: np.random.Generator) -> Market:
    return own.rows((own.arm == "mail") == (own.outcome > np.median(own.outcome)))


def _few(own: Market, _: np.random.Generator) -> Market:
    return own.rows(np.arange(len(own.arm)) < 120)


def _swapped(own: Market, _: np.random.Generator) -> Market:
    return own._replace(X=own.X.assign(a=own.X["c"], c=own.X["a"]))


def _visits(own: Market, drawn: np.random.Generator) -> Market:
    seen = drawn.normal(size=len(own.arm)) + (own.arm == "mail") * (own.X["e"].to_numpy() + 1.0)
    return own._replace(outcome=seen)


def _stale(own: Market, _: np.random.Generator) -> Market:
    was = (-0.8 * own.X["a"] + 0.4 * own.X["b"]).to_numpy()
    return own._replace(outcome=own.outcome + (own.arm == "mail") * (was - own.effect))


BROKEN: Mapping[str, Callable[[Market, np.random.Generator], Market]] = {
    "a feature that knew the outcome": _leaking,
    "shuffled outcomes": _shuffled,
    "treatment turned round": _turned,
    "immature outcomes taken for nothing": _immature,
    "a feature in another unit": _shifted,
    "taught only on contacts that worked and others that did not": _chosen,
    "120 customers": _few,
    "two columns exchanged": _swapped,
    "taught another outcome": _visits,
    "taught what was true years ago": _stale,
}


class Tried(NamedTuple):
    """A challenge: by how much the challenger is truly better a customer, and whether he was promoted."""

    better: float
    promoted: bool


def tried(champion: Uplift, challenger: Uplift, later: Market) -> Tried:
    """Let a challenger try, and ask the truth."""
    better = later.worth(challenger) - later.worth(champion)
    return Tried(better, challenge(champion, challenger, known(later)).promoted)


def run(seed: int, *, customers: int = LEARNT, judged: int = JUDGED) -> dict[str, Tried]:
    """Let every kind of challenger try in one market."""
    own, other, later = (
        market(3 * seed + place, customers=n) for place, n in enumerate((customers, customers, judged))
    )
    champion, drawn = learnt(own), np.random.default_rng(seed)
    found = {name: tried(champion, learnt(broken(other, drawn)), later) for name, broken in BROKEN.items()}
    return found | {
        "better": tried(learnt(own, "acdef"), learnt(other), later),
        "double": tried(champion, learnt(other), later),
    }


def experiments(seeds: int) -> Iterator[Rate]:
    """Count what was promoted: of the worse, of the better and of doubles."""
    runs = [run(seed) for seed in range(seeds)]
    for name in BROKEN:
        worse = np.array([one[name].promoted for one in runs if one[name].better < 0])
        yield Rate.of("a worse challenger is promoted", name, worse, 0.0, kind="at_most")
    better = np.array([one["better"].promoted for one in runs if one["better"].better > MARGIN])
    yield Rate.of("a better challenger is promoted", f"better by more than {MARGIN:g}", better, 0.8, kind="at_least")
    double = np.array([one["double"].promoted for one in runs])
    yield Rate.of("a double of the champion is promoted", "taught on other customers", double, 0.05, kind="at_most")
