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
    name : str
        The arm as the log's contacts name it.
    label : str or mapping of str to str, optional
        How a reader would say it inside a sentence, in one or several languages; the name unless given.
    title : str or mapping of str to str, optional
        The label as the start of a line, such as ``"Men’s e-mail"`` for ``"the men’s e-mail"``.
    allocation : float, default: 1.0
        Its share of the customers, as a weight against the other arms' weights.
    cost : float, optional
        Cost of one contact, in the test's currency, when the log does not know it; marked as assumed.
    offer_cost : float, default: 0.0
        Cost of one redeemed offer, in the test's currency, beside what the discount already took off the amounts.

    Raises
    ------
    SpecError
        When a weight or a cost is not a finite number of the right sign.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.experiments.Arm(name="mail", allocation=2, cost=-0.02)
    Traceback (most recent call last):
        ...
    cjlab.errors.SpecError: arm 'mail': cost is -0.02; a cost is 0 or more
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
        """Return the arm as a reader would say it inside a sentence.

        Parameters
        ----------
        language : {"en", "fr"}
            The reader's language.

        Returns
        -------
        str
            The label, in the first language given where it has none in this one.

        Examples
        --------
        >>> import cjlab as cj
        >>> mail = cj.experiments.Arm(name="mail", label={"en": "the e-mail", "fr": "l’e-mail"}, title="E-mail")
        >>> mail.say("fr"), mail.head("fr")
        ('l’e-mail', 'E-mail')
        """
        return Text.of(self.label or self.name, name="label").say(language)

    def head(self, language: str) -> str:
        """Return the arm as a reader would say it at the start of a line.

        Parameters
        ----------
        language : {"en", "fr"}
            The reader's language.

        Returns
        -------
        str
            The title, else the label, else the name.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Arm(name="mail", label={"en": "the e-mail", "fr": "l’e-mail"}).head("en")
        'the e-mail'
        """
        return Text.of(self.title or self.label or self.name, name="title").say(language)


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
        How a reader would say it, in one or several languages.
    equals : str or sequence of str, optional
        The value, or values, that belong to the segment; compared as text.
    at_least, below : float, optional
        Or the numbers between which the field lies, the first among them, the second not.

    Raises
    ------
    SpecError
        When neither values nor numbers are given, or both.

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
    label: str | Mapping[str, str] | None = None
    equals: str | Sequence[str] | None = None
    at_least: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        """Check that the segment says who belongs to it, in one way."""
        here = f"segment {self.name!r}"
        Text.of(self.label or self.name, name=f"{here}: label")
        listed = self.equals is None or isinstance(self.equals, list | tuple | str)
        if not (listed and all(isinstance(value, str) for value in self.values)):
            raise SpecError(f"{here}: equals is {self.equals!r}; give the values as text, such as '1'")
        ranged = self.at_least is not None or self.below is not None
        if ranged == (self.equals is not None):
            raise SpecError(f"{here}: say who belongs to it by equals, or by at_least and below, and not by both")

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
            The label, or the name where it has none.

        Examples
        --------
        >>> import cjlab as cj
        >>> under_30 = cj.experiments.Segment(name="under_30", field="age", below=30, label={"fr": "Moins de 30 ans"})
        >>> under_30.say("fr")
        'Moins de 30 ans'
        """
        return Text.of(self.label or self.name, name="label").say(language)
