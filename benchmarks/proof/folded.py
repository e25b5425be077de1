"""Challengers judged on what they learnt from, too: how often the better ones pass, and whether worse ones do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.proof.bar import Rate
from benchmarks.proof.challengers import MARGIN, Market, known, learnt, market
from cjlab.loop import Crossed, challenge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cjlab.models import Uplift

TAUGHT, LATEST, FOLDS = 12_000, 2_500, 5
MOST = 0.0
BETTER = "a better one"
DOUBLE = "a double"
SAID = (
    f"The same markets; {TAUGHT:,} customers to learn from and {LATEST:,} later ones. Judged *by folds*, a challenger "
    f"is judged on the later ones and on what it learnt from, there by {FOLDS} models taught without the customers "
    "they judge; *on the latest*, on the later ones alone. The champion learnt from others. A better challenger knows "
    "what the champion was not told. A first version has nobody before it; where *nothing pays*, a mail moves "
    "nobody and costs. Broken learners are broken whenever they learn, and the decisions are sound; where effects "
    "*were turned round*, it is before the later customers decide, and a challenger who learnt what was is worse."
)


class Case(NamedTuple):
    """A champion, what his challenger is taught and how, and who came later."""

    champion: Uplift | None
    taught: Market
    teach: Callable[[Market], Uplift]
    later: Market


class Tried(NamedTuple):
    """By how much a challenger is truly better a customer, and whether he is promoted either way."""

    better: float
    folded: bool
    latest: bool


def tried(case: Case) -> Tried:
    """Let a challenger try both ways."""
    model, rows = case.teach(case.taught), known(case.later)
    part = np.arange(len(case.taught.arm)) % FOLDS
    crossed = [
        Crossed(case.teach(case.taught.rows(part != fold)), known(case.taught.rows(part == fold)))
        for fold in range(FOLDS)
    ]
    before = 0.0 if case.champion is None else case.later.worth(case.champion)
    return Tried(
        case.later.worth(model) - before,
        challenge(case.champion, model, rows, crossed=crossed).promoted,
        challenge(case.champion, model, rows).promoted,
    )


def run(seed: int) -> dict[str, Tried]:
    """Let every kind of challenger try in one market."""
    other, own, later = (market(3 * seed + place, customers=n) for place, n in enumerate((6_000, TAUGHT, LATEST)))
    champion, drawn = learnt(other), np.random.default_rng(seed)
    cases = {
        BETTER: Case(learnt(other, "acdef"), own, learnt, later),
        DOUBLE: Case(champion, own, learnt, later),
        "a first version": Case(None, own, learnt, later),
        "a first version where nothing pays": Case(None, idle(own), learnt, idle(later)),
        "effects were turned round": Case(champion, own, learnt, turned(later)),
        "the same, a first version": Case(None, own, learnt, turned(later)),
        **{name: Case(champion, own, broken(drawn), later) for name, broken in BROKEN.items()},
    }
    return {name: tried(case) for name, case in cases.items()}


def idle(own: Market) -> Market:
    """Return a market in which a mail changes nothing."""
    return own._replace(outcome=own.outcome - (own.arm == "mail") * own.effect, effect=0 * own.effect)


def turned(own: Market) -> Market:
    """Return a market in which a mail does the reverse."""
    return own._replace(outcome=own.outcome - 2 * (own.arm == "mail") * own.effect, effect=-own.effect)


def _shuffled(drawn: np.random.Generator) -> Callable[[Market], Uplift]:
    return lambda own: learnt(own._replace(outcome=drawn.permutation(own.outcome)))


def _reversed(_: np.random.Generator) -> Callable[[Market], Uplift]:
    return lambda own: learnt(own._replace(arm=np.where(own.arm == "mail", "none", "mail")))


def _swapped(_: np.random.Generator) -> Callable[[Market], Uplift]:
    return lambda own: learnt(own._replace(X=own.X.assign(a=own.X["c"], c=own.X["a"])))


def _leaking(_: np.random.Generator) -> Callable[[Market], Uplift]:
    return lambda own: learnt(own._replace(X=own.X.assign(paid=own.outcome)))


BROKEN: Mapping[str, Callable[[np.random.Generator], Callable[[Market], Uplift]]] = {
    "a feature that knew the outcome": _leaking,
    "shuffled outcomes": _shuffled,
    "treatment turned round": _reversed,
    "two columns exchanged": _swapped,
}


def rates(seeds: int) -> Iterator[Rate]:
    """Yield how often worse ones are promoted, and better ones, by folds and on the latest alone."""
    found = [run(seed) for seed in range(seeds)]
    for way, said in (("folded", "by folds"), ("latest", "on the latest alone")):
        for name in found[0]:
            of = [one[name] for one in found]
            worse = np.array([getattr(one, way) for one in of if one.better < 0], dtype=bool)
            if len(worse) and name not in {BETTER, DOUBLE}:
                yield Rate.of("a worse challenger is promoted", f"{name}, {said}", worse, MOST, kind="at_most")
        better = np.array([getattr(one[BETTER], way) for one in found if one[BETTER].better > MARGIN])
        yield Rate.of("a better challenger is promoted", f"{BETTER}, {said}", better, 0.8, kind="at_least")
        double = np.array([getattr(one[DOUBLE], way) for one in found])
        yield Rate.of("a double of the champion is promoted", said, double, 0.05, kind="at_most")
