"""Counts of customers beside their sum: which of them may be told, so that no few can be found by subtraction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    Sign = Literal["told", "few", "kept"]

LEAST: Final = 11  # fewer customers than these are not counted out
_APART: Final = 5  # values that a hidden count can still have, at least
_ENDLESS: Final = 1 << 62


@dataclass(frozen=True)
class Parts:
    r"""The parts of a whole whose count is told, too: few ones are hidden, and what would give them away.

    A part of fewer than 11 customers is hidden (primary suppression). Its count would still be the whole less the other
    parts; so the next smallest part is hidden with it, and the next, until every hidden count can have five values or
    more (complementary suppression; Willenborg & de Waal 2001, *Elements of Statistical Disclosure Control*,
    doi:10.1007/978-1-4613-0121-9; Hundepool et al. 2012, *Statistical Disclosure Control*, chapter 4,
    doi:10.1002/9781118348239). A reader is taken to know the rule: that a few are 1 to 10, that what else is hidden is
    11 or more and no more than the smallest part told. With :math:`f` few, :math:`k` others, :math:`R` customers in
    all that is hidden and :math:`s` in the smallest part told, a few lies between
    :math:`\max(1, R - 10(f-1) - ks)` and :math:`\min(10, R - (f-1) - 11k)`.

    Where all parts must be hidden and are small (:math:`R` at most 10 a part), or this cannot be reached, none is said
    to be a few; the whole is a range only where eleven parts or more are all few. An empty part is told: it names
    nobody.

    Parameters
    ----------
    counts
        Customers in each part, that no two parts share.

    Examples
    --------
    >>> Parts((5, 95, 400)).signs
    ('few', 'kept', 'told')
    >>> Parts((3, 9)).signs
    ('kept', 'kept')
    """

    counts: tuple[int, ...]

    @classmethod
    def of(cls, counts: Sequence[float]) -> Parts:
        """Take counts as tables hold them, whole numbers of any type."""
        return cls(tuple(round(one) for one in counts))

    @cached_property
    def signs(self) -> tuple[Sign, ...]:
        """What is said of each part: its count, that they are few, or nothing."""
        if not self._few or self.range or sum(self.counts) < LEAST:
            return self._signs(0)
        many = next((one for one in range(len(self._others) + 1) if self._safe(one)), None)
        hidden = len(self._few) + len(self._others)
        if many is None or (many == len(self._others) and sum(self.counts) <= (LEAST - 1) * hidden):
            return tuple("kept" if count else "told" for count in self.counts)
        return self._signs(many)

    @property
    def told(self) -> tuple[bool, ...]:
        """Whether the count of each part, and what can be had from it, is told."""
        return tuple(sign == "told" for sign in self.signs)

    @property
    def range(self) -> tuple[int, int] | None:
        """Between which ends the whole is told; None where it is told as it is."""
        few = len(self._few)
        return (few, (LEAST - 1) * few) if few >= LEAST and not self._others else None

    def _signs(self, many: int) -> tuple[Sign, ...]:
        """Hide the few, and so many of the smallest others."""
        kept = self._others[:many]
        return tuple(
            "few" if place in self._few else "kept" if place in kept else "told" for place in range(len(self.counts))
        )

    @cached_property
    def _few(self) -> list[int]:
        return [place for place, count in enumerate(self.counts) if 0 < count < LEAST]

    @cached_property
    def _others(self) -> list[int]:
        """The parts that are not few, the smallest first."""
        return sorted((place for place, n in enumerate(self.counts) if n >= LEAST), key=lambda one: self.counts[one])

    def _safe(self, many: int) -> bool:
        """Whether every count can have enough values when so many parts are hidden besides the few."""
        hidden = [*self._few, *self._others[:many]]
        rest, few, most = sum(self.counts[place] for place in hidden), len(self._few), LEAST - 1
        top = self.counts[self._others[many]] if many < len(self._others) else _ENDLESS
        low, high = max(1, rest - most * (few - 1) - top * many), min(most, rest - (few - 1) - LEAST * many)
        if not many:
            return high - low >= _APART - 1
        least = max(LEAST, rest - most * few - top * (many - 1))
        return min(high - low, min(top, rest - few - LEAST * (many - 1)) - least) >= _APART - 1
