"""Scores become figures: Qini out of sample with intervals, and what the default is ahead by, split by split."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import t

from benchmarks.models.uplift.job import CONTROL, PROBLEMS, halves
from benchmarks.page import table
from cjlab.metrics import qini

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

DEFAULT = "cjlab s"
MARGIN = 0.0010
COLUMNS = ("row", "Qini", "95 % interval of one half", "default − row", "95 % interval", "CPU s to learn")


class Row(NamedTuple):
    """A contender on a problem: its Qini on each half, mean ends of their intervals, and seconds to learn."""

    name: str
    qinis: tuple[float, ...]
    low: float
    high: float
    seconds: float

    @property
    def qini(self) -> float:
        """The mean over halves."""
        return fmean(self.qinis)

    def behind(self, other: Row) -> tuple[float, float, float]:
        """Return by how much another is ahead, and Student's interval over the splits."""
        apart = np.subtract(other.qinis, self.qinis)
        error = apart.std(ddof=1) / np.sqrt(len(apart)) * t.ppf(0.975, len(apart) - 1)
        return float(apart.mean()), float(apart.mean() - error), float(apart.mean() + error)


def measured(customers: pd.DataFrame, problem: str, seconds: Mapping[str, Sequence[float]], folder: str) -> list[Row]:
    """Measure every contender on a problem, the best first."""
    arm, outcome = PROBLEMS[problem]
    found = []
    for key, times in seconds.items():
        name, of = key.split("|")
        if of == problem:
            each = []
            for seed in range(len(times)):
                judged = halves(customers, problem, seed)[1]
                score = np.load(Path(folder, f"{key}|{seed}.npy".replace(" ", "_")))
                given = {"arm": judged["segment"], "control": CONTROL, "propensity": {arm: 0.5, CONTROL: 0.5}}
                each.append(qini(judged[outcome], score, **given))
            low, high = fmean(one.low for one in each), fmean(one.high for one in each)
            found.append(Row(name, tuple(one.estimate for one in each), low, high, fmean(times)))
    return sorted(found, key=lambda row: -row.qini)


def said(problem: str, rows: Sequence[Row]) -> str:
    """Write a problem's table, and whether the default holds its bars."""
    default = next(row for row in rows if row.name == DEFAULT)
    lines = [_line(row, default) for row in rows]
    best = next(row for row in rows if row is not default)
    apart, low, high = best.behind(default)
    boosted = [row for row in rows if "XGBoost" in row.name]
    below = [row.name for row in boosted if row.behind(default)[2] < 0]
    above = sum(row.behind(default)[0] > 0 for row in boosted)
    verdict = "holds" if low >= -MARGIN else "**does not hold**"
    return (
        f"**{problem}**\n\n{table(COLUMNS, lines)}\n\n"
        f"Default − best other row ({best.name}): {_minus(f'{apart:+.5f} ({low:+.5f} to {high:+.5f})')}; "
        f"bar ≥ −{MARGIN:.4f}: {verdict}. Of {len(boosted)} peers on XGBoost it is above {above} and "
        f"surely below {len(below)}."
    )


def _line(row: Row, default: Row) -> tuple[str, ...]:
    told = (row.name, _minus(f"{row.qini:.5f}"), _minus(f"{row.low:.5f} to {row.high:.5f}"))
    if row is default:
        return (f"**{row.name} (default)**", *told[1:], "", "", f"{row.seconds:.3f}")
    apart, low, high = row.behind(default)
    return (*told, _minus(f"{apart:+.5f}"), _minus(f"{low:+.5f} to {high:+.5f}"), f"{row.seconds:.3f}")


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")
