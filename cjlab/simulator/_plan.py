"""Plans: what a compiled policy says, and the same read by numpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import listed
from cjlab.errors import SpecError
from cjlab.simulator.kernel import DATED, EVENTS, MOMENTS, SEEN, SLICES, Plans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

FOREVER = 1_000_000
NINE = 9 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One line of a policy: when, to whom, what, with which chance.

    Parameters
    ----------
    actions : tuple of str
        What may be sent; one of them is drawn.
    campaign : str
        What its contacts are called.
    every, first, last : int
        On which days: every so many, from the first and before the last.
    on : str, optional
        The event that it answers at once, instead of days.
    share : float
        Probability that a customer enters on such a day.
    control : float
        Probability that it is withheld from one who entered.
    randomised : bool
        Whether its probabilities are logged as propensities.
    when : mapping of str to (low, high)
        What must hold of what the brand sees; dates as days since, ``None`` for no end.
    consent : bool
        Whether consent is respected.
    cap, cap_days : int
        At most so many contacts within so many days, up to 8; 0 for no cap.
    """

    actions: tuple[str, ...]
    campaign: str = "campaign"
    every: int = 1
    first: int = 0
    last: int = FOREVER
    on: str | None = None
    share: float = 1.0
    control: float = 0.0
    randomised: bool = False
    when: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    consent: bool = True
    cap: int = 0
    cap_days: int = 30


def tabulated_plans(plans: Sequence[Plan], world: World, *, holdout: float = 0.0) -> NDArray[np.void]:
    """Return plans as an array of one record, or say which of them cannot be."""
    made = np.zeros(1, Plans)
    one = made[0]
    room = len(one["plan"])
    if len(plans) > room:
        raise SpecError(f"the policy has {len(plans)} plans; the kernel has room for {room}")
    one["n"], one["holdout"], one["holdout_salt"] = len(plans), _share(holdout, "holdout"), 0x5EED_0F_A11
    for row, plan in zip(one["plan"], plans, strict=False):
        _fill(row, plan, world)
    return made


def _fill(row: np.void, plan: Plan, world: World) -> None:
    names = list(world.actions)
    if not plan.actions:
        raise SpecError(f"plan {plan.campaign!r} has no actions; world {world.name!r} knows {listed(names)}")
    for name in plan.actions:
        if name not in names:
            raise SpecError(
                f"plan {plan.campaign!r}: action {name!r} is unknown; world {world.name!r} knows {listed(names)}"
            )
    row["n"] = len(plan.actions)
    row["actions"][: len(plan.actions)] = [names.index(name) for name in plan.actions]
    row["every"], row["first"], row["last"] = _at_least(plan.every, 1, "every"), plan.first, plan.last
    row["on_event"] = -1 if plan.on is None else _event(plan.on, world)
    row["share"], row["control"] = _share(plan.share, "share"), _share(plan.control, "control")
    row["randomised"], row["second"], row["slice"] = plan.randomised, NINE, SLICES.index("policy")
    row["consent"], row["cap"], row["cap_days"] = plan.consent, plan.cap, plan.cap_days
    if not 0 <= plan.cap <= row["n"].dtype.type(8):
        raise SpecError(f"plan {plan.campaign!r}: cap is {plan.cap}; give 0 to 8")
    _conditions(row, plan)


def _conditions(row: np.void, plan: Plan) -> None:
    if len(plan.when) > len(row["field"]):
        raise SpecError(
            f"plan {plan.campaign!r} has {len(plan.when)} conditions; there is room for {len(row['field'])}"
        )
    row["n_conditions"] = len(plan.when)
    for place, (name, (low, high)) in enumerate(plan.when.items()):
        if name not in SEEN:
            raise SpecError(f"plan {plan.campaign!r}: {name!r} is nothing that is seen; allowed: {listed(SEEN)}")
        row["field"][place], row["since"][place] = SEEN.index(name), name in DATED
        row["low"][place] = -np.inf if low is None else low
        row["high"][place] = np.inf if high is None else high


def _event(name: str, world: World) -> int:
    moments = list(world.moments)
    if name in EVENTS:
        return EVENTS.index(name)
    if name in moments:
        return MOMENTS + moments.index(name)
    raise SpecError(f"{name!r} is no event of world {world.name!r}; allowed: {listed((*EVENTS, *moments))}")


def _share(value: float, name: str) -> float:
    if not 0 <= value <= 1:
        raise SpecError(f"{name} is {value!r}; give a probability from 0 to 1")
    return float(value)


def _at_least(value: int, least: int, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SpecError(f"{name} is {value!r}; give a whole number of at least {least}")
    return value
