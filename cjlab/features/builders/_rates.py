"""Shrunken rates as features: a rate and the ends of its interval, with the prior that a log tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cjlab.features._recipe import Recipe
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import same
from cjlab.features.builders._shrunken import Prior, end, likeliest, shrunken

if TYPE_CHECKING:
    import datetime as dt

    import numpy as np
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When
    from cjlab.features.reading._cell import Cell
    from cjlab.tables import Log


@dataclass(frozen=True)
class _Counts(Builder):
    """Counts as they are."""

    cells: tuple[Cell, ...]

    def columns(self) -> tuple[Column, ...]:
        """Return a column a cell."""
        return tuple(Column(str(place), (cell,), same, "", "") for place, cell in enumerate(self.cells))


def rates(name: str, both: tuple[Cell, ...], prior: Prior, *, confidence: float, word: str) -> tuple[Column, ...]:
    """Return how often something was, of how often it could be, shrunken, and the ends of the interval."""
    tail = (1.0 - confidence) / 2.0
    return (
        Column(name, both, partial(_rate, prior=prior), "share", f"shrunken rate of {word}"),
        Column(f"{name}_low", both, partial(_end, prior=prior, share=tail), "share", f"low end for {word}"),
        Column(f"{name}_high", both, partial(_end, prior=prior, share=1 - tail), "share", f"high end for {word}"),
    )


def likeliest_of(log: Log, as_of: str | dt.date, cells: tuple[Cell, ...]) -> list[Prior]:
    """Return the priors at which a log's counts are likeliest; of two cells each, how often it could be and was."""
    built = Recipe(_Counts(cells)).build(log, as_of).to_numpy().T
    return [likeliest(*built[place : place + 2]) for place in range(0, len(built), 2)]


def _rate(when: When, could: NDArray[np.float64], was: NDArray[np.float64], *, prior: Prior) -> NDArray[np.float64]:
    return shrunken(same(when, could), same(when, was), prior)


def _end(
    when: When, could: NDArray[np.float64], was: NDArray[np.float64], *, prior: Prior, share: float
) -> NDArray[np.float64]:
    return end(same(when, could), same(when, was), prior, share=share)
