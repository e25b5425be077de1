"""The main job without its page: the real test's data set mapped to a log, and read out."""

from __future__ import annotations

import json
import sys
import time

import cjlab as cj


def read_out(declared: str) -> dict[str, float]:
    """Return the seconds until the log is there, and until it is read out."""
    started = time.perf_counter()
    log = cj.datasets.hillstrom()
    opened = time.perf_counter()
    cj.experiments.Experiment.read(declared).read_out(log)
    return {"log": opened - started, "read_out": time.perf_counter() - opened, "inside": time.perf_counter() - started}


if __name__ == "__main__":
    json.dump(read_out(sys.argv[1]), sys.stdout)
