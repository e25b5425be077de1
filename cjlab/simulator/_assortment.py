"""What is sold: every item with its name, its prices, its cost, and the path of its price and stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._random import mix, uniform
from cjlab.simulator.kernel import ITEM_KEYS, draw_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_WEEK = 7
_SHIFT = 3  # days by which each item's week begins after that of the item before
_LEAST, _MOST = 5, 100  # pieces in stock


class States(NamedTuple):
    """How items stood from a day on, ``(n,)`` each: the item's code, the day, its price, its cost, pieces in stock."""

    item: NDArray[np.int64]
    day: NDArray[np.int32]
    price: NDArray[np.float64]
    cost: NDArray[np.float64]
    stock: NDArray[np.float64]


def items(world: World) -> list[tuple[str, str]]:
    """Return the name and the category of every item, in the order of its code."""
    return [(f"{name}-{number:03d}", name) for name, kind in world.goods.items() for number in range(1, kind.items + 1)]


def prices(world: World) -> NDArray[np.float64]:
    """Return the list price of every item, in the order of its code, in currency units."""
    from scipy.special import ndtri

    made: list[NDArray[np.float64]] = []
    for name, kind in world.goods.items():
        numbers = np.maximum(uniform(f"simulator/{world.name}/price/{name}", np.arange(kind.items)), 2.0**-54)
        made.append(np.round(kind.price * np.exp(kind.price_spread * ndtri(numbers)), 2))
    listed: NDArray[np.float64] = np.concatenate(made)
    return listed


def low_prices(world: World) -> NDArray[np.float64]:
    """Return every item's price in a week of promotion."""
    return np.round(prices(world) * (1 - world.trade.promotion_discount), 2)


def costs(world: World) -> NDArray[np.float64]:
    """Return what every item costs the brand."""
    margins = np.repeat([kind.margin for kind in world.goods.values()], [kind.items for kind in world.goods.values()])
    cost: NDArray[np.float64] = np.round(prices(world) * (1 - margins), 2)
    return cost


def states(world: World, days: int) -> States:
    """Return the path of every item over the run: the one that purchases are paid and refused by."""
    codes = np.arange(len(prices(world)))
    weeks = np.arange((days - 1 + _SHIFT * int(codes[-1])) // _WEEK + 1)
    promoted, out, pieces = (_drawn(world, codes, weeks, purpose) for purpose in range(3))
    outages = np.repeat([kind.outage for kind in world.goods.values()], [kind.items for kind in world.goods.values()])
    price = np.where(promoted < world.trade.promotion, low_prices(world), prices(world))
    stock = np.where(out < outages, 0.0, np.floor(_LEAST + (_MOST - _LEAST) * pieces))
    day = weeks[:, None] * _WEEK - _SHIFT * codes
    lived = (day > -_WEEK) & (day < days)
    _, item = np.nonzero(lived)
    return States(item, np.maximum(day, 0)[lived].astype(np.int32), price[lived], costs(world)[item], stock[lived])


def _drawn(world: World, codes: NDArray[np.int64], weeks: NDArray[np.int64], purpose: int) -> NDArray[np.float64]:
    """Draw a number for every week and item as the kernel does, ``(weeks, items)``."""
    keys = mix(np.uint64(world.seed) ^ mix(codes.astype(np.uint64) + ITEM_KEYS))
    drawn = np.empty((len(weeks), len(codes)))
    for week in weeks:
        draw_each(keys, week, purpose, drawn[week])
    return drawn
