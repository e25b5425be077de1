"""When: the chance of an interaction in each stretch of time after a moment, given that none came before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models.interactions._course import DAY, FIRST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.models.interactions._course import Next, Past

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

STRETCHES = 24
_GRID = np.r_[0.0, np.geomspace(1.0, 3.2e8, 320)] * 1e6  # µs: from a second to ten years
_LINES = np.log1p(_GRID)
_BELIEVED, _OWN = 10.0, 2.0  # gaps that what all do is worth
_WINDOWS = (0.25, 1.0, 3.0)  # of the horizon
_TINY = 1e-6

_PLAIN = ("days lately", "days", "days long", "days ever", "silence", "silence for him", "level")
NAMES = ("all at such dates", "gaps after such a last", "own gaps", *_PLAIN, *(f"{one}, later on" for one in _PLAIN))


def edges(horizon: float) -> Floats:
    """Return the ends of the stretches of a horizon (days), the shortest first, ``(25,)``."""
    return np.asarray(horizon * np.linspace(0, 1, STRETCHES + 1) ** 2)


@dataclass(frozen=True, eq=False)
class Pace:
    """What was learned of when interactions come.

    Parameters
    ----------
    horizon : float
        Days.
    base : ndarray
        ``(24,)``, the chance in each stretch of those to whom nothing came before it, after earlier dates.
    law : ndarray
        ``(m + 1, 321)``, the logarithm of the share of gaps that are longer, after each label, and after all.
    often : float
        On which share of days customers do something.
    """

    horizon: float
    base: Floats
    law: Floats
    often: float

    @classmethod
    def learn(cls, past: Past, earlier: Sequence[Next], horizon: float) -> Pace:
        """Learn of gaps before a moment, and of what came after earlier ones."""
        began, came = np.zeros(STRETCHES), np.zeros(STRETCHES)
        for after in earlier:
            place = placed(after.days, horizon)
            began += (place[:, None] >= np.arange(STRETCHES)).sum(axis=0)
            came += np.bincount(place[after.came], minlength=STRETCHES)[:STRETCHES]
        days = _active(past, np.inf).sum()
        return cls(horizon, (came + 0.5) / (began + 1), _laws(past), float(days / max(_exposed(past).sum(), 1.0)))

    def blocks(self, past: Past) -> Floats:
        """Return what speaks for an interaction in each stretch, ``(n, 24, ingredients)``."""
        n, base = len(past.customers), _logit(self.base)
        laws = self.gaps(past, past.last)
        told = [np.broadcast_to(base, (n, STRETCHES)), _logit(laws) - base, _logit(self.own(past, laws)) - _logit(laws)]
        plain = self._plain(past)
        wide = np.broadcast_to(plain[:, None, :], (n, STRETCHES, plain.shape[1]))
        later = np.log(edges(1.0)[1:]) / 3 + 0.5
        return np.concatenate([np.stack(told, axis=2), wide, wide * later[:, None]], axis=2)

    def _plain(self, past: Past) -> Floats:
        """Return how often he did something beside others, and how long he has been silent, ``(n, 7)``."""
        silence, whole = past.silence / DAY, _exposed(past)
        rates = [
            np.log((_active(past, window) + 1) / (np.minimum(whole, window) * self.often + 1))
            for window in (*(part * self.horizon for part in _WINDOWS), np.inf)
        ]
        for_him = np.log1p(silence * self.often * np.exp(rates[-1]))
        return np.column_stack([*rates, np.log1p(silence), for_him, np.ones(len(silence))])

    def gaps(self, past: Past, which: Codes) -> Floats:
        """Return the chance in each stretch by gaps, of these rows of the law, that were longer than the silence."""
        ends = past.silence[:, None] + edges(self.horizon) * DAY
        right = np.clip(np.searchsorted(_GRID, ends), 1, len(_GRID) - 1)
        part = (np.log1p(ends) - _LINES[right - 1]) / (_LINES[right] - _LINES[right - 1])
        begun, ended = self.law[which[:, None], right - 1], self.law[which[:, None], right]
        left = begun + np.minimum(part, 1.0) * (ended - begun)
        return np.asarray(1 - np.exp(np.diff(left, axis=1)))

    def everybody(self, past: Past) -> Floats:
        """Return the chance in each stretch by everybody's gaps that were longer than the silence."""
        return self.gaps(past, np.full(len(past.customers), len(self.law) - 1))

    def own(self, past: Past, prior: Floats, believed: float = _OWN) -> Floats:
        """Return the chance in each stretch by his own gaps that were longer than the silence, drawn to a prior."""
        n = len(past.customers)
        kept = np.flatnonzero((past.gap != FIRST) & (past.gap > past.silence[past.whose]))
        whose = past.whose[kept]
        place = placed((past.gap[kept] - past.silence[whose]) / DAY, self.horizon)
        counts = np.bincount(whose * (STRETCHES + 1) + place, minlength=n * (STRETCHES + 1)).reshape(n, -1)
        still = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
        return np.asarray((counts[:, :-1] + believed * prior) / (still[:, :-1] + believed))

    def _parts(self) -> Mapping[str, Any]:
        return dict(vars(self))

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Pace:
        return cls(**parts)


def placed(days: Floats, horizon: float) -> Codes:
    """Return in which stretch a time lies, 24 beyond the horizon."""
    return np.searchsorted(edges(horizon)[1:], days, side="right").astype(np.int64)


def _exposed(past: Past) -> Floats:
    """Return for how many days customers have been known."""
    return past.ago[past.starts]


def _active(past: Past, window: float) -> Floats:
    """Return on how many days of a window before the moment customers did something."""
    day = np.floor(past.ago)
    new = np.ones(len(day), dtype=bool)
    new[1:] = (np.diff(day) != 0) | (np.diff(past.whose) != 0)
    return np.bincount(past.whose[new & (past.ago < window)], minlength=len(past.customers)).astype(np.float64)


def _logit(chance: Floats) -> Floats:
    kept = np.clip(chance, _TINY, 1 - _TINY)
    return np.asarray(np.log(kept / (1 - kept)))


def _laws(past: Past) -> Floats:
    """Return which share of gaps is longer, after each label and after all (Kaplan & Meier), silences among them."""
    m, size = past.kinds, len(_GRID)
    step = np.flatnonzero(past.gap != FIRST)
    place, open_ = (np.minimum(np.searchsorted(_GRID, one), size - 1) for one in (past.gap[step], past.silence))
    ended = np.bincount(past.label[step - 1] * size + place, minlength=m * size).reshape(m, size)
    broken = np.bincount(past.last * size + open_, minlength=m * size).reshape(m, size)
    ended, broken = (np.vstack([one, one.sum(axis=0)]) for one in (ended, broken))
    still = (ended + broken)[:, ::-1].cumsum(axis=1)[:, ::-1]
    all_ = ended[-1] / np.maximum(still[-1], 1)
    hazard = (ended + _BELIEVED * all_) / (still + _BELIEVED)
    hazard[-1] = all_
    return np.asarray(np.cumsum(np.log(np.maximum(1 - hazard, _TINY)), axis=1))
