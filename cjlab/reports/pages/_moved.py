"""Who moved between tiers: counts of which no one lets fewer than eleven customers be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cjlab._display import Parts, started
from cjlab.reports.pages._body import Grid
from cjlab.reports.pages._voice import few

if TYPE_CHECKING:
    from cjlab.models.value import Moves
    from cjlab.reports.pages._voice import Voice


@dataclass(frozen=True)
class Moved:
    """Moves between tiers, in a language."""

    moves: Moves
    say: Voice

    @cached_property
    def hidden(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """Which cells are not counted out: few customers, and what would give them or a tier of few away."""
        counts = self.moves.customers
        hidden = np.transpose([np.logical_not(Parts.of(tier).told) for tier in counts.T.tolist()])
        tiers = Parts.of(counts[:, 1:].sum(axis=0).tolist()).told
        hidden[:, 1:] |= (counts[:, 1:] > 0) & np.logical_not(tiers)
        return hidden

    def grid(self) -> Grid:
        """List who went where, the best tier first; new customers last, where there are any."""
        names, counts = self.moves.names, self.moves.customers
        tiers = range(len(names) - 1, 0, -1)
        rows = [*tiers, *([0] if counts[0, 1:].any() else [])]
        columns = [self.say("v_column_before"), *(self.say.word("tier", names[one]) for one in tiers)]
        cells = [[self.say.word("tier", names[one]), *(self._cell(one, other) for other in tiers)] for one in rows]
        told = [[started(name), *row] for name, *row in cells]
        return Grid([started(one) for one in columns], told, frozenset(range(1, len(columns))))

    @property
    def words(self) -> dict[str, str]:
        """How many rose, fell, are new, and have left the best tier."""
        own = np.zeros_like(self.hidden)
        own[1:, 1:] = True
        new = np.zeros_like(own)
        new[0, 1:] = True
        left = np.zeros_like(own)
        left[-1, 1:-1] = True
        asked = {"up": np.triu(own, 1), "down": np.tril(own, -1), "new": new, "left": left}
        return {name: self._sum(cells, hidden=2 if name == "left" else 1) for name, cells in asked.items()}

    @property
    def left(self) -> int:
        """How many had been in the best tier and are in a lower one."""
        return int(self.moves.customers[-1, 1:-1].sum())

    def _cell(self, one: int, other: int) -> str:
        counts = self.moves.customers
        if not self.hidden[one, other] or few(counts[:, other].sum()):
            return self.say.numbers.customers(int(counts[one, other]))
        sign = Parts.of(counts[:, other].tolist()).signs[one]
        return self.say.numbers.customers(1) if sign == "few" else self.say("v_hidden")

    def _sum(self, cells: np.ndarray[tuple[int, int], np.dtype[np.bool_]], *, hidden: int) -> str:
        """Write a sum; no more than what is told of it where cells are hidden, which sums beside sums could tell.

        Of those who left the best tier the sum is told where it has two hidden cells or more.
        """
        counts, own = self.moves.customers[cells], self.hidden[cells]
        if not own.any() or own.sum() >= hidden > 1 or few(counts.sum()):
            return self.say.numbers.customers(int(counts.sum()))
        return self.say("v_more_than", count=self.say.numbers.count(int(counts[~own].sum())))
