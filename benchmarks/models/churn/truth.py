"""What is true of everybody on a day: his chance of leaving by the simulator's own law, and what each cause adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.simulator import World

    Floats = NDArray[np.float64]

_MONTH, _BILLS = 30, 4
_NEVER = 10_000  # days ahead: what the simulator writes for what is not to come is far beyond
_LEAST = 1e-9


class Minds(NamedTuple):
    """What bears on leaving, of each person: ``(n,)`` each; logarithms where ``logs`` is said in brackets."""

    satisfaction: Floats
    """(logs)"""
    strain: Floats
    """(logs)"""
    price: Floats
    """(logs)"""
    life: Floats
    """(logs)"""
    leaving: Floats
    """A month, of his kind of person."""
    missing: Floats
    """The chance of missing a bill, of his kind of person."""
    arrears: NDArray[np.int64]
    bound: Floats
    """The factor on leaving at each of the next bills, ``(n, 4)``."""
    notice: NDArray[np.bool_]


class Truth(NamedTuple):
    """The chance of leaving, and by which factor, as a logarithm, each cause raises it above what is usual."""

    chance: Floats
    causes: pd.DataFrame


def truth(world: World, people: NDArray[np.void], *, day: int, within: int) -> Truth:
    """Work out the chance of leaving within so many days, and again with each cause as it is usual.

    A month's chance of leaving by will is that of his kind of person, times the exponential of what satisfaction,
    price, strain and life add, times what commitment leaves of it; unpaid bills in a row follow their own chain. Usual
    is the mean, no arrears, no change of life, no notice. What has not happened yet (contacts, new troubles) is left
    out, and so is what a contact made him want.
    """
    horizon = _Horizon(world, people, day, within)
    minds = horizon.minds()
    chance = horizon.chance(minds)
    causes = {name: np.log(chance) - np.log(horizon.chance(other)) for name, other in _usual(minds)}
    return Truth(chance, pd.DataFrame(causes))


def _usual(minds: Minds) -> Iterator[tuple[str, Minds]]:
    """Yield each cause, and everybody as he would be if it were as usual with him."""
    for name in ("satisfaction", "strain", "price"):
        told = getattr(minds, name)
        yield name, minds._replace(**{name: np.full_like(told, told.mean())})
    yield "life", minds._replace(life=np.zeros_like(minds.life))
    kind = np.full_like(minds.leaving, np.exp(np.log(minds.leaving).mean()))
    yield "kind of person", minds._replace(leaving=kind, missing=np.full_like(kind, minds.missing.mean()))
    yield "arrears", minds._replace(arrears=np.zeros_like(minds.arrears))
    yield "commitment", minds._replace(bound=np.full_like(minds.bound, np.exp(np.log(minds.bound).mean())))
    yield "notice", minds._replace(notice=np.zeros_like(minds.notice))


class _Horizon(NamedTuple):
    """So many days from a day on."""

    world: World
    people: NDArray[np.void]
    day: int
    within: int

    @property
    def _bills(self) -> NDArray[np.int64]:
        """Return the days of the next bills, ``(n, 4)``."""
        return self.people["bill"].astype(np.int64)[:, None] + _MONTH * np.arange(_BILLS)

    def minds(self) -> Minds:
        """Read what bears on leaving."""
        people, contract, kinds = self.people, self.world.contract, list(self.world.personas.values())
        left = np.exp(-np.maximum(self.day - people["settled"], 0) / self.world.trade.recovery)
        pleased = people["content"] + (people["satisfaction"] - people["content"]) * left
        changed = (people["life_kind"] >= 0) & (people["life_until"] > self.day)
        lives = np.array([*(one.leaving for one in self.world.life.values()), 0.0])
        bound = (self._bills < people["committed"][:, None]) | (people["captive"] == 1)[:, None]
        return Minds(
            satisfaction=-contract.satisfaction * (pleased.astype(float) - 0.5),
            strain=contract.strain * people["strain"].astype(float),
            price=contract.price * (people["price"].astype(float) - 0.5),
            life=lives[np.where(changed, people["life_kind"], -1)],
            leaving=np.array([one.leaving for one in kinds])[people["persona"]],
            missing=np.array([one.missing for one in kinds])[people["persona"]],
            arrears=np.minimum(people["arrears"].astype(np.int64), contract.arrears - 1),
            bound=np.where(bound, contract.bound, 1.0),
            notice=people["ends"] < self.day + _NEVER,
        )

    def chance(self, minds: Minds) -> Floats:
        """Return the chance of leaving, by will or by debt."""
        gone = 1 - self._stays(minds) * (1 - self._unpaid(minds))
        return np.clip(np.where(minds.notice, 1.0, gone), _LEAST, 1.0)

    def _stays(self, minds: Minds) -> Floats:
        """Return the chance that nobody asks for the end early enough for it to come in time."""
        share = minds.leaving * np.exp(minds.satisfaction + minds.strain + minds.price + minds.life)
        asked = self._within(self._bills, self.within - self.world.contract.notice)
        return np.prod(1 - np.where(asked, np.clip(share[:, None] * minds.bound, 0, 1), 0.0), axis=1)

    def _unpaid(self, minds: Minds) -> Floats:
        """Return the chance that so many bills in a row are missed that the contract ends: a chain over arrears."""
        most = self.world.contract.arrears
        state = np.zeros((len(minds.arrears), most + 1))
        state[np.arange(len(state)), minds.arrears] = 1.0
        pending = self.people["pays"].astype(np.int64)[:, None]
        due = np.hstack([pending, self._bills + self.world.contract.grace // 2])
        for asked in self._within(due, self.within).T:
            after = np.zeros_like(state)
            after[:, most] = state[:, most]
            for arrears in range(most):
                missed = np.clip(minds.missing * (1 + 2 * arrears), 0, 1)
                after[:, 0] += state[:, arrears] * (1 - missed)
                after[:, arrears + 1] += state[:, arrears] * missed
            state = np.where(asked[:, None], after, state)
        return state[:, most]

    def _within(self, days: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
        return (days >= self.day) & (days < self.day + length)
