"""What a turn notes down on its way: steps, and the moves that it will make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cjlab.loop.cycle._turn import Shift, Step

if TYPE_CHECKING:
    from cjlab.loop._gate import Gate
    from cjlab.loop._measure import Reading
    from cjlab.loop.cycle._turn import Learnt


@dataclass(eq=False)
class Notes:
    """The notes of a turn, in order."""

    steps: list[Step] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    readings: tuple[Reading, ...] = ()
    guards: tuple[Gate, ...] = ()
    gates: tuple[Gate, ...] = ()
    learnt: Learnt | None = None

    def step(self, code: str, said: str) -> None:
        """Note a step."""
        self.steps.append(Step(code, said))

    def move(self, kind: str, alias: str, version: int | None, *, over: int | None, why: str) -> None:
        """Note a move."""
        self.shifts.append(Shift(kind, alias, version, over, why))
