"""Texts: topics find the wish to leave that was planted in them, and tell who leaves only where it is meant.

In the telecom world whoever is unhappy adds to some texts that he might leave. Its other two worlds say the same words
without meaning them, or mean them five times as much. Forecasts are of the same plain logistic regression, fitted on
seven months and judged on the five after them; customers who wrote in the 90 days before are judged apart, for nobody
else has a text to read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from scipy.stats import t as student

from benchmarks.proof.bar import CONFIDENCE, Rate
from cjlab import features as F  # noqa: N812 - as in the README's line, short
from cjlab.features.topics._lexicon import Lexicon, Share
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features import TrainingSet
    from cjlab.tables import Log

COLUMNS = ("world", "customers", "without", "with topics", "gain", "99 % interval", "planted words", "bar", "verdict")
WORLDS = (("no signal", 0.0), ("as packaged", None), ("strong signal", 0.6))
ADDS, ADDS_NOTHING = 0.01, 0.002
DAYS, LEARNED = 480, "2024-04-01"
PAST = tuple(f"2024-{month:02d}-01" for month in range(4, 11))
AFTER = ("2024-11-01", "2024-12-01", "2025-01-01", "2025-02-01", "2025-03-01")
WROTE = ("case_opened", "complaint")
BY = F.Contract(reasons=("left", "competitor"))
PLANTED = {
    "leaving": ("otherwise", "leave"),
    "network": ("network", "signal", "drops", "internet"),
    "bill": ("bill", "charged", "amount"),
}
_BASE = (F.Service("90D"), F.Satisfaction(), F.Recency(F.Where(WROTE), name="quiet"), F.Tenure())


class Gain(NamedTuple):
    """What topics add to the AUC of who leaves, over worlds: a line a world, ``(seeds,)`` each."""

    world: str
    customers: str
    without: NDArray[np.float64]
    topics: NDArray[np.float64]
    planted: NDArray[np.float64]
    bar: float | None

    @property
    def interval(self) -> tuple[float, float, float]:
        """The mean gain and its interval over independent worlds (Student)."""
        gain = self.topics - self.without
        reach = student.isf((1 - CONFIDENCE) / 2, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain))
        return float(gain.mean()), float(gain.mean() - reach), float(gain.mean() + reach)

    @property
    def holds(self) -> bool:
        """Whether the interval does not lie wholly on the wrong side of the bar."""
        _, low, high = self.interval
        if self.bar is None:
            return True
        return low <= self.bar if self.bar == ADDS_NOTHING else high >= self.bar

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        gain, low, high = self.interval
        sign = "" if self.bar is None else f"{'≤' if self.bar == ADDS_NOTHING else '≥'} {self.bar:g}"
        verdict = "" if self.bar is None else "holds" if self.holds else "**does not hold**"
        return (
            *(self.world, self.customers, f"{self.without.mean():.3f}", f"{self.topics.mean():.3f}", f"{gain:+.4f}"),
            *(f"{low:+.4f} to {high:+.4f}", f"{(self.planted - self.without).mean():+.4f}", sign, verdict),
        )


class Found(NamedTuple):
    """What was found in one kind of world."""

    gains: tuple[Gain, Gain]
    bars: tuple[Rate, ...]


def experiments(seeds: int, customers: int) -> Iterator[Found]:
    """Measure in each kind of world what topics add, and how well they tell texts with the wish to leave."""
    for name, signal in WORLDS:
        made = [_experiment(seed, customers, signal) for seed in range(seeds)]
        aucs = np.array([auc for auc, _ in made])  # seeds × (everybody, who wrote) × (without, topics, planted)
        bar = ADDS_NOTHING if signal == 0 else ADDS
        gains = tuple(
            Gain(name, who, *aucs[:, place].T, bar=bar if place or (not signal and signal is not None) else None)
            for place, who in enumerate(("everybody", "who wrote"))
        )
        right, flagged, true = np.sum([counts for _, counts in made], axis=0).astype(int)
        where = f"{name}, {seeds} × {customers:,} customers"
        bars = (
            Rate("texts told to wish to leave: right", where, right, flagged, 0.8, "at_least"),
            Rate("texts that wish to leave: told", where, right, true, 0.8, "at_least"),
        )
        yield Found((gains[0], gains[1]), bars if true else ())


def _experiment(seed: int, customers: int, signal: float | None) -> tuple[NDArray[np.float64], tuple[int, int, int]]:
    world = World.telecom(n_customers=customers, seed=seed)
    if signal is not None:
        topics = world.service.topics if world.service else {}
        world = world.but({f"service.topics.{t}.signal": signal * (t in {"network", "bill"}) for t in topics})
    log = simulate(world, days=DAYS).log
    topics = F.Topics.fitted(log, LEARNED, of=WROTE, window="90D")
    planted = F.Topics.told(PLANTED, of=WROTE, window="90D", name="planted")
    recipe = F.Recipe(*_BASE, topics, planted)
    label = partial(F.churned, by=BY)
    past, after = (F.training_set(log, recipe, label, as_of=dates, within="30D") for dates in (PAST, AFTER))
    return _aucs(past, after, recipe), _told(log, topics)


def _aucs(past: TrainingSet, after: TrainingSet, recipe: F.Recipe) -> NDArray[np.float64]:
    """Return AUCs of everybody, and of who wrote: without what texts say, with topics, with the words planted."""
    base = dict.fromkeys([*F.Recipe(*_BASE).names, "topic_texts_90D", "wrote"])
    sets = [
        [*base],
        *([*(base | dict.fromkeys(n for n in recipe.names if n.startswith(one)))] for one in ("topic_", "planted_")),
    ]
    (X, y), (later, then) = (  # noqa: N806 - the field's letter
        (one.X.assign(wrote=one.X["topic_texts_90D"] > 0), one.y) for one in (past, after)
    )
    everybody = [_auc(X[columns], y, later[columns], then) for columns in sets]
    X, y, later, then = X[X["wrote"]], y[X["wrote"]], later[later["wrote"]], then[later["wrote"]]  # noqa: N806 - the field's letter
    return np.array([everybody, [_auc(X[columns], y, later[columns], then) for columns in sets]])


def _auc(X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, then: pd.Series) -> float:  # noqa: N803 - the field's letter
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    usual = X.mean()
    usual[[name for name in usual.index if name.startswith(("topic_", "planted_"))]] = 0.0
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2_000))
    model.fit(X.fillna(usual).fillna(0.0).astype(float), y)
    return float(roc_auc_score(then, model.predict_proba(later.fillna(usual).fillna(0.0).astype(float))[:, 1]))


def _told(log: Log, topics: F.Topics) -> tuple[int, int, int]:
    """Count texts: rightly told to wish to leave, told to, and wishing to."""
    named = [place for place, name in enumerate(topics.names) if "leave" in name]
    said = log.events.filter(pl.col("text").is_not_null()).group_by("text").len().sort("text").collect()
    lexicon = Lexicon(topics.words, topics.weights, topics.members)
    shares = sum(
        (np.nan_to_num(Share(lexicon, place)(said["text"].to_list())) for place in named), np.zeros(said.height)
    )
    wishes = said["text"].str.contains("otherwise I will leave").to_numpy()
    told, times = shares > 0.25, said["len"].to_numpy()
    return int(times[told & wishes].sum()), int(times[told].sum()), int(times[wishes].sum())
