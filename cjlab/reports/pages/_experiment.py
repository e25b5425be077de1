"""The page of an experiment, part by part."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.reports.pages import _effects, _guardrails, _plan, _terms, _top, _trust, _whom
from cjlab.reports.pages._part import Part, Result
from cjlab.reports.pages._teller import Teller

if TYPE_CHECKING:
    from cjlab.experiments import Readout

_TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ExperimentPage:
    """The parts of the page on which a person decides about a test.

    Each property is one part: put it last in a cell of its own. A notebook shows it as it stands, and a report lays it
    out; the charts are plotly figures, live in a notebook. Where a test cannot be read its effects are not shown.

    Parameters
    ----------
    readout
        The test read out.
    language
        ``"en"`` or ``"fr"``.
    timezone
        The brand's zone, in which dates are said; a log knows it as ``log.timezone``.

    Examples
    --------
    ``page = cj.reports.ExperimentPage(test.read_out(log), language="fr", timezone=log.timezone)``, then ``page.header``
    in a cell, ``page.decision`` in the next, and so on.
    """

    readout: Readout
    language: str = "en"
    timezone: str = "UTC"

    @property
    def _tell(self) -> Teller:
        return Teller(self.readout, self.language, self.timezone)

    @property
    def header(self) -> Part:
        """The question, and the facts above it."""
        return _top.header(self._tell)

    @property
    def decision(self) -> Part:
        """What to do, the effect with its interval, and the main reservation."""
        return _top.decision(self._tell)

    @property
    def key_numbers(self) -> Part:
        """Three numbers: customers, what came on top, what it is worth."""
        return _top.key_numbers(self._tell)

    @property
    def plan(self) -> Part:
        """What is done: for whom, what, from when, at what cost, and when it is read again."""
        return _plan.plan(self._tell)

    @property
    def changed(self) -> Part:
        """The heading of the effects, and how their charts are read."""
        return _effects.lead(self._tell)

    @property
    def effects(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the primary metric."""
        from cjlab import plots

        return plots.effects(self.readout, language=self.language) if self._tell.readable else self._nothing("effects")

    @property
    def net_margin(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the net margin, where the test declares a value."""
        from cjlab import plots

        drawn = self._tell.readable and self.readout.net
        return plots.net_margin(self.readout, language=self.language) if drawn else self._nothing("def_net_name")

    @property
    def numbers(self) -> Part:
        """The table of all metrics and groups."""
        return _effects.numbers(self._tell)

    @property
    def guardrails(self) -> Part:
        """The lines not to be crossed."""
        return _guardrails.guardrails(self._tell)

    @property
    def trust(self) -> Part:
        """Whether the test can be trusted."""
        return _trust.trust(self._tell)

    @property
    def by_day(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the effect day by day, where the log has times."""
        from cjlab import plots

        drawn = self._tell.readable and self.readout.days
        return plots.by_day(self.readout, language=self.language) if drawn else self._nothing("by_day")

    @property
    def for_whom(self) -> Part:
        """The heading of the segments, and what was not read."""
        return _whom.segments(self._tell)

    @property
    def segments(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the segments, where there are any."""
        from cjlab import plots

        drawn = self._tell.readable and self.readout.segments
        return plots.segments(self.readout, language=self.language) if drawn else self._nothing("segments")

    @property
    def value(self) -> Part:
        """What it is worth, and whom to contact."""
        return _whom.value(self._tell)

    @property
    def following(self) -> Part:
        """What is done next."""
        return _whom.following(self._tell)

    @property
    def definitions(self) -> Part:
        """What each number means."""
        return _terms.definitions(self._tell)

    @property
    def method(self) -> Part:
        """How it was computed."""
        return _terms.method(self._tell)

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, dates, and every number."""
        tell = self._tell
        question = tell.experiment.say("question", self.language)
        bundle: dict[str, Any] = {
            "title": question,
            "question": question,
            "decision": self.readout.spoken(self.language).headline,
            "tone": tell.tone,
            "language": self.language,
            "reader": "decider",
            "entries": self.readout.numbers(),
        }
        if self.readout.until is not None and tell.experiment.dated:
            bundle["data_until"] = tell.day(self.readout.until - _TICK).isoformat()
        return Result(bundle, self.readout.say(self.language))

    def _nothing(self, key: str) -> Part:
        return _effects.hidden(self._tell, key)
