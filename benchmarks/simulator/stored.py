"""Measure runs that are written as they go, and write the figures into ``benchmarks/RESULTS.md``.

``python -m benchmarks.simulator.stored`` takes 10 and 100 thousand customers for a year, some minutes. Give other
numbers of customers as arguments, each with its days: ``10000 1000000 10000000:30`` needs some 4 GB below ``TMPDIR``
and much longer, and the section of the page then holds those. ``CJLAB_THREADS`` says how many shards are lived at a
time.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.experiments.measure import ROOT, run
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.page import provenance, put, table
from cjlab._threads import threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.experiments.measure import Run

PAGE = ROOT / "benchmarks" / "RESULTS.md"
HEADING = "The simulator: runs that are written as they go"
PACKAGES = ("cjlab", "numba", "numpy", "polars", "pyarrow")
SIZES = ("10000", "100000")
DAYS = 365
A_SHARD = 3_000  # customers
ROUNDS = 20
RATE = 0.05


def main() -> int:
    """Measure every size in a process of its own, then what Parquet adds."""
    before = Surroundings.now()
    runs = [run(_command(f"print(lived({', '.join(size.split(':'))}))")) for size in sys.argv[1:] or SIZES]
    adds = run(_command("print(written())")).answer
    around = Surroundings.now().since(before)
    body = _body(runs, adds)
    noted = f"{body}\n\n{provenance(PACKAGES, started=before.date)} {around}"
    put(PAGE, heading=HEADING, body=noted, title="Results")
    sys.stdout.write(body + "\n")
    return 0


def _command(code: str) -> list[str]:
    return [sys.executable, "-c", f"from benchmarks.simulator.stored import lived, written; {code}"]


def _body(runs: Sequence[Run], adds: dict[str, float]) -> str:
    text = (
        f"The packaged retail world under `RandomContacts(rate={RATE})`, into Parquet, on {threads()} "
        "threads, each size in a process of its own: after what must be compiled has been compiled, from no people "
        "to a log that is whole. Peak memory is that of the process, libraries among it."
    )
    columns = ("customers", "days", "events", "million customer-days a CPU-second", "wall s", "peak memory", "on disk")
    said = (
        f"`Writer.add` of one shard, {adds['rows']:,} events and contacts, took {adds['ours']:.3f} CPU-seconds where "
        f"Polars' `write_parquet` of the same frames took {adds['plain']:.3f}: {adds['ours'] / adds['plain']:.2f} "
        f"times as many (medians of {ROUNDS} rounds, in turn; aim: at most 1.3)."
    )
    return f"{text}\n\n{table(columns, [_line(one) for one in runs])}\n\n{said}"


def _line(one: Run) -> tuple[str, ...]:
    made = one.answer
    speed = made["customers"] * made["days"] / made["cpu"] / 1e6
    memory, disk = one.peak / 2**30, made["bytes"] / 2**30
    return (
        f"{made['customers']:,}",
        str(made["days"]),
        f"{made['events']:,}",
        f"{speed:.2f}",
        f"{one.inside:.0f}",
        f"{memory:.2f} GiB",
        f"{disk:.2f} GiB",
    )


def lived(customers: int, days: int = DAYS) -> str:
    """Write one run, and answer what it took."""
    from cjlab.simulator import RandomContacts, World, simulate

    policy = RandomContacts(rate=RATE)
    with tempfile.TemporaryDirectory() as home:
        simulate(World.retail(n_customers=50), policy, days=3, folder=f"{home}/first")  # compiles
        began, clock = processor(), time.perf_counter()
        log = simulate(World.retail(n_customers=customers, seed=7), policy, days=days, folder=f"{home}/log").log
        took, passed = processor() - began, time.perf_counter() - clock
        size = sum(one.stat().st_size for one in Path(home, "log").rglob("*.parquet"))
        stored = json.loads(Path(home, "log", "log.json").read_text(encoding="utf-8"))["files"]
    rows = sum(one["rows"] for place, one in stored.items() if place.startswith(("events/", "unassigned/")))
    assert "events" in log.tables  # noqa: S101 - it can be read
    took_and_left = {"cpu": took, "inside": passed, "bytes": size}
    return json.dumps({"customers": customers, "days": days, "events": rows, **took_and_left})


def written() -> str:
    """Write one shard, and answer the processor seconds beside those of Polars writing the same frames."""
    from cjlab.simulator import RandomContacts, World, simulate
    from cjlab.tables import Log

    log = simulate(World.retail(n_customers=A_SHARD, seed=7), RandomContacts(rate=RATE), days=DAYS).log
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
    return json.dumps({"rows": rows, "plain": statistics.median(plain), "ours": statistics.median(ours)})


def processor() -> float:
    """Return the processor time of this process so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
