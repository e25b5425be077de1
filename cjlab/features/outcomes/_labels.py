"""Labels: what came of customers in the time after a date, and who could not be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

PENDING = "pending"
"""Why somebody is left out whose window was not over when the log ended."""


@dataclass(frozen=True, eq=False, repr=False)
class Labels(Shown):
    """What came of customers.

    Parameters
    ----------
    name : str
        What is labelled.
    y : pandas.Series
        ``(n,)`` float64, indexed by ``customer_id``, or by ``as_of`` and ``customer_id`` where several dates were
        asked; never missing.
    excluded : mapping of str to int
        How many customers were left out, by why; over several dates, customers and dates.
    reason : pandas.Series or None
        Why, in the log's own words, where what came of them has a reason; null where nothing came.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
    >>> cj.features.outcome(log, "purchase", as_of="2024-02-01", within="14D")
    Labels(purchase: ... customers, mean 0...; excluded: none)
    """

    name: str
    y: pd.Series[float]
    excluded: Mapping[str, int]
    reason: pd.Series[str] | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return the labels as a frame.

        Returns
        -------
        pandas.DataFrame
            Indexed as ``y``: a column with the name of what is labelled, and ``reason`` where there is one.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
        >>> cj.features.spent(log, as_of="2024-02-01", within="14D").to_frame().columns.tolist()
        ['spent']
        """
        made = self.y.to_frame(self.name)
        return made if self.reason is None else made.assign(reason=self.reason)

    def __repr__(self) -> str:
        """Say how many there are, what is their mean, and who was left out."""
        left_out = ", ".join(f"{count:,} {why}" for why, count in self.excluded.items() if count) or "none"
        mean = f", mean {self.y.mean():.4g}" if len(self.y) else ""
        return f"Labels({self.name}: {len(self.y):,} customers{mean}; excluded: {left_out})"
