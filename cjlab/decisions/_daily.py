"""Decisions day by day in a simulated market: the same rules, plans and draws, of what the brand can see that day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed, shown, whole
from cjlab.decisions._done import CONTROL
from cjlab.decisions._eligibility import Eligibility
from cjlab.decisions._planning import plan
from cjlab.decisions._reached import length, reach, reached
from cjlab.decisions._reading import Reading
from cjlab.decisions._rules import Rules
from cjlab.decisions._standing import GOOD, REFUSED, Standing, pairs
from cjlab.decisions._terms import Terms
from cjlab.errors import SpecError
from cjlab.simulator import Contacts
from cjlab.tables import Log, moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cjlab.decisions._plan import Plan
    from cjlab.simulator import View

_DAY = 86_400
_DATED = {  # events by what a view says of them; purchases and visits are not, which a view may know before the log
    "complaint": "last_complaint",
    "unsubscribed": "unsubscribed",
    "opened": "last_open",
    "clicked": "last_click",
}
_YEAR = 366
_BEGUN = dt.timedelta(microseconds=1)  # what holds from midnight on is seen when the day begins


@dataclass(frozen=True, eq=False)
class Daily:
    """A policy for the simulator: who is eligible and what is planned, every day anew.

    Parameters
    ----------
    rules : Rules
        What can be done, by the names of the world's actions, and what keeps it back. A cooling-off is of whole days,
        and of an event that a view dates: a complaint, or that he has unsubscribed, opened or clicked.
    terms : Terms
        Budget and capacities of a day, and the shares that are drawn.
    value : callable
        What the actions are worth on a day: of a view it makes the frame that :func:`plan` takes.
    beside : Log
        A log of the same world, for what no contact moves: stock, profiles, and the zone.
    every : int
        Days from one decision to the next.
    second : int
        When contacts are sent, in seconds of the local day, 1 or more: the day begins with the decision.

    Raises
    ------
    SpecError
        When a rule asks for what a view does not tell, or a value cannot be.

    Examples
    --------
    >>> import cjlab as cj
    >>> import pandas as pd
    >>> world = cj.simulator.World.retail(n_customers=300)
    >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),), caps=(cj.decisions.Cap(2, "7D"),))
    >>> daily = cj.decisions.Daily(
    ...     rules,
    ...     cj.decisions.Terms("a"),
    ...     value=lambda view: pd.DataFrame({"customer_id": view.customers, "reminder": 0.1}),
    ...     beside=cj.simulator.simulate(world, days=1).log,
    ... )
    >>> run = cj.simulator.simulate(world, daily, days=14)
    >>> run.contacts["slice"].unique().sort().to_list(), run.log.check().ok
    (['policy', 'random'], True)
    """

    rules: Rules
    terms: Terms
    value: Callable[[View], Any]
    beside: Log
    every: int = 1
    second: int = 9 * 3600

    def __post_init__(self) -> None:
        """Refuse rules that a view cannot answer."""
        if not isinstance(self.rules, Rules) or not isinstance(self.terms, Terms) or not isinstance(self.beside, Log):
            raise SpecError(f"give Rules, Terms and a Log beside; not {shown((self.rules, self.terms, self.beside))}")
        whole(self.every, name="every", least=1, most=_YEAR)
        whole(self.second, name="second", least=1, most=_DAY - 1)
        for cooling in self.rules.coolings:
            _days(cooling.window)
            if cooling.event not in _DATED:
                raise SpecError(f"{cooling.reason}: a view does not date that event; it dates {listed(_DATED)}")

    @property
    def per_customer(self) -> bool:
        """Whether nothing is shared among customers.

        Examples
        --------
        >>> import cjlab as cj
        >>> import pandas as pd
        >>> world = cj.simulator.World.retail(n_customers=300)
        >>> daily = cj.decisions.Daily(
        ...     cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),)),
        ...     cj.decisions.Terms("a", capacity={"email": 40}),
        ...     value=lambda view: pd.DataFrame({"customer_id": view.customers, "reminder": 0.1}),
        ...     beside=cj.simulator.simulate(world, days=1).log,
        ... )
        >>> daily.per_customer  # they share forty mails a day
        False
        """
        return self.terms.budget is None and not self.terms.capacity and not self.terms.stock

    @property
    def remembers(self) -> int:
        """Over how many days views must tell contacts one by one: 0 where to count the latest answers every cap.

        Contacts are told one by one for a cap that names a channel or a purpose, is of more than eight contacts, or of
        hours.

        Examples
        --------
        >>> import cjlab as cj
        >>> import pandas as pd
        >>> daily = cj.decisions.Daily(
        ...     cj.decisions.Rules(
        ...         (cj.decisions.Action("reminder", "email", 0.02),),
        ...         caps=(cj.decisions.Cap(2, "7D", channel="email"),),
        ...     ),
        ...     cj.decisions.Terms("a"),
        ...     value=lambda view: pd.DataFrame({"customer_id": view.customers, "reminder": 0.1}),
        ...     beside=cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=1).log,
        ... )
        >>> daily.remembers
        9
        """
        return reach(self.rules.caps)

    def eligible(self, view: View) -> Eligibility:
        """Return who may be sent what, by what the brand sees when a day begins.

        Parameters
        ----------
        view : View
            What it sees.

        Returns
        -------
        Eligibility
            As :func:`eligible` finds it in the log a microsecond after midnight.

        Examples
        --------
        >>> import cjlab as cj
        >>> import pandas as pd
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=9)
        >>> daily = cj.decisions.Daily(
        ...     cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),)),
        ...     cj.decisions.Terms("a", capacity={"email": 40}),
        ...     value=lambda view: pd.DataFrame({"customer_id": view.customers, "reminder": 0.1}),
        ...     beside=run.log,
        ... )
        >>> asked = daily.eligible(run.view(9))
        >>> len(asked), int(asked.allowed.sum())
        (264, 213)
        """
        at = moment(view.date, self.beside.timezone) + _BEGUN
        reading, now = Reading(self.rules, at), self.rules.holding(at, self.beside.timezone)
        n = len(view)
        consent = [np.where(view.consents(*pair), GOOD, REFUSED) for pair in pairs(self.rules)]
        told = reading.told(self.beside, view.customers)
        near = [view.seen(_DATED[one.event]) <= _days(one.window) for one in self.rules.coolings]
        standing = Standing(
            customers=view.customers,
            held=np.zeros(n, np.bool_) if now is None else now.holds(view.customers),
            consent=np.column_stack(consent).astype(np.int8),
            since=np.zeros((n, len(consent)), np.int64),
            capped=reached(view, reading, self.beside.timezone) & told.members,
            cooling=_columns(near, n),
            told=told.ages,
        )
        return Eligibility.of(standing, self.rules, as_of=at, stock=reading.stock(self.beside))

    def plan(self, view: View) -> Plan:
        """Return the plan of a day.

        Parameters
        ----------
        view : View
            What the brand sees when it begins.

        Returns
        -------
        Plan
            The plan.

        Examples
        --------
        >>> import cjlab as cj
        >>> import pandas as pd
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=9)
        >>> daily = cj.decisions.Daily(
        ...     cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),)),
        ...     cj.decisions.Terms("a", capacity={"email": 40}),
        ...     value=lambda view: pd.DataFrame({"customer_id": view.customers, "reminder": 0.1}),
        ...     beside=run.log,
        ... )
        >>> round(daily.plan(run.view(9)).cost, 2)
        0.42
        """
        return plan(self.eligible(view), self.value(view), self.terms)

    def decide(self, view: View) -> Contacts:
        """Return the contacts of a day: what is sent, and what is withheld from the control.

        Parameters
        ----------
        view : View
            What the brand sees when it begins.

        Returns
        -------
        Contacts
            The contacts, with their propensities.

        Examples
        --------
        >>> import cjlab as cj
        >>> import pandas as pd
        >>> world = cj.simulator.World.retail(n_customers=300)
        >>> daily = cj.decisions.Daily(
        ...     cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),)),
        ...     cj.decisions.Terms("a", capacity={"email": 40}),
        ...     value=lambda view: pd.DataFrame({"customer_id": view.customers, "reminder": 0.1}),
        ...     beside=cj.simulator.simulate(world, days=1).log,
        ... )
        >>> sent = cj.simulator.simulate(world, daily, days=5).contacts.filter("sent")
        >>> bool(sent.group_by(sent["at"].dt.date()).len()["len"].max() <= 40)
        True
        """
        made = self.plan(view)
        arms, slices, own = made.done
        rows = np.flatnonzero((arms > 0) | (slices == CONTROL))
        names = np.array(self.rules.names)
        return Contacts(
            customers=view.customers[rows],
            actions=names[np.where(arms > 0, arms, own)[rows] - 1],
            sent=arms[rows] > 0,
            propensity=made.propensities(rows)[np.arange(len(rows)), arms[rows]],
            slice=np.where(slices[rows] == 1, "random", "policy"),
            campaign=made.signature.campaign,
            second=self.second,
        )


def _days(window: str) -> int:
    days = length(window)
    if days % 1:
        raise SpecError(f"window is {window!r}; a view tells whole days: give days or weeks")
    return int(days)


def _columns(columns: list[NDArray[np.bool_]], n: int) -> NDArray[np.bool_]:
    return np.column_stack(columns) if columns else np.zeros((n, 0), np.bool_)
