"""An engine that takes all people through days together, on several threads."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cjlab._threads import threads
from cjlab.simulator._engine import NONE, Engine, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 1 << 14  # people whom one thread takes on at a time


@dataclass(eq=False)
class Crew(Engine):
    """An engine with several threads; each person's days are written in their order, the people's in any.

    Parameters
    ----------
    threads : int or None
        How many; ``CJLAB_THREADS`` unless given.
    """

    threads: int | None = None

    def run(
        self,
        people: NDArray[np.void],
        first: int,
        last: int,
        *,
        plans: NDArray[np.void] | None = None,
        handed: NDArray[np.void] = NONE,
        living: bool = True,
    ) -> Iterator[Written]:
        """Take people through days once, with compiled plans or contacts handed in."""

        def block(begin: int) -> list[Written]:
            some = people[begin : begin + _BLOCK]
            return list(Engine.run(self, some, first, last, plans=plans, handed=handed, living=living))

        number = threads() if self.threads is None else self.threads
        begins = iter(range(0, len(people), _BLOCK))
        with ThreadPoolExecutor(number) as pool:
            waiting = deque(pool.submit(block, begin) for begin in islice(begins, 2 * number))
            while waiting:
                yield from waiting.popleft().result()
                waiting.extend(pool.submit(block, begin) for begin in islice(begins, 1))
