"""The simulator by itself: a world, a policy in its compiled or its Python form, and the log in Arrow buffers."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cjlab as cj
from cjlab.simulator import Interpreted, RandomContacts, World, simulate

COMMON = Path(__file__).parents[1] / "plain.toml"


def main(name: str, form: str, people: int, days: int) -> None:
    """Run a world, twice, after one small run has compiled what it needs."""
    world = World.read(COMMON, n_customers=people) if name == "common" else World.retail(n_customers=people)
    rate = 0.025 if name == "common" else 0.05
    compiled = RandomContacts(rate=rate) if form == "compiled" else RandomContacts(rate=7 * rate, every=7)
    policy = compiled if form == "compiled" else Interpreted(compiled)
    simulate(world.but(n_customers=50), policy, days=9)
    inside = again = 0.0
    for _ in range(2):
        run = None  # what the first run held is free for the second
        started = time.process_time()
        run = simulate(world, policy, days=days)
        inside, again = again, time.process_time() - started
    assert run is not None  # noqa: S101 - it was run
    counts = dict(run.events.group_by("event").len().iter_rows())
    counts["sent"] = int(run.contacts["sent"].sum())
    counts["withheld"] = run.contacts.height - counts["sent"]
    took = {"inside": inside, "again": again}
    answer = {**took, "people": people, "days": days, "counts": counts, "version": cj.__version__}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
