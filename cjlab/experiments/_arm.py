"""An arm of a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cjlab._checks import finite, flag, shown, text, within
from cjlab._declared import keep
from cjlab.errors import SpecError
from cjlab.experiments._text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


_MOST = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A variant of a test.

    Parameters
    ----------
    name : str
        The arm as the log's contacts name it.
    label : str or mapping of str to str, optional
        How a reader would say it inside a sentence, one string, or one for each language; the name unless given.
    title : str or mapping of str to str, optional
        The label as the start of a line, such as ``"Men’s e-mail"`` for ``"the men’s e-mail"``.
    allocation : float, default: 1.0
        Its share of the customers, as a weight against the other arms' weights.
    cost : float, optional
        Cost of one contact, in the test's currency, when the log does not know it; marked as assumed.
    offer_cost : float, default: 0.0
        Cost of one redeemed offer, in the test's currency, beside what the discount already took off the amounts.
    contacted : bool, optional
        Whether its customers are meant to be sent something. Unless said, those of the control are left alone and those
        of every other arm are contacted; say true of the control to test one message against another.

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
    cjlab.errors.SpecError: arm 'mail': cost is -0.02; a cost is 0 or more, and at most 1e+12
    """

    name: str
    label: str | Mapping[str, str] | None = field(default=None, hash=False)
    title: str | Mapping[str, str] | None = field(default=None, hash=False)
    allocation: float = 1.0
    cost: float | None = None
    offer_cost: float = 0.0
    contacted: bool | None = None

    def __post_init__(self) -> None:
        """Check weight, costs and words."""
        here = f"arm {text(self.name, name='arm: name')!r}"
        for place, words in (("label", self.label), ("title", self.title)):
            Text.of(self.name if words is None else words, name=f"{here}: {place}")
        keep(
            self,
            allocation=within(self.allocation, 0, _MOST, name=f"{here}: allocation", open_ends=True),
            cost=None if self.cost is None else _cost(self.cost, name=f"{here}: cost"),
            offer_cost=_cost(self.offer_cost, name=f"{here}: offer_cost"),
            contacted=None if self.contacted is None else flag(self.contacted, name=f"{here}: contacted"),
        )

    def say(self, language: str) -> str:
        """Return the arm as a reader would say it inside a sentence.

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


def _cost(value: float, *, name: str) -> float:
    if not 0 <= finite(value, name=name) <= _MOST:
        raise SpecError(f"{name} is {shown(value)}; a cost is 0 or more, and at most {_MOST:g}")
    return float(value)
