"""What a contact changes, person by person: the same future lived with it and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import listed
from cjlab._random import mix
from cjlab.errors import SpecError
from cjlab.simulator._engine import Engine
from cjlab.simulator.kernel import SLICES, Sent

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_NINE = 9 * 3600
_STEP = np.uint64(0x632B_E59B_D9B4_E019)
OUTCOMES = ("purchase", "amount", "margin", "visit")


@dataclass(frozen=True, eq=False)
class Effects:
    """True effects of one action on every customer, for one outcome a line.

    Parameters
    ----------
    customers : ndarray
        ``(n,)`` ids.
    realised : ndarray
        ``(4, n)``: purchase (−1, 0 or 1: whether somebody buys at all), amount, margin, visits, with the run's draws.
    expected : ndarray
        ``(4, n)``: the mean of the same over other futures.
    error : ndarray
        ``(4, n)``: its Monte-Carlo standard error.
    replicates : int
        How many futures.
    """

    customers: NDArray[np.int64]
    realised: NDArray[np.float64]
    expected: NDArray[np.float64]
    error: NDArray[np.float64]
    replicates: int

    def to_frame(self, outcome: str = "purchase") -> pd.DataFrame:
        """Return one outcome's effects, indexed by ``customer_id``: realised, expected, error."""
        import pandas as pd

        if outcome not in OUTCOMES:
            raise SpecError(f"outcome is {outcome!r}; allowed: {listed(OUTCOMES)}")
        line = OUTCOMES.index(outcome)
        columns = {"realised": self.realised[line], "expected": self.expected[line], "error": self.error[line]}
        return pd.DataFrame(columns, index=pd.Index(self.customers, name="customer_id"))


def effects_of(
    world: World, people: NDArray[np.void], action: str, *, day: int, within: int, replicates: int
) -> Effects:
    """Return the effects of an action on people as they are when a day begins."""
    names = list(world.actions)
    if action not in names:
        raise SpecError(f"action {action!r} is unknown; world {world.name!r} knows {listed(names)}")
    if within < 1 or replicates < 2:  # noqa: PLR2004 - an error needs two
        raise SpecError(f"within is {within} and replicates is {replicates}; give at least 1 and at least 2")
    engine = Engine(world, day + within)
    there = people[people["joined"] <= day]
    handed = _handed(there, names.index(action), day)
    span = (day, day + within)
    realised = _difference(engine, there, handed, span)
    steps = np.arange(1, replicates + 1, dtype=np.uint64) * _STEP
    total, squares = np.zeros_like(realised), np.zeros_like(realised)
    for replicate in range(replicates):
        other = there.copy()
        other["future"] = mix(there["key"] + steps[replicate])
        change = _difference(engine, other, handed, span)
        total += change
        squares += change**2
    mean = total / replicates
    variance = np.maximum(squares - replicates * mean**2, 0.0) / (replicates - 1)
    return Effects(there["customer"].copy(), realised, mean, np.sqrt(variance / replicates), replicates)


def _handed(people: NDArray[np.void], action: int, day: int) -> NDArray[np.void]:
    handed = np.zeros(len(people), Sent)
    handed["customer"], handed["day"], handed["action"] = people["customer"], day, action
    handed["sent"], handed["second"], handed["propensity"] = 1, _NINE, np.nan
    handed["slice"] = SLICES.index("policy")
    return handed


def _difference(
    engine: Engine, people: NDArray[np.void], handed: NDArray[np.void], span: tuple[int, int]
) -> NDArray[np.float64]:
    """Return outcomes with the contact less outcomes without, ``(4, n)``, each branch on records of its own."""
    given = engine.tally(people.copy(), *span, handed=handed)
    left = engine.tally(people.copy(), *span)
    change = (given - left)[:, :4].T
    change[0] = (given[:, 0] > 0).astype(float) - (left[:, 0] > 0)
    return change
