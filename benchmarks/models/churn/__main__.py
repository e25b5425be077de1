"""Rerun churn and propensity beside their peers and write the figures into ``benchmarks/RESULTS.md``."""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedKFold

from benchmarks.experiments.measure import ROOT
from benchmarks.models.churn import worlds
from benchmarks.models.churn.contenders import LINE, OURS, TREES, Table, fitted, tables
from benchmarks.page import provenance, put, table
from cjlab import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PAGE = ROOT / "benchmarks" / "RESULTS.md"
REPEATS = {"Telco churn": 5}
FEW = 2
MEASURES = ("auc", "average_precision", "brier")
PACKAGES = ("cjlab", "xgboost", "scikit-learn", "numpy", "pandas")
TEXT = (
    "Five folds, the same for all, drawn anew for every repeat; every figure is of customers that the model had not "
    "seen. Whatever is chosen, encoded or calibrated is so inside the folds. Differences are ours less the peer's, "
    "paired by customer, with intervals by influence functions (DeLong's for the AUC); estimates and ends are means "
    "over repeats. The intervals are about the customers judged, with the models as they were learned. CPU seconds "
    "are of fitting and scoring one fold, in one thread, in one process, in turn."
)


class Told(NamedTuple):
    """What a contender foretold in every repeat, and the processor seconds a fold."""

    scores: Sequence[Floats]
    seconds: float


def main(*asked: str) -> int:
    """Measure everything, or "markets" or "tables" alone."""
    if "markets" not in asked:
        peers()
    if "tables" not in asked:
        worlds.rewrite(PAGE)
    return 0


def peers() -> None:
    """Measure beside peers, on tables of real customers."""
    started = dt.datetime.now(tz=dt.UTC)
    parts = [part for one in tables() for part in section(one)]
    said = provenance(PACKAGES, started=started)
    put(PAGE, heading="Models: who leaves, who buys", body="\n\n".join([TEXT, *parts, said]), title="Results")


def section(data: Table) -> Iterator[str]:
    """Write what was measured on one table."""
    repeats = REPEATS.get(data.name, FEW)
    told = {name: _told(name, data, repeats) for name in (OURS, LINE, TREES)}
    yield f"**{data.name}**: {len(data.y):,} customers, {data.y.mean():.2%} of them, five folds {repeats} times"
    columns = ("model", "AUC", "average precision", "Brier", "calibration error", "recall at 20 %", "at 30 %")
    rows = [(name, *_levels(data, one.scores), f"{one.seconds:.2f}") for name, one in told.items()]
    yield table((*columns, "lift at 10 %", "CPU s a fold"), rows)
    peers = [(name, *_differences(data, told[OURS].scores, told[name].scores)) for name in (LINE, TREES)]
    yield table(("ours less", "AUC", "average precision", "Brier"), peers)


def _told(name: str, data: Table, repeats: int) -> Told:
    scores, began = [], time.process_time()
    for repeat in range(repeats):
        score = np.empty(len(data.y))
        for train, test in StratifiedKFold(5, shuffle=True, random_state=repeat).split(data.X, data.y):
            made = fitted(name, data.X.iloc[train], data.y[train])
            score[test] = made.predict_proba(data.X.iloc[test])[:, 1]
        scores.append(score)
    return Told(scores, (time.process_time() - began) / (5 * repeats))


def _levels(data: Table, scores: Sequence[Floats]) -> Iterator[str]:
    found = []
    for score in scores:
        true, budget = metrics.calibration(data.y, score), metrics.at_budget(data.y, score, shares=(0.1, 0.2, 0.3))
        areas = (metrics.roc(data.y, score).auc, metrics.precision_recall(data.y, score).average_precision)
        three = [[one.estimate, one.low, one.high] for one in (*areas, true.brier, true.ece)]
        three += [[budget.recall[at], budget.recall_low[at], budget.recall_high[at]] for at in (1, 2)]
        found.append([*three, [budget.lift[0], budget.lift_low[0], budget.lift_high[0]]])
    for estimate, low, high in np.mean(found, axis=0):
        yield f"{estimate:.4f} ({low:.4f} to {high:.4f})"


def _differences(data: Table, ours: Sequence[Floats], theirs: Sequence[Floats]) -> Iterator[str]:
    for measure in MEASURES:
        found = [metrics.compare(measure, one, other, outcome=data.y) for one, other in zip(ours, theirs, strict=True)]
        estimate, low, high = np.mean([(one.estimate, one.low, one.high) for one in found], axis=0)
        yield f"{estimate:+.4f} ({low:+.4f} to {high:+.4f})"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
