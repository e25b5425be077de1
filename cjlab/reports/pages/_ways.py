"""Two ways of writing to the same people, in words and numbers, beside writing to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Wording
from cjlab.reports.pages._contrast import CURRENCY, PER, Contrast
from cjlab.reports.pages._spoken import Spoken

if TYPE_CHECKING:
    from cjlab.simulator import Run

_LATE = 21


@dataclass(frozen=True, slots=True)
class Ways(Spoken):
    """Writing much and writing little, and where it is known, writing to nobody."""

    often: Run
    careful: Run
    silent: Run | None
    since: int
    every: int
    gentle: str
    language: str

    @property
    def contrast(self) -> Contrast:
        """What writing little brings more than writing much."""
        return self._between(self.careful, self.often)

    @property
    def headline(self) -> str:
        """Which way earns more, and how much."""
        found = self.contrast.line("net")
        if found.low <= 0 <= found.high:
            return self._say("s_open")
        net = self._numbers.money(PER * abs(found.difference), CURRENCY, digits=0)
        return self._say("s_more" if found.difference > 0 else "s_less", net=net)

    @property
    def why(self) -> list[str]:
        """What was compared, what it brings, and what each way brings beside writing to nobody."""
        words = {"days": self._numbers.count(self.often.days - self.since), "every": self.every, "late": _LATE}
        words["gentle"] = self._gently
        found = self.contrast
        said = [self._say("s_why", **words, net=found.money("net"), interval=found.interval("net"))]
        if self.silent is None:
            return said
        much, little = self._between(self.often, self.silent), self._between(self.careful, self.silent)
        numbers = {"often": much.money("net"), "often_interval": much.interval("net")}
        numbers |= {"careful": little.money("net"), "careful_interval": little.interval("net")}
        return [*said, self._say("s_beside_silence", **numbers)]

    @property
    def table(self) -> tuple[list[str], list[list[str]]]:
        """The columns and rows of a table of outcomes for one customer."""
        runs = ("often", "careful", *(["silent"] if self.silent else []))
        columns = [self._say(f"s_{name}") for name in ("outcome", *runs, "difference", "interval")]
        beside = self._between(self.often, self.silent).comparison.lines if self.silent else None
        return columns, self.contrast.rows(beside)

    @property
    def entries(self) -> list[dict[str, object]]:
        """Every difference for other programs."""
        made = self.contrast.entries("little", "much")
        if self.silent is None:
            return made
        for name, run in (("much", self.often), ("little", self.careful)):
            made += self._between(run, self.silent).entries(name, "nobody")
        return made

    @property
    def _gently(self) -> str:
        """Name the one message that is written seldom."""
        texts = Wording.of("cjlab.reports.pages", self.language).texts
        known = texts.get(f"s_gentle_{self.gentle}")
        return known or self._say("s_gentle", action=self.gentle.replace("_", " "))

    def _between(self, one: Run, other: Run) -> Contrast:
        return Contrast(one.against(other, since=self.since), self.language)
