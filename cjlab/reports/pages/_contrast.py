"""Two runs in words and numbers: what one brings more, per 1,000 customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.reports.pages._spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.simulator import Comparison

PER, CURRENCY = 1000, "EUR"
_MONEY = frozenset({"amount", "margin", "cost", "net"})
_SHARES = frozenset({"unsubscribed"})


@dataclass(frozen=True, slots=True)
class Contrast(Spoken):
    """A comparison, in a language."""

    comparison: Comparison
    language: str

    def line(self, outcome: str) -> Any:  # noqa: ANN401 - a line of a comparison
        """Return what is known of an outcome."""
        return next(line for line in self.comparison.lines if line.outcome == outcome)

    def money(self, outcome: str) -> str:
        """Write a difference of money, per 1,000 customers."""
        return self._amount(PER * self.line(outcome).difference)

    def count(self, outcome: str) -> str:
        """Write a difference of counts, per 1,000 customers."""
        return self._count(PER * self.line(outcome).difference)

    def points(self, outcome: str) -> str:
        """Write a difference of shares, in points."""
        return self._points(self.line(outcome).difference)

    def interval(self, outcome: str) -> str:
        """Write an interval as its difference is written."""
        one = self.line(outcome)
        factor = 1 if outcome in _SHARES else PER
        write = self._points if outcome in _SHARES else self._amount if outcome in _MONEY else self._count
        return self._numbers.interval(factor * one.low, factor * one.high, write=write)

    def rows(self, beside: Sequence[Any] | None) -> list[list[str]]:
        """Write a row an outcome for one customer: both runs, a third beside them, the difference and its interval.

        ``beside`` are lines of a comparison with the third run, where there is one.
        """
        thirds = beside or [None] * len(self.comparison.lines)
        return [self._row(one, third) for one, third in zip(self.comparison.lines, thirds, strict=True)]

    def _row(self, one: Any, third: Any) -> list[str]:  # noqa: ANN401 - lines of a comparison
        interval = self._numbers.interval(
            one.low, one.high, write=lambda end: self._cell(one.outcome, end, signed=True)
        )
        values = (one.other, one.this, *(() if third is None else (third.other,)))
        levels = (self._cell(one.outcome, value, signed=False) for value in values)
        change = self._cell(one.outcome, one.difference, signed=True)
        unit = f"\u00a0{self._say('s_in_points')}" if one.outcome in _SHARES else ""
        return [self._say(f"s_row_{one.outcome}"), *levels, f"{change}{unit}", interval]

    def entries(self, arm: str, versus: str) -> list[dict[str, object]]:
        """Return every line for other programs: what an arm changes against another."""
        return [
            {"kind": "comparison", "metric": one.outcome, "arm": arm, "versus": versus}
            | {"estimate": one.difference, "low": one.low, "high": one.high}
            for one in self.comparison.lines
        ]

    def _cell(self, outcome: str, value: float, *, signed: bool) -> str:
        if outcome in _SHARES:
            return self._points(value) if signed else self._numbers.share(value, digits=1)
        if outcome in _MONEY:
            return self._numbers.money(value, CURRENCY, signed=signed)
        return self._numbers.decimal(value, digits=2, signed=signed)

    def _amount(self, value: float) -> str:
        return self._numbers.money(value, CURRENCY, digits=0, signed=True)

    def _count(self, value: float) -> str:
        return self._numbers.decimal(value, digits=0, signed=True)

    def _points(self, value: float) -> str:
        return self._numbers.points(value, digits=1)
