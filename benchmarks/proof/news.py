"""Topics that are new or grow: how often an alarm is raised where nothing changes, and how often where something does.

Of telecom markets, texts of customers who open a case are looked at once, on the last day, topics being learned of the
same texts. In the quiet worlds all topics are there from the first day; in the others one comes up a fortnight before
the look, with words of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.proof.bar import Rate
from cjlab.features import Topics
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

DAYS, LOOK, FORTNIGHT = 210, "2024-07-29", 14
CUSTOMERS, RATE, DRAWS = 4_000, 0.05, 199
NEW = "roaming"
WORDS = ("roaming", "abroad", "holiday", "pass")


def experiments(seeds: int) -> Iterator[Rate]:
    """Share of quiet worlds with some alarm; share of those with a new topic in which it is raised."""
    quiet = [_raised(seed, 0) for seed in range(seeds)]
    where = f"{CUSTOMERS:,} customers, one look, rate {RATE:g}"
    yield Rate.of("some topic is called new or growing where nothing changes", where, _any(quiet), RATE, kind="at_most")
    stirred = [_raised(seed, DAYS - FORTNIGHT) for seed in range(seeds)]
    right = np.array([any(_is_new(name) for name in one) for one in stirred])
    yield Rate.of("a topic that came up a fortnight ago is raised, by name or word", where, right, 0.8, kind="at_least")


def _raised(seed: int, since: int) -> list[str]:
    world = World.telecom(n_customers=CUSTOMERS, seed=seed).but({f"service.topics.{NEW}.since": since})
    log = simulate(world, days=DAYS).log
    topics = Topics.fitted(log, LOOK, of="case_opened")
    found = topics.news(log, LOOK, rate=RATE, draws=DRAWS, seed=seed)
    return found.index[found["news"] != ""].tolist()


def _any(found: list[list[str]]) -> NDArray[np.bool_]:
    return np.array([bool(one) for one in found])


def _is_new(name: str) -> bool:
    return any(word in name for word in WORDS)
