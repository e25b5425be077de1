"""The logs that features are timed on."""

from __future__ import annotations

import sys

PACKAGES = ("cjlab", "numba", "numpy", "polars", "pyarrow", "duckdb", "pandas")
CUSTOMERS, DAYS = (8_600, 80_000), 730


def simulated(folder: str, customers: int) -> str:
    """Simulate in a process of its own, lest the peak of every contender begin with it."""
    import subprocess

    world = f"cj.simulator.World.retail(n_customers={customers}, seed=7)"
    run = f"cj.simulator.simulate({world}, cj.simulator.RandomContacts(rate=0.05), days={DAYS}, folder={folder!r})"
    subprocess.run([sys.executable, "-c", f"import cjlab as cj; {run}"], check=True)
    return folder
