"""What the brand can see of its customers on a day: all that a policy may decide on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import one_of, text, whole
from cjlab._random import digests
from cjlab.simulator._behind import Behind
from cjlab.simulator._memory import Memory
from cjlab.simulator.kernel import DATED, NEVER, PURPOSES, SEEN, Person, look

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator.world import Action, World

_OWN_SLOTS = 1 << 20  # a policy's own draws begin here, beyond all that the world keeps for itself
_LONGEST = 36_500


@dataclass(frozen=True, eq=False)
class View:
    """What the brand can see of its customers when a day begins; never what they are or feel.

    What is seen, by the names of ``cj.simulator.SEEN``: when they ``joined``; ``orders``, ``last_order`` and ``spent``;
    ``visits`` and ``last_visit``, as far as they were recognised; ``cart_since``, the day a cart was left behind;
    ``contacts``, ``opens`` and ``clicks`` with the day of the last; ``unsubscribed``, the day of the last time;
    ``complaints`` and the last one; ``case_since``, while one is open; ``contract_since``, ``committed_until``,
    ``notice_since`` and ``arrears``, bills not paid, of those with a contract; loyalty ``points`` and ``tier``;
    ``last_score``, the last answer to a survey, and the day of it, ``last_answer``.

    Parameters
    ----------
    day : int
        The day, counted from the start of the run.
    customers : ndarray
        ``(n,)`` ids of those who have joined, rising.
    behind : object
        What the simulator draws from; none of it is for a policy.

    Examples
    --------
    >>> import cjlab as cj
    >>> class Thankful:
    ...     per_customer = True
    ...
    ...     def decide(self, view):
    ...         bought = view.seen("last_order") == 1
    ...         return cj.simulator.Contacts(customers=view.customers[bought], actions="news", campaign="thanks")
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), policy=Thankful(), days=10)
    >>> run.contacts["campaign"].unique().to_list()
    ['thanks']
    """

    day: int
    customers: NDArray[np.int64]
    behind: Behind = field(repr=False)

    def __len__(self) -> int:
        """Count the customers."""
        return len(self.customers)

    @property
    def date(self) -> dt.date:
        """The local date.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3).view(2).date
        datetime.date(2024, 1, 3)
        """
        return self.behind.world.start + dt.timedelta(days=self.day)

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        """What can be sent, by name: channel, purpose, cost, offer and category, but not what it changes.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3).view(2)
        >>> view.actions["discount"].channel, view.actions["discount"].discount, view.actions["discount"].effects
        ('email', 0.1, {})
        """
        return {name: _told(action) for name, action in self.behind.world.actions.items()}

    def seen(self, name: str) -> NDArray[np.float64]:
        """Return one thing that is seen of every customer.

        Parameters
        ----------
        name : str
            One of ``cj.simulator.SEEN``.

        Returns
        -------
        ndarray
            ``(n,)``; counts and amounts as they are, dates as days since (NaN where it never happened).

        Raises
        ------
        SpecError
            When nothing of that name is seen.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3).view(2)
        >>> view.seen("satisfaction")
        Traceback (most recent call last):
        cjlab.errors.SpecError: what is seen is 'satisfaction'; allowed: 'joined', 'orders', ... or 'notice_since'
        """
        place = SEEN.index(one_of(name, SEEN, name="what is seen"))
        values = self.behind.seen[:, place].astype(float)
        known = values > NEVER
        return np.where(known, self.day - values if name in DATED else values, np.nan)

    def consents(self, channel: str, purpose: str = "marketing") -> NDArray[np.bool_]:
        """Return who may be written to by a channel.

        Parameters
        ----------
        channel : str
            The channel.
        purpose : {"marketing", "service", "dunning", "survey"}
            What for: marketing needs the person's consent, all else that he has bought and that his contract has not
            ended.

        Returns
        -------
        ndarray
            ``(n,)``, true where it is allowed.

        Raises
        ------
        SpecError
            When the world has no such channel, or the purpose is none of these.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=3).view(2)
        >>> round(float(view.consents("email").mean()), 1)
        0.8
        """
        channels = list(self.behind.world.channels)
        place = channels.index(one_of(channel, channels, name="channel"))
        if one_of(purpose, PURPOSES, name="purpose") != "marketing":
            return self.behind.ground.copy()
        return np.asarray((self.behind.consent >> place) & 1 == 1)

    def pressure(self, days: int) -> NDArray[np.int64]:
        """Return the contacts that each was sent lately.

        Parameters
        ----------
        days : int
            Over how many days, today included.

        Returns
        -------
        ndarray
            ``(n,)`` counts; eight stands for eight or more.

        Raises
        ------
        SpecError
            When ``days`` is no whole number above 0.

        Examples
        --------
        >>> import cjlab as cj
        >>> world, daily = cj.simulator.World.retail(n_customers=50), cj.simulator.Everyone(("news",), every=1)
        >>> int(cj.simulator.simulate(world, policy=daily, days=5).view(5).pressure(3).max())
        2
        """
        recent = self.behind.recent
        least = self.day - whole(days, name="days", least=1, most=_LONGEST)
        return np.asarray(np.count_nonzero((recent > least) & (recent > NEVER), axis=1))

    def sent(self, days: int) -> pl.DataFrame:
        """Return the contacts that were sent lately, one by one, through which channel and for which purpose.

        Parameters
        ----------
        days : int
            Over how many days, today included.

        Returns
        -------
        polars.DataFrame
            A row a contact, as the log has them: ``customer_id``, ``at``, ``channel``, ``purpose`` and ``template``, by
            customer and time.

        Raises
        ------
        SpecError
            When ``days`` is no whole number above 0, or more than the policy says that it ``remembers``; the view that
            a run gives remembers them all.

        Examples
        --------
        >>> import cjlab as cj
        >>> world, daily = cj.simulator.World.retail(n_customers=50), cj.simulator.Everyone(("news", "text"), every=1)
        >>> view = cj.simulator.simulate(world, policy=daily, days=5).view(5)
        >>> view.sent(3).height == int(view.pressure(3).sum()), view.sent(3)["channel"].unique().sort().to_list()
        (True, ['email', 'sms'])
        """
        import polars as pl

        lately = self.behind.memory.sent(self.day, days).with_columns(pl.col(pl.Enum).cast(pl.String))
        return lately.sort("customer_id", "at", maintain_order=True).collect()

    def draw(self, purpose: str) -> NDArray[np.float64]:
        """Draw a number for every customer: the same whoever else is there.

        Parameters
        ----------
        purpose : str
            What it is for; another purpose gives an independent draw.

        Returns
        -------
        ndarray
            ``(n,)`` in [0, 1).

        Raises
        ------
        SpecError
            When the purpose is no text.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3).view(2)
        >>> bool((view.draw("who") == view.draw("who")).all()), bool((view.draw("who") == view.draw("what")).any())
        (True, False)
        """
        slot = int(digests([text(purpose, name="purpose").encode()])[0] % np.uint64(_OWN_SLOTS))
        return self.behind.draw(self.day, _OWN_SLOTS + slot)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All that is seen, one row a customer, indexed by ``customer_id``; dates as days since: ``since_last_order``.

        Whoever may be written to by e-mail for marketing has ``consent_email``, and so for every channel that carries
        contacts. The class says what each column means.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=3).view(2)
        >>> view.frame[["since_joined", "orders", "consent_email"]].dtypes.astype(str).tolist()
        ['float64', 'float64', 'bool']
        """
        import pandas as pd

        columns: dict[str, NDArray[Any]] = {
            f"since_{name.removesuffix('_since')}" if name in DATED else name: self.seen(name) for name in SEEN
        }
        for name, channel in self.behind.world.channels.items():
            if channel.carries:
                columns[f"consent_{name}"] = self.consents(name)
        return pd.DataFrame(columns, index=pd.Index(self.customers, name="customer_id"))


def view_of(world: World, day: int, people: NDArray[np.void], memory: Memory | None = None) -> View:
    """Return what is seen on a day of those who have joined; the rest of their records stays behind."""
    n = len(people)
    customers, keys = np.empty(n, np.int64), np.empty(n, np.uint64)
    consent, ground = np.empty(n, np.uint32), np.empty(n, np.bool_)
    recent, seen = np.empty((n, *Person["recent"].shape), np.int32), np.empty((n, len(SEEN)), np.float32)
    there = look(people, day, customers, keys, consent, ground, recent, seen)
    customers = customers[:there]
    customers.flags.writeable = False
    told = (seen[:there], consent[:there], ground[:there], recent[:there], keys[:there])
    return View(day, customers, Behind(world, *told, Memory(world, 0) if memory is None else memory))


def _told(action: Action) -> Action:
    """Return an action as the brand knows it: nothing of what it changes, of its wear, or of its delays."""
    from cjlab.simulator.world import Action

    known = ("channel", "purpose", "cost", "discount", "valid_days", "category")
    return replace(Action(channel=action.channel), **{name: getattr(action, name) for name in known})
