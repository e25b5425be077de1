"""A case: what a turn is taken with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.loop.cycle._cycle import Cycle
    from cjlab.loop.cycle._home import Home
    from cjlab.loop.cycle._turn import Turn
    from cjlab.tables import Log


class Case(NamedTuple):
    """The cycle, its home, the log as it was known, the turn as it begins, and those before it."""

    cycle: Cycle
    home: Home
    log: Log
    turn: Turn
    before: Sequence[Turn]
    dry: bool

    @property
    def last(self) -> Turn | None:
        """The turn before."""
        return self.before[-1] if self.before else None
