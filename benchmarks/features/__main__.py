"""Rerun the timings of features and write them into ``benchmarks/RESULTS.md``.

Give a folder with a stored log as argument; otherwise one of some 9 million events is simulated.
"""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING

from benchmarks.experiments.measure import ROOT, Run, Spread, ratios, rounds
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.page import provenance, put, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = ROOT / "benchmarks" / "RESULTS.md"
PACKAGES = ("cjlab", "numba", "numpy", "polars", "pyarrow", "duckdb", "pandas")
CUSTOMERS, DAYS, COUNTED = 80_000, 730, 2
BARE = "bare read of the same columns (Polars)"
TEXT = (
    "One recipe of 49 features (counts and sums over 30, 90 and 365 days and ever, means, days, channels, recencies, "
    "tenure) over a stored log of the packaged retail world. Each contender is a process of its own, in turn; CPU "
    "seconds are those of the job, without imports, after what must be compiled has been compiled once. Ratios are "
    "taken within a round; the peak is the largest."
)


def main() -> int:
    """Run every contender."""
    with tempfile.TemporaryDirectory() as home:
        folder = sys.argv[1] if sys.argv[1:] else _simulated(f"{home}/log")
        before = Surroundings.now()
        runs = rounds(_contenders(folder), counted=COUNTED)
        around = Surroundings.now().since(before)
    body = f"{TEXT}\n\n{_lines(runs)}\n\n{provenance(PACKAGES, started=before.date)} {around}"
    put(PAGE, heading="Features: 49 of them over a stored log", body=body, title="Results")
    sys.stdout.write(body + "\n")
    return 0


def _simulated(folder: str) -> str:
    """Simulate in a process of its own, lest the peak of every contender begin with it."""
    import subprocess

    world = f"cj.simulator.World.retail(n_customers={CUSTOMERS}, seed=7)"
    run = f"cj.simulator.simulate({world}, cj.simulator.RandomContacts(rate=0.05), days={DAYS}, folder={folder!r})"
    subprocess.run([sys.executable, "-c", f"import cjlab as cj; {run}"], check=True)
    return folder


def _contenders(folder: str) -> dict[str, list[str]]:
    hand = [sys.executable, "-m", "benchmarks.features.by_hand", folder]
    ours = [sys.executable, "-m", "benchmarks.features.with_cjlab", folder]
    return {
        BARE: [*hand, "bare"],
        "cjlab": [*ours, "one"],
        "cjlab, twelve dates": [*ours, "twelve"],
        "Polars by hand, streaming": [*hand, "polars"],
        "DuckDB by hand": [*hand, "duckdb"],
        "pandas by hand": [*hand, "pandas"],
    }


def _cpu(run: Run) -> float:
    return float(run.answer["cpu"])


def _lines(runs: Mapping[str, Sequence[Run]]) -> str:
    columns = ("contender", "CPU ÷ bare read", "CPU ÷ cjlab", "CPU s", "wall s", "peak GB", "lines")
    lines = [
        (
            name,
            ratios(several, runs[BARE], _cpu),
            ratios(several, runs["cjlab"], _cpu),
            f"{Spread.of([_cpu(one) for one in several]).median:.2f}",
            f"{Spread.of([one.inside for one in several]).median:.2f}",
            f"{max(one.peak for one in several) / 1e9:.2f}",
            f"{several[0].answer['lines']:,}",
        )
        for name, several in runs.items()
    ]
    return table(columns, lines)


if __name__ == "__main__":
    sys.exit(main())
