"""What is said of a base of customers: the finding in a sentence, why, and the numbers beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from cjlab.features import Base
    from cjlab.reports.pages._voice import Voice

    Ends = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Based:
    """Findings about a base of customers, in a language."""

    base: Base
    say: Voice

    @property
    def headline(self) -> str:
        """The finding in one sentence, with its intervals."""
        once = self.shares(self.base.once, "once")
        if not math.isfinite(self.base.top[0]):
            return self.say("b_headline_once", **once)
        return self.say("b_headline", **self.shares(self.base.top, "top"), **once)

    @property
    def why(self) -> list[str]:
        """What it rests on."""
        return [self._size(), self._mean(), self._active(), *self._again()]

    def _size(self) -> str:
        count, money = self.say.numbers.count, self.say.money
        words = {"buyers": self.say.numbers.customers(self.base.buyers), "orders": count(self.base.orders)}
        words["days"] = count(self.base.days)
        if not self.base.money:
            return self.say("b_size", **words)
        key = "b_size_returned" if self.base.returned else "b_size_money"
        return self.say(key, **words, sales=money(self.base.sales), returned=money(-self.base.returned))

    def _mean(self) -> str:
        words = self.means(self.base.per_buyer, "orders", money=False)
        if not self.base.money:
            return self.say("b_mean", **words)
        words |= self.means(self.base.basket, "basket") | self.means(self.base.spent, "spent")
        return self.say("b_mean_money", **words)

    def _active(self) -> str:
        return self.say("b_active", **self.shares(self.base.active, "active"))

    def _again(self) -> list[str]:
        """Say how many of those first seen later come back at once, where enough were followed."""
        found = self.base.again
        first = found[(found["line"] == "later") & (found["period"] == 1)]
        if not len(first):
            return []
        line = lines(first[["share", "low", "high"]].reset_index(drop=True))["0"]
        return [self.say("b_again_why", **self.shares((line["share"], line["low"], line["high"]), "again"))]

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers: who, how much, and how many are still there."""
        say, base = self.say, self.base
        known = say.numbers.customers(base.customers)
        made = [KeyNumber(say("b_key_buyers"), say.numbers.customers(base.buyers), say("b_key_buyers_of", known=known))]
        if base.money:
            words = self.means(base.spent, "spent")
            made.append(KeyNumber(say("b_key_sales"), say.money(base.sales), say("b_key_sales_of", **words)))
        else:
            words = self.means(base.per_buyer, "orders", money=False)
            made.append(KeyNumber(say("b_key_orders"), say.numbers.count(base.orders), say("b_key_orders_of", **words)))
        active = self.shares(base.active, "active")
        return [*made, KeyNumber(say("b_key_active"), active["active"], say("b_key_active_of", **active))]

    def shares(self, ends: Ends, name: str) -> dict[str, str]:
        """Write a share and its interval."""
        interval = self.say.between(ends[1], ends[2], self.say.share)
        return {name: self.say.share(ends[0]), f"{name}_interval": interval}

    def means(self, ends: Ends, name: str, *, money: bool = True) -> dict[str, str]:
        """Write a mean and its interval."""
        write = self.say.money if money else self.say.decimal
        return {name: write(ends[0]), f"{name}_interval": self.say.between(ends[1], ends[2], write)}
