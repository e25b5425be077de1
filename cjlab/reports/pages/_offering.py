"""What is said of offers: whom to offer what, how far to trust it, what it replaces, and whether there is enough."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._checks import offset
from cjlab._display import LEAST
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models import OfferPlan
    from cjlab.reports.pages._voice import Voice
    from cjlab.statistics import Interval

ASIDE: Final = 0.1  # of those to whom offers are made, drawn at random and left alone
_PER: Final = 1_000  # customers
_NAMED: Final = 3  # kinds that a sentence names


@dataclass(frozen=True)
class Offering:
    """A plan of offers, what a contact costs, and how both are said."""

    plan: OfferPlan
    cost: float
    say: Voice

    @property
    def case(self) -> str:
        """What is decided: offers are surely ahead of today's rule, behind it, or neither."""
        ahead = self.plan.ahead
        return "use" if ahead.low > 0 else "behind" if ahead.high < 0 else "level"

    @property
    def tone(self) -> str:
        """The tone of the decision."""
        return "good" if self.case == "use" else "wait"

    @property
    def headline(self) -> str:
        """The decision in one sentence, with its interval."""
        return self._say(f"o_head_{self.case}")

    @property
    def count(self) -> int:
        """To how many customers offers can be made."""
        return len(self.plan.offers.customers)

    @property
    def aside(self) -> int:
        """How many of them are left alone, so that the effect can be read."""
        return round(ASIDE * self.count)

    @property
    def method(self) -> str:
        """By which rule offers are made: the model's where they are ahead, today's else."""
        return "model" if self.case == "use" else "popularity"

    @property
    def items(self) -> NDArray[Any]:
        """What is offered, ``(n, k)``, the best first."""
        return (self.plan.offers if self.case == "use" else self.plan.popular).items

    @cached_property
    def cover(self) -> pd.DataFrame:
        """What is offered, to enough customers to be told."""
        made = self.plan.cover(self.method)
        return made[made["customers"] >= LEAST].reset_index(drop=True)

    @cached_property
    def earned(self) -> float:
        """What a purchase of what is offered brings; NaN where the log has no amounts."""
        told = self.plan.cover(self.method).dropna(subset="brings")
        return float(np.average(told["brings"], weights=told["expected"])) if len(told) else math.nan

    @property
    def short(self) -> list[str]:
        """What there is less of than would be bought unasked."""
        lacking = self.cover["stock"] < self.cover["expected"]
        return [self.named(str(name)) for name in self.cover["item"][lacking]]

    def named(self, item: str) -> str:
        """Say what a kind is called."""
        said = self.plan.names.get(item, item).strip() or item
        return said.capitalize() if said.isupper() else said

    @cached_property
    def words(self) -> dict[str, object]:
        """The numbers of which all sentences are made."""
        plan, say, count = self.plan, self.say, self.say.numbers.count
        frame = plan.hits.to_frame().set_index("method")[["hit", "low", "high"]].to_numpy(float)
        (hit, low, high), hit_today = frame[0].tolist(), float(frame[plan.hits.names.index("popularity"), 0])
        lacks = self.cost / self.earned if self.earned > 0 else math.nan
        return {
            "count": count(self.count),
            "known": count(plan.known),
            "k": count(plan.hits.k),
            "days": self.days,
            "taken": say.share(float(plan.taken().estimate)),
            "taken_interval": self.between(plan.taken(), say.share),
            "today": say.share(float(plan.taken("popularity").estimate)),
            "today_interval": self.between(plan.taken("popularity"), say.share),
            "ahead": self.points(float(plan.ahead.estimate)),
            "ahead_interval": self.between(plan.ahead, self.points),
            "asked": count(len(plan.hits.hits)),
            "offered": count(plan.hits.offered),
            "hit": say.share(hit),
            "hit_interval": say.between(low, high, say.share),
            "hit_today": say.share(hit_today),
            "changed": say.numbers.share(plan.changed, digits=0),
            "date": say.numbers.date(self.then),
            "scored": say.numbers.date(self.day(plan.as_of)),
            "ends": say.numbers.date(self.day(plan.ends)),
            "cost": say.money(self.cost),
            "spent": say.money(self.cost * (self.count - self.aside)),
            "sent": count(self.count - self.aside),
            "aside": count(self.aside),
            "earned": say.money(self.earned) if math.isfinite(self.earned) else say("unknown"),
            "least": say.decimal(_PER * lacks) if math.isfinite(lacks) else say("unknown"),
            "anyway": say.decimal(_PER * float(plan.taken(self.method).estimate)),
            "short": say.joined(self.short[:_NAMED]),
            "shorts": count(len(self.short)),
            "first": say.joined([self.named(str(name)) for name in self.cover["item"][:_NAMED]]),
            "kinds": count(len(self.cover)),
        }

    @property
    def why(self) -> list[str]:
        """What it rests on."""
        money = "none" if not math.isfinite(self.earned) else "told" if self.plan.told else "typed"
        said = [self._say("o_why_found"), self._say("o_why_replaced")]
        said += [self._say(f"o_why_money_{money}")] if self.cost or money == "none" else []
        return [*said, self._say(f"o_why_stock_{self.stock}")]

    @property
    def stock(self) -> str:
        """What is known of stock: nothing, that something is short, or that there is enough."""
        if self.plan.stock is None:
            return "unknown"
        return "short" if self.short else "enough"

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers: to how many, how many take one, how many more than by today's rule."""
        consent = "o_key_whom_consent" if self.plan.consents else "o_key_whom_unknown"
        values = {
            "whom": ("count", consent),
            "taken": ("taken", "o_key_taken_of"),
            "ahead": ("ahead", "o_key_ahead_of"),
        }
        return [
            KeyNumber(self.say(f"o_key_{name}"), str(self.words[value]), self._say(reading))
            for name, (value, reading) in values.items()
        ]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What to do."""
        consent = "consent" if self.plan.consents else "unknown"
        keys = [f"whom_{consent}", f"what_{self.method}", f"stock_{self.stock}", "cost", "aside", "next"]
        return [(self.say(f"o_plan_{key.partition('_')[0]}"), self._say(f"o_plan_{key}_said")) for key in keys]

    @property
    def days(self) -> str:
        """The horizon, in days."""
        days = offset(self.plan.model.within, name="within") / dt.timedelta(days=1)
        return self.say.numbers.decimal(days, digits=0 if days.is_integer() else 1)

    @property
    def then(self) -> dt.date:
        """When the offers judged were made."""
        return self.day(self.plan.as_of - offset(self.plan.model.within, name="within"))

    def day(self, moment: dt.datetime) -> dt.date:
        """Return the day of a moment where the brand is."""
        return self.say.last(moment + dt.timedelta(microseconds=1), self.plan.timezone)

    def between(self, found: Interval, write: Callable[[float], str]) -> str:
        """Write the ends of an interval."""
        return self.say.between(float(found.low), float(found.high), write)

    def points(self, value: float) -> str:
        """Write a difference of shares in points, signed."""
        return self.say.numbers.points(value, digits=1)

    def _say(self, key: str) -> str:
        return self.say(key, **self.words)
