"""Sentences about a test's arms, in the reader's language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Wording, joined, started
from cjlab.errors import SpecError
from cjlab.experiments import Readout, Verdict, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.experiments import Effect

_HE, _SHE = frozenset({"le", "un"}), frozenset({"la", "une"})
_NAMED = 5  # more arms than these are counted rather than named


@dataclass(frozen=True, slots=True)
class Words:
    """A test's readout and the language in which a figure speaks of it."""

    readout: Readout
    language: str

    def __post_init__(self) -> None:
        """Take a readout and nothing else."""
        given: object = self.readout
        if not isinstance(given, Readout):
            kind = type(given).__name__
            raise SpecError(f"readout is of type {kind}; give what cj.experiments.Experiment.read_out returns")

    @property
    def voice(self) -> Voice:
        """How the test's numbers are said."""
        return Voice(self.readout.experiment, self.language)

    def say(self, key: str, /, **values: object) -> str:
        """Fill a sentence of the room's catalogue."""
        return Wording.of("cjlab.plots", self.language)(key, **values)

    def arm(self, name: str) -> str:
        """Say an arm inside a sentence."""
        return self.readout.experiment.arm(name).say(self.language)

    def head(self, name: str) -> str:
        """Say an arm at the start of a line."""
        return self.readout.experiment.arm(name).head(self.language)

    def about(self, key: str, arms: Sequence[str], /, **values: object) -> str:
        """Fill a sentence about some arms: its form for one of them, or for several; nothing about none."""
        if not arms:
            return ""
        number = "one" if len(arms) == 1 else "many"
        return started(self.say(f"{key}_{number}", arms=self.listed(arms), **values))

    def listed(self, arms: Sequence[str]) -> str:
        """Name a few arms, count many."""
        if len(arms) > _NAMED:
            total = len(self.readout.experiment.treated)
            return self.say("counted", count=len(arms), total=total, messages=self.messages)
        return self.joined([self.arm(arm) for arm in arms])

    def joined(self, names: Sequence[str]) -> str:
        """Join names: ``a, b and c``."""
        return joined(names, language=self.language)

    def what(self, metric: str) -> str:
        """Name what a metric counts, as the object of a sentence."""
        kind = "share" if self.readout.experiment.metric(metric).kind == "share" else "amount"
        return self.say(f"what_{kind}", metric=self.voice.metric(metric))

    @property
    def messages(self) -> str:
        """Name what the arms send, in the plural: ``e-mails``."""
        return self.readout.experiment.say("messages", self.language) or self.say("messages")

    def than(self, arms: Sequence[str]) -> str:
        """Say what some arms bring, after "more": French says it by the gender of their articles, where these tell."""
        articles = [self.arm(arm).partition(" ")[0].casefold() for arm in arms]
        who = "he" if _HE & set(articles) else "she" if set(articles) <= _SHE else "it"
        return self.say(f"than_{who}_{'one' if len(arms) == 1 else 'many'}")

    def silent(self, found: Sequence[Effect]) -> str:
        """Say that there is nothing to compare, where no interval of a metric is known and no difference was seen."""
        if any(
            math.isfinite(one.low) or math.isfinite(one.high) or one.estimate
            for one in found
            if not math.isnan(one.estimate)
        ):
            return ""
        metric = started(self.voice.metric(found[0].metric))
        if all(math.isnan(one.estimate) for one in found):
            return self.say("silent_unknown", metric=metric)
        return self.say("silent_same" if any(one.level_versus for one in found) else "silent_all", metric=metric)

    def unsigned(self, effect: Effect) -> str:
        """Say how large a difference is, with its unit."""
        return self.voice.change(effect.metric, abs(effect.estimate)).removeprefix("+")

    def confidence(self, effect: Effect) -> str:
        """Head a column of intervals: ``95 % interval``."""
        return self.say("interval", confidence=self.share(effect.confidence))

    def share(self, value: float) -> str:
        """Write a confidence with as many decimals as it has, at most two."""
        digits = next(one for one in (0, 1, 2) if one == 2 or abs(round(100 * value, one) - 100 * value) < 1e-9)  # noqa: PLR2004 - two decimals
        return self.voice.numbers.share(value, digits=digits)

    def finding(self, *sentences: str) -> str:
        """Put sentences together, unless the test cannot be read; where it is not finished say that first."""
        verdict = self.readout.decision.verdict
        if verdict is Verdict.INVALID:
            return self.say("unreadable")
        unfinished = self.readout.soundness.unfinished is not None
        return " ".join(one for one in (self.say("unfinished") if unfinished else "", *sentences) if one)
