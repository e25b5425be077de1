"""The unit of a chart's values: how large they are drawn, and how they are written."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cjlab._checks import shown
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from cjlab._display import Numbers

_KNOWN: Final = ("share", "number")
_CODE: Final = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Written:
    """Values of one unit in one language: shares in per cent, amounts in their currency, numbers with some decimals."""

    unit: str
    numbers: Numbers
    digits: int = 1

    def __post_init__(self) -> None:
        if self.unit not in _KNOWN and not _CODE.fullmatch(self.unit):
            allowed = "'share', 'number', or the ISO 4217 code of a currency such as 'EUR'"
            raise SpecError(f"unit is {shown(self.unit)}; allowed: {allowed}")

    @property
    def currency(self) -> str:
        """In what values are amounts; empty where they are none."""
        return "" if self.unit in _KNOWN else self.unit

    @property
    def factor(self) -> float:
        """By what a value is multiplied before it is drawn."""
        return 100.0 if self.unit == "share" else 1.0

    def __call__(self, value: float) -> str:
        """Write a value."""
        if self.unit == "share":
            return self.numbers.share(value, digits=1)
        if self.currency:
            return self.numbers.amount(value, self.currency)
        return self.numbers.decimal(value, digits=self.digits)

    def ends(self, low: float, high: float) -> str:
        """Write the ends of an interval, of per cents without their sign; nothing where they are not known."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        bare = str.maketrans("", "", "%\u00a0") if self.unit == "share" else {}
        return self.numbers.interval(low, high, write=lambda end: self(end).translate(bare).strip("\u202f"))

    def with_ends(self, value: float, low: float, high: float) -> str:
        """Write a value and its interval, where it is known."""
        ends = self.ends(low, high)
        return f"{self(value)} ({ends})" if ends else self(value)

    def tick(self, size: float, digits: int) -> str:
        """Write a drawn size beside its tick; zero needs no decimals."""
        digits = digits if size else 0
        if self.unit == "share":
            return self.numbers.share(size / 100, digits=digits)
        if self.currency:
            return self.numbers.money(size, self.currency, digits=digits)
        return self.numbers.decimal(size, digits=digits)
