"""An arm of a test, and a segment of its customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import finite, within
from cjlab.errors import SpecError
from cjlab.experiments._text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A variant of a test.

    Parameters
    ----------
    name
        The arm as the log's contacts name it.
    label
        How a reader would say it, in one or several languages; also ``title`` for the start of a line.
    title
        The label as the start of a line, such as ``"Men’s e-mail"`` for ``"the men’s e-mail"``.
    allocation
        Its share of the customers, as a weight against the other arms' weights.
    cost
        Cost of one contact, in the test's currency, when the log does not know it; marked as assumed.
    offer_cost
        Cost of one redeemed offer, in the test's currency, beside what the discount already took off the amounts.

    Raises
    ------
    SpecError
        When a weight or a cost is not a finite number of the right sign.
    """

    name: str
    label: str | Mapping[str, str] | None = None
    title: str | Mapping[str, str] | None = None
    allocation: float = 1.0
    cost: float | None = None
    offer_cost: float = 0.0

    def __post_init__(self) -> None:
        """Check weight, costs and words."""
        here = f"arm {self.name!r}"
        Text.of(self.label or self.name, name=f"{here}: label")
        Text.of(self.title or self.name, name=f"{here}: title")
        within(self.allocation, 0, float("1e12"), name=f"{here}: allocation", open_ends=True)
        for field, value in (("cost", self.cost), ("offer_cost", self.offer_cost)):
            if value is not None and finite(value, name=f"{here}: {field}") < 0:
                raise SpecError(f"{here}: {field} is {value!r}; a cost is 0 or more")

    def say(self, language: str) -> str:
        """Return the arm as a reader would say it inside a sentence."""
        return Text.of(self.label or self.name, name="label").say(language)

    def head(self, language: str) -> str:
        """Return the arm as a reader would say it at the start of a line."""
        return Text.of(self.title or self.label or self.name, name="title").say(language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Customers who had something in common before the contact: one field of ``profiles``, and what it must be.

    Parameters
    ----------
    name
        The segment's name; segments may overlap.
    field
        The field of ``profiles`` (or the column of a frame) that decides.
    label
        How a reader would say it, in one or several languages.
    equals
        The value, or values, that belong to the segment; compared as text.
    at_least, below
        Or the numbers between which the field lies.

    Raises
    ------
    SpecError
        When neither values nor numbers are given, or both.
    """

    name: str
    field: str
    label: str | Mapping[str, str] | None = None
    equals: str | Sequence[str] | None = None
    at_least: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        """Check that the segment says who belongs to it, in one way."""
        here = f"segment {self.name!r}"
        Text.of(self.label or self.name, name=f"{here}: label")
        ranged = self.at_least is not None or self.below is not None
        if ranged == (self.equals is not None):
            raise SpecError(f"{here}: say who belongs to it by equals, or by at_least and below, and not by both")

    @property
    def values(self) -> tuple[str, ...]:
        """The values that belong to the segment, as text."""
        return (self.equals,) if isinstance(self.equals, str) else tuple(self.equals or ())

    def say(self, language: str) -> str:
        """Return the segment as a reader would say it."""
        return Text.of(self.label or self.name, name="label").say(language)
