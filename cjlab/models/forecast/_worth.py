"""Worth: what a purchase brings, what a contact costs, and what part of the purchases one supposes it to cause."""

from __future__ import annotations

from dataclasses import dataclass

from cjlab._checks import finite, within
from cjlab.errors import SpecError


@dataclass(frozen=True, slots=True)
class Worth:
    """What contacts cost and bring, and how many can be made; all of it stated by a person, and none of it learnt.

    Parameters
    ----------
    margin : float, default: 10.0
        What a customer who buys within the time brings, before the cost of the contact, in currency units; above 0.
    cost : float, default: 0.5
        What one contact costs, in currency units; at least 0.
    budget : float, default: 0.2
        The share of customers who can be contacted at most, above 0 and at most 1.
    caused : float, default: 0.1
        The share of the purchases of those contacted that is supposed to be owed to the contact, above 0 and at most 1.
        A chance of buying does not tell it; a test with a control group does.

    Raises
    ------
    SpecError
        When a number is out of its range.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.models.Worth(margin=20, cost=0.5).least  # of 40 who buy, the contact must have moved one
    0.025
    """

    margin: float = 10.0
    cost: float = 0.5
    budget: float = 0.2
    caused: float = 0.1

    def __post_init__(self) -> None:
        """Check that each number is in its range."""
        for name in ("margin", "cost"):
            finite(getattr(self, name), name=name)
        if self.margin <= 0 or self.cost < 0:
            raise SpecError(f"margin is {self.margin} and cost {self.cost}; give a margin above 0, a cost of 0 or more")
        for name in ("budget", "caused"):
            if within(getattr(self, name), 0, 1, name=name) == 0:
                raise SpecError(f"{name} is 0; give a share above 0, at most 1")

    @property
    def value(self) -> float:
        """What a purchase of a contacted customer counts for: its margin, times the share that is owed to contacts.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.Worth(margin=20, caused=0.1).value
        2.0
        """
        return self.margin * self.caused

    @property
    def least(self) -> float:
        """The purchases that one contact must cause to pay, :math:`c / m`.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.Worth(margin=10, cost=1).least
        0.1
        """
        return self.cost / self.margin
