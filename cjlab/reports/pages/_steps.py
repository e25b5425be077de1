"""What to do about those who do not listen, a line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._voice import few

if TYPE_CHECKING:
    from cjlab.reports.pages._listened import Line, Listened
    from cjlab.reports.pages._voice import Voice

_LESS = 0.25  # a random half are written to half as often


@dataclass(frozen=True, slots=True)
class Steps:
    """What is to be done, in a language."""

    said: Listened

    @property
    def plan(self) -> list[tuple[str, str]]:
        """What to do; nothing where hardly anybody is silent."""
        if not self.said.known or self.said.fine or self.said.soon:
            return []
        made = {"l_stop": self._stop(), "l_less": self._less(), "l_end": self._end(), "l_saves": self._saves()}
        made |= {"l_aside": self._say("l_aside_said"), "l_next": self._say("l_next_said")}
        return [(self._say(key), said) for key, said in made.items() if said]

    def _stop(self) -> str:
        count = self._last["customers"]
        return "" if few(count) or not count else self._say("l_stop_said", count=self._say.numbers.count(count))

    def _less(self) -> str:
        rest = self._rest
        if few(rest) or not rest:
            return ""
        return self._say("l_less_said", count=self._say.numbers.count(rest), did=self.said.act)

    def _end(self) -> str:
        if self.said.worst is None or self.said.single:
            return ""
        return self._say("l_end_said", name=self._say.quoted(self.said.worst[0]), times=self.said.times())

    def _saves(self) -> str:
        """Say what stopping for those who gave no sign would save, and what writing less to the others."""
        if not self.said.costs or few(self._last["customers"]) or not self._last["customers"]:
            return ""
        comes = lines(self.said.found.groups)["comes"]
        known = comes["customers"] == self._rest and not few(self._rest)
        less = self._say("l_saves_less", **self._money(comes, _LESS)) if known else ""
        return self._say("l_saves_said", **self._money(self._last), span=self.said.span) + less

    def _money(self, line: Line, part: float = 1.0) -> dict[str, str]:
        """Write a part of what messages to a group cost, and its interval."""
        whole = part * self.said.silences["written"]["cost"]
        interval = self._say.between(whole * line["cost_low"], whole * line["cost_high"], self._say.money)
        return {"saved": self._say.money(part * line["cost"]), "interval": interval}

    @property
    def _rest(self) -> float:
        """How many are in the first silence, and not in the last."""
        return self.said.first["customers"] - self._last["customers"]

    @property
    def _last(self) -> Line:
        return self.said.last

    @property
    def _say(self) -> Voice:
        return self.said.say
