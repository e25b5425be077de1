"""What personas are called and who they are, in the reader's language: of their rules, split by split."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cjlab._display import started

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.models import Gallery
    from cjlab.models.personas import Split
    from cjlab.reports.pages._voice import Voice

_KNOWN: Final = ("silence", "purchases", "basket", "visits")
_THROUGH: Final = "through_"
_ABSENT: Final = ("never", "nothing")  # what says all


@dataclass(frozen=True)
class Cast:
    """Personas by name and rule."""

    found: Gallery
    say: Voice

    @cached_property
    def names(self) -> dict[str, str]:
        """What each persona is called, by its name among the lines."""
        lines = self.found.lines
        told = [
            self._named(splits, str(channel))
            for splits, channel in zip(self.found.personas.splits, lines["channel"], strict=True)
        ]
        seen, many, made = Counter[str](), Counter(told), []
        for one in told:
            seen[one] += 1
            made.append(self.say("k_again", name=one, place=seen[one]) if many[one] > 1 else one)
        return dict(zip(map(str, lines.index), map(started, made), strict=True))

    @cached_property
    def rules(self) -> dict[str, str]:
        """Who each persona is, by its name among the lines."""
        told = [self._ruled(splits) for splits in self.found.personas.splits]
        return dict(zip(map(str, self.found.lines.index), told, strict=True))

    def _named(self, splits: Sequence[Split], channel: str) -> str:
        kinds = dict.fromkeys(self._kind(one) for one in splits)
        absent = [kind for kind in kinds if kind in _ABSENT]
        if absent:
            return self.say(f"k_name_{absent[0]}")
        words = [self._word(one, channel) for one in splits if self._kind(one) != "known"]
        return ", ".join(dict.fromkeys(words)) or self.say("k_name_buyers")

    def _kind(self, one: Split) -> str:
        """Say of a split whether it tells that somebody never bought, bought nothing in a year, or bought at all."""
        unknown = one.kind == "unknown"
        if one.name == "silence" and unknown:
            return "never"
        if (one.name == "basket" or one.name.startswith(_THROUGH)) and unknown:
            return "nothing"
        if one.name == "purchases" and one.high < 1:
            return "nothing"
        bought = one.name == "purchases" and one.low < 1 and one.high == math.inf
        return "known" if one.kind == "known" or bought else "other"

    def _word(self, one: Split, channel: str) -> str:
        if one.name.startswith(_THROUGH):
            return self.say("k_name_through", channel=self.say.channel(channel))
        if one.name in _KNOWN and one.kind in {"number", "whole"}:
            return self.say(f"k_name_{one.name}_{_place(one)}")
        return self._said(one)

    def _ruled(self, splits: Sequence[Split]) -> str:
        told = [self._clause(one) for one in splits]
        return started("; ".join(dict.fromkeys(told)))

    def _clause(self, one: Split) -> str:
        kind = self._kind(one)
        if kind in _ABSENT:
            return self.say(f"k_rule_{kind}")
        if kind == "known" and (one.name in _KNOWN or one.name.startswith(_THROUGH)):
            return self.say("k_rule_ever" if one.name == "silence" else "k_rule_bought")
        if one.name.startswith(_THROUGH):
            channel = self.say.channel(one.name.removeprefix(_THROUGH))
            return self.say("k_rule_through", channel=channel, range=self._range(one))
        if one.name in _KNOWN and one.kind in {"number", "whole"}:
            return self.say(f"k_rule_{one.name}", range=self._range(one))
        return self._said(one)

    def _said(self, one: Split) -> str:
        """Say a field of the profiles."""
        name = one.name.replace("_", " ")
        if one.kind == "whole" and (one.high == 0 or (one.low == 0 and one.high == math.inf)):
            return self.say("k_field_is", name=name, word=self.say("no" if one.high == 0 else "yes"))
        if one.kind in {"number", "whole"}:
            return self.say("k_field", name=name, range=self._range(one))
        return self.say(f"k_field_{one.kind.replace(' ', '_')}", name=name, word=one.word)

    def _range(self, one: Split) -> str:
        """Write between what something lies: whole numbers by their ends, others above and up to."""
        least = one.low + 1 if one.kind == "whole" else one.low
        if one.low == -math.inf:
            return (
                self._number(one, one.high) if one.high == 0 else self.say("k_most", high=self._number(one, one.high))
            )
        if one.high == math.inf:
            return self.say("k_least" if one.kind == "whole" else "k_above", low=self._number(one, least))
        if least == one.high:
            return self._number(one, one.high)
        return self.say("from_to", low=self._number(one, least), high=self._number(one, one.high))

    def _number(self, one: Split, value: float) -> str:
        if one.name == "basket":
            return self.say.money(value)
        if one.name.startswith(_THROUGH):
            return self.say.numbers.share(value, digits=0)
        digits = 0 if value == round(value) or one.name == "silence" else 1
        return self.say.numbers.decimal(value, digits=digits)


def _place(one: Split) -> str:
    """Say where between the ends it lies: low, high, or in the middle."""
    if one.low == -math.inf or (one.name == "purchases" and one.low < 1):  # who bought at all
        return "low"
    return "high" if one.high == math.inf else "middle"
