"""Offers: what each action is worth to each customer, what it uses up, and what there is of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.decisions._action import Action
    from cjlab.decisions._terms import Terms

    Floats = NDArray[np.float64]

BUDGET: Final = "budget"
_ROUNDED = 1e-12  # of a limit: what sums of costs are rounded by


class Scarce(NamedTuple):
    """What there is only so much of: the budget, if it has a limit, then each channel that has one, then each item."""

    names: tuple[str, ...]
    use: Floats
    """``(resources, actions)``: how much one of each action takes of each."""
    limits: Floats

    @classmethod
    def of(cls, actions: Sequence[Action], terms: Terms) -> Scarce:
        """Return what terms limit; a channel or an item that no action takes is left out."""
        channels = {name: [float(one.channel == name) for one in actions] for name in terms.capacity}
        items = {name: [float(str(one.item) == name) for one in actions] for name in terms.stock}
        made = [] if terms.budget is None else [(BUDGET, [one.cost for one in actions], terms.budget)]
        made += [(name, use, terms.capacity[name]) for name, use in channels.items() if any(use)]
        made += [(f"stock of {name}", use, terms.stock[name]) for name, use in items.items() if any(use)]
        use = np.array([one for _, one, _ in made], np.float64).reshape(len(made), len(actions))
        return cls(tuple(name for name, _, _ in made), use, np.array([limit for _, _, limit in made], np.float64))


@dataclass(frozen=True, eq=False)
class Offers:
    """What each action is worth beyond its cost, ``(actions, n)``, −inf where it is not allowed; and what is scarce.

    What customers use who are decided on already is ``spent``, and what they are worth is ``had``.
    """

    nets: Floats
    use: Floats
    limits: Floats
    spent: Floats
    had: float = 0.0

    def best(self, prices: Floats) -> tuple[NDArray[np.int8], Floats]:
        """Return what each takes at prices, 0 for nothing, and what is left to him of its worth."""
        worth, taken = np.zeros(self.nets.shape[1]), np.zeros(self.nets.shape[1], np.int8)
        for place, charge in enumerate(prices @ self.use):
            left = self.nets[place] - charge
            better = left > worth
            taken[better] = place + 1
            np.maximum(worth, left, out=worth)
        return taken, worth

    def used(self, taken: NDArray[np.int8]) -> Floats:
        """Return what is used up of everything."""
        counts = np.bincount(taken, minlength=len(self.nets) + 1)[1:]
        used: Floats = self.spent + self.use @ counts
        return used

    def excess(self, taken: NDArray[np.int8]) -> Floats:
        """Return by which share of it each limit is passed, 0 or less where it holds."""
        used = self.used(taken)
        return np.asarray((used - self.limits * (1 + _ROUNDED)) / np.maximum(self.limits, 1.0))

    def worth(self, taken: NDArray[np.int8]) -> float:
        """Return what is won by what each takes."""
        return self.had + float(sum(net[taken == place].sum() for place, net in enumerate(self.nets, start=1)))

    def bound(self, prices: Floats) -> tuple[float, Floats]:
        """Return the most that any plan within the limits is worth, by these prices, and how it changes with them."""
        taken, worth = self.best(prices)
        used = self.used(taken)
        return float(self.had - prices @ self.spent + worth.sum() + prices @ self.limits), self.limits - used

    def near(self, prices: Floats, reach: float) -> Offers:
        """Keep the customers who may choose otherwise when no action's charge changes by more than ``reach``."""
        taken, worth = self.best(prices)
        second = np.where(taken > 0, 0.0, -np.inf)
        for place, charge in enumerate(prices @ self.use):
            second = np.where(taken == place + 1, second, np.maximum(second, self.nets[place] - charge))
        open_ = worth - second <= 2 * reach
        settled = np.where(open_, 0, taken).astype(np.int8)
        kept = np.ascontiguousarray(self.nets[:, open_])
        return Offers(kept, self.use, self.limits, self.used(settled), self.worth(settled))

    def some(self, which: NDArray[np.bool_]) -> Offers:
        """Return a sample of customers, with their share of what there is."""
        share = np.count_nonzero(which) / max(len(which), 1)
        return Offers(np.ascontiguousarray(self.nets[:, which]), self.use, self.limits * share, self.spent)
