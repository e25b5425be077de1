"""Measure runs that are written as they go: processor time a customer-day, memory, and what Parquet adds.

Run ``python -m benchmarks.simulator.stored`` on a quiet machine, with ``CJLAB_THREADS`` set: by default 10 thousand,
100 thousand and a million customers for a year, the last of which takes some 3 GB on disk. Give other numbers of
customers as arguments.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cjlab.simulator import RandomContacts, World, simulate
from cjlab.tables import Log

SIZES = (10_000, 100_000, 1_000_000)
DAYS = 365
A_SHARD = 3_000  # customers
ROUNDS = 5
POLICY = RandomContacts(rate=0.05)


def main() -> int:
    """Measure every size in a process of its own, then what Parquet adds."""
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    for size in sizes:
        command = [sys.executable, "-c", f"from benchmarks.simulator.stored import run; run({size})"]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="", flush=True)
    print(json.dumps(written()))
    return 0


def run(customers: int) -> None:
    """Write one run, and print what it took."""
    simulate(World.retail(n_customers=50), POLICY, days=3)  # compiles
    began, clock = processor(), time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        stored = simulate(World.retail(n_customers=customers, seed=7), POLICY, days=DAYS, folder=f"{home}/log")
        took, passed = processor() - began, time.perf_counter() - clock
        size = sum(one.stat().st_size for one in Path(home).rglob("*.parquet"))
        rows = int(stored.to_frame()["rows"].sum())
    answer = {
        "customers": customers,
        "events": rows,
        "million customer-days a CPU-second": round(customers * DAYS / took / 1e6, 2),
        "wall s": round(passed, 1),
        "peak GiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "stored GiB": round(size / 2**30, 2),
    }
    print(json.dumps(answer))


def written() -> dict[str, float]:
    """Return the processor time of writing one shard, as a multiple of Polars writing the same frames."""
    log = simulate(World.retail(n_customers=A_SHARD, seed=7), POLICY, days=DAYS).log
    given = {name: frame.collect() for name, frame in log.tables.items() if name in {"events", "contacts"}}
    shard = Log.of(**given, timezone=log.timezone)  # type: ignore[arg-type]
    plain, ours = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            began = processor()
            for name, frame in given.items():
                frame.write_parquet(f"{home}/{name}.parquet")
            plain.append(processor() - began)
            with Log.writer(f"{home}/log", shards=1, timezone=log.timezone) as writer:
                began = processor()
                writer.add(0, shard)
                ours.append(processor() - began)
    rows = sum(frame.height for frame in given.values())
    return {"rows": rows, "Polars CPU s": min(plain), "Writer.add CPU s": min(ours), "ratio": min(ours) / min(plain)}


def processor() -> float:
    """Return the processor time of this process so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
