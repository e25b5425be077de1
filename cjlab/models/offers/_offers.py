"""Offers for customers, and how often such offers were what they then bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._display import Shown
from cjlab.models._figure import Figure, about_all
from cjlab.statistics import Sample, level

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Offers(Shown):
    """The best offers for each customer.

    Parameters
    ----------
    customers : ndarray
        ``(n,)``.
    items : ndarray
        ``(n, k)`` names, the best first; empty text where fewer can be offered.
    chance : ndarray
        ``(n, k)``, how likely the next thing he buys is this, of all that could be offered to him.
    because : ndarray
        ``(n, k)`` the thing he bought that speaks most for it; empty text where he bought nothing.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
    >>> offers = cj.models.NextOffer().fit(log, as_of="2024-05-01").suggest(log, as_of="2024-05-01", k=2)
    >>> offers.to_frame().columns.tolist()
    ['customer_id', 'place', 'item', 'chance', 'because']
    """

    customers: NDArray[Any]
    items: NDArray[Any]
    chance: Floats
    because: NDArray[Any]

    def to_frame(self) -> pd.DataFrame:
        """Return a row an offer.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``place`` (1 is the best), ``item``, ``chance`` and ``because``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> offers = cj.models.NextOffer().fit(log, as_of="2024-05-01").suggest(log, as_of="2024-05-01", k=2)
        >>> offers.to_frame()["place"].head(4).tolist()
        [1, 2, 1, 2]
        """
        import pandas as pd

        n, k = self.items.shape
        made = {
            "customer_id": np.repeat(self.customers, k),
            "place": np.tile(np.arange(1, k + 1), n),
            "item": self.items.ravel(),
            "chance": self.chance.ravel(),
            "because": self.because.ravel(),
        }
        frame = pd.DataFrame(made)
        return frame[frame["item"] != ""].reset_index(drop=True)


@dataclass(frozen=True, eq=False, repr=False)
class Hits(Shown):
    """How often one of the best offers was bought, beside simpler ones for the same customers.

    Parameters
    ----------
    names : tuple of str
        What offers were made by; the first is the model.
    hits : ndarray
        ``(n, methods)`` flags: whether one of his offers was among what he bought.
    customers : ndarray
        ``(n,)``, who bought anything that could have been offered.
    offered : int
        To how many offers were made, those who then bought nothing among them.
    k : int
        How many offers.
    confidence : float
        Of the intervals.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=180).log
    >>> hits = cj.models.NextOffer().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
    >>> hits.names
    ('model', 'popularity', 'item to item', 'association')
    """

    names: tuple[str, ...]
    hits: NDArray[np.bool_]
    customers: NDArray[Any]
    offered: int
    k: int
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return a row a method.

        Returns
        -------
        pandas.DataFrame
            ``method``, ``customers``, ``hit`` (the share of customers) with ``low`` and ``high`` (Wilson), and
            ``ahead``: how much more often the model hits, of the same customers, with ``ahead_low`` and ``ahead_high``
            (NaN where no customer differs).

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=180).log
        >>> hits = cj.models.NextOffer().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
        >>> float(hits.to_frame()["ahead"].iloc[0])
        0.0
        """
        import pandas as pd

        return pd.DataFrame(self._rows)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """How often the model hits, and how much more often than each simpler one.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=180).log
        >>> hits = cj.models.NextOffer().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
        >>> [one.measure for one in hits.figures[:2]]
        ['one of 3 bought', 'one of 3 bought, ahead of popularity']
        """
        own, *rest = self._rows
        said = f"one of {self.k} bought"
        ahead = [
            about_all(
                f"{said}, ahead of {one['method']}", *(one[name] for name in ("ahead", "ahead_low", "ahead_high"))
            )
            for one in rest
        ]
        return (about_all(said, own["hit"], own["low"], own["high"]), *ahead)

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=180).log
        >>> cj.models.NextOffer().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15").how
        'out of time: the 231 of 638 customers who then bought what could have been offered'
        """
        told = f"the {len(self.hits):,} of {self.offered:,} customers who then bought what could have been offered"
        return f"out of time: {told}"

    @property
    def _rows(self) -> list[dict[str, Any]]:
        return [self._row(place, name) for place, name in enumerate(self.names)]

    def _row(self, place: int, name: str) -> dict[str, Any]:
        own, n = self.hits[:, place].astype(np.float64), len(self.hits)
        share = level(Sample(n, own.mean(), own.var(ddof=1)), kind="share", confidence=self.confidence)
        more = self.hits[:, 0] - own
        ahead = level(Sample(n, more.mean(), more.var(ddof=1)), confidence=self.confidence)
        ends = (0.0, 0.0) if place == 0 else (float(ahead.low), float(ahead.high))
        ahead_of = {"ahead": float(ahead.estimate), "ahead_low": ends[0], "ahead_high": ends[1]}
        told = {"hit": float(share.estimate), "low": float(share.low), "high": float(share.high)}
        return {"method": name, "customers": n, **told, **ahead_of}
