"""A run whose log lies in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from cjlab.simulator._course import Course
from cjlab.simulator._run import Run
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from cjlab.simulator._policy import Planned, Policy
    from cjlab.simulator._stretch import Stretch
    from cjlab.simulator.world import World


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Stored(Run):
    """A run whose log lies in a folder; what else is asked of it is lived again, and takes the memory of all of it."""

    folder: Path

    def __init__(self, world: World, policy: Policy | Planned, days: int, folder: Path) -> None:
        """Keep what the run is a function of, and where its log lies."""
        course = Course(((0, policy),))
        for name, value in {"world": world, "course": course, "days": days, "folder": folder, "_kept": {}}.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """Say how large the run is, and where its log lies."""
        return (
            f"Run({self.world.name!r}, {self.world.n_customers:,} customers, {self.days:,} days, {str(self.folder)!r})"
        )

    @cached_property
    def log(self) -> Log:
        """What the brand saw, read from the folder."""
        return Log.read(self.folder)

    @cached_property
    def _again(self) -> Run:
        from cjlab.simulator._simulate import simulate

        return simulate(self.world, self.policy, days=self.days)

    @cached_property  # type: ignore[misc] # a field of others, made here when it is asked for
    def written(self) -> Stretch:
        """What was written, in memory."""
        return self._again.written

    @cached_property  # type: ignore[misc] # likewise
    def people(self) -> NDArray[np.void]:
        """The people's records at the end, in memory."""
        return self._again.people

    def _happened(self) -> pl.LazyFrame:
        return pl.concat([self.log.events, self.log.unassigned], how="diagonal")
