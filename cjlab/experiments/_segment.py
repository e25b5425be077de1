"""A segment of a test's customers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import finite, shown, text, texts
from cjlab._declared import keep
from cjlab.errors import SpecError
from cjlab.experiments._text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Customers who had something in common before the contact: one field of ``profiles``, and what it must be.

    Parameters
    ----------
    name : str
        The segment's name; segments may overlap.
    field : str
        The field of ``profiles`` (or the column of a frame) that decides.
    label : str or mapping of str to str, optional
        How a reader would say it, one string, or one for each language.
    equals : str or sequence of str, optional
        The value, or values, that belong to the segment; compared as text, in which a whole number has no decimals
        and a boolean is ``true`` or ``false``. Each must occur.
    at_least, below : float, optional
        Or the numbers between which the field lies, the first among them, the second not.

    Raises
    ------
    SpecError
        When neither values nor numbers are given, or both, or one of them cannot be.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.experiments.Segment(name="away", field="recency", equals="12", at_least=6)
    Traceback (most recent call last):
        ...
    cjlab.errors.SpecError: segment 'away': say who belongs to it by equals, or by at_least and below, and not by both
    """

    name: str
    field: str
    label: str | Mapping[str, str] | None = dataclasses.field(default=None, hash=False)
    equals: str | Sequence[str] | None = None
    at_least: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        """Check that the segment says who belongs to it, in one way."""
        here = f"segment {text(self.name, name='segment: name')!r}"
        text(self.field, name=f"{here}: field")
        Text.of(self.name if self.label is None else self.label, name=f"{here}: label")
        ranged = self.at_least is not None or self.below is not None
        if ranged == (self.equals is not None):
            raise SpecError(f"{here}: say who belongs to it by equals, or by at_least and below, and not by both")
        self._check_values(here) if self.equals is not None else self._check_range(here)

    def _check_values(self, here: str) -> None:
        if not isinstance(self.equals, list | tuple | str) or not self.equals:
            raise SpecError(f"{here}: equals is {shown(self.equals)}; give the values as text, such as '1'")
        kept = texts(self.values, name=f"{here}: equals")
        keep(self, equals=self.equals if isinstance(self.equals, str) else kept)

    def _check_range(self, here: str) -> None:
        ends = {
            name: finite(end, name=f"{here}: {name}")
            for name, end in (("at_least", self.at_least), ("below", self.below))
            if end is not None
        }
        if len(ends) > 1 and ends["at_least"] >= ends["below"]:
            raise SpecError(f"{here}: at_least is {self.at_least!r} and below is {self.below!r}; nothing lies between")
        keep(self, **ends)

    @property
    def values(self) -> tuple[str, ...]:
        """The values that belong to the segment, as text; none where numbers decide.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Segment(name="regulars", field="tier", equals=["gold", "silver"]).values
        ('gold', 'silver')
        """
        given = () if self.equals is None else self.equals
        return (given,) if isinstance(given, str) else tuple(given)

    def say(self, language: str) -> str:
        """Return the segment as a reader would say it.

        Parameters
        ----------
        language : {"en", "fr"}
            The reader's language.

        Returns
        -------
        str
            The label, or the name.

        Examples
        --------
        >>> import cjlab as cj
        >>> label = {"en": "Under 30", "fr": "Moins de 30 ans"}
        >>> cj.experiments.Segment(name="under_30", field="age", below=30, label=label).say("fr")
        'Moins de 30 ans'
        """
        return Text.of(self.label or self.name, name="label").say(language)
