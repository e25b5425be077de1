"""A policy: the rule that decides who is contacted, with what, when."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from cjlab._checks import shown, whole
from cjlab.errors import SpecError
from cjlab.simulator._memory import remembered
from cjlab.simulator._plan import MOST_DAYS, tabulated_plans

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator._plan import Plan
    from cjlab.simulator._view import View
    from cjlab.simulator.world import World


@runtime_checkable
class Policy(Protocol):
    """Whoever decides: an object with ``decide(view)`` and ``per_customer``.

    It may also have ``every``, the days from one decision day to the next (1 unless given); ``remembers``, over how
    many days :meth:`View.sent` tells each contact (0 unless given); and ``on_event(view, events)``, which answers what
    happened on a day: ``events`` is a Polars frame of ``customer_id``, ``event`` and ``second``. A policy is a function
    of what it is given: it keeps nothing from day to day.

    Examples
    --------
    Whoever has not bought for a month and may be written to gets a reminder, looked at once a week:

    >>> import cjlab as cj
    >>> class Late:
    ...     per_customer, every = True, 7
    ...
    ...     def decide(self, view):
    ...         late = view.frame.query("since_last_order > 30 and consent_email").index
    ...         return pd.DataFrame({"customer_id": late, "action": "reminder"})
    >>> import pandas as pd
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), Late(), days=60)
    >>> run.contacts["template"].unique().to_list()
    ['reminder']
    """

    def __init__(self) -> None: ...

    @property
    def per_customer(self) -> bool:
        """Whether no customer's contacts depend on another's, so that shards may be decided on apart.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.Budgeted("reminder", n=5).per_customer, cj.simulator.Nobody().per_customer
        (False, True)
        """

    def decide(self, view: View) -> Any:  # noqa: ANN401 - Contacts, a frame, or None
        """Decide on the contacts of a day.

        Parameters
        ----------
        view : View
            What is seen when the day begins.

        Returns
        -------
        Contacts, frame or None
            The contacts; a frame has columns ``customer_id`` and ``action``, and any other field of :class:`Contacts`.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=3).view(2)
        >>> len(cj.simulator.Budgeted("reminder", n=5).decide(view).customers)
        5
        """


class Answering(Protocol):
    """A policy that also answers what happens on a day."""

    def on_event(self, view: View, events: pl.DataFrame) -> Any:  # noqa: ANN401 - Contacts, a frame, or None
        """Decide on the contacts that answer events."""


def answering(policy: object) -> Answering | None:
    """Return a policy if it also answers what happens on a day."""
    return policy if callable(getattr(policy, "on_event", None)) else None  # type: ignore[return-value] # just seen


class Planned(ABC):
    """A policy that is a list of plans, run compiled."""

    per_customer = True
    holdout: float = 0.0
    rhythm = 1
    """Days from one on which something may be decided to the next."""
    answers = False
    """Whether any plan answers what happens on a day."""

    @abstractmethod
    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return the plans for a world."""


def compiled(policy: Planned, world: World) -> NDArray[np.void]:
    """Return a policy's plans as the kernel reads them."""
    return tabulated_plans(policy.plans(world), world, holdout=policy.holdout)


def policy_of(given: object, world: World) -> Policy | Planned:
    """Return a policy if it can be followed in a world."""
    if isinstance(given, type):
        raise SpecError(f"policy is the class {given.__name__}; give an instance: {given.__name__}(…)")
    if isinstance(given, Planned):
        compiled(given, world)
        return given
    if not callable(getattr(given, "decide", None)):
        raise SpecError(f"policy is {shown(given)}; give one of cj.simulator's, or an object with decide(view)")
    if not isinstance(getattr(given, "per_customer", None), bool):
        raise SpecError(
            f"policy {type(given).__name__} has no per_customer; set it to True where no customer's contacts depend"
            " on another's, and to False otherwise"
        )
    answer = getattr(given, "on_event", None)
    if answer is not None and not callable(answer):
        raise SpecError(f"policy {type(given).__name__}: on_event is no method; define on_event(view, events)")
    every_of(given)
    remembered(given)
    assert isinstance(given, Policy)  # noqa: S101 - by the lines above
    return given


def every_of(policy: object) -> int:
    """Return the days from one decision day of a policy to the next."""
    return whole(getattr(policy, "every", 1), name=f"policy {type(policy).__name__}: every", least=1, most=MOST_DAYS)
