"""What is said of who will buy: the decision in a sentence, why, how far to trust it, and what to do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cjlab import metrics
from cjlab._checks import offset
from cjlab._display import LEAST
from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from cjlab.metrics import Calibration, Difference
    from cjlab.models import Forecast, Worth
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._voice import Voice


ASIDE: Final = 0.1  # of those chosen, drawn at random and not contacted
_APART: Final = 0.03  # from so many points on, the order is trusted and the numbers are not


@dataclass(frozen=True)
class Foretold:
    """A forecast, what contacts are worth, and how both are said."""

    forecast: Forecast
    worth: Worth
    say: Voice

    @cached_property
    def chosen(self) -> int:
        """How many customers are chosen; fewer than 11 are none."""
        count = self.forecast.contacts(self.worth)
        return count if count >= LEAST else 0

    @property
    def aside(self) -> int:
        """How many of them are left alone, so that the effect can be read."""
        return round(ASIDE * self.chosen)

    @property
    def sent(self) -> int:
        """How many of them are contacted."""
        return self.chosen - self.aside

    @property
    def scored(self) -> int:
        """How many customers have a score now."""
        return len(self.forecast.score)

    @property
    def share(self) -> float:
        """The share of customers that is judged: of those chosen, or the budget where nobody is."""
        return self.chosen / self.scored if self.chosen else self.worth.budget

    @property
    def base(self) -> float:
        """The share of all customers judged who bought."""
        return float(self.forecast.judged.outcome.mean())

    @property
    def days(self) -> str:
        """For how long, in days."""
        days = offset(self.forecast.within, name="within") / dt.timedelta(days=1)
        return self.say.numbers.decimal(days, digits=0 if days.is_integer() else 1)

    @cached_property
    def found(self) -> Line:
        """What contacting that share found at the date judged."""
        return lines(self.forecast.budget([self.share], self.worth).to_frame())["0"]

    @cached_property
    def found_today(self) -> Line:
        """What today's rule found with as many contacts."""
        return lines(self.forecast.budget([self.share], self.worth, rule=True).to_frame())["0"]

    @cached_property
    def ahead(self) -> Difference:
        """By how much the score is ahead of today's rule."""
        return self.forecast.ahead(self.share)

    @cached_property
    def calibration(self) -> Calibration:
        """How what was said compares with what happened."""
        return metrics.calibration(self.forecast.judged.outcome, self.forecast.judged.score)

    @property
    def case(self) -> str:
        """What is decided: the score leaks, is not ahead of today's rule, pays for nobody, or is used."""
        if not self.forecast.heard.ok:
            return "leaks"
        if not self.ahead.low > 0:
            return "behind" if self.ahead.high < 0 else "level"
        return "use" if self.chosen else "nobody"

    @property
    def tone(self) -> str:
        """The tone of the decision."""
        return {"leaks": "stop", "use": "good"}.get(self.case, "wait")

    @property
    def headline(self) -> str:
        """The decision in one sentence, with its interval."""
        return self.say(f"p_head_{self.case}", **self.words)

    @cached_property
    def words(self) -> dict[str, str]:
        """The numbers of which all sentences are made."""
        count, share, money = self.say.numbers.count, self.say.share, self.say.money
        found, rule = self.found, self.found_today
        return {
            "count": count(self.chosen),
            "scored": count(self.scored),
            "days": self.days,
            "base": share(self.base),
            "part": self.say.numbers.trimmed(share(self.share)),
            "buy": share(found["precision"]),
            "buy_interval": self.between(found, "precision"),
            "lift": self.say.decimal(found["lift"]),
            "found": share(found["recall"]),
            "found_interval": self.between(found, "recall"),
            "today": share(rule["recall"]),
            "today_interval": self.between(rule, "recall"),
            "rule": self.say(f"p_rule_{self.forecast.rule}"),
            "date": self.say.numbers.date(self.day(self.forecast.dates[-1])),
            "gain": self.points(self.ahead.estimate),
            "gain_interval": self.say.between(self.ahead.low, self.ahead.high, self.points),
            "cost": money(self.worth.cost),
            "margin": money(self.worth.margin),
            "caused": self.say.numbers.trimmed(share(self.worth.caused)),
            "sent": count(self.sent),
            "aside": count(self.aside),
            "net": money(self.net["net"]),
            "net_interval": self.say.between(self.net["net_low"], self.net["net_high"], money),
            "half": money(self.brings(0.5)),
            "least": self.least(found["precision"]),
            "alarms": count(len(self.forecast.heard.findings)),
            "features": count(len(self.forecast.heard.areas)),
        }

    @property
    def net(self) -> Line:
        """What the contacts bring, net, if as many of the purchases as supposed are owed to them."""
        many = self.sent or self.worth.budget * self.scored
        return {name: many * self.found[name] / self.found["contacted"] for name in ("net", "net_low", "net_high")}

    def brings(self, times: float) -> float:
        """Return what the contacts bring, net, if ``times`` as many purchases as supposed are owed to them."""
        return self.net["net"] + (times - 1) * self.sent * self.found["precision"] * self.worth.value

    @property
    def why(self) -> list[str]:
        """What it rests on."""
        said = [self._say("p_why_found"), self._true()]
        said += [self._say("p_why_net")] if self.chosen and self.worth.cost else []
        return [*said, self._say("p_why_heard" if self.forecast.heard.ok else "p_why_leaks")]

    @property
    def reservation(self) -> str:
        """What speaks most against it."""
        return self._say("p_reservation")

    def _true(self) -> str:
        """Say whether its chances hold."""
        apart, said = self.calibration.ece, float(self.forecast.judged.score.mean())
        words = {"said": self.say.share(said), "happened": self.say.share(self.base), "days": self.days}
        words |= {"apart": self._apart(apart.estimate)}
        words |= {"apart_interval": self.say.between(apart.low, apart.high, self._apart)}
        holds = "true" if apart.low <= 0 else "nearly" if apart.low <= _APART else "untrue"
        return self.say(f"p_why_{holds}", **words)

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers: how many to contact, how many of them buy, how many of the buyers they are."""
        contact = "p_key_contact_of" if self.chosen else "p_key_contact_none"
        values = {"contact": self.words["count"], "buy": self.words["buy"], "found": self.words["found"]}
        readings = {"contact": contact, "buy": "p_key_buy_of", "found": "p_key_found_of"}
        return [
            KeyNumber(self._say(f"p_key_{name}"), value, self._say(readings[name])) for name, value in values.items()
        ]

    @property
    def plan(self) -> list[tuple[str, str]]:
        """What to do, where the score is used."""
        if self.case != "use":
            return []
        threshold = self.say.share(float(self.forecast.score.iloc[self.chosen - 1]))
        spent = self.say.money(self.worth.cost * self.sent)
        ends = self.say.numbers.date(self.day(self.forecast.ends))
        words = self.words | {"threshold": threshold, "spent": spent, "ends": ends}
        return [(self.say(f"p_{key}"), self.say(f"p_{key}_said", **words)) for key in ("whom", "cost", "aside", "next")]

    def least(self, precision: float) -> str:
        """Say which part of the purchases must be owed to the contact before it pays."""
        part = self.worth.least / precision if precision else 2.0
        return self.say("p_never") if part > 1 else self.say.share(part)

    def between(self, found: Line, name: str) -> str:
        """Write the ends of an interval of shares."""
        return self.say.between(found[f"{name}_low"], found[f"{name}_high"], self.say.share)

    def points(self, value: float) -> str:
        """Write a difference of shares in points, signed."""
        return self.say.numbers.points(value, digits=1)

    def day(self, moment: dt.datetime) -> dt.date:
        """Return the day of a moment where the brand is."""
        return self.say.last(moment + dt.timedelta(microseconds=1), self.forecast.timezone)

    def _apart(self, value: float) -> str:
        return self.say.decimal(100 * value)

    def _say(self, key: str) -> str:
        return self.say(key, **self.words)
