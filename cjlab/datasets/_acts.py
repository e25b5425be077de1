"""What the people of the synthetic test do: what they would do anyway, and what an e-mail adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.datasets._market import AFTER, BEFORE, WINDOW, Market

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class Acts(NamedTuple):
    """Things done: by whom (index of the person), and on which day after his contact (negative: before it)."""

    person: NDArray[np.intp]
    day: NDArray[np.int64]

    def keys(self, market: Market) -> NDArray[np.int64]:
        """Return one number for each person and day, by which the act's own draws are made."""
        return market.ids[self.person] * (BEFORE + AFTER) + BEFORE + self.day

    def someone(self, market: Market) -> NDArray[np.bool_]:
        """Tell of each person whether he did it within the window."""
        within = (self.day >= 0) & (self.day < WINDOW)
        return np.bincount(self.person[within], minlength=market.n) > 0


class Behaviour(NamedTuple):
    """All that happens: orders, visits that end without one, and the two things that a brand does not want."""

    orders: Acts
    browses: Acts
    unsubscribed: Acts
    complaints: Acts


def behaviour(market: Market) -> Behaviour:
    """Let everybody act: on his own, and moved by his arm.

    For an arm that adds δ to the probability of an order within the window, those who would not order anyway, a share
    1 − c of people like them, do with probability δ / (1 − c): so the difference is δ exactly, for everybody.
    Visits likewise; whoever is moved to order is moved to visit.
    """
    orders = _daily(market, "order", market.order_rate)
    browses = _daily(market, "browse", market.browse_rate)
    ordered = orders.someone(market)
    visited = ordered | browses.someone(market)
    stays_away = (1 - market.order_rate) ** WINDOW
    moved, chance = market.effect, market.draw("moved")
    to_order = ~ordered & (chance < moved.order / stays_away)
    to_visit = ~visited & ~to_order & (chance < moved.visit / stays_away / (1 - market.browse_rate) ** WINDOW)
    return Behaviour(
        orders=_joined([orders, _soon(market, "moved", to_order)]),
        browses=_joined([browses, _soon(market, "moved", to_visit)]),
        unsubscribed=_soon(market, "unsubscribed", market.draw("unsubscribes") < moved.unsubscribed),
        complaints=_soon(market, "complaint", market.draw("complains") < moved.complaint),
    )


def _daily(market: Market, purpose: str, rate: NDArray[np.float64]) -> Acts:
    days = range(-BEFORE, AFTER)
    people = [np.flatnonzero(market.draw(f"{purpose}/{day}") < rate) for day in days]
    return Acts(np.concatenate(people), np.repeat(np.asarray(days), [len(those) for those in people]))


def _soon(market: Market, purpose: str, those: NDArray[np.bool_]) -> Acts:
    """Let those act once within the window, rather early than late."""
    person = np.flatnonzero(those)
    early = market.draw(f"day/{purpose}")[person] ** 2
    return Acts(person, np.floor(WINDOW * early).astype(np.int64))


def _joined(parts: Iterable[Acts]) -> Acts:
    persons, days = zip(*parts, strict=True)
    return Acts(np.concatenate(persons), np.concatenate(days))
