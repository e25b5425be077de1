"""The course of a run: which policy decided from which day on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator._engine import Engine
    from cjlab.simulator._policy import Planned, Policy


@dataclass(frozen=True)
class Course:
    """Policies, each from a day on, rising from day 0."""

    turns: tuple[tuple[int, Policy | Planned], ...]

    @property
    def last(self) -> Policy | Planned:
        """Who decides at the end."""
        return self.turns[-1][1]

    def turned(self, day: int, policy: Policy | Planned) -> Course:
        """Return the same course until a day, and another policy from then on."""
        return Course((*(turn for turn in self.turns if turn[0] < day), (day, policy)))

    def follow(self, engine: Engine, people: NDArray[np.void], first: int, last: int, contacts: pl.DataFrame) -> None:
        """Take people, with the contacts of their run, from one day to another, and forget what is written."""
        for start, end, policy in self.stretches(first, last):
            for _ in engine.lived(people, policy, start, end, [], before=contacts):
                pass

    def stretches(self, first: int, last: int) -> Iterator[tuple[int, int, Policy | Planned]]:
        """Say from which day to which day each decides, between two days."""
        ends = (*self.turns, (last, self.last))
        for (start, policy), (end, _) in pairwise(ends):
            if max(start, first) < min(end, last):
                yield max(start, first), min(end, last), policy
