"""Numbers in a reader's language: decimal comma, thin spaces, a true minus, the unit where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

_MINUS = "−"
_SPACE = "\u00a0"
_NARROW = "\u202f"


@dataclass(frozen=True, slots=True)
class Numbers:
    r"""Formats for one language.

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
        return self.decimal(round(value), digits=0)

    def decimal(self, value: float, *, digits: int, signed: bool = False) -> str:
        """Write a number with a fixed count of decimals, its minus a true one (U+2212)."""
        from babel.numbers import format_decimal

        value = 0.0 if round(value, digits) == 0 else value
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self._signed(format_decimal(value, format=pattern, locale=self.language), value, signed=signed)

    def share(self, value: float, *, digits: int = 2) -> str:
        """Write a fraction as per cent: ``18.28 %``."""
        space = _NARROW if self.language == "fr" else _SPACE
        return f"{self.decimal(100 * value, digits=digits)}{space}%"

    def points(self, value: float, *, digits: int = 2) -> str:
        """Write a difference of fractions in points, with its sign: ``+7.66``."""
        return self.decimal(100 * value, digits=digits, signed=True)

    def money(self, value: float, currency: str, *, digits: int = 2, signed: bool = False) -> str:
        """Write an amount with its currency (an ISO 4217 code): ``$221``, ``221 €``."""
        from babel.numbers import get_currency_symbol

        symbol = get_currency_symbol(currency, locale="en")
        size = self.decimal(abs(value), digits=digits)
        text = f"{size}{_SPACE}{symbol}" if self.language == "fr" else f"{symbol}{size}"
        negative = round(value, digits) < 0
        return self._signed(f"{_MINUS}{text}" if negative else text, round(value, digits), signed=signed)

    def probability(self, value: float) -> str:
        """Write a p-value: two significant decimals, or ``< 0.001``."""
        smallest = 0.001
        if value < smallest:
            return f"<{_SPACE}{self.decimal(smallest, digits=3)}"
        return self.decimal(value, digits=2 if value >= 10 * smallest else 3)

    def interval(self, low: float, high: float, *, write: Callable[[float], str]) -> str:
        """Write both ends of an interval: ``7.00 to 8.32``."""
        return f"{write(low)} {'à' if self.language == 'fr' else 'to'} {write(high)}"

    def date(self, value: dt.date) -> str:
        """Write a date in words: ``22 November 2026``."""
        from babel.dates import format_date

        return format_date(value, format="d MMMM y", locale=self.language)

    @staticmethod
    def _signed(text: str, value: float, *, signed: bool) -> str:
        text = text.replace("-", _MINUS)
        return f"+{text}" if signed and value > 0 else text
