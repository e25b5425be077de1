"""The page of the engagement audit: who of those we write to still listens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, method, section
from cjlab.reports.pages._listened import Listened, lines
from cjlab.reports.pages._silences import Silences
from cjlab.reports.pages._steps import Steps
from cjlab.reports.pages._voice import Voice

if TYPE_CHECKING:
    from cjlab.features import Listening
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order

_ENDS: Final = {"estimate": "share", "low": "low", "high": "high"}


@dataclass(frozen=True, slots=True)
class EngagementPage:
    """The parts of a page that says who still listens, what the silent cost, and who is late by his own rhythm.

    Each section is a tuple of parts and figures, for ``display(*page.top)``.

    Parameters
    ----------
    found : Listening
        Who listens.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what costs are, an ISO 4217 code; that of the data set where it is empty, and no sign where that has none.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
    >>> cj.reports.EngagementPage(found, "simulated_shop").result.bundle["decision"].startswith("Write less to")
    True
    """

    found: Listening
    source: str
    language: str = "en"
    currency: str = ""

    @property
    def top(self) -> Shown:
        """Question, finding, key numbers, and what to do.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
        >>> [part.kind for part in cj.reports.EngagementPage(found, "simulated_shop").top]
        ['header', 'decision', 'key-numbers', 'plan']
        """
        say, found = self._say, self.found
        last, days = say.numbers.date(say.last(found.as_of, found.timezone)), say.numbers.count(found.days)
        written = [say("l_written", count=say.numbers.customers(found.written))] if found.written else []
        facts = [say("l_kind"), say.title, *written, say("l_days", days=days, last=last)]
        plan = (say("l_plan"), Steps(self._said).plan)
        return self._answer.top(facts, numbers=(say("l_key"), self._said.key_numbers), plan=plan)

    @property
    def silences(self) -> Shown:
        """How deep the silence is: nested shares, what each group gets, costs and buys.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
        >>> len(cj.reports.EngagementPage(found, "simulated_shop").silences)
        3
        """
        if not self._said.known:
            return ()
        said = ["l_silences_lead"] if len(self.found.told) > 1 else []
        said += ["l_silences_machines"] if "opened" in self.found.told else []
        lead = section(self._say("l_silences"), Body(lead=[" ".join(map(self._say, said))] if said else []))
        return (lead, *(() if self._said.hidden else (self._drawn.nested,)), self._drawn.groups)

    @property
    def scenarios(self) -> Shown:
        """Which scenarios go on without an answer, and through which channels nothing is opened.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
        >>> cj.reports.EngagementPage(found, "simulated_shop").scenarios[0].title
        'Messages that go on without an answer'
        """
        if not self._said.known:
            return ()
        times, title = self._said.times(), self._say("l_scenarios")
        chart = self._drawn.replayed
        if chart is None:
            said = section(title, Body(paragraphs=[self._say("l_scenarios_untold")]))
            return said, *self._drawn.channels
        if not self.found.scenarios["replayed"].any():
            return section(title, Body(paragraphs=[self._say("l_scenarios_none", times=times)])), *self._drawn.channels
        return section(title, Body(lead=[self._say("l_scenarios_lead", times=times)])), chart, *self._drawn.channels

    @property
    def late(self) -> Shown:
        """Who is late by his own rhythm.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
        >>> cj.reports.EngagementPage(found, "simulated_shop").late[0].title
        'Who is late by his own rhythm'
        """
        title = self._say("l_late")
        if self._said.late is None:
            return (section(title, Body(paragraphs=[self._say("l_late_untold")])),)
        if not self._said.late["late"]:
            said = self._say("l_late_none", **self._said.judged(self._said.late))
            return (section(title, Body(lead=[self._say("l_late_lead")], paragraphs=[said])),)
        return section(title, Body(lead=[self._say("l_late_lead")])), self._drawn.late

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
        >>> cj.reports.EngagementPage(found, "simulated_shop").method.kind
        'method'
        """
        lacking = [self._say(f"l_lacking_{name}") for name in self.found.lacking if self.found.written]
        return method(self._say("method"), Body(paragraphs=[self._say("l_method"), *lacking]))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
        >>> cj.reports.EngagementPage(found, "simulated_shop").result.bundle["entries"][1]["metric"]
        'no_open'
        """
        last = self._say.last(self.found.as_of, self.found.timezone).isoformat()
        return self._answer.result(language=self.language, data_until=last, entries=self._entries())

    @property
    def _tone(self) -> str:
        if not self._said.known or self._said.soon:
            return "neutral"
        return "good" if self._said.fine else "wait"

    @property
    def _answer(self) -> Answer:
        say, said = self._say, self._said
        return Answer(say("l_question"), said.headline, said.why, said.reservation, self._tone, say.note)

    def _entries(self) -> list[dict[str, object]]:
        """Every number, with its interval."""
        tables = {"silence": self.found.silences, "group": self.found.groups, "late": self.found.late}
        tables |= {"channel": self.found.channels, "scenario": self.found.scenarios}
        return [_entry(kind, name, line) for kind, table in tables.items() for name, line in lines(table).items()]

    @property
    def _say(self) -> Voice:
        return Voice(self.source, self.language, self.currency)

    @property
    def _said(self) -> Listened:
        return Listened(self.found, self._say)

    @property
    def _drawn(self) -> Silences:
        return Silences(self._said)


def _entry(kind: str, name: str, line: Line) -> dict[str, object]:
    n = line["judged"] if kind == "late" else line["customers"]
    return {"kind": kind, "metric": name, "n": int(n)} | {key: line[at] for key, at in _ENDS.items()}
