"""The people of the synthetic test: who they are, what each would do alone, and what an e-mail truly changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._random import uniform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

BEFORE, WINDOW, AFTER = 180, 14, 28  # days before the contact, of effect, and recorded after it

HOUSEHOLDS: Mapping[str, float] = {"single": 0.35, "couple": 0.40, "family": 0.25}
REGIONS: Mapping[str, float] = {"north": 0.3, "south": 0.3, "east": 0.2, "west": 0.2}
SOURCES: Mapping[str, float] = {"web": 0.55, "store": 0.3, "partner": 0.15}

BASKET = 48.0  # mean list price of an order, in euros
GOODS = 0.60  # cost of the goods, as a share of the list price


class Effect(NamedTuple):
    """What an arm does to people, one number each: what it adds to two probabilities, and two whole ones."""

    visit: NDArray[np.float64]
    order: NDArray[np.float64]
    unsubscribed: NDArray[np.float64]
    complaint: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm and what it truly does within the window.

    Parameters
    ----------
    name
        Its name.
    visit
        What it adds to the probability of a visit.
    order
        What it adds to the probability of an order, by household.
    unsubscribed, complaint
        The probabilities of these, whole.
    discount
        What its offer takes off every order within the window, as a share of the list price.
    cost
        What its e-mail costs, in euros.
    """

    name: str
    visit: float = 0.0
    order: tuple[float, float, float] = (0.0, 0.0, 0.0)
    unsubscribed: float = 0.001
    complaint: float = 0.004
    discount: float = 0.0
    cost: float = 0.0


ARMS = (
    Arm("no_contact"),
    Arm("reminder", visit=0.05, order=(0.03, 0.03, 0.03), unsubscribed=0.004, cost=0.02),
    Arm(
        "discount",
        visit=0.07,
        order=(0.02, 0.04, 0.06),
        unsubscribed=0.006,
        complaint=0.005,
        discount=0.15,
        cost=0.02,
    ),
)


@dataclass(frozen=True, slots=True)
class Market:
    """People and their draws; each number of a person depends on the seed, its purpose and his id alone.

    Parameters
    ----------
    n
        How many people; their ids are 1 to n.
    seed
        Which market.
    """

    n: int
    seed: int

    @property
    def ids(self) -> NDArray[np.int64]:
        """The people's ids, ``(n,)``."""
        return np.arange(1, self.n + 1)

    def draw(self, purpose: str, ids: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Draw a number in [0, 1) for each id."""
        return uniform(f"promotion_test/{self.seed}/{purpose}", self.ids if ids is None else ids)

    def normal(self, purpose: str, ids: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Draw a standard normal number for each id."""
        from scipy.special import ndtri

        return np.asarray(ndtri(np.maximum(self.draw(purpose, ids), 2.0**-54)))

    def pick(self, purpose: str, shares: Mapping[str, float]) -> NDArray[np.intp]:
        """Draw an index into ``shares`` for each person, with those probabilities."""
        edges = np.cumsum(list(shares.values()))[:-1]
        return np.searchsorted(edges, self.draw(purpose), side="right")

    @property
    def household(self) -> NDArray[np.intp]:
        """Index into ``HOUSEHOLDS``, ``(n,)``."""
        return self.pick("household", HOUSEHOLDS)

    @property
    def arm(self) -> NDArray[np.intp]:
        """Index into ``ARMS``, ``(n,)``, one third each."""
        return self.pick("arm", dict.fromkeys((arm.name for arm in ARMS), 1 / len(ARMS)))

    @property
    def loyalty(self) -> NDArray[np.float64]:
        """How attached a person is, 0 to 1, ``(n,)``; few are."""
        return self.draw("loyalty") ** 8

    @property
    def order_rate(self) -> NDArray[np.float64]:
        """Probability of an order on a day without contact, ``(n,)``."""
        return (0.2 + 10 * self.loyalty) / BEFORE

    @property
    def browse_rate(self) -> NDArray[np.float64]:
        """Probability of a visit without an order on a day without contact, ``(n,)``."""
        return 0.01 + 0.02 * self.loyalty

    @property
    def basket(self) -> NDArray[np.float64]:
        """A person's usual order, in euros at list price, ``(n,)``."""
        return BASKET * np.exp(0.4 * self.normal("basket") - 0.4**2 / 2)

    @property
    def effect(self) -> Effect:
        """What each person's arm does to him, ``(n,)`` each."""
        arm = self.arm
        order = np.array([one.order for one in ARMS])[arm, self.household]
        visit, unsubscribed, complaint = (
            np.array([getattr(one, name) for one in ARMS])[arm] for name in ("visit", "unsubscribed", "complaint")
        )
        return Effect(visit, order, unsubscribed, complaint)
