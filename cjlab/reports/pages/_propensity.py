"""The page of a propensity: who will buy, how far the score can be trusted, and how many to contact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, method, section, text
from cjlab.reports.pages._foretold import Foretold
from cjlab.reports.pages._odds import Odds
from cjlab.reports.pages._voice import Voice

if TYPE_CHECKING:
    from cjlab.models import Forecast, Worth
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order


@dataclass(frozen=True)
class PropensityPage:
    """The parts of a page that says who will buy, and how many to contact at what is typed in of costs.

    Each section is a tuple of parts and figures, for ``display(*page.top)``.

    Parameters
    ----------
    forecast : Forecast
        Who will buy.
    worth : Worth
        What a purchase brings, what a contact costs, and how many can be made.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what amounts are, an ISO 4217 code; that of the data set where it is empty, and no sign where that has none.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
    >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
    >>> plain = cj.models.Propensity("logistic", within="30D")
    >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
    >>> page = cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop")
    >>> page.result.bundle["reader"]
    'decider'
    """

    forecast: Forecast
    worth: Worth
    source: str
    language: str = "en"
    currency: str = ""

    @property
    def top(self) -> Shown:
        """Question, decision, key numbers, and what to do.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop").top[1].kind
        'decision'
        """
        said, say = self._said, self._say
        facts = [say("p_kind"), say.title, say("p_scored", **said.words)]
        return self._answer.top(facts, numbers=(say("p_key"), said.key_numbers), plan=(say("p_plan"), said.plan))

    @property
    def found(self) -> Shown:
        """How many of the buyers the score finds at each number of contacts, beside today's rule.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop").found[0].title
        'How many of the buyers it finds'
        """
        lead = section(self._say("p_found_section"), Body(lead=[self._say("p_found_lead", **self._said.words)]))
        return lead, self._drawn.found(), text("", Body(grid=self._drawn.shares()))

    @property
    def true(self) -> Shown:
        """Whether what it says happens.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> len(cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop").true)
        2
        """
        return section(self._say("p_true_section"), Body(lead=[self._say("p_true_lead")])), self._drawn.true()

    @property
    def net(self) -> Shown:
        """What contacts bring and cost, under what is supposed to be owed to them.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> len(cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop").net)
        3
        """
        lead = section(self._say("p_net_section"), Body(lead=[self._say("p_net_lead", **self._said.words)]))
        grid = text("", Body(lead=[self._say("p_pays_lead")], grid=self._drawn.pays()))
        return lead, self._drawn.net(), grid

    @property
    def anyway(self) -> Part:
        """Why a score is not an effect, and what tells the effect.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop").anyway.title
        'Who would have bought anyway'
        """
        said = [self._say(f"p_anyway_{place}", **self._said.words) for place in (1, 2)]
        return section(self._say("p_anyway_section"), Body(paragraphs=said))

    @property
    def heard(self) -> Part:
        """Whether it knows what it should not.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop").heard.title
        'Does it know what it should not?'
        """
        alarms = [
            self._say(f"p_leak_{one.rule.replace(' ', '_')}", column=self._say.quoted(one.column))
            for one in self.forecast.heard.findings
        ]
        key = "p_leak_some" if alarms else "p_leak_none"
        body = Body(paragraphs=[self._say(key, **self._said.words)], points=alarms, folded=self._drawn.strongest())
        return section(self._say("p_leak_section"), body)

    @property
    def method(self) -> Part:
        """How it was computed, and the card of the model.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop").method.kind
        'method'
        """
        said = self._say("p_method", days=self._said.days)
        return method(self._say("method"), Body(paragraphs=[said], grid=self._drawn.card()))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> page = cj.reports.PropensityPage(found, cj.models.Worth(), "simulated_shop")
        >>> page.result.bundle["entries"][0]["metric"]
        'auc'
        """
        last = self._say.last(self.forecast.as_of, self.forecast.timezone).isoformat()
        return self._answer.result(
            language=self.language, data_until=last, contacts=self._said.chosen, entries=self._entries()
        )

    @property
    def _answer(self) -> Answer:
        said, say = self._said, self._say
        question = say("p_question", days=said.days)
        return Answer(question, said.headline, said.why, said.reservation, said.tone, say.note)

    def _entries(self) -> list[dict[str, object]]:
        """Every number, with its interval: of the score, of today's rule, and of what contacts bring."""
        judged, said = self.forecast.judged, self._said
        n = len(judged.outcome)
        made = [(one.measure, one.share, one.estimate, one.low, one.high) for one in judged.figures]
        for name, found in (("", said.found), ("_today", said.found_today)):
            made += [
                (f"chosen_{one}{name}", said.share, found[one], found[f"{one}_low"], found[f"{one}_high"])
                for one in ("recall", "precision", "lift")
            ]
        made += [("chosen_recall_ahead", said.share, said.ahead.estimate, said.ahead.low, said.ahead.high)]
        made += [("chosen_net", said.share, said.net["net"], said.net["net_low"], said.net["net_high"])]
        return [
            {"kind": "score", "metric": name, "n": n, "estimate": estimate, "low": low, "high": high}
            | ({} if math.isnan(share) else {"share": share})
            for name, share, estimate, low, high in made
        ]

    @cached_property
    def _said(self) -> Foretold:
        return Foretold(self.forecast, self.worth, Voice(self.source, self.language, self.currency))

    @property
    def _say(self) -> Voice:
        return self._said.say

    @property
    def _drawn(self) -> Odds:
        return Odds(self._said)
