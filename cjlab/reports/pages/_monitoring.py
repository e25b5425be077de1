"""The page of monitoring: whether what is sent still does what it should, and what cannot be said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cjlab._checks import offset
from cjlab.plots import Level, levels
from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, Grid, method, section
from cjlab.reports.pages._top import KeyNumber
from cjlab.reports.pages._voice import Voice
from cjlab.reports.pages._watched import Words

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.loop import Watched
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order

_LAST: Final = 12  # waves or campaigns that are drawn
_FEATURES: Final = 10  # features that are named
_THOUSAND: Final = 1_000
_PLAYED: Final = "loop"  # what the source is called where a loop was played for the page
_CLAIMS: Final = {"loop": 2, "test": 2, "campaigns": 3}
_DRIFT: Final = {"loop": "home", "test": "test", "campaigns": "log"}
_ENTRY: Final = ("kind", "metric", "wave", "estimate", "low", "high", "n")


@dataclass(frozen=True, slots=True)
class MonitoringPage:
    """The parts of a page that says whether what is sent still does what it should.

    Parameters
    ----------
    watched : Watched
        What can be said at the date.
    source : str
        The log: a packaged data set by its name, or what the log is called; ``"loop"`` where one was played.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what amounts are, an ISO 4217 code; that of the data set where it is empty, and no sign where that has none.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
    >>> cj.reports.MonitoringPage(found, "promotion_test").result.bundle["reader"]
    'analyst'
    """

    watched: Watched
    source: str
    language: str = "en"
    currency: str = ""

    @property
    def top(self) -> Shown:
        """Question, decision, key numbers, and what to do.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> [part.kind for part in cj.reports.MonitoringPage(found, "promotion_test").top]
        ['header', 'decision', 'key-numbers', 'plan']
        """
        say, told, aim = self._say, self._told, self.watched.aim
        what, days = say.word("counted", aim.column or aim.event), offset(aim.within, name="within").days
        facts = [say("w_kind"), say.title, say("w_counts", what=what, days=say.numbers.count(days))]
        numbers = [KeyNumber(*one) for one in told.numbers]
        return self._answer.top(facts, numbers=(say("w_kind"), numbers), plan=(say("w_do"), told.lines))

    @property
    def came(self) -> Shown:
        """What came: of a loop beside its promise and by how much, of a test by batch, of campaigns how many answered.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> len(cj.reports.MonitoringPage(found, "promotion_test").came)
        2
        """
        kind = {"loop": "came", "test": "batches", "campaigns": "answers"}[self.watched.kind]
        lines, limit, unit = getattr(self, f"_{kind}")()
        say = self._say
        if not any(math.isfinite(one.estimate) for one in lines):
            empty = say("w_why_not") if kind == "came" else say("w_answers_none")
            return (section(say(f"w_{kind}"), Body(paragraphs=[empty])),)
        finding = say(f"w_{kind}_finding", **self._told.words)
        axis = say(f"w_{kind}_axis", unit=self._told.unit).strip()
        drawn = levels(lines, axis=axis, finding=finding, unit=unit, limit=limit, language=self.language)
        return section(say(f"w_{kind}"), Body(lead=[say(f"w_{kind}_lead")])), drawn, *self._kept

    @property
    def agreed(self) -> Shown:
        """Wave by wave how many were contacted, left to chance and held out; of a loop alone.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> cj.reports.MonitoringPage(found, "promotion_test").agreed
        ()
        """
        looked, say = self.watched.monitored, self._say
        if looked is None:
            return ()
        names = ("wave", "decisions", "known", "contacted", "explored", "held")
        rows = [
            [
                self._day(one["at"]),
                say.numbers.count(one["decisions"]),
                say.numbers.count(one["mature"]),
                say.share(one["contacted"]),
                *(self._share(one, name) for name in ("explored", "held")),
            ]
            for _, one in looked.waves.tail(_LAST).iterrows()
        ]
        grid = Grid([say(f"w_{name}") for name in names], rows, frozenset(range(1, len(names))))
        return (section(say("w_agreed"), Body(lead=[say("w_agreed_lead")], grid=grid)),)

    @property
    def moved(self) -> Shown:
        """How far features moved, beside what chance shows.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> "as before" in cj.reports.MonitoringPage(found, "promotion_test").moved[0].html
        True
        """
        drifted, say = self.watched.drifted, self._say
        if drifted is None:
            return (section(say("w_moved"), Body(paragraphs=[say("w_moved_none")])),)
        three = self._three
        rows = [
            [
                say.word("feature", str(name)),
                f"{three(one['psi'])} ({say.between(one['psi_low'], one['psi_high'], three)})",
                three(one["psi_floor"]),
                say(f"w_{'moved_far' if one['verdict'] == 'moved' else one['verdict'].replace(' ', '_')}"),
            ]
            for name, one in drifted.to_frame().head(_FEATURES).iterrows()
        ]
        columns = [say(f"w_{name}") for name in ("feature", "index", "floor", "verdict")]
        lead = [say(f"w_moved_{_DRIFT[self.watched.kind]}")]
        return (section(say("w_moved"), Body(lead=lead, grid=Grid(columns, rows, frozenset({1, 2})))),)

    @property
    def claims(self) -> Part:
        """What cannot be claimed.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> "no wear and no drift" in cj.reports.MonitoringPage(found, "promotion_test").claims.html
        True
        """
        kind, say = self.watched.kind, self._say
        return section(
            say("w_claims"), Body(points=[say(f"w_claim_{kind}_{place + 1}") for place in range(_CLAIMS[kind])])
        )

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> cj.reports.MonitoringPage(found, "promotion_test").method.kind
        'method'
        """
        say, drifted = self._say, self.watched.drifted
        said = [say(f"w_method_{self.watched.kind}")]
        if drifted is not None:
            said.append(say("w_method_drift", tolerance=say.numbers.decimal(drifted.tolerance, digits=1)))
        return method(say("method"), Body(paragraphs=said))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> cj.reports.MonitoringPage(found, "promotion_test").result.bundle["entries"][0]["metric"]
        'everybody'
        """
        entries = [dict(zip(_ENTRY, row, strict=True)) for row in self._told.entries]
        last = self._say.last(self.watched.until, self.watched.timezone).isoformat()
        return self._answer.result(language=self.language, reader="analyst", data_until=last, entries=entries)

    def _came(self) -> tuple[list[Level], float | None, str]:
        looked = self.watched.monitored
        if looked is None:
            return [], None, self._unit
        known = looked.readings[looked.readings["came"].notna()].tail(_LAST)
        lines = [self._level(self._day(one["at"]), one["chosen"], one, "came") for _, one in known.iterrows()]
        promised = self._told.promised
        return lines, None if math.isnan(promised) else _THOUSAND * promised, self._unit

    def _batches(self) -> tuple[list[Level], float | None, str]:
        say, replayed = self._say, self.watched.replayed
        rows = [one for one in (replayed.batches if replayed else ()) if one.against == "everybody"]
        names = [say("w_pooled") if one.batch == "pooled" else say("w_batch", batch=one.batch) for one in rows]
        lines = [
            self._level(name, one.customers, one._asdict(), "estimate") for name, one in zip(names, rows, strict=True)
        ]
        return lines, 0.0, self._unit

    def _answers(self) -> tuple[list[Level], float | None, str]:
        sent = self.watched.campaigns
        known = sent[sent["answered"].cumsum() > 0].tail(_LAST) if sent["answered"].sum() else sent[:0]
        lines = [
            Level(f"{one['campaign']} ({self._day(one['at'])})", one["sent"], one["share"], one["low"], one["high"])
            for _, one in known.iterrows()
        ]
        return lines, None, "share"

    @property
    def _unit(self) -> str:
        """The unit of what came: a currency where it is known, or a number."""
        return (self._say.unit if self._told.paid else "") or "number"

    @property
    def _kept(self) -> Shown:
        """How much more came where more was promised, wave by wave; nothing where no model's promises are known."""
        looked, say = self.watched.monitored, self._say
        if looked is None or not math.isfinite(looked.slope["slope"]):
            return ()
        known = looked.waves[looked.waves["slope"].notna()]
        lines = [
            Level(self._day(one["at"]), one["mature"], one["slope"], one["slope_low"], one["slope_high"])
            for _, one in known.tail(_LAST).iterrows()
        ]
        found, low, high = (looked.slope[name] for name in ("slope", "slope_low", "slope_high"))
        lines.append(Level(say("w_pooled"), int(known["mature"].sum()), found, low, high))
        finding = say("w_kept_finding", **self._told.words)
        drawn = levels(
            lines, axis=say("w_kept_axis"), finding=finding, unit="number", limit=1.0, language=self.language
        )
        return section(say("w_kept"), Body(lead=[say("w_kept_lead")])), drawn

    @staticmethod
    def _level(name: str, n: float, one: Any, estimate: str) -> Level:  # noqa: ANN401 - a row by its names
        value, low, high = (_THOUSAND * float(one[key]) for key in (estimate, "low", "high"))
        return Level(name, n, value, low, high)

    def _day(self, at: dt.datetime) -> str:
        from zoneinfo import ZoneInfo

        return self._say.numbers.date(at.astimezone(ZoneInfo(self.watched.timezone)).date())

    def _share(self, wave: Any, name: str) -> str:  # noqa: ANN401 - a row by its names
        """Write a share that was drawn, with its interval."""
        ends = self._say.between(wave[f"{name}_low"], wave[f"{name}_high"], self._say.share)
        return f"{self._say.share(wave[name])} ({ends})"

    def _three(self, value: float) -> str:
        return self._say.numbers.decimal(value, digits=3) if math.isfinite(value) else self._say("unknown")

    @property
    def _answer(self) -> Answer:
        """Question and decision; that nobody exists is said where the log is made up."""
        say, told = self._say, self._told
        note = say.note or (say("made_up") if self.source == _PLAYED else "")
        reservation = say(f"w_reserve_{self.watched.kind}")
        return Answer(say("w_question"), told.headline, told.why, reservation, told.tone, note)

    @property
    def _told(self) -> Words:
        return Words(self.watched, self._say)

    @property
    def _say(self) -> Voice:
        unit = Voice("simulated_shop", self.language).unit if self.source == _PLAYED else ""
        return Voice(self.source, self.language, self.currency or unit)
