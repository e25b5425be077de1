"""A policy that shares a budget: it sees everybody before it decides on anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import flag, one_of, text, whole
from cjlab.simulator._contacts import Contacts
from cjlab.simulator._plan import MOST_DAYS
from cjlab.simulator.kernel import SEEN

if TYPE_CHECKING:
    from cjlab.simulator._view import View

_MOST = 1_000_000_000


@dataclass(frozen=True)
class Budgeted:
    """So many contacts a decision day for all customers together, to those who rank first.

    Those who may not be written to with its purpose by the action's channel are passed over. What never happened to a
    customer ranks him last, and ties go to the lower id.

    Parameters
    ----------
    action : str
        What is sent.
    n : int
        To how many, a decision day.
    by : str
        What ranks them: one of ``cj.simulator.SEEN``; dates rank by the days since.
    descending : bool
        Whether the highest come first.
    every : int
        Days from one decision day to the next.

    Raises
    ------
    SpecError
        When a value cannot be.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=200)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.Budgeted("reminder", n=5, every=2), days=4)
    >>> run.contacts.height
    10
    """

    action: str
    n: int
    by: str = "spent"
    descending: bool = True
    every: int = 7
    per_customer: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Check every value."""
        text(self.action, name="action")
        whole(self.n, name="n", least=0, most=_MOST)
        one_of(self.by, SEEN, name="by")
        flag(self.descending, name="descending")
        whole(self.every, name="every", least=1, most=MOST_DAYS)

    def decide(self, view: View) -> Contacts:
        """Return the contacts of those who rank first.

        Parameters
        ----------
        view : View
            What is seen of everybody.

        Returns
        -------
        Contacts
            ``n`` of them, or as many as allow it.

        Raises
        ------
        SpecError
            When the world has no such action.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=3).view(2)
        >>> asked = cj.simulator.Budgeted("text", n=50).decide(view).customers
        >>> len(asked) == int(view.consents("sms").sum())
        True
        """
        action = view.actions[one_of(self.action, view.actions, name="action")]
        last = -np.inf if self.descending else np.inf
        values = np.nan_to_num(view.seen(self.by), nan=last, posinf=np.inf, neginf=-np.inf)
        ranked = np.lexsort((view.customers, -values if self.descending else values))
        allowed = ranked[view.consents(action.channel, action.purpose)[ranked]][: self.n]
        return Contacts(customers=view.customers[allowed], actions=self.action, campaign=f"best {self.by}")
