"""Seconds and memory of processes, taken in turn and compared round by round.

This module and its callers stay light while they measure: a child's peak memory begins at that of its parent.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
_BYTES = 1 if sys.platform == "darwin" else 1024


class Run(NamedTuple):
    """One process: seconds on the clock, processor seconds, peak memory in bytes, and what it answered in JSON."""

    wall: float
    cpu: float
    peak: int
    answer: dict[str, Any]

    @property
    def inside(self) -> float:
        """Seconds of the job alone, as the process itself measured them."""
        return float(self.answer["inside"])


class Spread(NamedTuple):
    """The middle of several numbers, and their two ends."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Spread:
        """Summarise numbers."""
        return cls(statistics.median(numbers), min(numbers), max(numbers))

    def __str__(self) -> str:
        return f"{self.median:#.3g} ({self.low:#.3g} to {self.high:#.3g})"


def run(command: Sequence[str]) -> Run:
    """Run a command from the root of the project, and wait for it."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        text = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _BYTES, json.loads(text) if text else {})


def rounds(commands: Mapping[str, Sequence[str]], *, counted: int) -> dict[str, list[Run]]:
    """Run all commands in turn, one round to warm up and then as many as are counted."""
    for command in commands.values():
        run(command)
    every = [{name: run(command) for name, command in commands.items()} for _ in range(counted)]
    return {name: [one[name] for one in every] for name in commands}


def ratios(runs: Sequence[Run], base: Sequence[Run], field: Callable[[Run], float]) -> Spread:
    """Divide what each round measured by what the base measured in the same round."""
    return Spread.of([field(one) / field(other) for one, other in zip(runs, base, strict=True)])


def script(name: str, *arguments: str, python: Path | str = sys.executable) -> list[str]:
    """Write the command that runs one of the scripts of this folder."""
    return [str(python), "-m", f"benchmarks.experiments.{name}", *arguments]
