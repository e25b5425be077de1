"""The page of a recipe: its features, how they are distributed, how they moved, and what is missing or stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, Fold, Grid, method, section, text
from cjlab.reports.pages._drifted import Drifted, numbers_of
from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._texts import Texts
from cjlab.reports.pages._top import KeyNumber
from cjlab.reports.pages._voice import Voice

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features import Drift
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._part import Part, Result
    from cjlab.tables import Log

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order

_DRAWN: Final = 12  # features in a chart
_APART: Final = ["n_early", "n_late", "distance"]  # alike in features that say the same
_CURVES: Final = 3  # features whose distributions are drawn


@dataclass(frozen=True, slots=True)
class FeaturesPage:
    """The parts of a page about the features of a recipe at two dates; an analyst is its reader.

    Parameters
    ----------
    drift : Drift
        The features.
    source : str
        The log: a packaged data set by its name, or what the log is called.
    language : {"en", "fr"}, default: "en"
        The reader's language; what features are is said in English.
    log : Log, optional
        The log, where the page is to say what customers write about.

    Examples
    --------
    >>> import cjlab as cj
    >>> recipe = cj.features.Recipe(cj.features.Frequency(window="30D"), cj.features.Tenure())
    >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
    >>> cj.reports.FeaturesPage(drift, "simulated_shop").top[0].title
    'What does the recipe make, and does it still hold?'
    """

    drift: Drift
    source: str
    language: str = "en"
    log: Log | None = None

    @property
    def top(self) -> Shown:
        """Question, finding and key numbers.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Frequency(window="30D"), cj.features.Tenure())
        >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
        >>> [part.kind for part in cj.reports.FeaturesPage(drift, "simulated_shop").top]
        ['header', 'decision', 'key-numbers']
        """
        say = self._say
        dates = say("x_dates", early=self._date(early=True), late=self._date(early=False))
        return self._answer.top([say("x_kind"), say.title, dates], numbers=(say("x_key"), self._key_numbers()))

    @property
    def moved(self) -> Shown:
        """How far features moved, and how those that moved most are distributed at both dates.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Frequency(window="30D"), cj.features.Tenure())
        >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
        >>> len(cj.reports.FeaturesPage(drift, "simulated_shop").moved)
        3
        """
        known = self._comparable
        if not len(known):
            return (section(self._say("x_moved"), Body(paragraphs=[self._say("x_moved_untold")])),)
        lead = section(self._say("x_moved"), Body(lead=[self._say("x_moved_lead", tolerance=self._tolerance)]))
        return (
            lead,
            self._drawn.distances(known.head(_DRAWN)),
            *(self._drawn.curve(str(name)) for name in known.drop_duplicates(_APART).index[:_CURVES]),
        )

    @property
    def missing(self) -> Shown:
        """Which features most customers lack, and which declared fields are stale.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Recency(), cj.features.Tenure())
        >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
        >>> len(cj.reports.FeaturesPage(drift, "simulated_shop").missing)
        4
        """
        lacking = self.drift.columns[self.drift.columns["missing"] > 0].sort_values("missing", ascending=False)
        made: list[Any] = [section(self._say("x_missing"), Body(lead=[self._say("x_missing_lead")]))]
        made += (
            [self._drawn.lacking(lacking.head(_DRAWN), len(lacking))]
            if len(lacking)
            else [self._none("x_missing_none")]
        )
        made.append(section(self._say("x_stale"), Body(lead=[self._say("x_stale_lead")])))
        told = self.drift.fields[self.drift.fields["told_share"] > 0] if len(self.drift.fields) else self.drift.fields
        return (*made, self._drawn.stale(told) if len(told) else self._none("x_stale_none"))

    @property
    def texts(self) -> Shown:
        """What customers write about, and what of it is new; empty without a log, or where the recipe reads no texts.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Recency(), cj.features.Tenure())
        >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
        >>> cj.reports.FeaturesPage(drift, "simulated_shop").texts
        ()
        """
        return () if self.log is None else Texts(self.drift, self.log, self._say).shown()

    @property
    def recipe(self) -> Part:
        """Every feature: what it is, where it lies, how far it moved.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Recency(), cj.features.Tenure())
        >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
        >>> "days since the customer joined" in cj.reports.FeaturesPage(drift, "simulated_shop").recipe.html
        True
        """
        names = ("feature", "what", "looks_back", "quartiles", "missing", "distance", "verdict")
        grid = Grid([self._say(f"x_col_{name}") for name in names], self._drawn.rows(), frozenset({4, 5}))
        folded = Fold(self._say("x_all", n=len(self.drift.columns)), grid)
        return section(self._say("x_recipe"), Body(lead=[self._say("x_recipe_lead")], folded=folded))

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Recency(), cj.features.Tenure())
        >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
        >>> cj.reports.FeaturesPage(drift, "simulated_shop").method.kind
        'method'
        """
        given = {"fingerprint": self.drift.recipe.fingerprint[:8], "learned": self._learned}
        said = self._say("x_method", tolerance=self._tolerance, **given)
        return method(self._say("method"), Body(paragraphs=[said]))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Recency(), cj.features.Tenure())
        >>> drift = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe)
        >>> cj.reports.FeaturesPage(drift, "simulated_shop").result.bundle["reader"]
        'analyst'
        """
        told = {name: numbers_of(line) for name, line in self.drift.columns.to_dict("index").items()}
        verdicts = dict(zip(told, self.drift.columns["verdict"], strict=True))
        entries = [
            {"kind": "feature", "metric": str(name), "n": int(line["n_late"]), "estimate": line["distance"]}
            | {key: line[key] for key in ("low", "high", "floor", "missing")}
            | {"verdict": str(verdicts[name])}
            for name, line in told.items()
        ]
        last = self._say.last(self.drift.late, self.drift.timezone).isoformat()
        return self._answer.result(language=self.language, reader="analyst", data_until=last, entries=entries)

    @property
    def _answer(self) -> Answer:
        say = self._say
        return Answer(say("x_question"), self._headline, self._why(), say("x_reservation"), note=say.note)

    @property
    def _comparable(self) -> pd.DataFrame:
        """Features that can be compared, those that moved most first."""
        known = self.drift.columns[self.drift.columns["verdict"] != "not comparable"]
        return known.sort_values("distance", ascending=False, kind="stable")

    def _count(self, verdict: str) -> int:
        return int((self.drift.columns["verdict"] == verdict).sum())

    @property
    def _headline(self) -> str:
        known = self._comparable
        if not len(known):
            return self._say("x_headline_none")
        first = numbers_of(known.iloc[0].to_dict())
        words = {
            "n": len(known),
            "moved": self._count("moved"),
            "name": self._say.quoted(str(known.index[0])),
            **self._far(first),
        }
        key = {0: "x_headline_still", 1: "x_headline_one"}.get(self._count("moved"), "x_headline")
        return self._say(key, **words, tolerance=self._tolerance)

    def _why(self) -> list[str]:
        say, known = self._say, len(self._comparable)
        rest = len(self.drift.columns) - known
        made = [say("x_why", n=len(self.drift.columns), early=self._date(early=True), late=self._date(early=False))]
        key = "x_why_moved" if self._count("moved") else "x_why_moved_none"
        made += [say(key, little=self._count("moved a little"), same=self._count("as before"))] if known else []
        made += [say("x_why_uncovered", n=rest)] if rest else []
        made += [self._learned] if self._late else []
        stale = self._stalest()
        return [*made, *([] if stale is None else [say("x_why_stale", name=stale[0], **self._stale_words(stale[1]))])]

    @property
    def _late(self) -> bool:
        """Whether the recipe was taught by what came after the first date."""
        return self.drift.recipe.learned is not None and self.drift.recipe.learned > self.drift.early

    @property
    def _learned(self) -> str:
        learned = self.drift.recipe.learned
        if learned is None:
            return self._say("x_learned_none")
        until = self._say.numbers.date(self._say.last(learned, self.drift.timezone))
        return self._say("x_learned_late" if self._late else "x_learned", date=until)

    def _stalest(self) -> tuple[str, Line] | None:
        fields = self.drift.fields
        fields = fields[fields["stale"] > 0] if len(fields) else fields
        if not len(fields):
            return None
        ends = fields[["stale_share", "stale_low", "stale_high"]].astype(float)
        return max(lines(ends).items(), key=lambda one: one[1]["stale_share"])

    def _stale_words(self, line: Line) -> dict[str, str]:
        interval = self._say.between(line["stale_low"], line["stale_high"], self._say.share)
        return {"share": self._say.share(line["stale_share"]), "interval": interval}

    def _key_numbers(self) -> list[KeyNumber]:
        say, known = self._say, self._comparable
        made = [KeyNumber(say("x_key_n"), str(len(self.drift.columns)), say("x_key_n_of", n=len(known)))]
        reading = say("x_key_moved_of", tolerance=self._tolerance, n=len(known))
        made.append(KeyNumber(say("x_key_moved"), str(self._count("moved")), reading))
        stale = self._stalest()
        if stale is not None:
            words = self._stale_words(stale[1])
            made.append(KeyNumber(say("x_key_stale", name=stale[0]), words["share"], say("x_key_stale_of", **words)))
        return made

    def _far(self, line: Line) -> dict[str, str]:
        interval = self._say.between(line["low"], line["high"], self._say.share)
        return {"distance": self._say.share(line["distance"]), "interval": interval}

    @property
    def _tolerance(self) -> str:
        return self._say.numbers.share(self.drift.tolerance, digits=0)

    def _date(self, *, early: bool) -> str:
        moment = self.drift.early if early else self.drift.late
        return self._say.numbers.date(self._say.last(moment, self.drift.timezone))

    def _none(self, key: str) -> Part:
        return text(self._say(key), Body(paragraphs=[self._say(key)]))

    @property
    def _say(self) -> Voice:
        return Voice(self.source, self.language)

    @property
    def _drawn(self) -> Drifted:
        return Drifted(self.drift, self._say)
