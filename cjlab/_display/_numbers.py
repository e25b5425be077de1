"""Numbers in a reader's language: decimal comma, thin spaces, a true minus, the unit where it belongs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display._counts import LEAST, Parts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

_MINUS = "−"
_SPACE = "\u00a0"
_NARROW = "\u202f"
_HUGE = 1e15  # from here on a number is written as a power of ten
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNKNOWN = {"en": "not known", "fr": "inconnu"}
_FEW = {"en": "under 11", "fr": "moins de 11"}
_KEPT = {"en": "not told", "fr": "non dit"}


@dataclass(frozen=True, slots=True)
class Numbers:
    r"""Formats for one language.

    A number that is none (NaN, or without end) is written as not known; one of 10¹⁵ or more as a power of ten.

    Parameters
    ----------
    language
        ``"en"`` or ``"fr"``; decides separators, the place of the currency sign, and dates.

    Examples
    --------
    >>> numbers = Numbers("en")
    >>> numbers.share(0.1827571, digits=2), numbers.points(0.0765896), numbers.money(-220.8, "USD", digits=0)
    ('18.28\xa0%', '+7.66', '−$221')
    """

    language: str

    def count(self, value: float) -> str:
        """Write a whole number: ``64,000``."""
        return self.decimal(round(value) if math.isfinite(value) else value, digits=0)

    def customers(self, count: int) -> str:
        """Write a number of customers; of fewer than 11 no more is said than that, so that nobody can be told apart."""
        return _FEW[self.language] if 0 < count < LEAST else self.count(count)

    def parts(self, counts: Sequence[float]) -> list[str]:
        """Write the parts of a whole that is told, too: neither few customers nor what would give them away."""
        parts = Parts.of(counts)
        signs = {"few": _FEW[self.language], "kept": _KEPT[self.language]}
        return [signs.get(sign, self.count(count)) for sign, count in zip(parts.signs, parts.counts, strict=True)]

    def whole(self, counts: Sequence[float]) -> str:
        """Write the sum of parts: as a range where so many are few, and none more, that it could give them away."""
        parts = Parts.of(counts)
        if parts.range is None:
            return self.customers(sum(parts.counts))
        return self.interval(*parts.range, write=self.count)

    def decimal(self, value: float, *, digits: int, signed: bool = False) -> str:
        """Write a number with a fixed count of decimals, its minus a true one (U+2212)."""
        from babel.numbers import format_decimal

        if not math.isfinite(value):
            return _UNKNOWN[self.language]
        if abs(value) >= _HUGE:
            return self._signed(self._power(value), value, signed=signed)
        value = 0.0 if round(value, digits) == 0 else value
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self._signed(format_decimal(value, format=pattern, locale=self.language), value, signed=signed)

    def share(self, value: float, *, digits: int = 2) -> str:
        """Write a fraction as per cent: ``18.28 %``."""
        if not math.isfinite(value):
            return _UNKNOWN[self.language]
        space = _NARROW if self.language == "fr" else _SPACE
        return f"{self.decimal(100 * value, digits=digits)}{space}%"

    def points(self, value: float, *, digits: int = 2) -> str:
        """Write a difference of fractions in points, with its sign: ``+7.66``."""
        return self.decimal(100 * value, digits=digits, signed=True)

    def trimmed(self, text: str) -> str:
        """Leave out decimals that are zero, in a number that somebody set: ``+3.00 points`` is ``+3 points``."""
        point = "," if self.language == "fr" else "."
        return re.sub(rf"[{point}](\d*?)0+(?!\d)", lambda found: point + found[1] if found[1] else "", text)

    def money(self, value: float, currency: str, *, digits: int = 2, signed: bool = False) -> str:
        """Write an amount with its currency (an ISO 4217 code): ``$221``, ``221 €``."""
        from babel.numbers import get_currency_symbol

        if not math.isfinite(value):
            return _UNKNOWN[self.language]
        symbol = get_currency_symbol(currency, locale="en")
        size = self.decimal(abs(value), digits=digits)
        text = f"{size}{_SPACE}{symbol}" if self.language == "fr" else f"{symbol}{size}"
        negative = round(value, digits) < 0
        return self._signed(f"{_MINUS}{text}" if negative else text, round(value, digits), signed=signed)

    def amount(self, value: float, currency: str) -> str:
        """Write an amount, in its currency where one is given: cents below ten, none above."""
        digits = 2 if abs(value) < 10 and value else 0  # noqa: PLR2004 - cents matter below ten
        return self.money(value, currency, digits=digits) if currency else self.decimal(value, digits=digits)

    def probability(self, value: float) -> str:
        """Write a p-value: two significant decimals, or ``< 0.001``."""
        smallest = 0.001
        if math.isnan(value):
            return _UNKNOWN[self.language]
        if value < smallest:
            return f"<{_SPACE}{self.decimal(smallest, digits=3)}"
        return self.decimal(value, digits=2 if value >= 10 * smallest else 3)

    def interval(self, low: float, high: float, *, write: Callable[[float], str]) -> str:
        """Write both ends of an interval: ``7.00 to 8.32``."""
        return f"{write(low)} {'à' if self.language == 'fr' else 'to'} {write(high)}"

    def date(self, value: dt.date) -> str:
        """Write a date in words: ``22 November 2026``; French counts the first of a month: ``1er juin 2026``."""
        from babel.dates import format_date

        first = self.language == "fr" and value.day == 1
        return format_date(value, format="d'er' MMMM y" if first else "d MMMM y", locale=self.language)

    def _power(self, value: float) -> str:
        """Write a huge number: ``1.5 × 10³⁰``."""
        front, power = f"{value:.1e}".split("e+")
        return f"{self.decimal(float(front), digits=1)}{_SPACE}×{_SPACE}10{str(int(power)).translate(_RAISED)}"

    @staticmethod
    def _signed(text: str, value: float, *, signed: bool) -> str:
        text = text.replace("-", _MINUS)
        return f"+{text}" if signed and value > 0 else text
