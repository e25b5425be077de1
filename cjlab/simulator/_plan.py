"""Plans: what a compiled policy says, and the same as the kernel reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import finite, flag, listed, one_of, shown, text, texts, whole, within
from cjlab.errors import SpecError
from cjlab.simulator.kernel import DATED, DAYS, EVENTS, MOMENTS, SEEN, SLICES, Plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

FOREVER = 1_000_000
NINE = 9 * 3600
MOST_DAYS = DAYS
_RING = 8  # contacts of a person that the kernel remembers
_SALT = 0x5EED_0F_A11


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One line of a policy: when, to whom, what, with which chance.

    Parameters
    ----------
    actions : tuple of str
        What may be sent; one of them is drawn, all equally likely.
    campaign : str
        What its contacts are called.
    every, first, last : int
        On which days: every so many, from the first and before the last.
    on : str, optional
        The event that it answers, a minute after the first of a day, instead of days.
    share : float
        Probability that a customer enters on such a day.
    control : float
        Probability that it is withheld from one who entered.
    randomised : bool
        Whether its probabilities are logged as propensities.
    when : mapping of str to (low, high)
        What must hold of what the brand sees, both ends included and ``None`` for no end. Dates count as days since;
        what never happened is longer ago than anything.
    consent : bool
        Whether only those are written to who may be: marketing to those who allow it by the action's channel, other
        purposes to those who have bought.
    cap, cap_days : int
        At most so many contacts within so many days, today included, up to 8; 0 for no cap.
    step : int
        Which step of the scenario that is called like the campaign, such as the number of a reminder; 0 for none.

    Raises
    ------
    SpecError
        When a value cannot be.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.simulator.Plan(actions=("reminder",), when={"last_order": (30, 90)}, every=7, cap=2).campaign
    'campaign'
    >>> cj.simulator.Plan(actions=("reminder",), when={"mood": (0, 1)})
    Traceback (most recent call last):
    cjlab.errors.SpecError: plan 'campaign': a name in when is 'mood'; allowed: 'joined', ...'
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
    when: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict, hash=False)
    consent: bool = True
    cap: int = 0
    cap_days: int = 30
    step: int = 0

    def __post_init__(self) -> None:
        """Check every value."""
        text(self.campaign, name="campaign")
        here = f"plan {self.campaign!r}:"
        object.__setattr__(self, "actions", texts(self.actions, name=f"{here} actions"))
        if not self.actions:
            raise SpecError(f"{here} actions is empty; name at least one")
        whole(self.every, name=f"{here} every", least=1, most=MOST_DAYS)
        whole(self.first, name=f"{here} first", least=0, most=FOREVER)
        whole(self.last, name=f"{here} last", least=0, most=FOREVER)
        if self.on is not None:
            text(self.on, name=f"{here} on")
        within(self.share, 0, 1, name=f"{here} share")
        within(self.control, 0, 1, name=f"{here} control")
        flag(self.randomised, name=f"{here} randomised")
        flag(self.consent, name=f"{here} consent")
        whole(self.cap, name=f"{here} cap", least=0, most=_RING)
        whole(self.step, name=f"{here} step", least=0, most=FOREVER)
        whole(self.cap_days, name=f"{here} cap_days", least=1, most=MOST_DAYS)
        object.__setattr__(self, "when", _conditions(self.when, here))


def _conditions(given: object, here: str) -> Mapping[str, tuple[float | None, float | None]]:
    """Return conditions if each names what is seen, and two ends of which the first is not above the second."""
    if not isinstance(given, Mapping):
        raise SpecError(f"{here} when is {shown(given)}; give what must hold, such as {{'last_order': (30, None)}}")
    kept: dict[str, tuple[float | None, float | None]] = {}
    for name, ends in given.items():
        seen = one_of(name, SEEN, name=f"{here} a name in when")
        kept[seen] = _ends(ends, f"{here} when[{name!r}]")
    return kept


def _ends(given: object, here: str) -> tuple[float | None, float | None]:
    if not isinstance(given, tuple | list) or len(given) != 2:  # noqa: PLR2004 - two ends
        raise SpecError(f"{here} is {shown(given)}; give (low, high), with None for no end")
    low, high = (None if end is None else finite(end, name=here) for end in given)
    if low is not None and high is not None and low > high:
        raise SpecError(f"{here} is {shown(given)}; give a low end that is not above the high one")
    return low, high


def tabulated_plans(plans: Sequence[Plan], world: World, *, holdout: float = 0.0) -> NDArray[np.void]:
    """Return plans as an array of one record, or say which of them a world cannot follow."""
    made = np.zeros(1, Plans)
    one = made[0]
    room = len(one["plan"])
    if len(plans) > room:
        raise SpecError(f"the policy has {len(plans)} plans; there is room for {room}")
    one["n"], one["holdout"], one["holdout_salt"] = len(plans), holdout, _SALT
    for row, plan in zip(one["plan"], plans, strict=False):
        _fill(row, plan, world)
    return made


def _fill(row: np.void, plan: Plan, world: World) -> None:
    names = list(world.actions)
    for name in plan.actions:
        if name not in names:
            known = f"knows {listed(names)}" if names else "has no actions"
            raise SpecError(f"plan {plan.campaign!r}: action {name!r} is unknown; world {world.name!r} {known}")
    row["n"] = len(plan.actions)
    row["actions"][: len(plan.actions)] = [names.index(name) for name in plan.actions]
    row["every"], row["first"], row["last"] = plan.every, plan.first, plan.last
    row["on_event"] = -1 if plan.on is None else _event(plan, plan.on, world)
    row["share"], row["control"] = plan.share, plan.control
    row["randomised"], row["second"], row["slice"] = plan.randomised, NINE, SLICES.index("policy")
    row["consent"], row["cap"], row["cap_days"], row["step"] = plan.consent, plan.cap, plan.cap_days, plan.step
    if len(plan.when) > len(row["field"]):
        raise SpecError(
            f"plan {plan.campaign!r}: when has {len(plan.when)} conditions; there is room for {len(row['field'])}"
        )
    row["n_conditions"] = len(plan.when)
    for place, (name, (low, high)) in enumerate(plan.when.items()):
        row["field"][place], row["since"][place] = SEEN.index(name), name in DATED
        row["low"][place] = -np.inf if low is None else low
        row["high"][place] = np.inf if high is None else high


def _event(plan: Plan, name: str, world: World) -> int:
    moments = list(world.moments)
    known = one_of(name, (*EVENTS, *moments), name=f"plan {plan.campaign!r}: on")
    return EVENTS.index(known) if known in EVENTS else int(MOMENTS) + moments.index(known)
