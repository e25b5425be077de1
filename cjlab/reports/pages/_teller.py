"""A readout and the language and clock in which its page speaks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from markupsafe import Markup

from cjlab._display import Numbers, Wording, joined
from cjlab.experiments import Verdict, Voice

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cjlab.experiments import Effect, Experiment, Readout

NET = "net"
WORDS = dict(enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1))
_TONES = {Verdict.DEPLOY: "good", Verdict.DO_NOT_DEPLOY: "stop", Verdict.INVALID: "stop"}


@dataclass(frozen=True, slots=True)
class Teller:
    """What every part of a page asks: the readout, and how things are said."""

    readout: Readout
    language: str
    timezone: str

    @property
    def experiment(self) -> Experiment:
        """The test as declared."""
        return self.readout.experiment

    @property
    def verdict(self) -> Verdict:
        """What the test says to do."""
        return self.readout.decision.verdict

    @property
    def tone(self) -> str:
        """The colour of the decision: ``good``, ``wait`` or ``stop``."""
        return _TONES.get(self.verdict, "wait")

    @property
    def readable(self) -> bool:
        """Whether effects may be shown as findings."""
        return self.verdict is not Verdict.INVALID

    @property
    def seen(self) -> bool:
        """Whether effects may be shown, and anything is known of them yet."""
        name = self.experiment.primary.name
        return self.readable and any(one.metric == name and math.isfinite(one.estimate) for one in self.readout.effects)

    @property
    def voice(self) -> Voice:
        """How the test's numbers are said."""
        return Voice(self.experiment, self.language)

    @property
    def numbers(self) -> Numbers:
        """The formats of the language."""
        return Numbers(self.language)

    def say(self, key: str, /, **values: object) -> str:
        """Fill a sentence of the room's catalogue."""
        return Wording.of("cjlab.reports.pages", self.language)(key, **values)

    def number(self, key: str, count: int, /, **values: object) -> str:
        """Fill the sentence for one customer, or the one for several, with their number."""
        return self.say(f"{key}_{'one' if count == 1 else 'many'}", count=self.numbers.customers(count), **values)

    def word(self, count: int) -> str:
        """Say a small count as a word."""
        return self.say(WORDS[count]) if count in WORDS else self.numbers.count(count)

    def arm(self, name: str) -> str:
        """Say an arm inside a sentence."""
        return self.experiment.arm(name).say(self.language)

    def head(self, name: str) -> str:
        """Say an arm at the start of a line."""
        return self.experiment.arm(name).head(self.language)

    def within(self, name: str) -> str:
        """Say an arm between brackets: its title, without the capital where its label shows that it needs none."""
        said, head = self.arm(name), self.head(name)
        return said[-len(head) :] if said.casefold().endswith(head.casefold()) else head

    @property
    def messages(self) -> str:
        """Name what the arms send, in the plural: ``e-mails``."""
        return self.experiment.say("messages", self.language) or self.say("messages")

    def joined(self, names: Sequence[str]) -> str:
        """Join names: ``a, b and c``."""
        return joined(names, language=self.language)

    def segment(self, name: str) -> str:
        """Say a segment as a name within a sentence."""
        said = next(one for one in self.experiment.segments if one.name == name).say(self.language)
        return f"«\u202f{said}\u202f»" if self.language == "fr" else f"“{said}”"

    def horizon(self) -> str:
        """Say the horizon: ``two weeks``."""
        return self.voice.horizon()

    def date(self, moment: dt.datetime) -> str:
        """Say the day of a moment where the brand is."""
        return self.numbers.date(self.day(moment))

    def day(self, moment: dt.datetime) -> dt.date:
        """Return the day of a moment where the brand is."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    @property
    def complete(self) -> str:
        """The day at whose start all customers have been followed to the end; empty where dates are a convention."""
        day = self.readout.all_complete if self.experiment.dated else None
        return "" if day is None else self.numbers.date(day)

    def money(self, amount: float, *, digits: int = 0) -> str:
        """Write an amount in the test's currency."""
        return self.numbers.money(amount, self.experiment.currency, digits=digits)

    def share(self, value: float) -> str:
        """Write a share that somebody set: whole per cent, or one decimal where it has one."""
        return self.numbers.share(value, digits=0 if round(100 * value, 6).is_integer() else 1)

    def confidence(self) -> str:
        """Write the confidence of the intervals."""
        return self.share(1 - self.experiment.alpha)

    def points(self, difference: float) -> str:
        """Say a difference of shares in points, which French counts in the singular below two."""
        word = self.voice.words("points" if abs(round(100 * difference, 2)) >= 2 else "point")  # noqa: PLR2004 - two
        return f"{self.numbers.points(difference)}\u00a0{word}"

    def change(self, effect: Effect) -> str:
        """Say a difference with its sign and unit."""
        return self.voice.change(effect.metric, effect.estimate)

    def p(self, value: float) -> str:
        """Write a p-value as an equation: ``p = 0.29``, ``p < 0.001``."""
        written = self.numbers.probability(value)
        return self.say("p_below" if written.startswith("<") else "p_is", p=written)

    def chip(self, answer: str, kind: str) -> Markup:
        """Write a short answer: ``good``, ``warn``, ``bad``, or neither of them."""
        return Markup('<span class="{}">{}</span>').format(f"chip {kind}".strip(), answer)
