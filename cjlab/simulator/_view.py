"""What the brand can see of its customers on a day: all that a policy may decide on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import one_of
from cjlab._random import digests
from cjlab.simulator.kernel import DATED, NEVER, SEEN, draw_each

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_OWN_SLOTS = 1 << 20  # a policy's own draws begin here, beyond all that the world keeps for itself


@dataclass(frozen=True, eq=False)
class View:
    """What the brand can see of its customers when a day begins; never what they are or feel.

    Parameters
    ----------
    world : World
        The market, for its names and its calendar.
    day : int
        The day, counted from the start of the run.
    people : ndarray
        The records of those who have joined; policies leave them alone.
    """

    world: World
    day: int
    people: NDArray[np.void]

    def __len__(self) -> int:
        """Count the customers."""
        return len(self.people)

    @property
    def date(self) -> dt.date:
        """The local date."""
        return self.world.start + dt.timedelta(days=self.day)

    @cached_property
    def customers(self) -> NDArray[np.int64]:
        """The customers' ids, ``(n,)``, rising."""
        return np.ascontiguousarray(self.people["customer"])

    def seen(self, name: str) -> NDArray[np.float64]:
        """Return one thing that is seen of every customer.

        Parameters
        ----------
        name : str
            One of ``cj.simulator.SEEN``.

        Returns
        -------
        ndarray
            ``(n,)``; counts and amounts as they are, dates as days since (NaN where it never happened).
        """
        place = SEEN.index(one_of(name, SEEN, name="what is seen"))
        values = self.people["seen"][:, place].astype(float)
        return np.where(values <= NEVER, np.nan, self.day - values) if name in DATED else values

    def consents(self, channel: str) -> NDArray[np.bool_]:
        """Return who allows marketing by a channel, ``(n,)``."""
        place = list(self.world.channels).index(one_of(channel, self.world.channels, name="channel"))
        return np.asarray((self.people["consent"] >> place) & 1 == 1)

    def pressure(self, days: int) -> NDArray[np.int64]:
        """Return the contacts of the last ``days`` days, ``(n,)``, of at most eight."""
        recent = self.people["recent"]
        return np.asarray(np.count_nonzero((recent > self.day - days) & (recent > NEVER), axis=1))

    def draw(self, purpose: str) -> NDArray[np.float64]:
        """Draw a number in [0, 1) for every customer, ``(n,)``: the same whoever else is there."""
        slot = int(digests([purpose.encode()])[0] % np.uint64(_OWN_SLOTS))
        return self.draw_slot(_OWN_SLOTS + slot)

    def draw_slot(self, slot: int) -> NDArray[np.float64]:
        """Draw from a slot of the world's own, ``(n,)``."""
        drawn = np.empty(len(self.people))
        draw_each(np.ascontiguousarray(self.people["key"]), self.day, slot, drawn)
        return drawn

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All that is seen, one row a customer, indexed by ``customer_id``; dates as days since."""
        import pandas as pd

        columns: dict[str, NDArray[Any]] = {
            f"since_{name}" if name in DATED else name: self.seen(name) for name in SEEN
        }
        for name, channel in self.world.channels.items():
            if channel.carries:
                columns[f"consent_{name}"] = self.consents(name)
        return pd.DataFrame(columns, index=pd.Index(self.customers, name="customer_id"))
