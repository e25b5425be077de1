"""Rerun the timings of features and write them into ``benchmarks/RESULTS.md``.

Arguments, if any: folders with stored logs, from the small to the large, in place of those that are simulated.
featuretools is measured on the smallest, in an environment of its own (it needs pandas below 3); where that cannot be
made it is left out.
"""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING

from benchmarks.environment import interpreter
from benchmarks.experiments.measure import ROOT, Run, Spread, ratios, rounds
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.features import state
from benchmarks.features.logs import CUSTOMERS, PACKAGES, simulated
from benchmarks.page import provenance, put, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = ROOT / "benchmarks" / "RESULTS.md"
COUNTED = 2
FOREIGN = ("featuretools==1.31.0", "pandas==2.3.3", "pyarrow==26.0.1", "setuptools==80.9.0")
BARE = "bare read of the same columns (Polars)"
MADE, ADVANCED = "cjlab, a state made anew", "cjlab, a state advanced by a day"
TEXT = (
    "One recipe of 49 features (counts and sums over 30, 90 and 365 days and ever, means, days, channels, recencies, "
    "tenure) over stored logs of the packaged retail world. Each contender is a process of its own, in turn. It does "
    "the job on a log of 300 customers first, which is what starting up takes (imports, compiled code read from the "
    "disk; compiled before); CPU seconds are those of the job after that. Ratios are taken within a round; the peak is "
    "the largest. The bare read is of just the columns that the recipe reads, words as words. Aims: at most 2.5 bare "
    "reads; 2.5 times less CPU than the best by hand; twelve dates for at most three times one; under 2 GB."
)


def main() -> int:
    """Run every contender."""
    with tempfile.TemporaryDirectory() as home:
        small = simulated(f"{home}/small", 300)
        folders = sys.argv[1:] or [simulated(f"{home}/{n}", n) for n in CUSTOMERS]
        before = Surroundings.now()
        found = [rounds(contenders(folder, small, first=folder == folders[0]), counted=COUNTED) for folder in folders]
        around = Surroundings.now().since(before)
        state.rewrite(folders[-1], small, home)
    said = f"{provenance(PACKAGES, started=before.date)} {around}{_foreign()}"
    body = "\n\n".join([TEXT, *map(lines, found), said])
    put(PAGE, heading="Features: 49 of them over a stored log", body=body, title="Results")
    sys.stdout.write(body + "\n")
    return 0


def _foreign() -> str:
    """Say which featuretools it was."""
    made = interpreter("featuretools", FOREIGN)
    return f" In an environment of its own: {', '.join(FOREIGN)}." if made else ""


def contenders(folder: str, small: str, *, first: bool) -> dict[str, list[str]]:
    """Return the command of each; those that are slow only on the first log."""

    def script(name: str, job: str, python: str = sys.executable) -> list[str]:
        return [python, "-m", f"benchmarks.features.{name}", *([job] if job else []), folder, small]

    made = {
        BARE: script("by_hand", "bare"),
        "cjlab": script("with_cjlab", "one"),
        "cjlab, twelve dates": script("with_cjlab", "twelve"),
        MADE: script("with_cjlab", "state"),
        ADVANCED: script("with_cjlab", "advance"),
        "Polars by hand, streaming": script("by_hand", "polars"),
        "DuckDB by hand": script("by_hand", "duckdb"),
    }
    foreign = interpreter("featuretools", FOREIGN)
    slow = {"pandas by hand": script("by_hand", "pandas")}
    slow |= {"featuretools, the nearest 156": script("with_featuretools", "", str(foreign))} if foreign else {}
    return made | slow if first else made


def lines(runs: Mapping[str, Sequence[Run]]) -> str:
    """Write what was measured on one log."""
    columns = ("contender", "CPU ÷ bare read", "CPU ÷ cjlab", "CPU s", "wall s", "start CPU s", "peak GB", "lines")
    events = runs[BARE][0].answer["events"]
    rows = [
        (
            name,
            ratios(several, runs[BARE], _cpu),
            ratios(several, runs["cjlab"], _cpu),
            f"{Spread.of([_cpu(one) for one in several]).median:.2f}",
            f"{Spread.of([one.inside for one in several]).median:.2f}",
            f"{Spread.of([float(one.answer['start']) for one in several]).median:.2f}",
            f"{max(one.peak for one in several) / 1e9:.2f}",
            f"{several[0].answer['lines']:,}",
        )
        for name, several in runs.items()
    ]
    cost = Spread.of([_cpu(one) for one in runs["cjlab"]]).median / events * 1e9
    return f"**{events:,} events**, {cost:.0f} ns of CPU an event for cjlab:\n\n{table(columns, rows)}"


def _cpu(run: Run) -> float:
    return float(run.answer["cpu"])


if __name__ == "__main__":
    sys.exit(main())
