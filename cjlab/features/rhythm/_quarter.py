"""A quarter of customers whose rhythm stays as it was, and how often they would raise an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.features.rhythm._departure import LATEST, QUARTER, Departure, Past, departure, past
from cjlab.features.rhythm._habit import Gaps, Prior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_KINDS = Departure._fields


class People(NamedTuple):
    """Customers with a law of gaps each: mean in days, and shape, ``(n,)``; and how many gaps are known of all."""

    mean: Floats
    shape: Floats
    known: int

    @classmethod
    def drawn(cls, prior: Prior, n: int, known: int, draw: np.random.Generator) -> People:
        """Draw customers as a prior says people are."""
        mean = 1.0 / draw.gamma(prior.strength, 1.0 / prior.days, n)
        return cls(mean, prior.shape * np.exp(prior.spread * draw.standard_normal(n)), known)


@dataclass(eq=False)
class Watched:
    """Customers in the middle of a gap, ``age`` days after their last purchase, ``left`` days before the next.

    The moment has nothing to do with their purchases, so that long gaps are met more often than short ones.
    """

    people: People
    gaps: Gaps
    latest: Floats
    age: Floats
    left: Floats

    @classmethod
    def met(cls, people: People, draw: np.random.Generator) -> Watched:
        """Draw the gaps before, and the one that is met."""
        scale, n = people.mean / people.shape, len(people.mean)
        before = _days(draw.gamma(people.shape[:, None], scale[:, None], (n, people.known)))
        whole, share = draw.gamma(people.shape + 1.0, scale), draw.random(n)
        counted = Gaps(np.full(n, float(people.known)), before.sum(axis=1), np.log(before).sum(axis=1))
        room = np.full((n, LATEST[-1]), np.nan)
        last = before[:, ::-1][:, : LATEST[-1]]
        room[:, : last.shape[1]] = last
        return cls(people, counted, room, whole * share, whole * (1.0 - share))

    def now(self, prior: Prior) -> Past:
        """Return what is known of them now."""
        return past(prior, self.gaps, self.latest)

    def bought(self, gap: Floats) -> None:
        """Take a gap that ended into what is known; NaN where none did."""
        days, there = _days(gap), ~np.isnan(gap)
        self.gaps = Gaps(
            self.gaps.n + there,
            self.gaps.total + np.where(there, days, 0.0),
            self.gaps.logs + np.where(there, np.log(np.where(there, days, 1.0)), 0.0),
        )
        moved = np.column_stack([days, self.latest[:, :-1]])
        self.latest = np.where(there[:, None], moved, self.latest)


class Quarter(NamedTuple):
    """What was measured in a quarter: by customer and gap, ``(gaps, n)`` each, at the end of the gap.

    ``before`` is what had been measured when the quarter began: an alarm that was raised then is no new one.
    """

    before: Departure
    within: Departure

    def share(self, kind: str, threshold: float) -> float:
        """Return the share of customers who raised an alarm in the quarter."""
        return float(self.raised(kind, threshold).mean())

    def raised(self, kind: str, threshold: float) -> NDArray[np.bool_]:
        """Return who raised an alarm in the quarter."""
        raised = getattr(self.within, kind) <= threshold
        raised[0] &= ~(getattr(self.before, kind) <= threshold)
        return np.asarray(raised.any(axis=0))

    def threshold(self, kind: str, share: float) -> float:
        """Return the threshold at which a share of customers raises an alarm."""
        low, high = -25.0, 5.0
        for _ in range(40):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.share(kind, float(np.exp(middle))) <= share else (low, middle)
        return float(np.exp(low))


def quarter(watched: Watched, prior: Prior, draw: np.random.Generator) -> Quarter:
    """Watch customers for 91 days in which nothing changes."""
    people, n = watched.people, len(watched.age)
    begin = departure(watched.now(prior), np.maximum(np.floor(watched.age) - 0.5, 0.0))
    measured: dict[str, list[Floats]] = {kind: [] for kind in _KINDS}
    gap, passed = watched.age + watched.left, watched.left.copy()
    there, begun = np.ones(n, bool), -watched.age
    while there.any():
        over = passed <= QUARTER
        silence = np.floor(np.where(over, gap, QUARTER - begun))
        found = departure(watched.now(prior).only(there), np.maximum(silence[there] - 0.5, 0.0))
        for kind in _KINDS:
            line = np.full(n, np.nan)
            line[there] = getattr(found, kind)
            measured[kind].append(line)
        watched.bought(np.where(there & over, gap, np.nan))
        there &= over
        begun = passed
        gap = draw.gamma(people.shape, people.mean / people.shape)
        passed = passed + gap
    return Quarter(begin, Departure(*(np.array(measured[kind]) for kind in _KINDS)))


def thresholds(prior: Prior, share: float, customers: int, seed: int) -> Departure:
    """Return the thresholds at which a share of customers, drawn from a prior, raises each alarm in a quarter."""
    found = []
    for known in (4, 8, 16):
        draw = np.random.default_rng([seed, known])
        found.append(quarter(Watched.met(People.drawn(prior, customers // 3, known, draw), draw), prior, draw))
    longest = max(len(one.within.stopped) for one in found)
    before = Departure(*(np.concatenate([getattr(one.before, kind) for one in found]) for kind in _KINDS))
    within = Departure(*(np.hstack([_padded(getattr(one.within, kind), longest) for one in found]) for kind in _KINDS))
    whole = Quarter(before, within)
    return Departure(*(float(f"{whole.threshold(kind, share):.4g}") for kind in _KINDS))  # type: ignore[arg-type] # one number each


def _padded(lines: Floats, longest: int) -> Floats:
    return np.pad(lines, ((0, longest - len(lines)), (0, 0)), constant_values=np.nan)


def _days(gaps: Floats) -> Floats:
    return np.maximum(np.round(gaps), 1.0)
