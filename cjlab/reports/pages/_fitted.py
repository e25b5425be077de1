"""The page of a fitted market: what it was made from, and which margins of the real log it reproduces."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._display import started
from cjlab.reports.pages._body import Body, Fold, Grid, method, section
from cjlab.reports.pages._part import Part, Result, laid_out, result
from cjlab.reports.pages._purposes import Purposes
from cjlab.reports.pages._spoken import Spoken
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from cjlab.simulator import Fit, Validity

_FIGURES = 4


@dataclass(frozen=True, slots=True)
class FitPage(Spoken):
    """The parts of a page about a world fitted to a log.

    Parameters
    ----------
    fit : Fit
        The world and its estimates.
    validity : Validity
        What it reproduces.
    source : str
        What the log is called.
    language : {"en", "fr"}, default: "en"
        The reader's language; estimates and notes are in English.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
    >>> found = cj.simulator.fit(log, personas=1)
    >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
    >>> page.header.title
    'Does a market fitted to this log behave like it?'
    """

    fit: Fit
    validity: Validity
    source: str
    language: str = "en"

    @property
    def header(self) -> Part:
        """The question, and the facts above it.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> "a shop" in page.header.html
        True
        """
        world = self.fit.world
        facts = [
            self._say("f_source", source=self.source),
            self._say("f_days", days=self._numbers.count(self.fit.days), start=self._numbers.date(world.start)),
        ]
        return laid_out("header", self._say("f_question"), "header", facts=facts)

    @property
    def decision(self) -> Part:
        """How many margins hold, which do not, and what follows.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> page.decision.title.startswith("The fitted market behaves like the log in")
        True
        """
        return laid_out(
            "decision",
            self._headline,
            "decision",
            note="",
            tone="neutral",
            headline=self._headline,
            why=[self._purposes.summary(), self._say("f_why")],
            reservation=self._say("f_reservation"),
        )

    @property
    def key_numbers(self) -> Part:
        """Three numbers: respects that hold, how well the two are told apart, and kinds of customers.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> "Personas" in page.key_numbers.html
        True
        """
        told = self.validity.judged[-1]
        ends = self._numbers.interval(told.low, told.high, write=self._decimal)
        holds, judged = len(self.validity.holds), len(self.validity.judged)
        rest = {"fails": len(self.validity.fails), "unknown": len(self.validity.unknown)}
        kinds = str(len(self.fit.world.personas))
        numbers = [
            KeyNumber(
                self._say("f_holds"), self._say("f_of", holds=holds, judged=judged), self._say("f_holds_read", **rest)
            ),
            KeyNumber(self._say("f_told"), self._decimal(told.distance), self._say("f_told_read", interval=ends)),
            KeyNumber(self._say("f_personas"), kinds, self._say("f_personas_read")),
        ]
        return laid_out("key-numbers", self._say("f_holds"), "key_numbers", numbers=numbers)

    @property
    def uses(self) -> Part:
        """What the world may be used for, in sentences.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> page.uses.title, page.limits.title
        ('What it may be used for', 'What it may not be used for')
        """
        points = self._purposes.allowed()
        lead = [] if points else [self._say("use_none")]
        return section(self._say("use_title"), Body(lead=lead, points=points))

    @property
    def limits(self) -> Part:
        """What the world may not be used for, and why, in sentences.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> "in years unlike these 60 days" in page.limits.html
        True
        """
        return section(self._say("not_title"), Body(points=self._purposes.refused()))

    @property
    def margins(self) -> Part:
        """The heading of the chart of margins.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> page.margins.title
        'What holds, and what does not'
        """
        return section(self._say("f_margins"), Body(lead=[self._say("f_margins_lead")]))

    @property
    def chart(self) -> Any:  # noqa: ANN401 - a plotly figure
        """The chart of margins.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> page.chart.layout.meta["cjlab"]["table"]["columns"][0]
        'Margin'
        """
        from cjlab import plots

        return plots.validity(self.validity, language=self.language)

    @property
    def estimates(self) -> Part:
        """What the world was made from, and what could not be told.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> "personas.everyone.gap" in page.estimates.html
        True
        """
        columns = [self._say(f"f_{name}") for name in ("field", "estimate", "interval", "rows", "how")]
        grid = Grid(columns, [self._row(one) for one in self.fit.estimates], frozenset({1, 2, 3}))
        folded = Fold(self._say("f_estimates_fold", n=len(self.fit.estimates)), grid)
        return section(
            self._say("f_estimates"),
            Body(lead=[self._say("f_notes")], points=[f"{started(note)}." for note in self.fit.notes], folded=folded),
        )

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> page.method.kind
        'method'
        """
        body = Body(paragraphs=[self._say("f_method", seed=self.fit.world.seed)])
        return method(self._say("method"), body)

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60).log
        >>> found = cj.simulator.fit(log, personas=1)
        >>> page = cj.reports.FitPage(found, cj.simulator.validity(log, found.world), "a shop")
        >>> page.result.bundle["reader"]
        'analyst'
        """
        entries: list[dict[str, object]] = [
            {"kind": "margin", "metric": one.name, "estimate": one.distance, "low": one.low, "high": one.high}
            | {"n": one.n_real, "verdict": one.verdict}
            for one in self.validity.judged
        ]
        entries += [
            {"kind": "estimate", "metric": one.name, "estimate": float(one.estimate), "n": int(one.n)}
            | ({"low": float(one.low), "high": float(one.high)} if math.isfinite(one.low) else {})
            for one in self.fit.estimates
        ]
        return result(
            self._say("f_question"),
            self._headline,
            answer=f"{self._headline}.",
            tone="neutral",
            language=self.language,
            reader="analyst",
            entries=entries,
        )

    def _row(self, one: Any) -> list[str]:  # noqa: ANN401 - an estimate
        known = math.isfinite(one.low)
        ends = self._numbers.interval(one.low, one.high, write=_short) if known else ""
        return [one.name, _short(one.estimate), ends, self._numbers.count(one.n) if one.n else "", one.how]

    @property
    def _purposes(self) -> Purposes:
        return Purposes(self.fit, self.validity, self.language)

    def _decimal(self, value: float) -> str:
        return self._numbers.decimal(value, digits=2)

    @property
    def _headline(self) -> str:
        holds, judged = len(self.validity.holds), len(self.validity.judged)
        return self._say("f_headline", holds=holds, judged=judged)


def _short(value: float) -> str:
    return f"{value:.{_FIGURES}g}"
