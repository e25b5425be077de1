"""What is said of whom a message is for: the decision in a sentence, why, and what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cjlab._display import Parts
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from cjlab.models import Audience, Runner
    from cjlab.reports.pages._voice import Voice

    Line = dict[str, float]

CHOSEN: Final = {"no one": "nobody", "everyone": "everyone", "response": "response", "model": "model"}
KINDS: Final = ("contact", "anyway", "nothing", "disturb")
_PUT_OFF = "disturb"
_KEPT = 0.1  # of those chosen, and of the others


@dataclass(frozen=True, slots=True)
class Aimed:
    """Findings about an audience, in a language."""

    found: Audience
    say: Voice

    @property
    def key(self) -> str:
        """What was chosen, as the catalogue names it."""
        return CHOSEN[self.found.choice.chosen]

    @property
    def arm(self) -> str:
        """What is sent."""
        return self.say.quoted(str(self.found.arm))

    @property
    def runner(self) -> Runner:
        """The contender that was chosen."""
        return self.of(self.found.choice.chosen)

    @property
    def marked(self) -> Runner:
        """The contender that is marked on the curve: the one chosen, or the model where that is to contact no one.

        It is the rule itself, and not the highest point of its curve: that one is picked from the outcomes that it is
        measured by, so that neither it nor an interval around it would be right.
        """
        return self.of("model") if self.key == "nobody" else self.runner

    def of(self, name: str) -> Runner:
        """Return a contender."""
        return next(one for one in self.found.choice.runners if one.name == name)

    def kind(self, name: str) -> Line:
        """Return what is known of a kind of customers."""
        line = self.found.kinds.loc[[name]]
        return {str(key): float(line[key].iloc[0]) for key in line}

    @property
    def counts(self) -> dict[str, tuple[str, bool]]:
        """How many customers are of each kind, in words, and whether they are told."""
        counts = [self.kind(name)["customers"] for name in KINDS]
        told = zip(self.say.numbers.parts(counts), Parts.of(counts).told, strict=True)
        return dict(zip(KINDS, told, strict=True))

    @property
    def count(self) -> int:
        """How many are contacted."""
        return self._many(self.runner)

    def _many(self, runner: Runner) -> int:
        return round(runner.contacted * self.found.customers)

    @property
    def contacts(self) -> str:
        """How many the contender contacts that is marked."""
        return self.say.numbers.customers(self._many(self.marked))

    def brought(self, runner: Runner) -> dict[str, str]:
        """Write what a contender brings in all over contacting nobody, with its interval."""
        n = self.found.customers
        ends = self.say.between(n * runner.brought_low, n * runner.brought_high, self.say.money)
        return {"net": self.say.money(n * runner.brought), "interval": ends}

    @property
    def words(self) -> dict[str, str]:
        """What every sentence may name."""
        count = self.say.numbers.customers
        each = {"value": self.say.money(self.found.value), "cost": self.say.money(self.found.cost)}
        return {"arm": self.arm, "count": count(self.count), "all": count(self.found.customers), **each}

    @property
    def headline(self) -> str:
        """The decision in one sentence, with its interval."""
        return self.say(f"u_headline_{self.key}", **self.words, **self.brought(self.runner))

    @property
    def why(self) -> list[str]:
        """What speaks for it."""
        everyone = self.say("u_why_beside", **self.words, **self.brought(self.of("everyone")))
        lead = self.say(f"u_why_{self.key}", **self.words, **self.brought(self.runner))
        return [one for one in (lead, everyone if self.key == "model" else "", self._today(), self._off()) if one]

    def _today(self) -> str:
        """Say what today's rule would bring with as many contacts."""
        if self.key != "model":
            return ""
        return self.say("u_why_today", **self.as_many, **self.words)

    @property
    def as_many(self) -> dict[str, str]:
        """Write what today's rule brings with as many contacts as the contender that is marked, with its interval."""
        place, found = round(100 * self.marked.contacted), self.found.today
        ends = self.say.between(float(found.low[place]), float(found.high[place]), self.say.money)
        return {"net": self.say.money(float(found.estimate[place])), "interval": ends}

    def _off(self) -> str:
        """Say whether anybody can be shown to be put off."""
        line = self.kind(_PUT_OFF)
        count, told = self.counts[_PUT_OFF]
        if not line["customers"] or not told:
            return self.say("u_why_off_none", **self.words)
        sure = math.isfinite(line["high"]) and line["high"] < 0
        words = {**self.words, "count": count}
        return self.say("u_why_off" if sure else "u_why_off_unsure", **words)

    @property
    def reservation(self) -> str:
        """What speaks most against it."""
        return self.say("u_reservation_nobody" if self.key == "nobody" else "u_reservation", **self.words)

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers: whom, what it brings, and what everybody would."""
        if self.key == "nobody":
            return []
        share = self.say.share(self.runner.contacted)
        made = [KeyNumber(self.say("u_key_count"), self.words["count"], self.say("u_key_count_of", share=share))]
        for name, runner in (("net", self.runner), ("everyone", self.of("everyone"))):
            told = self.brought(runner)
            made.append(KeyNumber(self.say(f"u_key_{name}"), told["net"], self.say("u_key_of", **told)))
        return made if self.key != "everyone" else made[:2]

    @property
    def plan(self) -> list[tuple[str, str]]:
        """What to do, a line each."""
        cost = self.say.money(self.count * self.found.cost)
        names = ("whom", "cost", "control", "next") if self.key != "nobody" else ("next",)
        rest = {"spend": cost, "kept": self.say.numbers.share(_KEPT, digits=0)}
        return [
            (self.say(f"u_plan_{name}"), self.say(f"u_plan_{name}_{self._variant(name)}", **self.words, **rest))
            for name in names
        ]

    def _variant(self, name: str) -> str:
        if name == "whom":
            return self.key
        if name == "control" and self.key == "everyone":
            return self.key
        return "nobody" if name == "next" and self.key == "nobody" else "said"
