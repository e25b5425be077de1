"""What to offer next: what many buy, what goes with what he bought, what people like him buy, of what can be had."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import flag, offset, one_of, text, whole
from cjlab.errors import EvidenceError, SpecError
from cjlab.models._named import Named
from cjlab.models._taught import Taught
from cjlab.models.offers._bought import Bought, purchases, stocked
from cjlab.models.offers._facts import facts, taught
from cjlab.models.offers._offers import Hits, Offers
from cjlab.models.offers._past import learned, present
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from cjlab.features import Recipe
    from cjlab.models._card import Facts
    from cjlab.models.offers._choice import Weights
    from cjlab.models.offers._profile import Profile
    from cjlab.models.offers._taste import Taste
    from cjlab.tables import Log

_SETTINGS = ("of", "per", "within", "half_life", "again", "least", "most", "confidence", "seed")
_LIMITS = {"least": (1, 10**9), "most": (2, 20_000), "seed": (0, 10**12)}
_LEARNED = ("items", "taste", "weights", "plain", "learned_profile")


class NextOffer(Named):
    r"""What to offer a customer next: associations, his profile, and what can be had.

    .. math:: P(i \mid c) \propto p_i^{w_0} \left(\frac{P(i \mid \text{bought})}{p_i}\right)^{w_1}
              \prod_f \left(\frac{P(i \mid f_c)}{p_i}\right)^{w_f} \, 1[\text{can be had, not his already}]

    with :math:`p_i` how popular an item is lately, :math:`P(i \mid \text{bought})` the share of those who bought what
    he bought that bought *i* too, on average over what he bought, and :math:`P(i \mid f_c)` the share among customers
    whose feature *f* is like his. All are learned of what was bought before a horizon ago; how much each weighs is
    learned of what customers chose within the horizon since (a conditional logit); then the shares are learned anew of
    all that is known.

    Parameters
    ----------
    of : str, default: "purchase"
        The event that is to come.
    per : {"item", "category"}
        What is offered.
    profile : Recipe, optional
        Features of customers that may matter; it is built as of both dates, so that it never sees what it is to tell.
    within : str, default: "28D"
        The horizon.
    half_life : str, default: "7D"
        After how long a purchase says half as much of what is popular.
    again : bool, default: False
        Whether what he has bought may be offered; that he has is then one more thing that speaks for or against it.
    least : int, default: 5
        How many customers must have bought an item for it to be offered.
    most : int, default: 5000
        How many items may be offered: those with the most customers.
    confidence, seed : float, int
        Of the intervals of :meth:`judge`; of the sample of choices.

    Attributes
    ----------
    items : tuple of str
        What may be offered.
    weights, plain : Weights
        How much each thing weighs, with intervals; and without the profile.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
    >>> model = cj.models.NextOffer().fit(log, as_of="2024-05-01")
    >>> model.weights.to_frame()["ingredient"].tolist()
    ['popularity', 'association']
    """

    items: tuple[str, ...]
    taste: Taste
    weights: Weights
    plain: Weights
    learned_profile: Profile | None
    taught: Taught = Taught()

    def __init__(  # noqa: PLR0913 - its settings, each by name
        self,
        *,
        of: str = "purchase",
        per: str = "item",
        profile: Recipe | None = None,
        within: str = "28D",
        half_life: str = "7D",
        again: bool = False,
        least: int = 5,
        most: int = 5_000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> None:
        self.of = of
        self.per = per
        self.profile = profile
        self.within = within
        self.half_life = half_life
        self.again = again
        self.least = least
        self.most = most
        self.confidence = confidence
        self.seed = seed

    def fit(self, log: Log, *, as_of: str | dt.date) -> NextOffer:
        """Learn what goes together, and how much each thing weighs.

        Parameters
        ----------
        log : Log
            The log, whose events have an ``item``.
        as_of : date or text
            Nothing at or after it, and nothing known only then, is read.

        Returns
        -------
        NextOffer
            Itself.

        Raises
        ------
        SpecError
            When a setting is out of range.
        TableError
            When the log lacks a column.
        EvidenceError
            When too few items are bought by enough customers, or too few choices were made.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> len(cj.models.NextOffer(per="category", again=True).fit(log, as_of="2024-05-01").items)
        4
        """
        self._require_sense()
        rows, now = purchases(log, of=self.of, per=self.per), log.moment(as_of)
        then = later(now, self.within, log.timezone, back=True)
        before = learned(self, log, rows, then)
        self.weights, self.plain = before.weighed(rows, then, now, seed=self.seed)
        after = learned(self, log, rows, now)
        self.items, self.taste, self.learned_profile = after.bought.items, after.taste, after.profile
        self.taught = taught(rows.filter(pl.col("known") < now), now, log.timezone)
        return self

    def _require_sense(self) -> None:
        text(self.of, name="of")
        one_of(self.per, ("item", "category"), name="per")
        flag(self.again, name="again")
        for name, (least, most) in _LIMITS.items():
            whole(getattr(self, name), name=name, least=least, most=most)
        for name in ("within", "half_life"):
            offset(getattr(self, name), name=name)

    @property
    def _fitted(self) -> NextOffer:
        if not hasattr(self, "weights"):
            raise SpecError("this NextOffer is not fitted; call fit(log, as_of=…) first")
        return self

    def suggest(
        self,
        log: Log,
        *,
        as_of: str | dt.date,
        customers: Iterable[Any] | None = None,
        k: int = 3,
        available: Iterable[str] | None = None,
    ) -> Offers:
        """Return the best offers for customers, of what can be had.

        What the log's ``item_states`` say is out of stock at the date is not offered; nor, unless ``again``, is what he
        has bought.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment.
        customers : iterable, optional
            For whom, in this order; all who have bought unless given. To who has bought nothing, his profile speaks.
        k : int
            How many.
        available : iterable of str, optional
            What may be offered; all unless given.

        Returns
        -------
        Offers
            The offers.

        Raises
        ------
        SpecError
            When nothing of what is available is known, or nobody is named.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> model = cj.models.NextOffer(per="category", again=True).fit(log, as_of="2024-05-01")
        >>> set(model.suggest(log, as_of="2024-05-01", available=["tech"]).to_frame()["item"])
        {'tech'}
        """
        return self._best(log, as_of, customers, k, available=available)[0]

    def _best(
        self,
        log: Log,
        as_of: str | dt.date,
        customers: Iterable[Any] | None,
        k: int,
        *,
        available: Iterable[str] | None = None,
    ) -> tuple[Offers, Offers]:
        """Return the best offers, and the most popular of what the same customers could be offered."""
        k, scores = whole(k, name="k", least=1, most=100), present(self._fitted, log, as_of, customers)
        there = stocked(log, log.moment(as_of), self.items, per=self.per, among=available)
        popular = replace(self.weights, values=np.eye(len(self.weights.values))[0])
        return scores.best(self.weights, there, k), scores.best(popular, there, k)

    def judge(self, log: Log, *, as_of: str | dt.date, k: int = 3) -> Hits:
        """Return how often one of *k* offers was bought within the horizon after a date, beside simpler offers.

        Of customers who had bought before, and then something that could have been offered. Simpler offers, of the same
        items, are by popularity, item to item (cosine, summed over what he bought), association, or without profile.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment, not before the model learned.
        k : int
            How many offers.

        Returns
        -------
        Hits
            Shares.

        Raises
        ------
        EvidenceError
            When nobody bought anything that could have been offered.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=180).log
        >>> hits = cj.models.NextOffer().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
        >>> hits.to_frame()["method"].tolist()
        ['model', 'popularity', 'item to item', 'association']
        """
        scores, when = present(self._fitted, log, as_of, None), log.moment(as_of)
        rows = purchases(log, of=self.of, per=self.per).filter(pl.col("at") >= when)
        end, who = later(when, self.within, log.timezone), scores.bought.customers
        came = Bought.read(rows, end, items=self.items, customers=who)
        there = stocked(log, when, self.items, per=self.per)
        names, hits, bought = scores.hits((self._fitted.weights, self.plain), came, there, k)
        if not len(hits):
            raise EvidenceError(
                f"nobody bought anything new within {self.within} of {when:%Y-%m-%d}; give an earlier date"
            )
        return Hits(names, hits, bought, len(who), k, self.confidence)

    def _facts(self) -> Facts:
        return facts(self._fitted)

    def _parts(self) -> Mapping[str, Any]:
        kept = {name: getattr(self._fitted, name) for name in (*_SETTINGS, *_LEARNED, "taught")}
        recipe = None if self.profile is None else json.dumps(self.profile.said)
        return kept | {"items": list(self.items), "profile": recipe}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> NextOffer:
        from cjlab.features import Recipe

        recipe = None if parts["profile"] is None else Recipe.of(json.loads(parts["profile"]))
        made = cls(profile=recipe, **{name: parts[name] for name in _SETTINGS})
        for name in _LEARNED:
            setattr(made, name, parts[name])
        made.items, made.taught = tuple(parts["items"]), parts.get("taught", Taught())
        return made
