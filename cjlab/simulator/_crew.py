"""An engine that takes all people through days together, on several threads."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from cjlab._threads import threads
from cjlab.simulator._engine import Engine
from cjlab.simulator._written import NONE, Written
from cjlab.simulator.kernel import CIRCLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.simulator._engine import Desk
    from cjlab.simulator._policy import Planned, Policy

_AHEAD = 2  # blocks that wait for each thread
_BLOCK = 1_365 * CIRCLE  # people whom one thread takes on at a time: whole circles


@dataclass(eq=False)
class Crew(Engine):
    """An engine with several threads; each person's days are written in their order, the people's in any.

    Parameters
    ----------
    threads : int or None
        How many; ``CJLAB_THREADS`` unless given.
    """

    threads: int | None = None

    def batches(self, policy: Policy | Planned) -> list[NDArray[np.int64]]:
        """Return whom to let live one after the other, ids rising: as many whole circles as the threads take on."""
        everybody = np.arange(1, self.world.n_customers + 1)
        size = _AHEAD * self._number * _BLOCK if policy.per_customer else len(everybody)
        return [everybody[begin : begin + size] for begin in range(0, len(everybody), size)]

    @property
    def _number(self) -> int:
        return threads() if self.threads is None else self.threads

    def run(
        self,
        people: NDArray[np.void],
        first: int,
        last: int,
        *,
        plans: NDArray[np.void] | None = None,
        handed: NDArray[np.void] = NONE,
        living: bool = True,
        desk: Desk | None = None,  # noqa: ARG002 - each thread has its own
    ) -> Iterator[Written]:
        """Take people through days once, with compiled plans or contacts handed in."""

        def block(begin: int) -> list[Written]:
            some = people[begin : begin + _BLOCK]
            parts = Engine.run(self, some, first, last, plans=plans, handed=handed, living=living)
            return [part.copy() for part in parts]

        begins = iter(range(0, len(people), _BLOCK))
        with ThreadPoolExecutor(self._number) as pool:
            waiting = deque(pool.submit(block, begin) for begin in islice(begins, _AHEAD * self._number))
            while waiting:
                yield from waiting.popleft().result()
                waiting.extend(pool.submit(block, begin) for begin in islice(begins, 1))
