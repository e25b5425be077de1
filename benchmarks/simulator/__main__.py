"""Rerun the simulator's timings and write them into ``benchmarks/RESULTS.md``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.environment import interpreter
from benchmarks.experiments.measure import ROOT, Run, Spread, rounds
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.page import provenance, put, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PAGE = ROOT / "benchmarks" / "RESULTS.md"
PACKAGES = ("cjlab", "numba", "numpy", "polars")
FOREIGN = ("simpy==4.1.1", "mesa==3.3.1", "numpy==2.4.6")
COUNTED = 3
DAYS = 365
COMPARED = ("visit", "purchase", "delivery", "withheld", "sent", "opened", "clicked")


def main() -> int:
    """Run every part."""
    before = Surroundings.now()
    runs = rounds(_contenders(interpreter("simulators", FOREIGN)), counted=COUNTED)
    around = Surroundings.now().since(before)
    text = (
        "One model (`benchmarks/simulator/plain.toml`; for simpy and mesa `contenders/model.py`) for a year: people "
        "come, sometimes buy, are delivered to, and are written to at random. Million customer-days in a second of "
        "processor time, with the table of events, after what must be compiled has been compiled; and how many events "
        "of each kind a customer has, by which one sees that it is the same model. A Python policy decides every week. "
        "The first run of a process also pays for the memory that the machine hands out, on a virtual one dearly; the "
        "second finds it there."
    )
    body = f"{text}\n\n{_speeds(runs)}\n\n{_counts(runs)}\n\n{provenance(PACKAGES, started=before.date)} {around}"
    put(PAGE, heading="The simulator: customer-days beside simpy and mesa", body=body, title="Results")
    sys.stdout.write(body + "\n")
    return 0


def _contenders(foreign: Path | None) -> dict[str, list[str]]:
    ours = [sys.executable, "-m", "benchmarks.simulator.contenders.with_cjlab"]
    commands = {
        "cjlab, common model, compiled policy": [*ours, "common", "compiled", "100000", str(DAYS)],
        "cjlab, common model, Python policy": [*ours, "common", "python", "100000", str(DAYS)],
        "cjlab, packaged retail world, compiled policy": [*ours, "retail", "compiled", "40000", str(DAYS)],
    }
    if foreign:
        for name in ("simpy", "mesa"):
            module = f"benchmarks.simulator.contenders.with_{name}"
            commands[f"{name}, common model"] = [str(foreign), "-m", module, "2000", str(DAYS)]
    return commands


def _days(run: Run) -> float:
    return float(run.answer["people"] * run.answer["days"])


def _speeds(runs: Mapping[str, Sequence[Run]]) -> str:
    columns = (
        "contender",
        "million customer-days a CPU-second",
        "the same, second run",
        "events a customer-year",
        "peak memory",
    )
    lines = []
    for name, several in runs.items():
        speed = Spread.of([_days(one) / one.inside / 1e6 for one in several])
        second = [_days(one) / one.answer["again"] / 1e6 for one in several if "again" in one.answer]
        events = sum(several[0].answer["counts"].values()) / several[0].answer["people"]
        lines.append(
            (
                name,
                speed,
                Spread.of(second) if second else "–",
                f"{events:.0f}",
                f"{max(one.peak for one in several) / 2**30:.2f} GiB",
            )
        )
    return table(columns, lines)


def _counts(runs: Mapping[str, Sequence[Run]]) -> str:
    same = {name: several[0].answer for name, several in runs.items() if "common" in name}
    lines = [
        (name, *(f"{answer['counts'].get(event, 0) / answer['people']:.3f}" for event in COMPARED))
        for name, answer in same.items()
    ]
    return table(("a customer-year", *COMPARED), lines)


if __name__ == "__main__":
    sys.exit(main())
