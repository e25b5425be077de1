"""The page of personas: who they are, what each changes, and which are dropped because they change nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cjlab._checks import offset
from cjlab._display import started
from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, Grid, method, section, text
from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._played import Played
from cjlab.reports.pages._voice import Voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cjlab.models import Gallery
    from cjlab.reports.pages._part import Part, Result
    from cjlab.reports.pages._played import Line

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order

_ENDS = ("", "_low", "_high")


@dataclass(frozen=True)
class PersonasPage:
    """The parts of a page that says who the customers are, and for whom something else is done.

    Parameters
    ----------
    found : Gallery
        The personas.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    within : str, default: "28D"
        How long after a contact its answer counts.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what amounts are, an ISO 4217 code; that of the data set where it is empty.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
    >>> cj.reports.PersonasPage(found, "promotion_test", "14D").result.bundle["reader"]
    'decider'
    """

    found: Gallery
    source: str
    within: str = "28D"
    language: str = "en"
    currency: str = ""

    @property
    def top(self) -> Shown:
        """Question, decision, key numbers, and what to do.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
        >>> [part.kind for part in cj.reports.PersonasPage(found, "promotion_test", "14D").top]
        ['header', 'decision', 'key-numbers', 'plan']
        """
        said, say = self._said, self._say
        facts = [say("k_kind"), say.title, say("k_customers", **said.words)]
        return self._answer.top(facts, numbers=(say("k_key"), said.key_numbers), plan=(say("k_plan"), said.plan))

    @property
    def people(self) -> Shown:
        """Who the personas are, how many, what they brought, and where they are met.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
        >>> cj.reports.PersonasPage(found, "promotion_test", "14D").people[0].title
        'Who they are'
        """
        say, said = self._say, self._said
        columns = ["name", "rule", "customers", "share"]
        columns += ["through"] if self.found.channel else []
        rows = [self._row(name, one) for name, one in said.lines.items()]
        grid = Grid([started(say(f"k_column_{name}")) for name in columns], rows, frozenset({2, 3}))
        lead = section(say("k_people"), Body(lead=[say("k_people_lead", **said.words)]))
        if not self.found.brought:
            return lead, text("", Body(paragraphs=[say("k_no_sales")], grid=grid))
        from cjlab import plots

        return (
            lead,
            plots.personas(self.found, names=said.cast.names, language=self.language),
            text("", Body(grid=grid)),
        )

    @property
    def answers(self) -> Shown:
        """What each persona answers, where contacts were drawn by lot.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
        >>> len(cj.reports.PersonasPage(found, "promotion_test", "14D").answers)
        2
        """
        say, said = self._say, self._said
        if self.found.tried is None:
            return (
                section(say("k_answers"), Body(paragraphs=[say("k_untried").replace("**", ""), say("k_untried_why")])),
            )
        from cjlab import plots

        lead = section(say("k_answers"), Body(lead=[say("k_answers_lead", **said.words)]))
        return lead, plots.answers(self.found, names=said.cast.names, language=self.language)

    @property
    def dropped(self) -> Part:
        """Which personas change nothing, and are no longer told apart.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
        >>> cj.reports.PersonasPage(found, "promotion_test", "14D").dropped.title
        'Which personas are dropped'
        """
        said = self._said
        points = [said.name(name) for name in said.dropped]
        key = "k_dropped_some" if points else "k_dropped_none"
        return section(self._say("k_dropped"), Body(paragraphs=[self._say(key, **said.words)], points=points))

    @property
    def stable(self) -> Part:
        """Whether other customers would give the same personas.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
        >>> cj.reports.PersonasPage(found, "promotion_test", "14D").stable.kind
        'section'
        """
        say, said = self._say, self._said
        rows = [
            [
                say.numbers.count(one["personas"]),
                said.with_ends({"of": one["index"], "of_low": one["low"], "of_high": one["high"]}, "of", said.two),
                say.share(one["explained"]),
            ]
            for one in self.found.personas.stability.to_frame().to_dict("records")
        ]
        columns = [started(say(f"k_column_{name}")) for name in ("many", "again", "explained")]
        grid = Grid(columns, rows, frozenset({1, 2}))
        return section(say("k_stable"), Body(lead=[say("k_stable_lead", **said.words)], grid=grid))

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
        >>> cj.reports.PersonasPage(found, "promotion_test", "14D").method.kind
        'method'
        """
        say = self._say
        said = [say("k_method")]
        if self.found.tried is not None:
            said.append(say("k_method_test", p=say.numbers.probability(self.found.tried.p)))
        return method(say("method"), Body(paragraphs=said))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
        >>> cj.reports.PersonasPage(found, "promotion_test", "14D").result.bundle["entries"][0]["kind"]
        'persona'
        """
        last = self._say.last(self.found.as_of, self.found.timezone).isoformat()
        return self._answer.result(language=self.language, data_until=last, entries=self._entries())

    @property
    def _answer(self) -> Answer:
        said, say = self._said, self._say
        return Answer(say("k_question"), said.headline, said.why, said.reservation, said.tone, say.note)

    def _row(self, name: str, one: Line) -> list[str]:
        say, said = self._say, self._said
        share = say.share(one["share"]) if name in said.told else say("unknown")
        told = [
            said.name(name),
            said.cast.rules[name],
            said.counts[name],
            share,
        ]
        if not self.found.channel:
            return told
        if not one["channel"] or name not in said.told:
            return [*told, say("k_nowhere")]
        return [*told, f"{say.channel(one['channel'])}, {said.with_ends(one, 'through', say.share)}"]

    def _entries(self) -> list[dict[str, object]]:
        """Every number, with its interval; nothing of personas with few customers."""
        made: list[dict[str, object]] = []
        answers = lines(self.found.tried.effects) if self.found.tried else {}
        for name, one in self._said.lines.items():
            n = int(one["customers"])
            if name not in self._said.told:
                continue
            about = {"kind": "persona", "persona": name, "n": n}
            made.append({**about, "metric": "share", "estimate": one["share"]})
            made += [
                {**about, "metric": metric} | _ends(one[f"{metric}{end}"] for end in _ENDS)
                for metric in ("part", "through", "gain")
            ]
            if name in answers:
                found = answers[name]
                count = {"metric": "effect", "n": int(found["customers"])}
                made.append(about | count | _ends(found[key] for key in ("effect", "low", "high")))
        return made

    @cached_property
    def _said(self) -> Played:
        days = offset(self.within, name="within") // dt.timedelta(days=1)
        voice = Voice(self.source, self.language, self.currency)
        return Played(self.found, voice("v_days", count=voice.numbers.count(days)), voice)

    @property
    def _say(self) -> Voice:
        return self._said.say


def _ends(found: Iterable[float]) -> dict[str, object]:
    return dict(zip(("estimate", "low", "high"), found, strict=True))
