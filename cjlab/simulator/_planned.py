"""Policies that are lists of plans: nobody, random contacts, everyone, rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import flag, texts, whole, within
from cjlab.errors import SpecError
from cjlab.simulator._plan import MOST_DAYS, Plan
from cjlab.simulator._policy import Planned

if TYPE_CHECKING:
    from cjlab.simulator.world import World


@dataclass(frozen=True)
class Nobody(Planned):
    """Nobody is contacted.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=100)
    >>> cj.simulator.simulate(world, policy=cj.simulator.Nobody(), days=3).contacts.height
    0
    """

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return no plans.

        Parameters
        ----------
        world : World
            The market.

        Returns
        -------
        tuple of Plan
            None.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.Nobody().plans(cj.simulator.World.retail())
        ()
        """
        del world
        return ()


@dataclass(frozen=True)
class RandomContacts(Planned):
    """Every day each customer enters a draw with probability ``rate``; who enters is contacted or, for a control, not.

    Parameters
    ----------
    rate : float
        Probability to enter, a decision day.
    actions : tuple of str, optional
        What may be sent, equally likely; all marketing actions unless given.
    control : float
        Probability that the message is withheld from one who entered.
    every : int
        Days from one decision day to the next.
    consent : bool
        Whether consent is respected.

    Raises
    ------
    SpecError
        When a value cannot be.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=400)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.RandomContacts(rate=0.1, control=0.25), days=5)
    >>> sorted(run.contacts["propensity"].unique().to_list())
    [0.125, 0.25]
    """

    rate: float = 0.05
    actions: tuple[str, ...] | None = None
    control: float = 0.5
    every: int = 1
    consent: bool = True

    def __post_init__(self) -> None:
        """Check every value."""
        within(self.rate, 0, 1, name="rate")
        within(self.control, 0, 1, name="control")
        _checked(self)

    @property
    def rhythm(self) -> int:  # type: ignore[override] # a constant of policies that decide daily
        """Days from one decision day to the next."""
        return self.every

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return one randomised plan.

        Parameters
        ----------
        world : World
            The market.

        Returns
        -------
        tuple of Plan
            The plan.

        Raises
        ------
        SpecError
            When no actions are given and the world has none for marketing.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.RandomContacts().plans(cj.simulator.World.retail())[0].actions
        ('reminder', 'discount', 'news', 'text', 'catalogue', 'come_back')
        """
        plan = Plan(
            actions=_marketing(world, self.actions),
            campaign="random",
            every=self.every,
            share=self.rate,
            control=self.control,
            randomised=True,
            consent=self.consent,
        )
        return (plan,)


@dataclass(frozen=True)
class Everyone(Planned):
    """Everyone is sent the same actions in turn, on a schedule.

    Parameters
    ----------
    actions : tuple of str, optional
        What, each ``every`` days; all marketing actions unless given.
    every : int
        Days from one message to the next of the same action.
    consent : bool
        Whether consent is respected.

    Raises
    ------
    SpecError
        When a value cannot be.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=100)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.Everyone(actions=("news",), every=7), days=8)
    >>> run.contacts["template"].unique().to_list()
    ['news']
    """

    actions: tuple[str, ...] | None = None
    every: int = 7
    consent: bool = True

    def __post_init__(self) -> None:
        """Check every value."""
        _checked(self)

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return one plan an action, spread over the days.

        Parameters
        ----------
        world : World
            The market.

        Returns
        -------
        tuple of Plan
            The plans.

        Raises
        ------
        SpecError
            When no actions are given and the world has none for marketing.

        Examples
        --------
        >>> import cjlab as cj
        >>> plans = cj.simulator.Everyone(("news", "text"), every=14).plans(cj.simulator.World.retail())
        >>> [(plan.campaign, plan.first, plan.every) for plan in plans]
        [('news', 0, 14), ('text', 7, 14)]
        """
        chosen = _marketing(world, self.actions)
        step = max(1, self.every // len(chosen))
        return tuple(
            Plan(actions=(name,), campaign=name, every=self.every, first=step * place, consent=self.consent)
            for place, name in enumerate(chosen)
        )


@dataclass(frozen=True)
class Rules(Planned):
    """Rules: each a plan of its own, read from what the brand sees.

    Parameters
    ----------
    rules : tuple of Plan
        The rules, at most sixteen.
    holdout : float
        Share of customers kept out of every contact, by a salted hash.

    Raises
    ------
    SpecError
        When a rule is no plan, or the holdout no share.

    Examples
    --------
    >>> import cjlab as cj
    >>> cart = cj.simulator.Plan(actions=("reminder",), on="cart", campaign="cart", cap=2, cap_days=14)
    >>> world = cj.simulator.World.retail(n_customers=300)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.Rules((cart,)), days=10)
    >>> run.contacts["campaign"].unique().to_list()
    ['cart']
    """

    rules: tuple[Plan, ...]
    holdout: float = 0.0

    def __post_init__(self) -> None:
        """Check every value."""
        within(self.holdout, 0, 1, name="holdout")
        if not isinstance(self.rules, tuple | list) or not all(isinstance(one, Plan) for one in self.rules):
            raise SpecError(f"rules is {self.rules!r}; give a tuple of cj.simulator.Plan")
        object.__setattr__(self, "rules", tuple(self.rules))

    @property
    def answers(self) -> bool:  # type: ignore[override] # a constant of policies that decide by day
        """Whether any rule answers what happens on a day."""
        return any(rule.on is not None for rule in self.rules)

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return the rules.

        Parameters
        ----------
        world : World
            The market.

        Returns
        -------
        tuple of Plan
            The same for every world.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.simulator.Rules(()).plans(cj.simulator.World.retail())
        ()
        """
        del world
        return self.rules


def _checked(policy: RandomContacts | Everyone) -> None:
    """Check what policies with a schedule have in common."""
    whole(policy.every, name="every", least=1, most=MOST_DAYS)
    flag(policy.consent, name="consent")
    if policy.actions is not None:
        object.__setattr__(policy, "actions", texts(policy.actions, name="actions"))
        if not policy.actions:
            raise SpecError("actions is empty; name at least one, leave it out for all of marketing, or use Nobody()")


def _marketing(world: World, actions: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the actions that were chosen, or all those for marketing."""
    chosen = actions or tuple(name for name, action in world.actions.items() if action.purpose == "marketing")
    if not chosen:
        raise SpecError(f"world {world.name!r} has no marketing actions; declare some, or use Nobody()")
    return chosen
