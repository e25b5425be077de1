"""What lies behind a view: all that the house's own policies draw from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.simulator.kernel import draw_each, draw_often_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator._memory import Memory
    from cjlab.simulator.world import World

_ALL = slice(None)


class Behind(NamedTuple):
    """What a view is made of; only the house's own policies look here, to draw as the compiled ones do."""

    world: World
    seen: NDArray[np.float32]
    consent: NDArray[np.uint32]
    ground: NDArray[np.bool_]
    recent: NDArray[np.int32]
    keys: NDArray[np.uint64]
    memory: Memory

    def draw(self, day: int, slot: int, which: NDArray[np.intp] | slice = _ALL) -> NDArray[np.float64]:
        """Draw from a slot for everybody, or for those at some places, ``(n,)``."""
        keys = self.keys[which]
        drawn = np.empty(len(keys))
        draw_each(keys, day, slot, drawn)
        return drawn

    def draw_often(self, day: int, slot: int) -> NDArray[np.float64]:
        """Draw for everybody from a slot that is drawn from every day, ``(n,)``."""
        drawn = np.empty(len(self.keys))
        draw_often_each(self.keys, day, slot, drawn)
        return drawn
