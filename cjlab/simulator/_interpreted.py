"""Compiled policies read by numpy, from a view alone: a check of the kernel, and an example of a policy."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab._checks import shown
from cjlab._random import mix
from cjlab.errors import SpecError
from cjlab.simulator._contacts import Contacts
from cjlab.simulator._policy import Planned, compiled
from cjlab.simulator.kernel import AT_POLICY, CONTACTS_A_DAY, LAST_SECOND, SLICES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.simulator._plan import Plan
    from cjlab.simulator._view import View
    from cjlab.simulator.world import World

_SLOTS_A_PLAN = 8
_MINUTE = 60  # seconds after its cause, an answer is sent


class _Read(NamedTuple):
    """The plans of a policy in a world, as they are said and as the kernel reads them."""

    world: World
    plans: tuple[Plan, ...]
    record: np.void


@dataclass(frozen=True)
class Interpreted:
    """A compiled policy in its Python form: the same decisions, made from the view.

    Parameters
    ----------
    policy : Nobody, RandomContacts, Everyone or Rules
        The policy.

    Raises
    ------
    SpecError
        When the policy is none that is compiled.

    Examples
    --------
    >>> import cjlab as cj
    >>> world, random = cj.simulator.World.retail(n_customers=300), cj.simulator.RandomContacts(rate=0.1)
    >>> runs = [cj.simulator.simulate(world, policy=one, days=9) for one in (random, cj.simulator.Interpreted(random))]
    >>> runs[0].contacts.equals(runs[1].contacts), runs[0].events.equals(runs[1].events)
    (True, True)
    """

    policy: Planned
    per_customer: bool = field(default=True, init=False)
    every: int = field(default=1, init=False)
    _read: dict[int, _Read] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check that there is something to interpret, and how often it decides."""
        if not isinstance(self.policy, Planned):
            raise SpecError(f"policy is {shown(self.policy)}; give Nobody, RandomContacts, Everyone or Rules")
        object.__setattr__(self, "every", self.policy.rhythm)
        if not self.policy.answers:
            object.__setattr__(self, "on_event", None)

    def decide(self, view: View) -> Contacts | None:
        """Return the contacts that the plans of days decide on.

        Parameters
        ----------
        view : View
            What is seen when the day begins.

        Returns
        -------
        Contacts or None
            The contacts.

        Examples
        --------
        >>> import cjlab as cj
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=3).view(2)
        >>> cj.simulator.Interpreted(cj.simulator.Nobody()).decide(view) is None
        True
        """
        plans = self._reading(view).plans
        due = {place: None for place, plan in enumerate(plans) if plan.on is None and _falls(plan, view.day)}
        return _decided(self._reading(view), view, due)

    def on_event(self, view: View, events: pl.DataFrame) -> Contacts | None:
        """Return the contacts that answer what happened today.

        Parameters
        ----------
        view : View
            What is seen when the day ends.
        events : polars.DataFrame
            ``customer_id``, ``event`` and ``second`` of what happened.

        Returns
        -------
        Contacts or None
            The contacts, each a minute after its first cause.

        Examples
        --------
        >>> import cjlab as cj
        >>> import polars as pl
        >>> view = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=3).view(2)
        >>> cart = cj.simulator.Rules((cj.simulator.Plan(actions=("reminder",), on="cart", consent=False),))
        >>> today = pl.DataFrame({"customer_id": view.customers[:1], "event": ["cart"], "second": [36_000]})
        >>> cj.simulator.Interpreted(cart).on_event(view, today).second.tolist()
        [36060]
        """
        plans = self._reading(view).plans
        live = {
            place: _first(events, plan.on, view)
            for place, plan in enumerate(plans)
            if plan.on is not None and plan.first <= view.day < plan.last
        }
        return _decided(self._reading(view), view, live)

    def _reading(self, view: View) -> _Read:
        """Return the plans for the view's world, read once."""
        world = view.behind.world
        known = self._read.get(id(world))
        if known is None or known.world is not world:
            known = _Read(world, self.policy.plans(world), compiled(self.policy, world)[0])
            self._read.clear()
            self._read[id(world)] = known
        return known


def _falls(plan: Plan, day: int) -> bool:
    return plan.first <= day < plan.last and (day - plan.first) % plan.every == 0


def _first(events: pl.DataFrame, event: str, view: View) -> NDArray[np.int64]:
    """Return the second of each customer's first such event today, −1 for none, ``(n,)``."""
    found = events.filter(pl.col("event") == event).group_by("customer_id").agg(pl.col("second").min())
    seconds = np.full(len(view), -1)
    seconds[np.searchsorted(view.customers, found["customer_id"].to_numpy())] = found["second"].to_numpy()
    return seconds


def _decided(read: _Read, view: View, plans: Mapping[int, NDArray[np.int64] | None]) -> Contacts | None:
    """Go through plans in their order; each sees how many the ones before it have decided on."""
    record, said = read.record, read.plans
    parts: list[Contacts] = []
    count = np.zeros(len(view), dtype=np.int64)
    held = _held_out(record, view)
    for place, cause in plans.items():
        row = record["plan"][place]
        who = np.flatnonzero(_enters(row, view, place) & ~held & (count < CONTACTS_A_DAY))
        who = who if cause is None else who[cause[who] >= 0]
        codes = _codes(row, view, place, who)
        allowed = _allowed(said[place], view, codes, who, count)
        who, codes = who[allowed], codes[allowed]
        seconds = np.full(len(who), row["second"]) if cause is None else np.minimum(cause[who] + _MINUTE, LAST_SECOND)
        parts.append(_written(row, said[place], view, place, who, codes, seconds))
        count[who] += 1
    return _all_of(parts)


def _draw(view: View, place: int, number: int, who: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.float64]:
    return view.behind.draw(view.day, _slot(place, number), who)


def _slot(place: int, number: int) -> int:
    return int(AT_POLICY) + _SLOTS_A_PLAN * place + number


def _codes(plan: np.void, view: View, place: int, who: NDArray[np.intp]) -> NDArray[np.int64]:
    """Draw which of a plan's actions each customer would be sent."""
    drawn = (_draw(view, place, 1, who) * plan["n"]).astype(np.int64)
    codes: NDArray[np.int64] = np.minimum(drawn, int(plan["n"]) - 1)
    return codes


def _held_out(record: np.void, view: View) -> NDArray[np.bool_]:
    if record["holdout"] <= 0:
        return np.zeros(len(view), dtype=bool)
    bits = mix(view.behind.keys ^ record["holdout_salt"])
    return np.asarray((bits >> np.uint64(11)).astype(float) * 2.0**-53 < record["holdout"])


def _enters(plan: np.void, view: View, place: int) -> NDArray[np.bool_]:
    """Tell whom the lottery and the conditions of a plan let in."""
    enters = np.ones(len(view), dtype=bool)
    if plan["share"] < 1.0:
        enters = view.behind.draw_often(view.day, _slot(place, 0)) < plan["share"]
    for number in range(plan["n_conditions"]):
        values = view.behind.seen[:, plan["field"][number]].astype(float)
        if plan["since"][number]:
            values = view.day - values
        enters &= (plan["low"][number] <= values) & (values <= plan["high"][number])
    return enters


def _allowed(
    plan: Plan, view: View, codes: NDArray[np.int64], who: NDArray[np.intp], count: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which of those who enter consent and the cap on contacts let in."""
    allowed = np.ones(len(who), dtype=bool)
    if plan.consent:
        each = [view.consents(one.channel, one.purpose) for one in map(view.actions.__getitem__, plan.actions)]
        allowed &= np.stack(each)[codes, who]
    if plan.cap > 0:
        allowed &= view.pressure(plan.cap_days)[who] + count[who] < plan.cap
    return allowed


def _written(
    row: np.void,
    plan: Plan,
    view: View,
    place: int,
    who: NDArray[np.intp],
    codes: NDArray[np.int64],
    seconds: NDArray[np.int64],
) -> Contacts:
    """Write the contacts of those whom a plan lets in."""
    withheld = _draw(view, place, 2, who) < plan.control
    chance = np.where(withheld, plan.control, (1.0 - plan.control) / len(plan.actions))
    return Contacts(
        customers=view.customers[who],
        actions=np.array(plan.actions)[codes],
        sent=~withheld,
        propensity=chance if plan.randomised else np.full(len(who), np.nan),
        slice=np.full(len(who), "random" if plan.randomised else SLICES[int(row["slice"])]),
        second=seconds,
        campaign=np.full(len(who), plan.campaign),
        step=np.full(len(who), plan.step),
    )


def _all_of(parts: Sequence[Contacts]) -> Contacts | None:
    """Return the contacts of several plans as one; one plan's stay as they are."""
    if len(parts) < 2:  # noqa: PLR2004 - nothing to put together
        return parts[0] if parts else None
    names = [one.name for one in fields(Contacts)]
    return Contacts(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
