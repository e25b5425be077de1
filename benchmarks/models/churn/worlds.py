"""Who leaves in markets whose truth is known: what the default finds, what could be found, what is named, what pays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.models.churn.market import WITHIN, WORLDS, market
from benchmarks.models.churn.planted import STRONG, Named, named
from benchmarks.page import provenance, put, table
from benchmarks.proof.bar import Rate
from cjlab import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.models.churn.market import Market

    Floats = NDArray[np.float64]

CUSTOMERS, SEEDS = 10_000, (0, 1, 2)
SHARES: Final = (0.05, 0.1, 0.2, 0.3, 0.5)
WANTED, BUDGET = 0.8, 0.3
BAR: Final = 0.85
KEPT: Final = (0.1, 0.3, 0.75)
TEXT: Final = (
    f"Three markets of each packaged world with contracts, seeds 0 to 2, {CUSTOMERS:,} customers; learned of June, "
    "September and December 2024, judged on everybody in March 2025: who ends his contract within "
    f"{WITHIN} days, of his own will or by three unpaid bills. Features are those of `Recipe.default`. The oracle "
    "ranks by the chance that the simulator's own law gives: it knows everybody's satisfaction, price sense, strain, "
    "kind, life, commitment, arrears and notice on the day, which no brand does; what is left is luck. Figures and "
    "ends of intervals are means over the three markets."
)
REASONS: Final = (
    "**Is what was planted among the first three reasons?** Asked of the fifth with the highest score whose chance of "
    "leaving some planted cause raises by half or more (every cause is set to what is usual, and the chance worked out "
    "again). Reasons are of ten kinds, by what columns tell of (`cj.models.meanings`); in which kinds a cause shows "
    "was written down by meaning beforehand (`benchmarks/models/churn/planted.py`); the kind of person may show in any "
    "of three. The reader is trees that were *told*, of other customers, which cause is strongest: what the features "
    "can show at best. Blind is naming the three kinds that are most often true for everybody, so that a share is "
    "worth what it exceeds that by."
)


def rewrite(page: Path) -> None:
    """Measure, and put the section into the page."""
    started = dt.datetime.now(tz=dt.UTC)
    parts = [TEXT, REASONS]
    for name in WORLDS:
        parts += lines(name, [market(name, seed=seed, customers=CUSTOMERS) for seed in SEEDS])
    said = provenance(("cjlab", "xgboost", "numpy"), started=started)
    put(
        page,
        heading="Models: who leaves, in a market whose truth is known",
        body="\n\n".join([*parts, said]),
        title="Results",
    )


def lines(name: str, markets: Sequence[Market]) -> Iterator[str]:
    """Write what is found in a world, what could be, what pays, and what reasons name."""
    yield f"**World {name}**"
    ranked = {
        "the model": [one.score for one in markets],
        "the oracle": [one.truth.chance for one in markets],
    }
    outcomes = [one.outcome for one in markets]
    columns = ("ranked by", "AUC", *(f"recall at {share:.0%}" for share in SHARES), "share to find 80 %")
    yield table(columns, [_row(who, outcomes, scores) for who, scores in ranked.items()])
    yield _verdict(name, outcomes, ranked)
    yield from _paying(markets)
    found = [named(one) for one in markets]
    yield table(("strongest cause", "customers", "first", "among three", "reader", "blind"), _causes(found))
    yield _bar(found)


def _row(who: str, outcomes: Sequence[Floats], scores: Sequence[Floats]) -> Iterator[str]:
    yield who
    told = []
    for outcome, score in zip(outcomes, scores, strict=True):
        area, budget = metrics.roc(outcome, score).auc, metrics.at_budget(outcome, score, shares=SHARES)
        ends = np.column_stack([budget.recall, budget.recall_low, budget.recall_high])
        told.append(np.vstack([[area.estimate, area.low, area.high], ends]))
    for estimate, low, high in np.mean(told, axis=0):
        yield f"{estimate:.3f} ({low:.3f} to {high:.3f})"
    yield ", ".join(f"{needed(*pair):.3f}" for pair in zip(outcomes, scores, strict=True))


def _verdict(name: str, outcomes: Sequence[Floats], ranked: dict[str, list[Floats]]) -> str:
    shares = {who: [needed(*pair) for pair in zip(outcomes, scores, strict=True)] for who, scores in ranked.items()}
    held = sum(share <= BUDGET for share in shares["the model"])
    model, oracle = (float(np.mean(shares[who])) for who in ("the model", "the oracle"))
    slope = np.mean([_slope(*pair) for pair in zip(outcomes, ranked["the model"], strict=True)], axis=0)
    return (
        f"That four of five leavers are found by contacting three in ten holds in {held} of {len(outcomes)} markets of "
        f"{name}: it takes {model:.0%} of the base, and {oracle:.0%} with the oracle. Calibration slope {slope[0]:.2f} "
        f"({slope[1]:.2f} to {slope[2]:.2f})."
    )


def _slope(outcome: Floats, score: Floats) -> tuple[float, float, float]:
    slope = metrics.calibration(outcome, score).slope
    return slope.estimate, slope.low, slope.high


def needed(outcome: Floats, score: Floats) -> float:
    """Return the share of the base, best first, among which four of five leavers are."""
    found = np.cumsum(outcome[np.argsort(-score, kind="stable")]) / outcome.sum()
    return float(np.searchsorted(found, WANTED) + 1) / len(outcome)


def _paying(markets: Sequence[Market]) -> Iterator[str]:
    """Write how many it pays to call, if a call keeps some share of those who would leave."""
    contract, call = markets[0].world.contract, markets[0].world.channels["phone"].cost
    value = 12 * contract.fee * contract.margin
    yield (
        f"**How many one can afford to call**: a year's margin of a contract is {value:.0f}, a call costs {call:g}; it "
        "pays to call whoever leaves with a chance above cost / (value × share kept). The share that a call keeps is "
        "assumed, and not measured here."
    )
    rows = []
    for kept in KEPT:
        called = [one.score > call / (value * kept) for one in markets]
        base = np.mean([one.mean() for one in called])
        recall = np.mean(
            [one.outcome[some].sum() / one.outcome.sum() for one, some in zip(markets, called, strict=True)]
        )
        rows.append((f"{kept:.0%}", f"{base:.1%}", f"{recall:.1%}"))
    yield table(("a call keeps, of those who would leave", "worth a call", "leavers among them"), rows)
    last = np.mean([_last(one) for one in markets])
    share = call / (value * last)
    yield (
        f"The last of four of five leavers is worth a call that keeps {share:.0%} of those who would leave."
        if share <= 1
        else "The last of four of five leavers is not worth a call, even if it kept everybody who would leave."
    )


def _last(market: Market) -> float:
    """Return the score of the last customer called when four of five leavers are."""
    place = round(needed(market.outcome, market.score) * len(market.score)) - 1
    return float(np.sort(market.score)[::-1][place])


def _causes(found: Sequence[Named]) -> Iterator[tuple[str, ...]]:
    """Write a line a cause, and one of all."""
    every = Named(*(np.concatenate([one[place] for one in found]) for place in range(len(Named._fields))))
    names, counts = np.unique(every.cause, return_counts=True)
    for name in names[np.argsort(-counts, kind="stable")]:
        yield (name, *_shares(every, every.cause == name))
    yield ("**all**", *_shares(every, np.ones(len(every.cause), np.bool_)))
    yield ("all but kind of person", *_shares(every, every.cause != "kind of person"))
    apart = [[one[every.cause == name].mean() for one in every[1:]] for name in names]
    yield ("mean over causes", "", *(f"{share:.1%}" for share in np.mean(apart, axis=0)))


def _shares(every: Named, mine: NDArray[np.bool_]) -> Iterator[str]:
    yield f"{mine.sum():,}"
    for one in every[1:]:
        yield f"{one[mine].mean():.1%}"


def _bar(found: Sequence[Named]) -> str:
    three = np.concatenate([one.three for one in found])
    rate = Rate.of("planted cause", "three reasons", three, BAR, kind="at_least")
    low, high = rate.interval
    shares = ", ".join(f"{one.three.mean():.1%}" for one in found)
    return (
        f"The planted cause is among the first three reasons of {rate.observed:.1%} (exact 99 % interval {low:.1%} to "
        f"{high:.1%}) of {rate.runs:,} customers in {len(found)} markets ({shares}); the bar is {BAR:.0%} and "
        f"{'holds' if rate.holds else 'is missed'}. A cause is strong from a factor of {np.exp(STRONG):.1f} on."
    )
