"""The page of the base of customers: ten pictures, and one customer's life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._based import Based
from cjlab.reports.pages._body import Body, method, section
from cjlab.reports.pages._pictures import Pictures
from cjlab.reports.pages._voice import Voice, few

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.features import Base, Chronicle
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """The parts of a page about the base of customers. Each section is a tuple, for ``display(*page.top)``.

    Parameters
    ----------
    base : Base
        The base.
    life : Chronicle, optional
        One customer's life; he is not named, and one who was drawn is not dated. Nobody's is shown when none, or where
        he was drawn of fewer than 11.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what amounts are, an ISO 4217 code; that of the data set where it is empty, and no sign where that has none.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.simulated_shop(n_customers=400)
    >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
    >>> page.result.bundle["decision"].startswith("A tenth of the customers brings")
    True
    """

    base: Base
    life: Chronicle | None
    source: str
    language: str = "en"
    currency: str = ""

    @property
    def top(self) -> Shown:
        """Question, finding and key numbers.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> [part.kind for part in page.top]
        ['header', 'decision', 'key-numbers']
        """
        say = self._say
        facts = [say("b_kind"), say.title, say("b_span", first=self._first, last=say.numbers.date(self._last))]
        return self._answer.top(facts, numbers=(say("b_key"), self._said.key_numbers))

    @property
    def who(self) -> Shown:
        """Who they are, through what they come, and how many buy month by month.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> len(page.who)
        4
        """
        drawn, missing = self._drawn, []
        if not drawn.words:
            missing.append(self._say("b_words_untold"))
        if not drawn.channels:
            names = [self._say.channel(str(name)) for name in self.base.channels.index]
            missing.append(self._say("b_channels_one", channel=self._say.joined(names)))
        head = section(self._say("b_who"), Body(paragraphs=missing))
        return head, *drawn.words, *drawn.channels, *drawn.months

    @property
    def how_often(self) -> Shown:
        """When they were last seen, how often they buy, and in what rhythm.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> len(page.how_often)
        4
        """
        return section(self._say("b_how_often"), Body()), self._drawn.last, self._drawn.often, *self._drawn.gaps

    @property
    def worth(self) -> Shown:
        """What they are worth: concentration of sales, and scores of recency and frequency.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> len(page.worth)
        3
        """
        missing = [] if self.base.money else [self._say("b_worth_untold")]
        return section(self._say("b_worth"), Body(paragraphs=missing)), *self._drawn.concentration, self._drawn.rfm

    @property
    def when(self) -> Shown:
        """Whether they come back, and on which days and at which hours they buy.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> page.when[0].title
        'Whether and when they come back'
        """
        return section(self._say("b_when"), Body()), *self._drawn.again, self._drawn.hours

    @property
    def one(self) -> Shown:
        """One customer's life, and who he is; empty when none is shown.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> page.one[0].title
        'One customer’s life'
        """
        from cjlab import plots

        if self.life is None:
            return ()
        among, head = self.life.among, self._say("b_one")
        if few(among):
            return (section(head, Body(paragraphs=[self._say("b_one_few")])),)
        if not among:
            lead = self._say("b_one_named")
        else:
            by = self._say("b_one_spent" if self.base.money else "b_one_orders")
            whom = self._say("b_one_again" if self.base.once[0] < 1 else "b_one_buyers")
            lead = self._say("b_one_drawn", among=self._say.numbers.count(among), whom=whom, by=by)
        figure = plots.timeline(self.life, language=self.language, dated=not among)
        return section(head, Body(lead=[lead])), figure

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> page.method.kind
        'method'
        """
        return method(self._say("method"), Body(paragraphs=[self._say("b_method")]))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> page = cj.reports.CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), "simulated_shop")
        >>> page.result.bundle["entries"][0]["metric"]
        'once'
        """
        last = self._last.isoformat()
        return self._answer.result(language=self.language, data_until=last, entries=self._entries())

    @property
    def _answer(self) -> Answer:
        say, said = self._say, self._said
        reservation = say("b_reservation", first=self._first)
        return Answer(say("b_question"), said.headline, said.why, reservation, note=say.note)

    def _entries(self) -> list[dict[str, object]]:
        entries: list[dict[str, object]] = [
            {
                "kind": "level",
                "metric": str(name),
                "n": self.base.buyers,
                **{str(end): float(value) for end, value in line.items()},
            }
            for name, line in self.base.to_frame().iterrows()
        ]
        for kind in ("last", "often", "gaps", "channels", "words"):
            for name, line in getattr(self.base, kind).iterrows():
                ends = {"estimate": float(line["share"]), "low": float(line["low"]), "high": float(line["high"])}
                entries.append({"kind": kind, "metric": str(name), "n": int(line["customers"]), **ends})
        return entries

    @property
    def _first(self) -> str:
        """The day on which the log begins, written."""
        return self._say.numbers.date(self.base.since.astimezone(ZoneInfo(self.base.timezone)).date())

    @property
    def _last(self) -> dt.date:
        """The last day that is read."""
        return self._say.last(self.base.as_of, self.base.timezone)

    @property
    def _say(self) -> Voice:
        return Voice(self.source, self.language, self.currency)

    @property
    def _said(self) -> Based:
        return Based(self.base, self._say)

    @property
    def _drawn(self) -> Pictures:
        return Pictures(self._said)
