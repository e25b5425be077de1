"""Topics that are new or grow: how often an alarm is raised where nothing changes, and how often where something does.

Of telecom markets, texts of customers who open a case are looked at once, on the last day, topics being learned of the
same texts. In the quiet worlds all topics are there from the first day; in the others one comes up a fortnight before
the look. Which words are its own is read from the world that writes the texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.proof.bar import Part, Rate
from cjlab.features import Topics
from cjlab.features.topics._lexicon import tokens
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

DAYS, LOOK, FORTNIGHT = 210, "2024-07-29", 14
CUSTOMERS, RATE, DRAWS = 4_000, 0.05, 199
NEW = "roaming"
TRUE = 0.8


def experiments(seeds: int) -> Iterator[Rate | Part]:
    """Share of quiet worlds with some alarm; of worlds with a new topic those that raise it, and what is named."""
    quiet = [_raised(seed, 0) for seed in range(seeds)]
    where = f"{CUSTOMERS:,} customers, one look, rate {RATE:g}"
    yield Rate.of("some topic is called new or growing where nothing changes", where, _any(quiet), RATE, kind="at_most")
    stirred = [_raised(seed, DAYS - FORTNIGHT) for seed in range(seeds)]
    right = np.array([any(owned(one)) for one in stirred])
    what = "a topic that came up a fortnight ago is raised, by name or word"
    yield Rate.of(what, where, right, TRUE, kind="at_least")
    what = "of the names then raised, a topic's or a word's: has a word that only the new complaint has"
    yield Part(what, where, *_shares([owned(one) for one in stirred]), TRUE)
    what = "of all words in these names: is one that the new complaint has"
    yield Part(what, where, *_shares([spoken(one) for one in stirred]), TRUE)


def owned(names: Iterable[str]) -> list[bool]:
    """Tell of each name whether a word of it is one that the new complaint has, and no other."""
    said = vocabularies()
    own = said.pop(NEW).difference(*said.values())
    return [not own.isdisjoint(name.split("_")) for name in names]


def spoken(names: Iterable[str]) -> list[bool]:
    """Tell of each word of each name whether the new complaint has it."""
    return [word in vocabularies()[NEW] for name in names for word in name.split("_")]


def vocabularies() -> dict[str, set[str]]:
    """Return the words of each complaint, as the world has them."""
    service = World.telecom(n_customers=1).service
    told = service.topics if service else {}
    return {name: {word for text in topic.words for word in tokens(text)} for name, topic in told.items()}


def _shares(told: list[list[bool]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how many were right in each world, and of how many."""
    return tuple(map(sum, told)), tuple(map(len, told))


def _raised(seed: int, since: int) -> list[str]:
    world = World.telecom(n_customers=CUSTOMERS, seed=seed).but({f"service.topics.{NEW}.since": since})
    log = simulate(world, days=DAYS).log
    topics = Topics.fitted(log, LOOK, of="case_opened")
    found = topics.news(log, LOOK, rate=RATE, draws=DRAWS, seed=seed)
    return found.index[found["news"] != ""].tolist()


def _any(found: list[list[str]]) -> NDArray[np.bool_]:
    return np.array([bool(one) for one in found])
