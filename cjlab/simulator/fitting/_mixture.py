"""A mixture of kinds of people, each with its own law of gaps, of staying, and of order values."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import EvidenceError
from cjlab.simulator.fitting._rhythm import SHAPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._rhythm import Rhythm

    Floats = NDArray[np.float64]

_ROUNDS, _EVERY, _CLOSE = 400, 4, 1e-5
_LEAST_SPREAD, _LEAST_SHARE, _TINY = 0.05, 0.01, 1e-300
_MOST_KINDS = 4
_ARRAYS = ("share", "gap", "spread", "shape", "stays", "value", "value_spread")


@dataclass(frozen=True, eq=False)
class Mixture:
    """Kinds of people.

    Parameters
    ----------
    share : ndarray
        ``(k,)`` of all people, those never seen among them.
    gap, spread : ndarray
        ``(k,)`` mean and standard deviation of the logarithm of a person's mean gap in days.
    shape : ndarray
        ``(k,)`` places in ``SHAPES``.
    stays : ndarray
        ``(k,)`` probability of staying after an order.
    value, value_spread : ndarray
        ``(k,)`` mean and standard deviation from person to person of the logarithm of order values.
    newcomers : float
        Share who came with a first order.
    fit : float
        The log-likelihood.
    """

    share: Floats
    gap: Floats
    spread: Floats
    shape: NDArray[np.int64]
    stays: Floats
    value: Floats
    value_spread: Floats
    newcomers: float
    fit: float = -math.inf

    @property
    def kinds(self) -> int:
        """How many kinds."""
        return len(self.share)

    def nodes(self, kind: int, grid: Floats) -> Floats:
        """Return the law of a kind's mean gaps over the grid, ``(g,)``."""
        law = np.exp(-0.5 * ((grid - self.gap[kind]) / self.spread[kind]) ** 2)
        return np.asarray(law / law.sum())

    def vector(self) -> Floats:
        """Return what is free, as numbers without bounds."""
        logit = np.log(self.stays / (1 - self.stays))
        ahead = np.log(self.share[1:] / self.share[0])
        parts = (ahead, self.gap, np.log(self.spread), logit, self.value, np.log(self.value_spread))
        return np.concatenate(parts)

    def moved(self, vector: Floats) -> Mixture:
        """Return the mixture with the numbers of :meth:`vector` set otherwise."""
        k = self.kinds
        shares = np.exp(np.concatenate([[0.0], vector[: k - 1]]))
        gap, spread, logit, value, value_spread = vector[k - 1 :].reshape(5, k)
        return replace(
            self,
            share=shares / shares.sum(),
            gap=gap,
            spread=np.exp(spread),
            stays=1 / (1 + np.exp(-logit)),
            value=value,
            value_spread=np.exp(value_spread),
        )


def mixture(data: Rhythm, *, kinds: int | None = None) -> Mixture:
    """Return the mixture of so many kinds, or of as many as Bayes' criterion asks for (at most four)."""
    if kinds is not None:
        return _fitted(data, kinds)
    best, lowest = None, math.inf
    for count in range(1, _MOST_KINDS + 1):
        one = _fitted(data, count)
        criterion = -2 * one.fit + len(one.vector()) * math.log(data.n)
        if criterion >= lowest or one.share.min() < _LEAST_SHARE:
            break
        best, lowest = one, criterion
    if best is None:
        raise EvidenceError("no rhythm can be told from these orders; give a longer log")
    return best


def belonging(data: Rhythm, one: Mixture) -> tuple[Floats, Floats]:
    """Return how likely each customer is of each kind, ``(n, k)``, and how likely he has left, ``(n,)``."""
    parts, gone, _ = _parts(data, one)
    total = np.maximum(parts.sum(axis=1), _TINY)
    kind = parts / total[:, None]
    return kind, (kind * gone).sum(axis=1)


def covariance(data: Rhythm, one: Mixture) -> Floats:
    """Return the covariance of :meth:`Mixture.vector`, from the scores of single customers."""
    at = one.vector()
    step = 1e-4
    scores = np.empty((data.n, len(at)))
    for place in range(len(at)):
        ends = []
        for sign in (1, -1):
            moved = at.copy()
            moved[place] += sign * step
            ends.append(logs(data, one.moved(moved)))
        scores[:, place] = (ends[0] - ends[1]) / (2 * step)
    return np.asarray(np.linalg.pinv(scores.T @ scores)) / data.weight


def logs(data: Rhythm, one: Mixture) -> Floats:
    """Return each customer's log-likelihood given that he was seen, ``(n,)``."""
    parts, *_ = _parts(data, one)
    return np.asarray(np.log(np.maximum(parts.sum(axis=1), _TINY)) - math.log(1 - unseen(data, one).sum()))


def unseen(data: Rhythm, one: Mixture) -> Floats:
    """Return the share of people of each kind who were there and are not seen, ``(k,)``; of all people."""
    hidden = [data.unseen[one.shape[k]] @ one.nodes(k, data.grid) for k in range(one.kinds)]
    return np.asarray(one.share * (1 - one.newcomers) * np.array(hidden))


def _parts(data: Rhythm, one: Mixture) -> tuple[Floats, Floats, Floats]:
    """Return each customer's likelihood under each kind, whether he left, and that of his times, ``(n, k)`` each."""
    parts, gone, here = (np.empty((data.n, one.kinds)) for _ in range(3))
    for k in range(one.kinds):
        alive, left = _ends(data, one, k)
        stays = one.stays[k]
        here[:, k] = np.maximum(alive - stays * left, _TINY)
        parts[:, k] = one.share[k] * stays**data.stays * here[:, k] * _worth(data, one, k)
        gone[:, k] = (1 - stays) * left / here[:, k]
    return parts, gone, here


def _ends(data: Rhythm, one: Mixture, k: int) -> tuple[Floats, Floats]:
    law, shape, new = one.nodes(k, data.grid), one.shape[k], one.newcomers
    alive = (1 - new) * (data.there[shape] @ law) + new * (data.new[shape] @ law)
    left = (1 - new) * (data.there_gone[shape] @ law) + new * (data.new_gone[shape] @ law)
    return alive, left


def _worth(data: Rhythm, one: Mixture, k: int) -> Floats:
    variance = one.value_spread[k] ** 2 + data.within / np.maximum(data.orders, 1)
    density = np.exp(-0.5 * (data.value - one.value[k]) ** 2 / variance) / np.sqrt(2 * math.pi * variance)
    return np.where(np.isfinite(data.value), np.maximum(density, _TINY), 1.0)


def _start(data: Rhythm, kinds: int) -> Mixture:
    """Start from customers in order of how often they bought."""
    law = data.there[0] + data.new[0]
    own = (law @ data.grid) / np.maximum(law.sum(axis=1), _TINY)
    cuts = np.quantile(own, (np.arange(kinds) + 0.5) / kinds)
    value = float(np.nanmean(data.value)) if np.isfinite(data.value).any() else 0.0
    spread = float(np.nanstd(data.value)) if np.isfinite(data.value).sum() > 1 else 0.3
    new = 0.5 if data.new.any() else 0.0
    return Mixture(
        share=np.full(kinds, 1.0 / kinds),
        gap=cuts,
        spread=np.full(kinds, 0.6),
        shape=np.zeros(kinds, dtype=np.int64),
        stays=np.full(kinds, 0.95),
        value=np.full(kinds, value),
        value_spread=np.full(kinds, max(spread, _LEAST_SPREAD)),
        newcomers=new,
    )


def _fitted(data: Rhythm, kinds: int) -> Mixture:
    one, before = _start(data, kinds), -math.inf
    for turn in range(_ROUNDS):
        one = _improved(data, one)
        if turn % _EVERY == _EVERY - 1:
            one = _shaped(data, one)
            now = float(logs(data, one).sum())
            if now - before < _CLOSE * data.n and turn > 5 * _EVERY:
                before = now
                break
            before = now
    order = np.argsort(one.gap)
    arrays = {name: getattr(one, name)[order] for name in _ARRAYS}
    return replace(one, **arrays, fit=before)


def _improved(data: Rhythm, one: Mixture) -> Mixture:
    """Take one step of expectation and maximisation; who was never seen is expected along."""
    parts, gone, here = _parts(data, one)
    kind = parts / np.maximum(parts.sum(axis=1), _TINY)[:, None]
    hidden = unseen(data, one)
    scale = data.n / (1 - hidden.sum())
    share = kind.sum(axis=0) + scale * hidden
    gap, spread, fresh = np.empty(one.kinds), np.empty(one.kinds), 0.0
    for k in range(one.kinds):
        law, new = _law(data, one, k, kind[:, k] / here[:, k])
        fresh += new
        law += scale * one.share[k] * (1 - one.newcomers) * data.unseen[one.shape[k]] * one.nodes(k, data.grid)
        gap[k] = law @ data.grid / law.sum()
        spread[k] = math.sqrt(law @ (data.grid - gap[k]) ** 2 / law.sum())
    stays = (kind * data.stays[:, None]).sum(axis=0) / (kind * (data.stays[:, None] + gone)).sum(axis=0)
    value, value_spread = _valued(data, one, kind)
    return replace(
        one,
        share=share / share.sum(),
        gap=gap,
        spread=np.maximum(spread, _LEAST_SPREAD),
        stays=np.clip(stays, 1e-3, 1 - 1e-5),
        value=value,
        value_spread=value_spread,
        newcomers=min(fresh / float(share.sum()), 1.0),
    )


def _law(data: Rhythm, one: Mixture, k: int, weight: Floats) -> tuple[Floats, float]:
    """Return how much of a kind stands at each mean gap, and how many of it came with a first order.

    Customers weigh as they are of the kind, by how likely their times are under it.
    """
    shape, stays = one.shape[k], one.stays[k]
    nodes = one.nodes(k, data.grid)
    there = (1 - one.newcomers) * nodes * (weight @ data.there[shape] - stays * (weight @ data.there_gone[shape]))
    new = one.newcomers * nodes * (weight @ data.new[shape] - stays * (weight @ data.new_gone[shape]))
    return np.asarray(there + new), float(new.sum())


def _valued(data: Rhythm, one: Mixture, kind: Floats) -> tuple[Floats, Floats]:
    known = np.isfinite(data.value)
    if not known.any():
        return one.value, one.value_spread
    found, orders, kind = data.value[known], np.maximum(data.orders[known], 1), kind[known]
    noise = (data.within / orders)[:, None]
    trust = one.value_spread**2 / (one.value_spread**2 + noise)
    own = one.value + trust * (found[:, None] - one.value)
    total = np.maximum(kind.sum(axis=0), _TINY)
    value = (kind * own).sum(axis=0) / total
    square = (kind * ((own - value) ** 2 + trust * noise)).sum(axis=0) / total
    return value, np.maximum(np.sqrt(square), _LEAST_SPREAD)


def _shaped(data: Rhythm, one: Mixture) -> Mixture:
    """Give each kind the regularity under which its people are likeliest."""
    parts, *_ = _parts(data, one)
    kind = parts / np.maximum(parts.sum(axis=1), _TINY)[:, None]
    shape = one.shape.copy()
    for k in range(one.kinds):
        found = []
        for place in range(len(SHAPES)):
            alive, left = _ends(data, replace(one, shape=np.full(one.kinds, place)), k)
            found.append(float(kind[:, k] @ np.log(np.maximum(alive - one.stays[k] * left, _TINY))))
        shape[k] = int(np.argmax(found))
    return replace(one, shape=shape)
