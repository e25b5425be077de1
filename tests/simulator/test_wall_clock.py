"""Runs of one seed are the same on every day, in every zone, and however a process hashes its strings."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROGRAM = Path(__file__).with_name("another_day.py")
HOUSE = Path(__file__).parents[2]


def told(moment: str, zone: str, hashes: str) -> list[str]:
    """Run the markets in a process whose clocks show another moment; return the moment it saw, and the digests."""
    surroundings = {**os.environ, "TZ": zone, "PYTHONHASHSEED": hashes, "PYTHONPATH": str(HOUSE)}
    answer = subprocess.run(
        [sys.executable, str(PROGRAM), moment], capture_output=True, text=True, check=False, env=surroundings, cwd="/"
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.split()


def test_two_runs_of_one_seed_on_different_days_are_identical() -> None:
    asked = (("2024-02-29T23:59:58", "Pacific/Auckland", "1"), ("2031-07-01T12:00:00", "America/Los_Angeles", "2"))
    with ThreadPoolExecutor(2) as both:
        one, other = both.map(told, *zip(*asked, strict=True))
    assert (one[0], other[0]) == ("2024", "2031")  # the clocks were really other ones
    assert len(one) == 1 + 2 * 5
    assert one[1:] == other[1:]
