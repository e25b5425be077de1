"""Policies: rules that decide who is contacted, with what, when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from cjlab.errors import SpecError
from cjlab.simulator._contacts import Contacts
from cjlab.simulator._plan import Plan, tabulated_plans
from cjlab.simulator.kernel import AT_POLICY, CONTACTS_A_DAY, SLICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator._view import View
    from cjlab.simulator.world import World


@runtime_checkable
class Policy(Protocol):
    """Whoever decides: ``per_customer`` promises that no customer's contacts depend on another's."""

    @property
    def per_customer(self) -> bool:
        """Whether shards of customers may be decided on apart."""

    def decide(self, view: View) -> Any:  # noqa: ANN401 - Contacts, a frame, or None
        """Return the contacts of the day, as :class:`Contacts` or as a frame with its columns; None for none."""


class Planned:
    """A policy that is a list of plans, run compiled."""

    per_customer = True

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return the plans for a world."""
        raise NotImplementedError

    @property
    def kept_out(self) -> float:
        """Share of customers kept out of every contact."""
        return 0.0

    def compiled(self, world: World) -> NDArray[np.void]:
        """Return the plans as the kernel reads them."""
        return tabulated_plans(self.plans(world), world, holdout=self.kept_out)


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
        """Return no plans."""
        del world
        return ()


def _marketing(world: World, actions: tuple[str, ...] | None) -> tuple[str, ...]:
    chosen = actions or tuple(name for name, action in world.actions.items() if action.purpose == "marketing")
    if not chosen:
        raise SpecError(f"world {world.name!r} has no marketing actions; declare some, or use Nobody()")
    return chosen


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

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=400)
    >>> run = cj.simulator.simulate(world, policy=cj.simulator.RandomContacts(rate=0.1), days=5)
    >>> sorted(run.contacts["propensity"].unique().to_list())
    [0.1, 0.5]
    """

    rate: float = 0.05
    actions: tuple[str, ...] | None = None
    control: float = 0.5
    every: int = 1
    consent: bool = True

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return one randomised plan."""
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

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return one plan an action, spread over the days."""
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

    @property
    def kept_out(self) -> float:
        """Share of customers kept out of every contact."""
        return self.holdout

    def plans(self, world: World) -> tuple[Plan, ...]:
        """Return the rules."""
        del world
        return self.rules


@dataclass(frozen=True)
class Budgeted:
    """So many contacts a decision day for all customers together, to those who rank first.

    Parameters
    ----------
    action : str
        What is sent.
    n : int
        To how many, a decision day.
    by : str
        What ranks them: a thing that is seen, such as ``"spent"`` or ``"last_open"``.
    descending : bool
        Whether the highest come first.
    every : int
        Days from one decision day to the next.

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

    def decide(self, view: View) -> Contacts:
        """Return the contacts of those who rank first; ties go to the lower id."""
        channel = view.world.actions[self.action].channel
        values = np.nan_to_num(view.seen(self.by), nan=-np.inf if self.descending else np.inf)
        ranked = np.lexsort((view.customers, -values if self.descending else values))
        allowed = ranked[view.consents(channel)[ranked]][: self.n]
        return Contacts(customers=view.customers[allowed], actions=self.action, campaign=f"best {self.by}")


@dataclass(frozen=True)
class Interpreted:
    """A compiled policy in its Python form: the same decisions from the view, as a check and as an example.

    Parameters
    ----------
    policy : Planned
        The policy.
    """

    policy: Planned
    per_customer: bool = field(default=True, init=False)

    @property
    def on(self) -> frozenset[str] | None:
        """Whether events are answered at once; which ones depends on the world."""
        return None

    def decide(self, view: View) -> pl.DataFrame | None:
        """Return the contacts that the plans of days decide on."""
        record = self.policy.compiled(view.world)[0]
        chosen = [
            place
            for place in range(record["n"])
            if record["plan"][place]["on_event"] < 0 and _falls(record["plan"][place], view.day)
        ]
        return _decided(self.policy, record, view, dict.fromkeys(chosen))

    def on_event(self, view: View, events: pl.DataFrame) -> pl.DataFrame | None:
        """Return the contacts that answer what happened today."""
        record = self.policy.compiled(view.world)[0]
        plans = self.policy.plans(view.world)
        causes = {place: _first(events, plan.on, view) for place, plan in enumerate(plans) if plan.on is not None}
        live = {
            place: cause
            for place, cause in causes.items()
            if record["plan"][place]["first"] <= view.day < record["plan"][place]["last"]
        }
        return _decided(self.policy, record, view, live)


def _falls(plan: np.void, day: int) -> bool:
    return bool(plan["first"] <= day < plan["last"] and (day - plan["first"]) % plan["every"] == 0)


def _first(events: pl.DataFrame, event: str, view: View) -> NDArray[np.int64]:
    """Return the second of each customer's first such event today, −1 for none, ``(n,)``."""
    import polars as pl

    found = events.filter(pl.col("event") == event).group_by("customer_id").agg(pl.col("second").min())
    seconds = np.full(len(view), -1)
    seconds[np.searchsorted(view.customers, found["customer_id"].to_numpy())] = found["second"].to_numpy()
    return seconds


def _decided(
    policy: Planned, record: np.void, view: View, plans: Mapping[int, NDArray[np.int64] | None]
) -> pl.DataFrame | None:
    import polars as pl

    parts: list[pl.DataFrame] = []
    count = np.zeros(len(view), dtype=np.int64)
    kept = ~_held_out(record, view)
    for place, cause in plans.items():
        plan, said = record["plan"][place], policy.plans(view.world)[place]
        enters = kept & (count < CONTACTS_A_DAY) & _enters(plan, view, place) & (True if cause is None else cause >= 0)
        codes = np.minimum((view.draw_slot(AT_POLICY + 8 * place + 1) * plan["n"]).astype(int), plan["n"] - 1)
        names = np.array(said.actions, dtype=object)[codes]
        if plan["consent"]:
            allowed = {name: view.consents(view.world.actions[name].channel) for name in said.actions}
            enters &= np.choose(codes, [allowed[name] for name in said.actions])
        if plan["cap"] > 0:
            enters &= view.pressure(int(plan["cap_days"])) + count < plan["cap"]
        withheld = view.draw_slot(AT_POLICY + 8 * place + 2) < plan["control"]
        chance = np.where(withheld, plan["control"], (1.0 - plan["control"]) / plan["n"])
        frame = pl.DataFrame(
            {
                "customer_id": view.customers,
                "action": names.astype(str),
                "sent": ~withheld,
                "propensity": chance if plan["randomised"] else np.full(len(view), np.nan),
                "slice": ["random" if plan["randomised"] else SLICES[int(plan["slice"])]] * len(view),
                "second": np.full(len(view), plan["second"]) if cause is None else cause + 60,
                "campaign": [said.campaign] * len(view),
            }
        )
        parts.append(frame.filter(enters))
        count += enters
    return pl.concat(parts) if parts else None


def _held_out(record: np.void, view: View) -> NDArray[np.bool_]:
    from cjlab._random import mix

    if record["holdout"] <= 0:
        return np.zeros(len(view), dtype=bool)
    bits = mix(view.people["key"] ^ record["holdout_salt"])
    return np.asarray((bits >> np.uint64(11)).astype(float) * 2.0**-53 < record["holdout"])


def _enters(plan: np.void, view: View, place: int) -> NDArray[np.bool_]:
    enters = np.ones(len(view), dtype=bool)
    if plan["share"] < 1.0:
        enters = view.draw_slot(AT_POLICY + 8 * place) < plan["share"]
    for number in range(plan["n_conditions"]):
        values = view.people["seen"][:, plan["field"][number]].astype(float)
        if plan["since"][number]:
            values = view.day - values
        enters &= (plan["low"][number] <= values) & (values <= plan["high"][number])
    return enters
