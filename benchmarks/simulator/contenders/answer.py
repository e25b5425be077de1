"""What a contender answers: how long the job took, and what happened in it."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable


def answer(job: Callable[[int, int], list[tuple[int, int, float, str]]], people: int, days: int) -> None:
    """Run a job, and write its seconds and its counts."""
    started = time.process_time()
    log = job(people, days)
    inside = time.process_time() - started
    counts = Counter(event for _, _, _, event in log)
    json.dump({"inside": inside, "people": people, "days": days, "counts": counts}, sys.stdout)
