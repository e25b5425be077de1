"""The cycle: one turn of the loop after another, each taken once, whole, and written down.

A turn looks at what came of earlier decisions, learns where that is due, asks a new model the questions that it must
pass, decides on everybody, and is published by one rename. Its folder is sealed before anything is decided, so whoever
dies in between is finished or begun again by whoever comes next, to the same end.
"""

from cjlab.loop.cycle._cycle import Cycle
from cjlab.loop.cycle._turn import Step, Turn
from cjlab.loop.cycle._turns import Turns, turns

__all__ = ["Cycle", "Step", "Turn", "Turns", "turns"]
