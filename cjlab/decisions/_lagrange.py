r"""Prices of what is scarce: at them everybody takes what is best for him, and the limits hold.

The least of the Lagrangian dual :math:`g(p) = \sum_i \max(0, \max_a (v_{ia} - p \cdot u_a)) + p \cdot L` is the most
that any plan can be worth (Everett 1963, doi:10.1287/opre.11.3.399; Fisher 1981, doi:10.1287/mnsc.27.1.1). It is found
by cutting planes within a box (Marsten, Hogan & Blankenship 1975, doi:10.1287/opre.23.3.389), of a sample first; from
there prices are raised until the limits hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.decisions._offers import Offers

    Floats = NDArray[np.float64]

_SAMPLE = 20_000  # customers; of more, a sample tells where to look
_ROUNDS = 200
_CLOSE = 1e-8  # of the bound: what a further round could still win
_HALVINGS, _SWEEPS, _NUDGE = 50, 4, 1e-9
_NEAR, _WIDER = 1e-4, 8.0  # how far charges may change at first, as a share of the largest worth; then by what
_BOX = 0.05  # of the highest prices: how far from those of a sample one looks


class Found(NamedTuple):
    """Prices of what is scarce, and the most that any plan is worth."""

    prices: Floats
    bound: float


def priced(offers: Offers) -> Found:
    """Return prices at which the limits hold, and the bound."""
    if not len(offers.limits):
        return Found(np.zeros(0), offers.bound(np.zeros(0))[0])
    highest = _highest(offers)
    least = _least(offers, *_start(offers, highest), highest)
    return Found(_cleared(offers, least.prices), least.bound)


def _highest(offers: Offers) -> Floats:
    """Return prices at which nobody takes anything."""
    best = np.maximum(offers.nets.max(axis=1, initial=0.0), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(offers.use > 0, best / offers.use, 0.0)
    return np.asarray(np.maximum(ratio.max(axis=1, initial=0.0), np.finfo(float).tiny) * (1 + _CLOSE))


def _start(offers: Offers, highest: Floats) -> tuple[Floats, float]:
    """Return where to begin, and how wide to look, as a share of the highest prices."""
    n = offers.nets.shape[1]
    if n <= _SAMPLE:
        return np.zeros(len(highest)), 1.0
    sample = np.zeros(n, np.bool_)
    sample[np.random.default_rng(0).choice(n, _SAMPLE, replace=False)] = True  # any will do: it is only a start
    return _least(offers.some(sample), np.zeros(len(highest)), 1.0, highest).prices, _BOX


def _least(offers: Offers, start: Floats, width: float, highest: Floats) -> Found:
    """Return prices at which the bound is least, and the bound."""
    prices, (bound, slope) = start, offers.bound(start)
    cuts: list[tuple[float, Floats]] = [(bound - float(slope @ start), slope)]
    for _ in range(_ROUNDS):
        asked, promised = _promising(cuts, prices, width * highest)
        if bound - promised <= _CLOSE * max(abs(bound), 1e-300):
            break
        value, slope = offers.bound(asked)
        cuts.append((value - float(slope @ asked), slope))
        if value < bound:
            prices, bound, width = asked, value, min(2 * width, 1.0)
        else:
            width /= 2
    return Found(prices, bound)


def _promising(cuts: list[tuple[float, Floats]], prices: Floats, reach: Floats) -> tuple[Floats, float]:
    """Return where the greatest of the cuts is least, not too far from where one is, and how much it is there."""
    from scipy.optimize import linprog

    slopes = np.array([slope for _, slope in cuts])
    size = np.maximum(np.abs(slopes @ np.diag(reach)).max(), 1e-300)  # numbers near 1, whatever the currency
    rows = np.column_stack([slopes * reach / size, -np.ones(len(cuts))])
    heights = np.array([height + slope @ prices for height, slope in cuts])
    top = heights.max()
    bounds = [*((max(-1.0, -now / one), 1.0) for now, one in zip(prices, reach, strict=True)), (None, None)]
    aim = np.append(np.zeros(len(prices)), 1.0)
    answer = linprog(aim, A_ub=rows, b_ub=(top - heights) / size, bounds=bounds, method="highs")
    asked = np.maximum(prices + np.asarray(answer.x)[:-1] * reach, 0.0)
    return asked, float(max(height + slope @ asked for height, slope in cuts))


def _cleared(offers: Offers, prices: Floats) -> Floats:
    """Return prices near those given at which all limits hold, and no single one could be lower."""
    reach = _NEAR * max(float(offers.nets.max(initial=0.0)), np.finfo(float).tiny)
    while True:
        step = reach / (len(prices) * offers.use.max(axis=1))
        found = _within(offers.near(prices, reach), prices, reach, step)
        if found is not None:
            return found
        reach *= _WIDER


def _within(open_: Offers, prices: Floats, reach: float, step: Floats) -> Floats | None:
    """Clear one market after the other, then raise prices until all limits hold; None where charges change by more."""
    cleared, every = prices.copy(), list(range(len(prices)))
    for place in every * _SWEEPS:
        ends = max(prices[place] - step[place], 0.0), prices[place] + step[place]
        cleared[place] = _lowest(open_, cleared, place, ends, must=[place])
    nudge = _NUDGE  # markets that hand one customer to and fro are parted by ever more
    while (excess := open_.excess(open_.best(cleared)[0])).max() > 0:
        worst = int(excess.argmax())
        ends = cleared[worst], cleared[worst] + step[worst]
        cleared[worst] = _lowest(open_, cleared, worst, ends, must=[worst]) + nudge * step[worst]
        nudge *= 2
        if (np.abs(cleared - prices) @ open_.use).max() > reach:
            return None
    for place in every:
        ends = max(prices[place] - step[place], 0.0), cleared[place]
        cleared[place] = _lowest(open_, cleared, place, ends, must=every)
    lower = (cleared > 0) & (cleared <= prices - step)  # they might be lower still: look farther
    return None if lower.any() or (np.abs(cleared - prices) @ open_.use).max() > reach else cleared


def _lowest(open_: Offers, prices: Floats, place: int, ends: tuple[float, float], *, must: list[int]) -> float:
    """Return the lowest price of one thing, between two ends, at which some limits hold; the upper end if none is."""
    tried = prices.copy()

    def holds(price: float) -> bool:
        tried[place] = price
        return bool((open_.excess(open_.best(tried)[0])[must] <= 0).all())

    low, high = ends
    if holds(low):
        return low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
