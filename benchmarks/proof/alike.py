"""The same figures as other packages find, on the same rows, each definition converted to theirs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import cjlab as cj
from benchmarks.environment import interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Finding = Callable[[Mapping[str, Any]], dict[str, float]]

BAR = 1e-9
ROWS = 1_000
FOREIGN = ("econml==0.17.0", "scikit-uplift==0.5.1", "pandas==2.3.3", "scikit-learn==1.9.1", "numpy==2.4.6")
PERCENTILES = list(range(0, 100, 5))
COLUMNS = ("figure", "package", "sets of rows", "largest difference", "bar", "verdict")
SAID = (
    f"Sets of {ROWS:,} rows without ties, their chances of treatment known and uneven. scikit-uplift and EconML run in "
    "an environment of their own. EconML's coefficient is a sum over 20 thresholds: the curve of `qini` is added up "
    "over the same ones, from the doubly robust outcomes that EconML makes of the same expectations."
)


class Alike(NamedTuple):
    """A figure, whose it is, on how many sets of rows, and by how much ours differed at most."""

    figure: str
    package: str
    sets: int
    largest: float

    @property
    def holds(self) -> bool:
        """Whether they are the same."""
        return self.largest <= BAR

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        verdict = "holds" if self.holds else "**does not hold**"
        return (self.figure, self.package, str(self.sets), f"{self.largest:.1e}", f"{BAR:.0e}", verdict)


def compared(sets: int) -> Iterator[Alike]:
    """Set our figures beside those of every package that can be had."""
    rows = [drawn(seed) for seed in range(sets)]
    yield from _differences("scikit-learn", rows, judged, [by_scikit_learn(one) for one in rows])
    yield from _differences("causalml", rows, radcliffe, _asked(Path(sys.executable), "causalml", rows))
    foreign = interpreter("uplift_measures", FOREIGN)
    if foreign is not None:
        yield from _differences("scikit-uplift", rows, radcliffe, _asked(foreign, "sklift", rows))
        yield from _differences("EconML", rows, robust, _asked(foreign, "econml", rows))


def drawn(seed: int) -> dict[str, Any]:
    """Draw outcomes, scores without ties, arms with their chances, and expectations that are not exact."""
    rng = np.random.default_rng(seed)
    score, chance = (rng.permutation(ROWS) + 0.5) / ROWS, rng.uniform(0.3, 0.7, ROWS)
    treated = (rng.random(ROWS) < chance).astype(int)
    outcome = (rng.random(ROWS) < 0.1 + 0.3 * score + 0.2 * treated * score).astype(int)
    columns = {"outcome": outcome, "score": score, "treated": treated, "chance": chance}
    columns |= {"expected_control": 0.3 * score, "expected_treated": 0.2 + 0.3 * score}
    return {name: one.tolist() for name, one in columns.items()} | {"percentiles": PERCENTILES}


def judged(rows: Mapping[str, Any]) -> dict[str, float]:
    """Measure a score of outcomes."""
    happened, score = rows["outcome"], rows["score"]
    return {
        "AUC": cj.metrics.roc(happened, score).auc.estimate,
        "average precision": cj.metrics.precision_recall(happened, score).average_precision.estimate,
        "Brier": cj.metrics.calibration(happened, score).brier.estimate,
    }


def by_scikit_learn(rows: Mapping[str, Any]) -> dict[str, float]:
    """Measure the same by scikit-learn."""
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    given = rows["outcome"], rows["score"]
    found = {"AUC": roc_auc_score, "average precision": average_precision_score, "Brier": brier_score_loss}
    return {name: float(measure(*given)) for name, measure in found.items()}


def radcliffe(rows: Mapping[str, Any]) -> dict[str, float]:
    """Measure Radcliffe's Qini in the scales of others."""
    return {
        scale: cj.metrics.qini_radcliffe(
            rows["outcome"], rows["score"], arm=rows["treated"], control=0, scale=scale
        ).estimate
        for scale in ("total", "count", "optimum")
    }


def robust(rows: Mapping[str, Any]) -> dict[str, float]:
    """Add our curve up as EconML does, over its own thresholds."""
    treated, chance = np.array(rows["treated"]), np.array(rows["chance"])
    found = cj.metrics.qini(
        rows["outcome"],
        rows["score"],
        arm=treated,
        control=0,
        propensity=np.where(treated == 1, chance, 1 - chance),
        expected={0: rows["expected_control"], 1: rows["expected_treated"]},
    ).curve
    over = found.estimate - found.share * found.estimate[-1]
    points = {str(one): float(over[100 - one]) for one in PERCENTILES}
    width = (PERCENTILES[1] - PERCENTILES[0]) / 100
    return points | {"coefficient": width * sum(list(points.values())[:-1])}


def _differences(
    package: str, rows: list[dict[str, Any]], ours: Finding, theirs: list[dict[str, float]]
) -> Iterator[Alike]:
    """Take the largest difference of each figure; the points of a curve are one."""
    largest: dict[str, float] = {}
    for one, other in zip(map(ours, rows), theirs, strict=True):
        for name in one.keys() & other.keys():
            figure = "qini, points of the curve" if name.isdigit() else _NAMES.get(name, name)
            largest[figure] = max(largest.get(figure, 0.0), abs(one[name] - other[name]))
    for figure in sorted(largest):
        yield Alike(figure, package, len(rows), largest[figure])


def _asked(python: Path, package: str, rows: list[dict[str, Any]]) -> list[dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.json"
        file.write_text(json.dumps(rows), encoding="utf-8")
        command = [str(python), str(Path(__file__).with_name("peers.py")), package, str(file)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return list(json.loads(answer.strip().splitlines()[-1]))


_NAMES = {
    "total": "qini_radcliffe, scale total",
    "count": "qini_radcliffe, scale count",
    "optimum": "qini_radcliffe, scale optimum",
    "coefficient": "qini, coefficient",
}
