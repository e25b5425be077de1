"""What customers write about: which topics are new or grow, and how much is written week by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cjlab._display import LEAST, started
from cjlab.errors import EvidenceError
from cjlab.reports.pages._body import Body, section, text

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features import Drift, Topics
    from cjlab.reports.pages._voice import Voice
    from cjlab.tables import Log

_RATE: Final = 0.01  # of looks at which nothing is new
_DRAWN, _WEEKS, _NAMED = 10, 26, 6


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said and drawn of the texts that a recipe reads, in a language."""

    drift: Drift
    log: Log
    say: Voice

    def shown(self) -> tuple[Any, ...]:
        """Return a section with charts of what is written, and of what else is new; nothing where no text is read."""
        from cjlab.features import Topics

        read = [one for one in self.drift.recipe.builders if isinstance(one, Topics)]
        if not read:
            return ()
        rate = self.say.numbers.share(_RATE, digits=0)
        head = section(self.say("x_texts"), Body(lead=[self.say("x_texts_lead", rate=rate)]))
        return (head, *(shown for one in read for shown in self._of(one)))

    def _of(self, asked: Topics) -> tuple[Any, ...]:
        from cjlab.features import Topics

        what = self.say(f"x_texts_{asked.column}")
        try:
            topics = Topics.fitted(self.log, self.drift.late, of=asked.of, column=asked.column)
            news = topics.news(self.log, self.drift.late, rate=_RATE)
        except EvidenceError:
            few = self.say("x_texts_few", what=what)
            return (text(few, Body(paragraphs=[few])),)
        if asked.column != "text" and not (news["news"] != "").any():
            none = self._said(news, what)
            return (text(none, Body(paragraphs=[none])),)
        weekly = topics.weekly(self.log, self.drift.late, _WEEKS)
        return self._news(news, what), *self._weekly(weekly, news, what)

    def _news(self, news: pd.DataFrame, what: str) -> Any:  # noqa: ANN401 - a plotly figure
        from cjlab import plots

        drawn = news[(news["kind"] == "topic") & ((news["now"] > 0) | (news["before"] > 0))].head(_DRAWN)
        levels = [
            plots.Level(_named(name), line["customers"], line["now"], line["now_low"], line["now_high"], _ink(line))
            for name, line in drawn.to_dict("index").items()
        ]
        axis = self.say("x_texts_axis", what=what)
        return plots.levels(levels, axis=axis, finding=self._said(news, what), language=self.say.language)

    def _said(self, news: pd.DataFrame, what: str) -> str:
        raised = news[news["news"] != ""]
        if not len(raised):
            return started(self.say("x_texts_none", what=what))
        names = [self.say.quoted(_named(name)) for name in raised.index[:_NAMED]]
        key = "x_texts_new" if (raised["news"] == "new").any() else "x_texts_growing"
        return started(self.say(key, what=what, names=self.say.joined(names)))

    def _weekly(self, weekly: pd.DataFrame, news: pd.DataFrame, what: str) -> tuple[Any, ...]:
        """Draw weeks of texts, and of the topic that chance explains least; weeks of few texts are left out."""
        from babel.dates import format_date

        from cjlab import plots

        first = next(str(name) for name in news.index if name in weekly.columns)
        lines = {"texts": self.say("x_texts_all"), first: _named(first)}
        inks = dict(zip(lines, ("muted", _ink(news.loc[first].to_dict())), strict=True))
        drawn = []
        for name, said in lines.items():
            told = [(float(place), float(count)) for place, count in enumerate(weekly[name]) if count >= LEAST]
            if told:
                x, y = zip(*told, strict=True)
                drawn.append(plots.Course(said, x, y, ink=inks[name]))
        if not drawn or len(drawn[0].x) < 2:  # noqa: PLR2004 - the ends of a line
            return ()
        dates = {
            float(place): format_date(day, "d MMM", locale=self.say.language) for place, day in enumerate(weekly.index)
        }
        last = self.say("x_texts_weeks", what=what, count=self.say.numbers.count(int(weekly["texts"].iloc[-1])))
        axis = plots.Axis(self.say("x_texts_week"), dates)
        upwards = self.say("x_texts_up", what=what)
        language = self.say.language
        return (plots.courses(drawn, across=axis, upwards=upwards, finding=last, unit="number", language=language),)


def _named(topic: object) -> str:
    """Write the name of a topic: its words."""
    return str(topic).replace("_", ", ")


def _ink(line: dict[Any, Any]) -> str:
    return "bad" if line["news"] else "accent"
