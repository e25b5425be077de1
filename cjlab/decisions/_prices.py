"""The prices of a plan: all that it takes to decide on one customer as the plan decides on all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, listed, one_of
from cjlab.decisions._action import NONE
from cjlab.decisions._choice import Choice
from cjlab.decisions._done import CONTROL, POLICY, RANDOM, SLICES, Done
from cjlab.decisions._draws import Draws, numbers_of
from cjlab.decisions._kept_prices import KeptPrices
from cjlab.decisions._offers import Scarce
from cjlab.errors import SpecError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from cjlab.decisions._action import Action
    from cjlab.decisions._terms import Terms

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=False)
class Prices(KeptPrices):
    r"""What a plan charges for what is scarce; everybody gets what is best for him at these prices.

    The policy's own choice is :math:`\arg\max_a (v_a - c_a - \lambda c_a - \mu_{channel(a)})`, or none where that is
    not above 0; ties are broken by a hash, which counts for less than a hundred-millionth of the largest worth.

    Parameters
    ----------
    actions : tuple of Action
        What can be done.
    terms : Terms
        Shares that are drawn, and the salt.
    at : datetime.datetime
        The moment of the decision.
    shadow : tuple of float
        What a currency unit of the budget costs beyond itself, if there is a budget; then what a contact costs through
        each channel that has a limit and is used, then for each item, in the order of the terms.
    tie : float
        How much the hash counts.

    Examples
    --------
    >>> import datetime as dt
    >>> import cjlab as cj
    >>> news = cj.decisions.Action("news", "email", 0.01)
    >>> terms = cj.decisions.Terms("a", capacity={"email": 1_000})
    >>> prices = cj.decisions.Prices((news,), terms, dt.datetime(2025, 5, 1, tzinfo=dt.UTC), shadow=(0.5,))
    >>> [prices.choose(7, {"news": value}, allowed=["news"]).own for value in (0.6, 0.4)]
    ['news', 'none']
    """

    actions: tuple[Action, ...]
    terms: Terms
    at: dt.datetime
    shadow: tuple[float, ...]
    tie: float = field(default=0.0)

    @cached_property
    def scarce(self) -> Scarce:
        """What is scarce, and how much each action takes of it.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> news, moment = cj.decisions.Action("news", "email", 0.01), dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
        >>> terms = cj.decisions.Terms("a", capacity={"email": 1_000})
        >>> prices = cj.decisions.Prices((news,), terms, moment, shadow=(0.5,))
        >>> prices.scarce.names, prices.scarce.limits.tolist()
        (('email',), [1000.0])
        """
        return Scarce.of(self.actions, self.terms)

    @cached_property
    def charges(self) -> Floats:
        """What each action is charged beyond its cost, ``(actions,)`` in currency units.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> news, moment = cj.decisions.Action("news", "email", 0.01), dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
        >>> terms = cj.decisions.Terms("a", capacity={"email": 1_000})
        >>> prices = cj.decisions.Prices((news,), terms, moment, shadow=(0.5,))
        >>> prices.charges.tolist()
        [0.5]
        """
        return np.asarray(np.array(self.shadow) @ self.scarce.use)

    @cached_property
    def draws(self) -> Draws:
        """The draws at the moment, under the salt.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj, numpy as np
        >>> news, moment = cj.decisions.Action("news", "email", 0.01), dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
        >>> terms = cj.decisions.Terms("a", capacity={"email": 1_000})
        >>> prices = cj.decisions.Prices((news,), terms, moment, shadow=(0.5,))
        >>> float(prices.draws.explored(np.arange(1_000)).mean())  # of 0.05
        0.056
        """
        return Draws(self.terms, self.at)

    def nets(self, numbers: NDArray[np.int64], values: Floats, allowed: NDArray[np.bool_]) -> Floats:
        """Return what each action is worth beyond its cost, ties broken.

        Parameters
        ----------
        numbers : ndarray
            ``(n,)`` customers as whole numbers.
        values : ndarray
            ``(n, actions)`` expected incremental value, before cost.
        allowed : ndarray
            ``(n, actions)`` flags.

        Returns
        -------
        ndarray
            ``(actions, n)``; −inf where it is not allowed.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj, numpy as np
        >>> news, moment = cj.decisions.Action("news", "email", 0.01), dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
        >>> terms = cj.decisions.Terms("a", capacity={"email": 1_000})
        >>> prices = cj.decisions.Prices((news,), terms, moment, shadow=(0.5,))
        >>> value, allowed = np.array([[0.6], [0.4], [0.6]]), np.array([[True], [True], [False]])
        >>> prices.nets(np.arange(3), value, allowed).round(3).tolist()
        [[0.59, 0.39, -inf]]
        """
        made = np.empty((len(self.actions), len(numbers)))
        for place, action in enumerate(self.actions):
            lost = self.tie * self.draws.number(f"tie/{action.name}", numbers)
            made[place] = np.where(allowed[:, place], values[:, place] - action.cost - lost, -np.inf)
        return made

    def own(self, nets: Floats) -> NDArray[np.int8]:
        """Return the policy's own choice of each.

        Parameters
        ----------
        nets : ndarray
            ``(actions, n)``, as :meth:`nets` returns them.

        Returns
        -------
        ndarray
            ``(n,)``: 0 for none, 1 and more for an action.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj, numpy as np
        >>> news, moment = cj.decisions.Action("news", "email", 0.01), dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
        >>> terms = cj.decisions.Terms("a", capacity={"email": 1_000})
        >>> prices = cj.decisions.Prices((news,), terms, moment, shadow=(0.5,))
        >>> prices.own(np.array([[0.59, 0.39, -np.inf]])).tolist()  # charged 0.5 each
        [1, 0, 0]
        """
        left = np.vstack([np.zeros((1, nets.shape[1])), nets - self.charges[:, None]])
        return np.asarray(left.argmax(axis=0), np.int8)

    def done(self, numbers: NDArray[np.int64], own: NDArray[np.int8], allowed: NDArray[np.bool_]) -> Done:
        """Return what is done with each, who is no holdout, after the draws.

        Parameters
        ----------
        numbers : ndarray
            ``(n,)`` customers as whole numbers.
        own : ndarray
            ``(n,)`` the policy's own choices.
        allowed : ndarray
            ``(n, actions)`` flags.

        Returns
        -------
        Done
            Arms, slices and own choices, ``(n,)`` each.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj, numpy as np
        >>> news, moment = cj.decisions.Action("news", "email", 0.01), dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
        >>> terms = cj.decisions.Terms("a", capacity={"email": 1_000})
        >>> prices = cj.decisions.Prices((news,), terms, moment, shadow=(0.5,))
        >>> done = prices.done(np.arange(1_000), np.ones(1_000, np.int8), np.ones((1_000, 1), bool))
        >>> int((done.arms == 0).sum())  # half of the random slice, whatever the policy would do
        24
        """
        explored = self.draws.explored(numbers) & allowed.any(axis=1)
        withheld = ~explored & (own > 0) & self.draws.withheld(numbers)
        arms = np.where(withheld, 0, own).astype(np.int8)
        arms[explored] = self.draws.arms(numbers[explored], allowed[explored])
        slices = np.select([explored, withheld], [RANDOM, CONTROL], POLICY).astype(np.int8)
        return Done(arms, slices, own)

    def choose(self, customer: int | str, values: Mapping[str, float], *, allowed: Collection[str]) -> Choice:
        """Decide on one customer alone, as the plan does among all.

        Parameters
        ----------
        customer : int or str
            Who; nobody of the holdout.
        values : mapping
            The expected incremental value of each allowed action, before its cost.
        allowed : collection of str
            The actions that he may get, besides none.

        Returns
        -------
        Choice
            What is done, by which slice, and with which probabilities.

        Raises
        ------
        SpecError
            When an action is unknown, or the value of an allowed one is no number.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> news = cj.decisions.Action("news", "email", 0.01)
        >>> moment = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
        >>> prices = cj.decisions.Prices((news,), cj.decisions.Terms("a"), moment, shadow=())
        >>> prices.choose("Ada", {"news": 0.2}, allowed=["news"]).eligible
        {'none': 0.025, 'news': 0.975}
        """
        names = [action.name for action in self.actions]
        for name in allowed:
            one_of(name, names, name="allowed")
        absent = [name for name in allowed if name not in values]
        if absent:
            raise SpecError(f"values of customer {customer!r} lack {listed(absent)}; give each allowed action its own")
        given = [finite(values[name], name=f"value of {name!r}") if name in allowed else 0.0 for name in names]
        flags = np.array([[name in allowed for name in names]])
        numbers = numbers_of(np.array([customer]))
        own = self.own(self.nets(numbers, np.array([given]), flags))
        done = self.done(numbers, own, flags)
        return self._told(done, flags)

    def _told(self, done: Done, allowed: NDArray[np.bool_]) -> Choice:
        names = [NONE, *(action.name for action in self.actions)]
        chances = self.draws.chances(done.own, allowed)[0]
        arm, own = int(done.arms[0]), int(done.own[0])
        eligible = {name: float(p) for name, p, there in zip(names, chances, [True, *allowed[0]], strict=True) if there}
        return Choice(names[arm], SLICES[done.slices[0]], float(chances[arm]), eligible, names[own])


def tie_of(values: NDArray[Any]) -> float:
    """Return how much a hash may count where two actions are worth the same."""
    return 1e-8 * float(np.abs(values).max(initial=0.0))
