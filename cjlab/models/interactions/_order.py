"""What follows what: shares of next interactions by what came last, by silence, and by what is his own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models.interactions._course import FIRST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models.interactions._course import Next, Past

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

_BELIEVED = 5.0  # steps that what all do is worth, where few are told of
_FADES = 0.8  # what a step counts less than the one after it
_MINUTE = 60_000_000
# The ends (µs) of classes of silence: from minutes within a visit to seasons.
EDGES = np.array([1, 10, 60, 360, 1_440, 4_320, 10_080, 20_160, 43_200, 86_400, 172_800], dtype=np.int64) * _MINUTE

NAMES = (
    "lately",
    "own",
    "own lately",
    "after the last",
    "after the last two",
    "after silence",
    "own after silence",
    "since it was last",
)


@dataclass(frozen=True, eq=False)
class Order:
    r"""What was learned of steps before a moment, of *m* labels; shares are drawn to those of all, as if 5 steps more.

    Parameters
    ----------
    popular
        ``(m,)``, :math:`p_k`: shares of interactions, halved in weight every half-life.
    one, two
        ``(m, m)`` and ``(m + 1, m, m)``: :math:`P(k \mid \text{last})`, :math:`P(k \mid \text{last two})`; of the last
        two the earlier comes first, and where there is none it is *m*.
    quiet
        ``(12, m, m)``: :math:`P(k \mid \text{last}, \text{gap} > t_b)`, for each class of silence.
    since
        ``(14, m)``: :math:`\ln P(k \mid \text{time since his last } k) / p_k` at moments, never last.
    """

    popular: Floats
    one: Floats
    two: Floats
    quiet: Floats
    since: Floats

    @classmethod
    def learn(cls, past: Past, half_life: float, earlier: tuple[Past, Next] | None) -> Order:
        """Learn of steps before a moment, and of what came next at an earlier one."""
        m = past.kinds
        lately = np.bincount(past.label, 0.5 ** (past.ago / half_life), m) + 0.5
        popular = lately / lately.sum()
        step = np.flatnonzero(past.gap != FIRST)
        to, of = past.label[step], past.label[step - 1]
        before = np.where(past.gap[step - 1] == FIRST, m, past.label[np.maximum(step - 2, 0)])
        one = _shares(np.bincount(of * m + to, minlength=m * m).reshape(m, m), popular)
        two = _shares(np.bincount((before * m + of) * m + to, minlength=(m + 1) * m * m).reshape(m + 1, m, m), one)
        classes = len(EDGES) + 1
        kept = np.searchsorted(EDGES, past.gap[step], side="right")
        split = np.bincount((kept * m + of) * m + to, minlength=classes * m * m).reshape(classes, m, m)
        longer = split[::-1].cumsum(axis=0)[::-1]
        quiet = _shares(longer, _shares(longer.sum(axis=1), popular)[:, None, :])
        since = np.zeros((len(EDGES) + 2, m)) if earlier is None else _since(*earlier, popular)
        return cls(popular, one, two, quiet, since)

    def blocks(self, past: Past) -> list[Floats]:
        """Return what speaks for each label, ``(n, m)`` each, in the order of the names."""
        p, last, quiet = self.popular, past.last, silent(past)
        own = past.counts()
        faded = past.counts(np.power(_FADES, past.ends[past.whose] - np.arange(len(past.at))))
        paused = (past.gap != FIRST) & (np.searchsorted(EDGES, past.gap, side="right") >= quiet[past.whose])
        after = past.counts(kept=np.flatnonzero(paused))
        one, still = self.one[last], self.quiet[quiet, last]
        return [
            np.broadcast_to(np.log(p), own.shape),
            np.log(_shares(own, p) / p),
            np.log(_shares(faded, p) / p),
            np.log(one / p),
            np.log(self.two[past.second, last] / one),
            np.log(still / one),
            np.log(_shares(after, still) / still),
            np.take_along_axis(self.since, ages(past), axis=0),
        ]

    def chains(self, past: Past) -> dict[str, Floats]:
        """Return the shares of each label by simpler rules, ``(n, m)`` each."""
        last = past.last
        rows = np.arange(len(last))
        own = np.broadcast_to(self.popular * 1e-3, (len(last), past.kinds)).copy()
        own[rows, last] += 1.0
        return {
            "most frequent": np.broadcast_to(self.popular, own.shape),
            "his last": own,
            "Markov 1": self.one[last],
            "Markov 2": self.two[past.second, last],
        }

    def _parts(self) -> Mapping[str, Any]:
        return dict(vars(self))

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Order:
        return cls(**parts)


def silent(past: Past) -> Codes:
    """Return in which class of silence each customer is; all gaps of that class or later were longer than its start."""
    return np.searchsorted(EDGES, past.silence, side="right")


def ages(past: Past) -> Codes:
    """Return in which class the time since his last interaction of each label is, ``(n, m)``; never is the last."""
    made = np.full((len(past.customers), past.kinds), len(EDGES) + 1)
    made[past.whose, past.label] = np.searchsorted(EDGES, past.moment - past.at, side="right")  # the latest stays
    return made


def _since(past: Past, came: Next, popular: Floats) -> Floats:
    """Return how much likelier each label is next by the time since he had it, as logarithms."""
    some = np.flatnonzero(came.came)
    m, age = past.kinds, ages(past)[some]
    code = age * m + np.arange(m)
    size = (len(EDGES) + 2) * m
    asked = np.bincount(code.ravel(), minlength=size).reshape(-1, m)
    hit = came.label[some]
    got = np.bincount(age[np.arange(len(some)), hit] * m + hit, minlength=size).reshape(-1, m)
    return np.asarray(np.log((got + _BELIEVED * popular) / (asked + _BELIEVED) / popular))


def _shares(counts: NDArray[Any], prior: Floats) -> Floats:
    """Return shares of counts along the last axis, drawn to a prior."""
    return np.asarray((counts + _BELIEVED * prior) / (counts.sum(axis=-1, keepdims=True) + _BELIEVED))
