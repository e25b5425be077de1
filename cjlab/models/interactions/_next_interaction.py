"""What a customer does next, where, and when: learned of the order and the pace of what he and others did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import offset, one_of, texts, whole, within
from cjlab.errors import EvidenceError, SpecError
from cjlab.models._named import Named
from cjlab.models.interactions._compared import Compared
from cjlab.models.interactions._course import Course
from cjlab.models.interactions._facts import facts, spanned, spanned_before
from cjlab.models.interactions._foresight import Foresight, foretold, what, when
from cjlab.models.interactions._lessons import Span, learned, micro, weighed
from cjlab.models.interactions._read import asked, common, interactions, require_end, taught
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from cjlab.models._card import Facts
    from cjlab.models._taught import Taught
    from cjlab.models.interactions._expected import Expected
    from cjlab.models.interactions._read import Labels
    from cjlab.tables import Log

_SETTINGS = ("events", "where", "within", "half_life", "least", "most", "interval", "confidence", "seed")
_PLACES = ("channel", "device", "place")


class NextInteraction(Named):
    r"""What a customer's next interaction will be, where, and when, as of a date.

    What and where, of *m* pairs *k* that enough customers have had, by a conditional logit of what speaks for each:

    .. math:: P(k) \propto p_k^{w_0} \prod_j \left(\frac{P_j(k \mid \text{past})}{p_k}\right)^{w_j}

    with :math:`p_k` its share lately, and :math:`P_j` its share in his own past, in his own late past, after his last
    interaction, after his last two, after such a last one and a silence as long as his, after his own silences so long,
    and by how long ago he had *k*. When, by the chance in each of 24 stretches of the horizon, given that nothing came
    before: a logit of what came at such dates, of gaps after such a last one that were longer than the silence, of his
    own gaps, and of on how many days he did something. Shares and laws of gaps are learned of what was known before
    four dates a week apart, whose horizon is over; how much each weighs, of what came after them; then shares and laws
    are learned anew of all that is known.

    Parameters
    ----------
    events : list of str, optional
        What counts as an interaction; every event of the log unless given.
    where : {"channel", "device", "place"}
        The column of events that says where.
    within : str, default: "28D"
        The horizon: *when* is told up to it.
    half_life : str, default: "28D"
        After how long an interaction says half as much of what is usual.
    least : int, default: 20
        How many customers must have had a pair for it to be foretold; others are one rest, which never is.
    most : int, default: 60
        How many pairs may be foretold: those with the most customers.
    interval : float, default: 0.8
        How wide the interval of when is.
    confidence, seed : float, int
        Of the intervals of :meth:`judge`; of samples of customers to learn from.

    Attributes
    ----------
    labels : tuple of (str, str)
        What may be foretold, what and where; the last is the rest.
    foresight : Foresight
        What was learned; ``choice`` and ``wait`` are how much each thing weighs, with intervals.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=150).log
    >>> model = cj.models.NextInteraction().fit(log, as_of="2024-05-01")
    >>> model.predict(log, as_of="2024-05-01", k=1).to_frame().columns.tolist()[2:6]
    ['event', 'where', 'chance', 'within']
    """

    labels: Labels
    foresight: Foresight
    taught: Taught

    def __init__(  # noqa: PLR0913 - its settings, each by name
        self,
        *,
        events: Sequence[str] | None = None,
        where: str = "channel",
        within: str = "28D",
        half_life: str = "28D",
        least: int = 20,
        most: int = 60,
        interval: float = 0.8,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> None:
        self.events = events
        self.where = where
        self.within = within
        self.half_life = half_life
        self.least = least
        self.most = most
        self.interval = interval
        self.confidence = confidence
        self.seed = seed

    def fit(self, log: Log, *, as_of: str | dt.date) -> NextInteraction:
        """Learn what follows what, when, and how much each thing says of it.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            Nothing at or after it, and nothing known only then, is read.

        Returns
        -------
        NextInteraction
            Itself.

        Raises
        ------
        SpecError
            When a setting is out of range.
        TableError
            When the log lacks the column that says where.
        EvidenceError
            When nothing is done by enough customers, too little came after earlier dates, or the log ends long before.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=150).log
        >>> model = cj.models.NextInteraction(events=["purchase", "visit"]).fit(log, as_of="2024-05-01")
        >>> model.labels[:2]
        (('purchase', 'app'), ('purchase', 'store'))
        """
        self._require_sense()
        now = log.moment(as_of)
        rows = self._read(log, now).filter(pl.col("known") < now)
        told = taught(rows, f"next interaction/{self.seed}").collect()
        require_end(told, now, now, self.within)
        labels = common(told, now, least=self.least, most=self.most)
        course, draw = Course.read(told, labels), np.random.default_rng([59, self.seed])
        choice, wait = weighed(course, now, self._span(log), self._half_life, draw)
        known = learned(course, now, self._span(log), self._half_life)
        self.labels, self.foresight = labels, Foresight(known.order, choice, known.pace, wait)
        self.taught = spanned(course, known.pace, (told["at"].min(), now), log.timezone)
        return self

    def _require_sense(self) -> None:
        if self.events is not None:
            texts(list(self.events), name="events")
        one_of(self.where, _PLACES, name="where")
        whole(self.least, name="least", least=1, most=10**9)
        whole(self.most, name="most", least=1, most=200)
        whole(self.seed, name="seed", least=0)
        for name in ("within", "half_life"):
            offset(getattr(self, name), name=name)
        for name in ("interval", "confidence"):
            within(getattr(self, name), 0, 1, name=name, open_ends=True)

    def _read(self, log: Log, until: dt.datetime) -> pl.LazyFrame:
        events = None if self.events is None else tuple(self.events)
        return interactions(log, until, events=events, where=self.where)

    def _span(self, log: Log) -> Span:
        return Span(self.within, log.timezone)

    @property
    def _half_life(self) -> float:
        return offset(self.half_life, name="half_life").total_seconds() / 86_400

    @property
    def _fitted(self) -> Foresight:
        if not hasattr(self, "foresight"):
            raise SpecError("this NextInteraction is not fitted; call fit(log, as_of=…) first")
        return self.foresight

    def predict(
        self, log: Log, *, as_of: str | dt.date, customers: Iterable[Any] | None = None, k: int = 3
    ) -> Expected:
        """Return what customers will do next, where, and when.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment; nothing at or after it, and nothing known only then, is read.
        customers : iterable, optional
            Of whom, in this order; of all who have done anything unless given.
        k : int
            How many pairs of what and where.

        Returns
        -------
        Expected
            Chances and times.

        Raises
        ------
        SpecError
            When a customer has no past, or is named twice.
        EvidenceError
            When nobody has done anything before the date.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=150).log
        >>> model = cj.models.NextInteraction().fit(log, as_of="2024-05-01")
        >>> some = model.predict(log, as_of="2024-05-01").customers[[2, 0]]
        >>> model.predict(log, as_of="2024-05-01", customers=some).days.shape
        (2, 3)
        """
        foresight = self._fitted
        k, now = whole(k, name="k", least=1, most=200), log.moment(as_of)
        rows = self._read(log, now).filter(pl.col("known") < now)
        all_ = rows.select(pl.col("customer_id").unique().sort()).collect()["customer_id"]
        if all_.is_empty():
            raise EvidenceError(f"no interaction was known before {now:%Y-%m-%d}; give a later date")
        who = all_ if customers is None else asked(customers, all_)
        kept = rows if customers is None else rows.filter(pl.col("customer_id").is_in(who.implode()))
        course = Course.read(kept.collect(), self.labels)
        order = np.searchsorted(course.customers, who.to_numpy())
        past, most = course.before(micro(now)), min(k, len(self.labels) - 1)
        return foretold(foresight, course, past, k=most, interval=self.interval, order=order)

    def judge(self, log: Log, *, as_of: str | dt.date) -> Compared:
        """Return how good what is foretold as of a date is, beside simpler rules for the same customers.

        What and where: of those to whom something came within the horizon, beside what is most frequent, his last, and
        chains of order 1 and 2. When: of all who had a past, beside what came after earlier dates, everybody's gaps
        that were longer than the silence, and his own.

        Parameters
        ----------
        log : Log
            The log, to the end of the horizon after the date.
        as_of : date or text
            The moment, not before the model learned.

        Returns
        -------
        Compared
            Shares and losses with intervals.

        Raises
        ------
        EvidenceError
            When the log ends before the horizon does, or fewer than two customers did anything within it.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=180).log
        >>> found = cj.models.NextInteraction().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
        >>> found.measured[5].methods
        ('model', 'all at such dates', 'all gaps', 'own gaps')
        """
        foresight, span, now = self._fitted, self._span(log), log.moment(as_of)
        until = later(now, self.within, log.timezone)
        rows = self._read(log, until).collect()
        require_end(rows, now, until, self.within)
        course = Course.read(rows, self.labels)
        past = course.before(micro(now))
        came = course.after(past, span.microseconds)
        if came.came.sum() < 2:  # noqa: PLR2004 - an interval needs two
            raise EvidenceError(
                f"{came.came.sum()} customers with a past did anything within {self.within} of {now:%Y-%m-%d}; give "
                "another date, or a longer within"
            )
        measured, calibrated = what(foresight, past, came, self.labels)
        waited = when(foresight, past, came, interval=self.interval, seed=self.seed)
        return Compared((*measured, *waited), calibrated, self.interval, self.confidence)

    def _facts(self) -> Facts:
        return facts(self, self._fitted)

    def _parts(self) -> Mapping[str, Any]:
        events = None if self.events is None else list(self.events)
        settings = {name: getattr(self, name) for name in _SETTINGS} | {"events": events}
        labels = [list(label) for label in self.labels]
        return settings | self._fitted._asdict() | {"labels": labels, "taught": self.taught}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> NextInteraction:
        made = cls(**{name: parts[name] for name in _SETTINGS})
        made.labels = tuple((what_, where) for what_, where in parts["labels"])
        made.foresight = Foresight(*(parts[name] for name in Foresight._fields))
        made.taught = parts.get("taught") or spanned_before(parts["learned_of"], made.foresight.pace)
        return made
