"""Rhythm: who has stopped is found, at 2 % measured false alarms a quarter, beside an oracle that knows each law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import gamma

from benchmarks.proof.bar import Rate
from cjlab.features import RhythmChange
from cjlab.features._departure import QUARTER
from cjlab.features._quarter import People, Watched, quarter

if TYPE_CHECKING:
    from collections.abc import Iterator

SIX_WEEKS, FALSE, KNOWN = 42.0, 0.02, 8
BANDS = ((4.0, 10.0), (10.0, 20.0), (20.0, 40.0))
SHAPES = ((1.0, 1.0), (1.0, 3.0), (3.0, 8.0))


def stopped(customers: int) -> Iterator[Rate]:
    """Measure who is found within six weeks of a complete stop, by band of mean gap and of shape."""
    for number, (days, shapes) in enumerate((days, shapes) for days in BANDS for shapes in SHAPES):
        draw, change = np.random.default_rng([51, number]), RhythmChange()
        people = People(draw.uniform(*days, customers), draw.uniform(*shapes, customers), KNOWN)
        watched = Watched.met(people, draw)
        silence, known = watched.age + SIX_WEEKS, watched.now(change.prior)
        threshold = quarter(watched, change.prior, draw).threshold("stopped", FALSE)
        found = known.stopped(np.floor(silence) - 0.5) <= threshold
        rare = np.minimum(-np.log1p(-FALSE) * people.mean / QUARTER, 1.0)
        oracle = float((silence >= gamma.isf(rare, people.shape, scale=people.mean / people.shape)).mean())
        regular = number == len(SHAPES) - 1
        where = f"mean gap {days[0]:g} to {days[1]:g} days, shape {shapes[0]:g} to {shapes[1]:g}"
        fixed = float((silence >= QUARTER - 1.0).mean())
        where += f"; oracle {oracle:.3f}, 90 days of silence {fixed:.3f}"
        bar = 0.7 if regular else 0.9 * oracle
        yield Rate.of("found within six weeks of a stop", where, found, round(bar, 4), kind="at_least")
