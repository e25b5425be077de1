"""Sequence: the last steps of a customer, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from cjlab._checks import texts, whole
from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import picked
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

_STEPS = ("visit", "view", "search", "favourite", "cart", "purchase", "return", "opened", "clicked", "complaint")


@dataclass(frozen=True)
class Sequence(Builder):
    """The last steps: ``step_1`` is the place of the latest event's name among ``events``, 0 for the first of them.

    Parameters
    ----------
    events : tuple of str
        The steps that are told apart; others are left out.
    size : int
        How many steps.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When there is no step to tell apart, or ``size`` is not from 1 to 100.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Sequence(("visit", "purchase"), size=2)).describe()["what"].iloc[0]
    'the last step but 0: 0 visit, 1 purchase'
    """

    events: tuple[str, ...] = _STEPS
    size: int = 5

    def __post_init__(self) -> None:
        """Check the steps, and how many."""
        super().__post_init__()
        object.__setattr__(self, "events", texts(self.events, name="events"))
        if not self.events:
            raise SpecError("events is empty; name the steps that are told apart")
        whole(self.size, name="size", least=1, most=100)

    def columns(self) -> tuple[Column, ...]:
        """Return a code a step.

        Returns
        -------
        tuple of Column
            As many features as ``size``.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Sequence().columns())
        5
        """
        steps = Cell("recent", Where(self.events), of="event", words=self.events, size=self.size)
        named = ", ".join(f"{place} {name}" for place, name in enumerate(self.events))
        return tuple(
            Column(
                *(f"step_{place + 1}", (steps,), partial(picked, place=place), "code"),
                *(f"the last step but {place}: {named}", "he has not taken so many"),
            )
            for place in range(self.size)
        )
