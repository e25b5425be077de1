"""The page of a plan: how many customers, for how long, to see how small an effect."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cjlab._display import started
from cjlab.experiments import Voice
from cjlab.reports.pages._asked import asked
from cjlab.reports.pages._body import Body, Grid, method, section
from cjlab.reports.pages._part import Part, Result, laid_out, result
from cjlab.reports.pages._spoken import Spoken
from cjlab.reports.pages._teller import WORDS
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from cjlab.experiments import Design

_TICK = dt.timedelta(microseconds=1)
_PLANNED = (*("advised", "customers", "baseline", "deviation", "explained", "expected", "needed", "days", "per_day"),)


@dataclass(frozen=True, slots=True)
class DesignPage(Spoken):
    """The parts of the page on which a person decides whether a test is worth beginning.

    Parameters
    ----------
    design : Design
        The plan of a test.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    timezone : str, default: "UTC"
        The brand's zone, in which dates are said; a log knows it as ``log.timezone``.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01")
    >>> cj.reports.DesignPage(design).decision.title
    'Plan for 20,000 customers, all contacted at once, and read the result after 14 days'
    """

    design: Design
    language: str = "en"
    timezone: str = "UTC"

    @property
    def header(self) -> Part:
        """The question, and the facts above it.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> "20,000 customers in the history" in page.header.html
        True
        """
        experiment = self.design.experiment
        title = started(experiment.say("title", self.language))
        history = self._say("d_history", count=self._numbers.count(self.design.customers))
        facts = [self._say("d_kind"), title, history, self._say("after", horizon=self._voice.horizon())]
        return laid_out("header", experiment.say("question", self.language), "header", facts=facts)

    @property
    def decision(self) -> Part:
        """Whether the test can be made, and of which size.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> page.decision.title
        'Plan for 20,000 customers, and read the result after 53 days'
        """
        return laid_out(
            "decision",
            self._headline,
            "decision",
            note=self.design.experiment.say("note", self.language),
            tone=self._tone,
            headline=self._headline,
            why=[self._why, *asked(self.design, self.language)],
            reservation=self._say("d_reservation"),
        )

    @property
    def key_numbers(self) -> Part:
        """Three numbers: customers, where they stand today, days.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> "500 customers enter a day" in page.key_numbers.html
        True
        """
        count = self._numbers.count
        arms = len(self.design.experiment.arms)
        groups = self._say("d_groups", count=self._say(WORDS[arms]) if arms in WORDS else count(arms))
        name = self._voice.metric(self.design.experiment.primary.name)
        pace = self.design.per_day
        entering = self._say("d_at_once") if pace is None else self._say("d_per_day", count=count(pace))
        numbers = [
            KeyNumber(self._say("d_size"), count(self._size), groups),
            KeyNumber(self._say("d_baseline"), self._level(self.design.baseline), name),
            KeyNumber(self._say("d_days"), count(self.design.days), entering),
        ]
        return laid_out("key-numbers", self._say("d_size"), "key_numbers", numbers=numbers)

    @property
    def groups(self) -> Part:
        """How the customers are divided.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> page.groups.html.count("6,667")
        3
        """
        shares = self.design.experiment.shares
        rows = [
            [
                self.design.experiment.arm(arm).head(self.language),
                self._numbers.share(share, digits=1),
                self._numbers.count(share * self._size),
            ]
            for arm, share in shares.items()
        ]
        columns = [self._say("group"), self._say("d_share"), self._say("d_customers")]
        return section(self._say("d_divided"), Body(grid=Grid(columns, rows, frozenset({1, 2}))))

    @property
    def visible(self) -> Part:
        """The heading of the curve, and how it is read.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> page.visible.title
        'How small an effect it shows'
        """
        return section(self._say("d_visible"), Body(lead=[self._say("d_visible_lead", chance=self._chance)]))

    @property
    def curve(self) -> Any:  # noqa: ANN401 - a plotly figure
        """The chart of the effect that a test shows against its size.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> "the test needs 5,838 customers" in page.curve.layout.meta["cjlab"]["finding"]
        True
        """
        from cjlab import plots

        return plots.sample_size(self.design, language=self.language)

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> "Two-sided test at a level of 5" in page.method.html
        True
        """
        experiment = self.design.experiment
        words = {
            "alpha": self._numbers.share(experiment.alpha, digits=0),
            "power": self._numbers.share(experiment.power, digits=0),
            "explained": self._numbers.share(self.design.explained, digits=1),
            "deviation": self._level(self.design.deviation),
        }
        keys = ["d_method", *(["d_method_adjusted"] if self.design.explained > 0 else [])]
        body = Body(paragraphs=[self._say(key, **words) for key in keys])
        return method(self._say("method"), body)

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and the numbers of the plan.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> page = cj.reports.DesignPage(design)
        >>> [(one["name"], one["estimate"]) for one in page.result.bundle["entries"] if one.get("name") == "needed"]
        [('needed', 5838)]
        """
        experiment = self.design.experiment
        entries = [{"kind": "plan", "name": name, "estimate": getattr(self.design, name)} for name in _PLANNED]
        entries += [
            {"kind": "need", **one._asdict(), "distance": one.distance if math.isfinite(one.distance) else None}
            for one in self.design.needs
        ]
        columns = ("customers", "detectable", "detectable_adjusted")
        entries += [{"kind": "curve", **dict(zip(columns, point, strict=True))} for point in self.design.curve]
        return result(
            experiment.say("question", self.language),
            self._headline,
            answer=" ".join([f"{self._headline}.", self._why, *asked(self.design, self.language)]),
            tone=self._tone,
            language=self.language,
            reader="decider",
            data_until=(self.design.until - _TICK).astimezone(ZoneInfo(self.timezone)).date().isoformat(),
            test=experiment.name,
            subject=started(experiment.say("title", self.language)),
            state="plan",
            entries=entries,
        )

    @property
    def _voice(self) -> Voice:
        return Voice(self.design.experiment, self.language)

    def _level(self, value: float) -> str:
        return self._voice.level(self.design.experiment.primary.name, value)

    def _change(self, value: float) -> str:
        return self._voice.change(self.design.experiment.primary.name, value)

    @property
    def _chance(self) -> str:
        """Say the power as a chance; English has another article before an eight."""
        power = self._numbers.share(self.design.experiment.power, digits=0)
        return self._say("d_chance_an" if power.startswith("8") else "d_chance", power=power)

    @property
    def _size(self) -> int:
        return self.design.advised or self.design.customers

    @property
    def _enough(self) -> bool:
        return self._size <= self.design.customers

    @property
    def _tone(self) -> str:
        if self.design.needed is None:
            return "wait"
        return "neutral" if self._enough else "stop"

    @property
    def _headline(self) -> str:
        if not self._enough:
            return self._say("d_too_few")
        pace = "d_enter_at_once" if self.design.per_day is None else "d_enter"
        return self._say(pace, count=self._numbers.count(self._size), days=self._numbers.count(self.design.days))

    @property
    def _why(self) -> str:
        experiment, count = self.design.experiment, self._numbers.count
        words = {
            "metric": self._voice.metric(experiment.primary.name),
            "baseline": self._level(self.design.baseline),
            "chance": self._chance,
            "all": count(self.design.customers),
            "smallest": self._change(self.design.detectable[0]),
        }
        if self.design.needed is None or self.design.expected is None:
            return self._say("d_why_open", **words)
        key = "d_why" if self.design.needed <= self.design.customers else "d_why_too_few"
        expected = self._numbers.trimmed(self._change(self.design.expected))
        return self._say(key, **words, expected=expected, count=count(self.design.needed))
