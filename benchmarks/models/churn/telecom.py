"""Who leaves a simulated operator: what the default recipe finds, what one who knew everybody's mind would find."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.page import provenance, put, table
from cjlab import metrics
from cjlab.features import Recipe, churned, families, training_set
from cjlab.models import Churn, reasons
from cjlab.simulator import RandomContacts, World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CUSTOMERS, SEED, RATE, DAYS = 20_000, 11, 0.03, 530
DATES = ("2024-06-01", "2024-09-01", "2024-12-01", "2025-03-01")
BEGIN, WITHIN = dt.date(2024, 1, 1), 90
SHARES = (0.1, 0.2, 0.3, 0.5, 0.6)
WANTED = 0.8
STRONG = float(np.log(1.5))  # from here on a planted cause is worth being named
# In which families of features a planted cause of leaving can be seen at all.
SEEN_IN = {
    "satisfaction": ("service", "words"),
    "strain": ("reactions",),
    "commitment": ("spend", "rfm", "declared"),
    "price": ("spend", "rfm", "reactions"),
    "persona": ("channels", "activity", "interests", "rhythm"),
}
TEXT = (
    "20,000 customers of the packaged telecom world; learned of June, September and December 2024, judged on everybody "
    "in March 2025: who ends his contract within 90 days, of his own will or by three unpaid bills. Features are those "
    "of `Recipe.default`. The oracle ranks by the chance that the simulator itself gives: it knows everybody's "
    "satisfaction, price sense, strain, kind and commitment on the day, which no brand does; what is left is luck."
)


class Market(NamedTuple):
    """What was learned from, what is judged, and what was true on the day."""

    X: pd.DataFrame
    y: pd.Series[float]
    late: NDArray[np.bool_]
    topics: Mapping[str, Sequence[str]]
    causes: pd.DataFrame
    oracle: Floats


def rewrite(page: Path) -> None:
    """Measure, and put the section into the page."""
    started = dt.datetime.now(tz=dt.UTC)
    market = made(CUSTOMERS)
    body = "\n\n".join([TEXT, *lines(market), provenance(("cjlab", "xgboost", "numpy"), started=started)])
    put(page, heading="Models: who leaves, in a market whose truth is known", body=body, title="Results")


def made(customers: int) -> Market:
    """Simulate the market to its end, and to the day on which it is judged."""
    world, policy = World.telecom(n_customers=customers, seed=SEED), RandomContacts(rate=RATE)
    log = simulate(world, policy, days=DAYS).log
    told = families(log, DATES[0])
    recipe = Recipe(*(one for builders in told.values() for one in builders))
    rows = training_set(log, recipe, churned, as_of=list(DATES), within=f"{WITHIN}D")
    late = rows.X.index.get_level_values("as_of") == rows.X.index.get_level_values("as_of").max()
    day = (dt.date.fromisoformat(DATES[-1]) - BEGIN).days
    people = simulate(world, policy, days=day).truth.people
    order = pd.Series(np.arange(len(people)), index=people["customer"]).loc[
        rows.X.index.get_level_values("customer_id")[late]
    ]
    causes, oracle = _truth(world, people[order.to_numpy()], day)
    topics = {name: Recipe(*builders).names for name, builders in told.items()}
    return Market(rows.X, rows.y, np.asarray(late), topics, causes, oracle)


def _truth(world: World, people: NDArray[np.void], day: int) -> tuple[pd.DataFrame, Floats]:
    """Return what each cause adds to the log of the monthly risk of leaving by will, and the risk over the time."""
    contract = world.contract
    usual = np.array([one.leaving for one in world.personas.values()])[people["persona"]]
    left = np.exp(-np.maximum(day - people["settled"], 0) / world.trade.recovery)
    pleased = people["content"] + (people["satisfaction"] - people["content"]) * left
    free = np.where(people["captive"] == 1, 0, np.clip((day + WITHIN - people["committed"]) / WITHIN, 0, 1))
    causes = pd.DataFrame(
        {
            "satisfaction": -contract.satisfaction * (pleased - 0.5),
            "strain": contract.strain * people["strain"],
            "commitment": np.log(free + contract.bound * (1 - free)),
            "price": contract.price * (people["price"] - 0.5),
            "persona": np.log(usual),
        }
    )
    return causes - causes.mean(), np.exp(causes.sum(axis=1).to_numpy())


def lines(market: Market) -> Iterator[str]:
    """Write what is found, what could be, and how often a reason names what was planted."""
    model = Churn(within=f"{WITHIN}D").fit(market.X[~market.late], market.y[~market.late])
    judged, outcome = market.X[market.late], market.y[market.late].to_numpy()
    score = model.predict_proba(judged)[:, 1]
    yield table(
        ("ranked by", "AUC", *(f"recall at {share:.0%}" for share in SHARES), "share to find 80 %"),
        [_row("the model", outcome, score), _row("the oracle", outcome, market.oracle)],
    )
    model_share, oracle_share = needed(outcome, score), needed(outcome, market.oracle)
    verdict = "holds" if model_share <= SHARES[2] else "does not hold"
    yield (
        f"**That four of five leavers are found by contacting three in ten {verdict} here**: it takes "
        f"{model_share:.0%} of the base, and {oracle_share:.0%} with the oracle. "
        f"Calibration slope {_slope(outcome, score)}."
    )
    yield named(market, model, judged, score)


def _row(name: str, outcome: Floats, score: Floats) -> tuple[str, ...]:
    area, budget = metrics.roc(outcome, score).auc, metrics.at_budget(outcome, score, shares=SHARES)
    recall = [
        f"{one:.3f} ({low:.3f} to {high:.3f})"
        for one, low, high in zip(budget.recall, budget.recall_low, budget.recall_high, strict=True)
    ]
    return (name, f"{area.estimate:.3f} ({area.low:.3f} to {area.high:.3f})", *recall, f"{needed(outcome, score):.3f}")


def _slope(outcome: Floats, score: Floats) -> str:
    slope = metrics.calibration(outcome, score).slope
    return f"{slope.estimate:.2f} ({slope.low:.2f} to {slope.high:.2f})"


def needed(outcome: Floats, score: Floats) -> float:
    """Return the share of the base, best first, among which four of five leavers are."""
    found = np.cumsum(outcome[np.argsort(-score, kind="stable")]) / outcome.sum()
    return float(np.searchsorted(found, WANTED) + 1) / len(outcome)


def named(market: Market, model: Churn, judged: pd.DataFrame, score: Floats) -> str:
    """Count how often the strongest planted cause is seen in one of the first three topics of a customer."""
    risky = np.argsort(-score, kind="stable")[: len(score) // 5]
    told = reasons(model, judged.iloc[risky], topics=market.topics)
    causes = market.causes.iloc[risky].to_numpy()
    first = np.argsort(-told.adds, axis=1)[:, :3]
    strong = causes.max(axis=1) >= STRONG
    names = list(market.causes.columns)
    hit = np.array(
        [
            any(told.topics[topic] in SEEN_IN[names[cause]] for topic in three)
            for cause, three in zip(causes.argmax(axis=1), first, strict=True)
        ]
    )
    rate, n = float(hit[strong].mean()), int(strong.sum())
    half = 1.96 * np.sqrt(rate * (1 - rate) / n)
    return (
        f"Of the fifth with the highest score, {n:,} have a planted cause that raises their risk by half or more; a "
        f"family of features in which it can be seen is among the first three topics of {rate:.1%} ({rate - half:.1%} "
        f"to {rate + half:.1%}) of them."
    )
