"""What is said of what customers are worth: the decision in a sentence, why, and what to do."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cjlab._checks import offset
from cjlab._display import LEAST, Parts, started
from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._moved import Moved
from cjlab.reports.pages._top import KeyNumber
from cjlab.reports.pages._voice import few

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cjlab.models import Portfolio
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._voice import Voice
    from cjlab.statistics import Interval

ENDS: Final = ("", "_low", "_high")
_ASIDE: Final = 0.1  # of each tier, that gets what it gets today
_WEEK: Final = 7
_PLAIN: Final = 100  # from so many on, decimals are not written
_MANY: Final = 1_000  # contacts more than these in a horizon are as good as no limit


@dataclass(frozen=True)
class Valued:
    """What a base is worth, what a contact costs, and how both are said."""

    found: Portfolio
    cost: float
    say: Voice

    @cached_property
    def tiers(self) -> dict[str, Line]:
        """The tiers, the best first."""
        return lines(self.found.tiers[::-1])

    @cached_property
    def told(self) -> dict[str, Line]:
        """Those of which enough customers are known that they can be told, and none of a few found by what is left."""
        parts = Parts.of([one["customers"] for one in self.tiers.values()]).told
        return {
            name: one for (name, one), told in zip(self.tiers.items(), parts, strict=True) if told and one["customers"]
        }

    @cached_property
    def counts(self) -> dict[str, str]:
        """How many customers each tier has, in words where it is not told."""
        counts = self.say.numbers.parts([one["customers"] for one in self.tiers.values()])
        return dict(zip(self.tiers, counts, strict=True))

    @property
    def case(self) -> str:
        """What is decided: nothing can be told; the forecast was not checked, held, or brought less or more."""
        if not self.told:
            return "few"
        return "untested" if self.found.held is None else self.found.held.verdict

    @cached_property
    def apart(self) -> dict[str, str]:
        """The tiers that came out otherwise than the total, "less" or "more" each; none of few customers."""
        held = self.found.held
        if held is None:
            return {}
        few_of = {name for name, one in held.tiers["customers"].items() if few(one)}
        return {name: one for name, one in held.missed.items() if one != held.verdict and name not in few_of}

    @property
    def lowered(self) -> bool:
        """Whether a tier has a lower cap since it brought less than was promised."""
        return self.found.held is not None and "less" in self.found.held.missed.values()

    @property
    def tone(self) -> str:
        """The tone of the decision."""
        return "good" if self.case == "held" and not self.apart else "wait"

    @property
    def headline(self) -> str:
        """The decision in one sentence, with its interval."""
        return self.say(f"v_head_{self.case}", **self.words)

    @cached_property
    def words(self) -> dict[str, str]:
        """The numbers of which all sentences are made."""
        found, say = self.found, self.say
        total = three(found.total)
        told = {
            "span": self.span,
            "buyers": say.numbers.customers(int(found.tiers["customers"].sum())),
            "margin": say.numbers.trimmed(say.share(found.margin)),
            "spend": say.numbers.trimmed(say.share(found.spend)),
            "total": say.money(total[0]),
            "total_interval": self._known(total[1:], say.money),
            "budget": say.money(float(found.tiers["budget"].sum())),
            "cost": say.money(self.cost),
            "since": self.date(found.before),
            "ends": self.date(found.ends),
            "date": self.date(found.as_of),
            "aside": say.numbers.share(_ASIDE, digits=0),
        }
        return told | self._of_best() | self._of_past() | self.moved.words

    @property
    def moved(self) -> Moved:
        """Who moved between tiers."""
        return Moved(self.found.moves, self.say)

    def _of_best(self) -> dict[str, str]:
        """Write what is known of the best tier that can be told."""
        if not self.told:
            return {}
        name, one = next(iter(self.told.items()))
        interval = self.between((one["part_low"], one["part_high"]), self.say.share)
        told = {"best": self.tier(name), "count": self.say.numbers.count(one["customers"]), "interval": interval}
        told |= {"cap": self.say.money(one["cap"]), "part": self.say.share(one["part"])}
        return told | {"share": self.say.share(one["share"])}

    def _of_past(self) -> dict[str, str]:
        """Write what the same forecast came to."""
        held, money = self.found.held, self.say.money
        if held is None:
            return {}
        promised, ratio, again = (three(one) for one in (held.promised, held.ratio, self.found.again))
        return {
            "then": self.date(held.as_of),
            "promised": money(promised[0]),
            "promised_interval": self._known(promised[1:], money),
            "came": money(held.came),
            "ratio": self.whole(ratio[0]),
            "ratio_interval": self.between(ratio[1:], self.whole),
            "outside": money(held.outside),
            "again": money(again[0]),
            "again_interval": self.between(again[1:], money),
            "apart": self.say.joined([self._missed(name, how) for name, how in self.apart.items()]),
        }

    def _missed(self, name: str, how: str) -> str:
        """Say what a tier brought of what was promised."""
        one = lines(self.found.held.tiers)[name] if self.found.held else {}
        told = {"tier": self.tier(name), "ratio": self.whole(one["ratio"])}
        return self.say(f"v_apart_{how}", **told, interval=self.between((one["low"], one["high"]), self.whole))

    @property
    def why(self) -> list[str]:
        """What it rests on."""
        if self.case == "few":
            return [self._say("v_why_few")]
        said = [self._say("v_why_total"), self._say(f"v_why_{self.case}")]
        said += [self._say("v_why_apart")] if self.apart else []
        said += [self._say("v_why_lowered")] if self.lowered else []
        if self.found.held is not None and self.found.held.outside > 0:
            said.append(self._say("v_why_outside"))
        return said

    @property
    def reservation(self) -> str:
        """What speaks most against it."""
        return self._say("v_reservation")

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers: what is expected, which share the best bring, what may be spent."""
        if self.case == "few":
            return []
        values = {"total": self.words["total"], "part": self.words["part"], "budget": self.words["budget"]}
        readings = {name: f"v_key_{name}_of" for name in values}
        if self.case in {"less", "more"}:
            readings["total"] = "v_key_total_off"
        return [
            KeyNumber(self._say(f"v_key_{name}"), value, self._say(readings[name])) for name, value in values.items()
        ]

    @property
    def plan(self) -> list[tuple[str, str]]:
        """What to do, a line each."""
        if self.case == "few":
            return []
        names = ["whom", "rest", *(["first"] if self.moved.left >= LEAST else []), "aside", "next"]
        told = self.words | {"caps": self._caps()}
        return [(self.say(f"v_plan_{name}"), self.say(f"v_plan_{name}_said", **told)) for name in names]

    def _caps(self) -> str:
        """Say what may be spent on a customer of each tier but the best, the dearest first."""
        caps = [
            self.say("v_cap_of", tier=self.tier(name), cap=self.say.money(one["cap"]))
            for name, one in list(self.told.items())[1:]
        ]
        return started(self.say.joined(caps)) if caps else self.say("v_cap_none")

    def contacts(self, one: Line) -> str:
        """Say how many contacts a cap pays for."""
        if not self.cost:
            return self.say("v_no_limit")
        many = one["cap"] / self.cost
        return self.say("v_no_limit") if many > _MANY else self.say.numbers.count(math.floor(many))

    def pays(self, one: Line) -> str:
        """Say among how many contacts one more purchase pays for all, with the interval."""
        if not self.cost or not math.isfinite(one["purchase"]):
            return self.say("unknown")
        many, low, high = (one[f"purchase{end}"] / self.cost for end in ENDS)
        if many < 1:
            return self.say("v_never")
        write = self.say.decimal if many < _PLAIN else self.say.numbers.count
        return f"{write(many)} ({self.between((low, high), write)})"

    def with_ends(self, one: Line, name: str, write: Callable[[float], str]) -> str:
        """Write a number of a tier and its interval."""
        estimate, *ends = (one[f"{name}{end}"] for end in ENDS)
        return f"{write(estimate)} ({self.between(ends, write)})"

    def between(self, ends: Sequence[float], write: Callable[[float], str]) -> str:
        """Write the ends of an interval."""
        return self.say.between(ends[0], ends[1], write)

    def _known(self, ends: Sequence[float], write: Callable[[float], str]) -> str:
        """Write the ends of an interval, or say that there is none."""
        return self.between(ends, write) if math.isfinite(ends[1]) else self.say("v_no_interval")

    def tier(self, name: str) -> str:
        """Say a tier."""
        return self.say.word("tier", name)

    def whole(self, share: float) -> str:
        """Write a share without decimals."""
        return self.say.numbers.share(share, digits=0)

    def date(self, moment: dt.datetime) -> str:
        """Write the day of a moment where the brand is."""
        return self.say.numbers.date(self.say.last(moment + dt.timedelta(microseconds=1), self.found.timezone))

    @property
    def span(self) -> str:
        """Say the horizon, in weeks where it is some."""
        days = offset(self.found.within, name="within").days
        if days % _WEEK:
            return self.say("v_days", count=self.say.numbers.count(days))
        return self.say("v_weeks", count=self.say.numbers.count(days // _WEEK))

    def _say(self, key: str) -> str:
        return self.say(key, **self.words)


def three(one: Interval) -> tuple[float, float, float]:
    """Return an estimate and both ends as numbers."""
    return float(one.estimate), float(one.low), float(one.high)
