"""Whom to offer what, how far that can be trusted, what it replaces, and whether there is enough of it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import one_of, text, whole, within
from cjlab._display import Shown
from cjlab.models._dated import ends
from cjlab.models.offers._audience import SEGMENTS, allowed, last, segments
from cjlab.models.offers._next_offer import NextOffer
from cjlab.models.offers._stock import brought, covered, described, stock
from cjlab.statistics import Sample, level
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.offers._offers import Hits, Offers
    from cjlab.statistics import Interval
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_METHODS = ("model", "popularity")


@dataclass(frozen=True, eq=False, repr=False)
class OfferPlan(Shown):
    """Offers for those who may be contacted now, and how such offers did a horizon ago.

    Parameters
    ----------
    as_of : datetime
        The moment, in UTC.
    timezone : str
        Where the brand is.
    model : NextOffer
        What was learned before it.
    hits : Hits
        How often one of the offers was bought within the horizon before it, of a model that learned of nothing then;
        and by ``popularity``, today's rule.
    offers, popular : Offers
        What is offered now, and what today's rule would offer to the same customers.
    segment, judged : ndarray
        In which of :data:`SEGMENTS`, by how long ago he bought last, each customer is, now and of ``hits``.
    all_offered : ndarray
        ``(3,)``, to how many of each segment offers were made then.
    known : int
        How many customers have bought.
    consents : bool
        Whether the log tells who allows contacts; if not, offers are made to all who have bought.
    stock : dict or None
        How many of each kind are in stock; None where the log does not say.
    brings : dict or None
        What a purchase of each kind brings; None where the log has no amounts.
    told : bool
        Whether the log tells margins itself.
    names : dict
        What kinds are called, where the log describes them.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
    >>> plan = cj.models.OfferPlan.of(log)
    >>> plan.consents, plan.stock is None
    (True, False)
    """

    as_of: dt.datetime
    timezone: str
    model: NextOffer
    hits: Hits
    offers: Offers
    popular: Offers
    segment: NDArray[np.int64]
    judged: NDArray[np.int64]
    all_offered: NDArray[np.int64]
    known: int
    consents: bool
    stock: dict[str, float] | None
    brings: dict[str, float] | None
    told: bool
    names: dict[str, str]

    @classmethod
    def of(
        cls,
        log: Log,
        as_of: str | dt.date | None = None,
        *,
        model: NextOffer | None = None,
        k: int = 3,
        consent: str = "marketing",
        margin: float = 0.3,
    ) -> OfferPlan:
        """Judge offers by the last horizon, and make them for now.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text, optional
            The moment; the end of the log's last day unless said.
        model : NextOffer, optional
            What learns, fitted or not; its settings are kept. ``NextOffer()`` unless given.
        k : int
            How many offers.
        consent : str
            The purpose that a customer must have granted, where the log has consents.
        margin : float
            The share of an amount that is margin, where the log does not tell margins.

        Returns
        -------
        OfferPlan
            The plan.

        Raises
        ------
        EvidenceError
            When nobody may be contacted, or the log is too short.
        SpecError
            When a setting is out of range.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> plan = cj.models.OfferPlan.of(log, "2024-05-10", model=cj.models.NextOffer(per="category", again=True), k=1)
        >>> plan.offers.items.shape[1]
        1
        """
        text(consent, name="consent")
        within(margin, 0, 1, name="margin")
        whole(k, name="k", least=1, most=100)
        learner = NextOffer() if model is None else model
        now = ends(log)[1] if as_of is None else log.moment(as_of)
        then = later(now, learner.within, log.timezone, back=True)
        hits = copy(learner).fit(log, as_of=then).judge(log, as_of=then, k=k)
        fitted = copy(learner).fit(log, as_of=now)
        buyers, before = (last(log, when, learner) for when in (now, then))
        who = allowed(log, now, buyers, consent)
        offers, popular = fitted._best(log, now, who["customer_id"].to_list(), k)  # noqa: SLF001 - one room
        place = {customer: row for row, customer in enumerate(before["customer_id"])}
        past = segments(before, then, learner.within)
        brings = brought(log, now, of=learner.of, per=learner.per, rate=margin)
        return cls(
            now,
            log.timezone,
            fitted,
            hits,
            offers,
            popular,
            segments(who, now, learner.within),
            past[[place[customer] for customer in hits.customers.tolist()]],
            np.bincount(past, minlength=len(SEGMENTS)),
            buyers.height,
            log.consents is not None,
            stock(log, now, per=learner.per),
            None if brings is None else brings[0],
            brings is not None and brings[1],
            described(log) if learner.per == "item" else {},
        )

    @property
    def ends(self) -> dt.datetime:
        """When it will be known what came, in UTC.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> str(cj.models.OfferPlan.of(log, "2024-05-10").ends.date())
        '2024-06-06'
        """
        return later(self.as_of, self.model.within, self.timezone)

    def taken(self, method: str = "model", segment: int | None = None) -> Interval:
        """Return which share of all to whom offers were made then bought one within the horizon, without being asked.

        Parameters
        ----------
        method : str
            By which offers, a name of ``hits``.
        segment : int, optional
            Of one segment; of all unless given.

        Returns
        -------
        Interval
            The share, with Wilson's interval.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> plan = cj.models.OfferPlan.of(log, "2024-05-10")
        >>> bool(plan.taken().estimate > plan.taken("popularity").estimate)
        True
        """
        mine = slice(None) if segment is None else self.judged == segment
        count = int(self.hits.hits[mine, self.hits.names.index(method)].sum())
        n = self.hits.offered if segment is None else int(self.all_offered[segment])
        share = count / n if n else np.nan
        return level(Sample(n, share, share * (1 - share)), kind="share", confidence=self.hits.confidence)

    @property
    def ahead(self) -> Interval:
        """By how much more of all bought one of the offers then than one of today's rule, paired by customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> plan = cj.models.OfferPlan.of(log, "2024-05-10")
        >>> bool(plan.ahead.low < plan.ahead.estimate < plan.ahead.high)
        True
        """
        names, n = self.hits.names, self.hits.offered
        more = self.hits.hits[:, 0].astype(float) - self.hits.hits[:, names.index("popularity")]
        mean = more.sum() / n  # who bought nothing took neither
        spread = ((more**2).sum() - n * mean**2) / max(n - 1, 1)
        return level(Sample(n, mean, spread), confidence=self.hits.confidence)

    @property
    def changed(self) -> float:
        """The share of customers who are offered at least one thing that today's rule would not.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> 0 < cj.models.OfferPlan.of(log, "2024-05-10").changed <= 1
        True
        """
        same = (self.offers.items[:, :, None] == self.popular.items[:, None, :]).any(axis=2)
        return float((~same.all(axis=1)).mean())

    def cover(self, method: str = "model") -> pd.DataFrame:
        """Return a row a kind that is offered: to how many, how many would buy it unasked, how many are in stock.

        Parameters
        ----------
        method : {"model", "popularity"}
            By which offers: these, or today's rule.

        Returns
        -------
        pandas.DataFrame
            ``item``, ``customers`` to whom it is offered, ``first`` of them as the best offer, ``expected`` purchases
            within the horizon (the share taken a horizon ago, by the chances of the offers), ``stock``, and what a
            purchase ``brings`` (NaN where either is not known), the most offered first.

        Raises
        ------
        SpecError
            When the method is another.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> cj.models.OfferPlan.of(log, "2024-05-10").cover().columns.tolist()
        ['item', 'customers', 'first', 'expected', 'stock', 'brings']
        """
        made = {"model": self.offers, "popularity": self.popular}[one_of(method, _METHODS, name="method")]
        return covered(made, self.stock, self.brings, taken=float(self.taken(method).estimate))

    def to_frame(self) -> pd.DataFrame:
        """Return a row an offer, of those that are made now.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``segment``, ``place`` (1 is the best), ``item``, ``chance`` and ``because``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> cj.models.OfferPlan.of(log, "2024-05-10").to_frame().columns.tolist()
        ['customer_id', 'segment', 'place', 'item', 'chance', 'because']
        """
        frame = self.offers.to_frame()
        of = dict(zip(self.offers.customers.tolist(), np.array(SEGMENTS)[self.segment].tolist(), strict=True))
        frame.insert(1, "segment", frame["customer_id"].map(of))
        return frame
