"""Measure what is paid once a machine, and what Spark adds, and write both into ``benchmarks/RESULTS.md``.

An argument, if any: the folder of a stored log, in place of one that is simulated. Spark is measured where this Python
has cjlab's extra ``spark``, or where ``CJLAB_SPARK`` names one that has; it needs a Java 17 or later.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks.experiments.measure import ROOT, Run, run
from benchmarks.experiments.surroundings import Surroundings
from benchmarks.features.job import AS_OF, processor
from benchmarks.features.logs import CUSTOMERS, PACKAGES, simulated
from benchmarks.page import provenance, put, table

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = ROOT / "benchmarks" / "RESULTS.md"
_Made = TypeVar("_Made")
HEADING = "Features: what is paid once, and what Spark adds"


def main() -> int:
    """Compile on a copy of the package that nobody has used, then store one table in both ways."""
    with tempfile.TemporaryDirectory() as home:
        small = simulated(f"{home}/small", 300)
        folder = sys.argv[1] if sys.argv[1:] else simulated(f"{home}/large", CUSTOMERS[-1])
        before = Surroundings.now()
        built = _compiled(small, Path(home, "copy"))
        python = _with_spark()
        spark = run([python, *_child("stored", folder)]).answer if python else None
        around = Surroundings.now().since(before)
    said = f"{provenance(PACKAGES, started=before.date)} {around}"
    body = "\n\n".join(
        [_said_of_compiling(*built), _said_of_spark(spark) if spark else "Spark was not measured.", said]
    )
    put(PAGE, heading=HEADING, body=body, title="Results")
    sys.stdout.write(body + "\n")
    return 0


def _with_spark() -> str | None:
    """Return a Python that has Spark, if any."""
    return os.environ.get("CJLAB_SPARK") or (sys.executable if find_spec("pyspark") else None)


def _child(job: str, folder: str) -> list[str]:
    return ["-c", f"from benchmarks.features.once import {job}; {job}({folder!r})"]


def _compiled(folder: str, copy: Path) -> tuple[Run, Run]:
    """Build twice with a copy of the package, a process each: nothing is compiled before the first."""
    for name in ("cjlab", "benchmarks"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = ["env", f"PYTHONPATH={copy}", sys.executable, "-P", *_child("built", folder)]
    return run(command), run(command)


def built(folder: str) -> None:
    """Build the recipe of 49 features, and answer the processor seconds of the build."""
    from benchmarks.features.with_cjlab import recipe
    from cjlab.tables import Log

    log, began = Log.read(folder), processor()
    recipe().build(log, AS_OF)
    json.dump({"cpu": processor() - began}, sys.stdout)


def stored(folder: str) -> None:
    """Store the table of the recipe on threads and in Spark, and answer the seconds of each."""
    from pyspark.sql import SparkSession

    from benchmarks.features.with_cjlab import recipe
    from cjlab.tables import Log

    os.environ["PYSPARK_PYTHON"] = sys.executable
    log, made = Log.read(folder), recipe()
    with tempfile.TemporaryDirectory() as home:
        store = partial(made.store, log, AS_OF)
        threads, table_of_threads = _timed(lambda: store(folder=f"{home}/threads"))
        plain = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session, spark = _timed(plain.getOrCreate)
        first, table_of_spark = _timed(lambda: store(folder=f"{home}/first", engine="spark"))
        again, _ = _timed(lambda: store(folder=f"{home}/again", engine="spark"))
        same = table_of_threads.rows.collect().equals(table_of_spark.rows.collect())
        rows = log.events.select("at").collect().height
        spark.stop()
    told = {"threads": threads, "session": session, "first": first, "again": again, "same": same, "rows": rows}
    json.dump(told, sys.stdout)


def _timed(work: Callable[[], _Made]) -> tuple[float, _Made]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def _said_of_compiling(first: Run, again: Run) -> str:
    return (
        f"Kernels are compiled once a machine: the first build of 49 features takes {first.answer['cpu']:.1f} "
        f"CPU-seconds on a log of 300 customers, the next process {again.answer['cpu']:.1f}."
    )


def _said_of_spark(found: dict[str, float]) -> str:
    columns = ("49 features into a folder", "wall s")
    lines = [
        ("two threads", f"{found['threads']:.1f}"),
        ("Spark `local[2]`: the session", f"{found['session']:.1f}"),
        ("Spark `local[2]`: the first time", f"{found['first']:.1f}"),
        ("Spark `local[2]`: again", f"{found['again']:.1f}"),
    ]
    text = f"The same function over {found['rows']:,} events; one reading each. "
    same = "The tables are the same." if found["same"] else "**The tables differ.**"
    return f"{text}{same}\n\n{table(columns, lines)}"


if __name__ == "__main__":
    sys.exit(main())
