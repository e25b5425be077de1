"""The page of a simulated market: two ways of writing to the same people, and whom a message helps or hurts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._display import Wording
from cjlab.reports.pages._body import Body, Grid, method, section
from cjlab.reports.pages._contrast import CURRENCY
from cjlab.reports.pages._part import Part, Result, bold, laid_out, result
from cjlab.reports.pages._spoken import Spoken
from cjlab.reports.pages._top import KeyNumber
from cjlab.reports.pages._ways import Ways

if TYPE_CHECKING:
    from cjlab.simulator import Effects, Run


@dataclass(frozen=True, slots=True)
class SimulationPage(Spoken):
    """The parts of a page that compares writing much with writing little, in a market whose truth is known.

    Parameters
    ----------
    often, careful : Run
        Two branches of one run.
    since : int
        The day from which they differ.
    every : int
        Days from one message to the next of the same kind, in the first.
    action : str
        The message whose effects are shown.
    effects : Effects
        Its true effects.
    within : int
        Over how many days they count.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    silent : Run, optional
        The same people when nobody is written to; where it is given, the page says what each way brings beside that.
    gentle : str, default: "reminder"
        The one message that the second sends.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
    >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
    >>> effects = run.effect_of("text", 20, 14, replicates=5)
    >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
    >>> page.decision.title.startswith("Writing less earns €")
    True
    """

    often: Run
    careful: Run
    since: int
    every: int
    action: str
    effects: Effects
    within: int
    language: str = "en"
    silent: Run | None = None
    gentle: str = "reminder"

    @property
    def header(self) -> Part:
        """The question, and the facts above it.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> "400 made-up customers" in page.header.html
        True
        """
        world, numbers = self.often.world, self._numbers
        facts = [
            self._say("s_kind"),
            self._say("s_people", count=numbers.count(world.n_customers)),
            self._say("s_days", days=numbers.count(self.often.days), start=numbers.date(world.start)),
        ]
        return laid_out("header", self._say("s_question"), "header", facts=facts)

    @property
    def decision(self) -> Part:
        """Which way earns more, why, and what speaks against it.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> page.decision.title.startswith("Writing less earns €")
        True
        """
        return laid_out(
            "decision",
            self._ways.headline,
            "decision",
            note=self._say("s_note"),
            tone="neutral",
            headline=self._ways.headline,
            why=self._ways.why,
            reservation=self._say("s_reservation"),
        )

    @property
    def key_numbers(self) -> Part:
        """Three numbers: margin, orders, unsubscribed.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> "Margin after messages" in page.key_numbers.html
        True
        """
        found = self._ways.contrast
        told = (("net", "s_net", found.money, "s_per_thousand"), ("orders", "s_orders", found.count, "s_per_thousand"))
        numbers = [
            KeyNumber(self._say(name), write(outcome), self._say(reading, interval=found.interval(outcome)))
            for outcome, name, write, reading in (*told, ("unsubscribed", "s_left", found.points, "s_points"))
        ]
        return laid_out("key-numbers", self._say("s_net"), "key_numbers", numbers=numbers)

    @property
    def life(self) -> Part:
        """The heading of one customer's life.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> page.life.title
        'One customer’s life'
        """
        return section(self._say("s_life"), Body(lead=[self._say("s_life_lead")]))

    @property
    def compared(self) -> Part:
        """A table of what the two ways bring.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> page.compared.title
        'What writing less changes'
        """
        columns, rows = self._ways.table
        lead = self._say("s_compared_lead", days=self._numbers.count(self.often.days - self.since))
        grid = Grid(columns, rows, frozenset(range(1, len(columns))))
        return section(self._say("s_compared"), Body(lead=[lead], grid=grid))

    @property
    def gains(self) -> Any:  # noqa: ANN401 - a plotly figure
        """The chart of margin gained by writing less, by kind of customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> page.gains.layout.meta["cjlab"]["table"]["rows"][0][0]
        'All customers'
        """
        from cjlab import plots

        labels = self.often.truth.personas()
        return plots.split(self._ways.contrast.comparison.by(labels, "net"), language=self.language, currency=CURRENCY)

    @property
    def whom(self) -> Part:
        """The heading of the effects of one message.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> page.whom.title
        'Whom one message helps, and whom it hurts'
        """
        share = (self.often.truth.inclined(self.action) < 0).mean()
        lead = self._say(
            "s_whom_lead",
            action=Wording.of("cjlab.plots", self.language).texts.get(f"action_{self.action}", self.action),
            within=self.within,
            futures=self._numbers.count(self.effects.replicates),
            share=self._numbers.share(share, digits=0),
        )
        return section(self._say("s_whom"), Body(lead=[bold(lead)]))

    @property
    def helped(self) -> Any:  # noqa: ANN401 - a plotly figure
        """The chart of true effects of one message, by kind of customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> page.helped.layout.meta["cjlab"]["table"]["rows"][0][0]
        'All customers'
        """
        from cjlab import plots

        labels = self.often.truth.personas(self.effects.customers)
        return plots.split(self.effects.by(labels), language=self.language, currency=CURRENCY)

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> "seed 0" in page.method.html
        True
        """
        world = self.often.world
        words = {"world": world.title, "seed": world.seed, "futures": self._numbers.count(self.effects.replicates)}
        body = Body(paragraphs=[self._say("s_method", **words)])
        return method(self._say("method"), body)

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
        >>> often, careful = run.branch(20, cj.simulator.Everyone(every=10)), run.branch(20, cj.simulator.Nobody())
        >>> effects = run.effect_of("text", 20, 14, replicates=5)
        >>> page = cj.reports.SimulationPage(often, careful, 20, 10, "text", effects, 14)
        >>> page.result.bundle["entries"][0]["metric"]
        'orders'
        """
        entries = self._ways.entries
        effects = self.effects.by(self.often.truth.personas(self.effects.customers))
        entries += [
            {"kind": "effect", "metric": "purchase", "arm": self.action, "segment": one.name or None}
            | {"n": one.customers, "estimate": one.estimate, "low": one.low, "high": one.high}
            for one in effects.groups
            if not math.isnan(one.low)
        ]
        return result(
            self._say("s_question"),
            self._ways.headline,
            answer=" ".join([f"{self._ways.headline}.", *self._ways.why]),
            tone="neutral",
            language=self.language,
            reader="decider",
            entries=entries,
        )

    @property
    def _ways(self) -> Ways:
        return Ways(self.often, self.careful, self.silent, self.since, self.every, self.gentle, self.language)
