"""The terms of a plan: what may be spent, through what, and which shares are left to chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cjlab._checks import finite, one_of, shown, text, within
from cjlab._declared import keep
from cjlab._written import fingerprint
from cjlab.errors import SpecError

_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan may spend, and how much of it is drawn by lot.

    Parameters
    ----------
    salt : str
        What every draw is salted with, along with the customer and the moment.
    budget : float, optional
        What all contacts together may cost, in currency units; without a limit unless given.
    capacity : mapping, optional
        How many contacts each channel can carry; without a limit where a channel is not named.
    explore : float
        The share of customers, drawn first, whose action is drawn among all that are allowed, "none" among them; 2 to
        10 % is usual. At 0 nothing can be learnt from the decisions.
    control : float
        The share of those whom the policy would contact who are left alone, as the campaign's control.
    exact : bool, optional
        True: the best plan there is, by whole numbers. False: prices alone, so that one customer scored alone always
        gets the plan's action. Unless given: prices, and whole numbers where the plan is small and prices would lose
        more than 0.1 %.
    stock : mapping, optional
        How many units there are of each item, by its name; no more contacts promise one. Without a limit where an item
        is not named.

    Raises
    ------
    SpecError
        When a number is out of range.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.decisions.Terms("spring", budget=5_000, capacity={"phone": 200}).explore
    0.05
    """

    salt: str
    budget: float | None = None
    capacity: Mapping[str, float] = field(default_factory=dict, hash=False)
    explore: float = 0.05
    control: float = 0.0
    exact: bool | None = None
    stock: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Check every value."""
        text(self.salt, name="terms: salt")
        if self.budget is not None:
            keep(self, budget=_limit(self.budget, "budget"))
        for name, each in (("capacity", "channel"), ("stock", "item")):
            keep(self, **{name: _limits(getattr(self, name), name, each)})
        for name in ("explore", "control"):
            keep(self, **{name: within(getattr(self, name), 0.0, _MOST, name=f"terms: {name}")})
        one_of(self.exact, (True, False, None), name="terms: exact")

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as plain values; what is not given is left out.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Terms("spring", budget=5).said
        {'salt': 'spring', 'budget': 5.0, 'explore': 0.05, 'control': 0.0}
        """
        told = {name: getattr(self, name) for name in self.__slots__}
        told |= {name: dict(getattr(self, name)) or None for name in ("capacity", "stock")}
        return {name: value for name, value in told.items() if value is not None}

    @property
    def fingerprint(self) -> str:
        """What tells these terms from others: the sha256 of what was said.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.decisions.Terms("spring").fingerprint)
        64
        """
        return fingerprint(self.said)


def _limits(given: object, name: str, each: str) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise SpecError(f"terms: {name} is {shown(given)}; give a number for each {each}")
    return MappingProxyType(
        {text(one, name=f"terms: {name}"): _limit(most, f"{name} of {one!r}") for one, most in given.items()}
    )


def _limit(value: object, name: str) -> float:
    number = finite(value, name=f"terms: {name}")
    if number < 0:
        raise SpecError(f"terms: {name} is {shown(value)}; give a number of 0 or more")
    return number
