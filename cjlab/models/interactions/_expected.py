"""What customers are expected to do next, where, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._display import Shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.interactions._read import Labels

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Expected(Shown):
    """The next interaction of each customer: what and where, the likeliest first, and when.

    Parameters
    ----------
    customers : ndarray
        ``(n,)``.
    labels : tuple of (str, str)
        Pairs of what and where.
    place : ndarray
        ``(n, k)``, places among the labels, the likeliest first.
    chance : ndarray
        ``(n, k)``, how likely the next interaction is this, if one comes within the horizon.
    within : ndarray
        ``(n,)``, how likely any comes within the horizon.
    days : ndarray
        ``(n, 3)``, in how many days it comes: the low end of the interval, the median, the high end; infinity where
        that lies beyond the horizon.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=150).log
    >>> expected = cj.models.NextInteraction().fit(log, as_of="2024-05-01").predict(log, as_of="2024-05-01")
    >>> bool((expected.days[:, 0] <= expected.days[:, 1]).all())
    True
    """

    customers: NDArray[Any]
    labels: Labels
    place: NDArray[np.int64]
    chance: Floats
    within: Floats
    days: Floats

    def to_frame(self) -> pd.DataFrame:
        """Return a row a customer and a possible next interaction.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``place`` (1 is the likeliest), ``event``, ``where``, ``chance``, and, the same in all rows
            of a customer, ``within``, ``days_low``, ``days`` (the median) and ``days_high``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=150).log
        >>> model = cj.models.NextInteraction().fit(log, as_of="2024-05-01")
        >>> model.predict(log, as_of="2024-05-01", k=2).to_frame()["place"].head(4).tolist()
        [1, 2, 1, 2]
        """
        import pandas as pd

        n, k = self.place.shape
        names = np.array(self.labels)
        made = {
            "customer_id": np.repeat(self.customers, k),
            "place": np.tile(np.arange(1, k + 1), n),
            "event": names[self.place.ravel(), 0],
            "where": names[self.place.ravel(), 1],
            "chance": self.chance.ravel(),
            "within": np.repeat(self.within, k),
        }
        made |= {name: np.repeat(self.days[:, end], k) for end, name in enumerate(("days_low", "days", "days_high"))}
        return pd.DataFrame(made)
