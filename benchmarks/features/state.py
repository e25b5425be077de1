"""Rerun the timings of a state that is brought on by a day into ``benchmarks/RESULTS.md``.

An argument, if any: the folder of a stored log, in place of one that is simulated.
"""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING

from benchmarks.experiments.measure import ROOT, Run, Spread, ratios, rounds
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.features.logs import CUSTOMERS, PACKAGES, simulated
from benchmarks.page import provenance, put, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = ROOT / "benchmarks" / "RESULTS.md"
KINDS, COUNTED = ("49", "default"), 2
DAYS = ("a later date of one log", "a day appended to the log")
TEXT = (
    "A state of the day after a date: made anew of the stored log, or brought on from the state of the date. CPU "
    "seconds are of the state alone, after the same on a small log; ratios are taken within a round. The table, whose "
    "formulas are made for everybody, costs the same either way and stands apart. Aim: at most 0.25."
)


def main() -> int:
    """Simulate the logs, unless one is given, and rerun the timings."""
    with tempfile.TemporaryDirectory() as home:
        small = simulated(f"{home}/small", 300)
        rewrite(sys.argv[1] if sys.argv[1:] else simulated(f"{home}/large", CUSTOMERS[-1]), small, home)
    return 0


def rewrite(folder: str, small: str, home: str) -> None:
    """Run both for both recipes, on both kinds of days, and put the figures into the page."""
    before, after = f"{home}/before", f"{home}/after"
    _split(folder, before, after)
    started = Surroundings.now()
    found = rounds(contenders({DAYS[0]: (folder, folder), DAYS[1]: (before, after)}, small), counted=COUNTED)
    said = f"{provenance(PACKAGES, started=started.date)} {Surroundings.now().since(started)}"
    body = "\n\n".join([TEXT, lines(found), said])
    put(PAGE, heading="Features: a state brought on by a day", body=body, title="Results")
    sys.stdout.write(body + "\n")


def _split(folder: str, before: str, after: str) -> None:
    """Split the log in a process of its own, lest the peak of every contender begin with it."""
    import subprocess

    code = f"from benchmarks.features.with_state import split; split({folder!r}, {before!r}, {after!r})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def contenders(logs: Mapping[str, tuple[str, str]], small: str) -> dict[str, list[str]]:
    """Return the command of each."""
    python = [sys.executable, "-m", "benchmarks.features.with_state"]
    return {
        f"{kind} {day} {job}": [*python, job, kind, *logs[day], small]
        for kind in KINDS
        for day in logs
        for job in ("anew", "advance")
    }


def lines(runs: Mapping[str, Sequence[Run]]) -> str:
    """Write what was measured, a line a recipe and kind of day."""
    columns = ("features", "day", "CPU of a day ÷ anew", "anew CPU s", "a day CPU s", "a day wall s", "table CPU s")
    rows = []
    for kind in KINDS:
        for day in DAYS:
            anew, later = runs[f"{kind} {day} anew"], runs[f"{kind} {day} advance"]
            seconds = [_middle(anew, "cpu"), *(_middle(later, name) for name in ("cpu", "inside", "table"))]
            features = f"{later[0].answer['features']} ({'the recipe above' if kind == '49' else 'Recipe.default'})"
            rows.append((features, day, ratios(later, anew, _cpu), *(f"{one:.2f}" for one in seconds)))
    return table(columns, rows)


def _middle(runs: Sequence[Run], name: str) -> float:
    return Spread.of([float(one.answer[name]) for one in runs]).median


def _cpu(run: Run) -> float:
    return float(run.answer["cpu"])


if __name__ == "__main__":
    sys.exit(main())
