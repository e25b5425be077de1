"""Rerun every comparison and write it into ``benchmarks/RESULTS.md``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.environment import interpreter
from benchmarks.experiments import sections
from benchmarks.experiments.measure import ROOT, rounds, run, script
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.page import provenance, put

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = ROOT / "benchmarks" / "RESULTS.md"
PACKAGES = ("cjlab", "numpy", "scipy", "polars", "pyarrow", "pandas", "statsmodels")
ROWS = 10_000_000
ARMS = (2, 8)
COUNTED = 5
TEA_TASTING = (
    "tea-tasting==1.14",
    "duckdb==2.0.0",
    "ibis-framework[duckdb]==12.0.0",
    "narwhals==2.29.0",
    "numpy==2.4.6",
    "pandas==3.1.1",
    "polars==2.1.0",
    "pyarrow==26.0.1",
    "scipy==1.17.1",
)


def main() -> int:
    """Run every part; return 1 when contenders disagree."""
    foreign = interpreter("tea_tasting", TEA_TASTING)
    agree = [_side_by_side(arms, foreign) for arms in ARMS]
    _put("Experiments: many comparisons in one call", sections.comparisons)
    _put("Starting up", lambda: sections.starts(foreign, counted=2 * COUNTED))
    _main_job()
    return 0 if all(agree) else 1


def _side_by_side(arms: int, foreign: Path | None) -> bool:
    before = Surroundings.now()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.parquet"
        run(script("customers", str(file), str(ROWS), str(arms)))
        runs = rounds(sections.contenders(file, foreign), counted=COUNTED)
        answers, agree = sections.agreement(runs, file)
        apart = f"tea-tasting's own environment: {', '.join(TEA_TASTING).replace('==', ' ')}."
        body = f"{sections.side_by_side(runs, ROWS, file)}\n\n{answers}\n\n{apart}"
    heading = f"Experiments: {ROWS // 1_000_000} million customers, {arms} arms, 5 metrics with CUPED"
    _put(heading, lambda: body, before=before)
    return agree


def _main_job() -> None:
    from cjlab.datasets import at_hand

    if at_hand("hillstrom") is None:
        sys.stderr.write("the Hillstrom file is not at hand: its section is left as it was\n")
        return
    _put("The main job: the real test, 64,000 customers, 3 arms", lambda: sections.main_job(counted=COUNTED))


def _put(heading: str, measure: Callable[[], str], *, before: Surroundings | None = None) -> None:
    before = before or Surroundings.now()
    body = measure()
    around = Surroundings.now().since(before)
    put(PAGE, heading=heading, body=f"{body}\n\n{provenance(PACKAGES, started=before.date)} {around}", title="Results")
    sys.stdout.write(f"## {heading}\n\n{body}\n\n{around}\n\n")


if __name__ == "__main__":
    sys.exit(main())
