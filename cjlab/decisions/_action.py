"""An action: what can be done with a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cjlab._checks import finite, one_of, text
from cjlab._declared import keep
from cjlab.errors import SpecError
from cjlab.tables import SCHEMA

NONE: Final = "none"
"""What is done with a customer who is left alone: always allowed, at no cost."""
PURPOSES: Final = SCHEMA["contacts"]["purpose"].allowed


@dataclass(frozen=True, slots=True)
class Action:
    """One message that may be sent.

    Leaving a customer alone is an action too, called ``"none"``; it is always there, is never forbidden and costs
    nothing.

    Parameters
    ----------
    name : str
        What it is called: the ``arm`` of its contacts.
    channel : str
        Through what it is sent.
    cost : float
        What one of it costs, in currency units: the message, and what the offer is expected to cost.
    purpose : {"marketing", "service", "dunning", "survey"}
        What for: consent is asked for channel and purpose.
    offer : str, optional
        The offer it makes.
    item : str or int, optional
        What it is about, which must be in stock.
    template : str, optional
        What its text is made of.

    Raises
    ------
    SpecError
        When a name is blank or ``"none"``, the cost is negative, or the purpose is unknown.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.decisions.Action("reminder", channel="email", cost=0.02).purpose
    'marketing'
    """

    name: str
    channel: str
    cost: float
    purpose: str = "marketing"
    offer: str | None = None
    item: str | int | None = None
    template: str | None = None

    def __post_init__(self) -> None:
        """Check every value."""
        if text(self.name, name="an action's name") == NONE:
            raise SpecError("an action is called 'none', which is to leave a customer alone; give it another name")
        text(self.channel, name=f"action {self.name!r}: channel")
        cost = finite(self.cost, name=f"action {self.name!r}: cost")
        if cost < 0:
            raise SpecError(f"action {self.name!r}: cost is {cost:g}; give a number of 0 or more")
        keep(self, cost=cost)
        one_of(self.purpose, PURPOSES, name=f"action {self.name!r}: purpose")
        for name in ("offer", "template"):
            if getattr(self, name) is not None:
                text(getattr(self, name), name=f"action {self.name!r}: {name}")
        if self.item is not None and (isinstance(self.item, bool) or not isinstance(self.item, int)):
            text(self.item, name=f"action {self.name!r}: item")
