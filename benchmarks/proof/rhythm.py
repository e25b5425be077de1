"""Rhythm: who has stopped is found, at 2 % measured false alarms a quarter, beside an oracle that knows each law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import gamma

from benchmarks.proof.bar import Rate
from benchmarks.proof.told import Laws, Told
from cjlab.features.rhythm._departure import LATE, QUARTER
from cjlab.features.rhythm._habit import Gaps
from cjlab.features.rhythm._people import likeliest
from cjlab.features.rhythm._quarter import People, Watched, quarter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cjlab.features.rhythm._habit import Prior

    Floats = NDArray[np.float64]
    Stratum = tuple[tuple[float, float], tuple[float, float]]

SIX_WEEKS, FALSE, KNOWN, REGULAR, REACHED = 42.0, 0.02, 8, 0.7, 0.9
BANDS = ((4.0, 10.0), (10.0, 20.0), (20.0, 40.0))
SHAPES = ((1.0, 1.0), (1.0, 3.0), (3.0, 8.0))
STRATA = tuple((days, shapes) for days in BANDS for shapes in SHAPES)
MAIN, SLOW = (BANDS[0], SHAPES[-1]), (BANDS[-1], SHAPES[-1])
LEARNED, YEAR, NINETY = 3_000, 365.0, 89.5
COLUMNS = (
    *("mean gap, shape", "oracle", "told the population", "`RhythmChange`", "99 % interval", "of the oracle"),
    *("of who is told", "90 days of silence", "its false alarms", "`RhythmChange` at as many"),
)
SAID = (
    "Customers of whom 8 gaps are known stop at a moment that has nothing to do with their purchases; found are those "
    "of whom an alarm is raised within six weeks. Every rule has the threshold at which 2 % of those of its stratum "
    "who go on as before raise an alarm in a quarter; the oracle knows each customer's law, and holds the 2 % for each "
    "of them. `RhythmChange` has the prior that was fitted to a year of 3,000 others of the stratum. By 8 gaps nobody "
    "knows a law. Who is told how laws are spread over the stratum, and reads the gaps by Bayes' rule, finds what "
    "stands beside it: the best of three rules (as many false alarms for each customer, that of `RhythmChange`, and "
    "one to which late finds are worth nothing). Where this is less than nine tenths of the oracle, the bar is out of "
    "reach of everything that can be known; nine tenths of what can be known have to be found everywhere. Thresholds "
    "are those of the sample, whose 2 % have an interval too."
)


@dataclass(frozen=True)
class Found:
    """What was found of a stratum, as shares; ``count`` of ``customers`` by ``RhythmChange``."""

    strata: tuple[Stratum, ...]
    oracle: float
    told: float
    count: int
    customers: int
    ninety: float
    ninety_false: float
    as_many: float

    @property
    def where(self) -> str:
        """Which customers."""
        if len(self.strata) > 1:
            return "all of them together"
        days, shapes = self.strata[0]
        return f"{days[0]:g} to {days[1]:g} days, {shapes[0]:g} to {shapes[1]:g}"

    @property
    def bar(self) -> Rate:
        """The bar: 70 % where customers are frequent and regular, elsewhere nine tenths of the oracle."""
        least = REGULAR if self.strata == (MAIN,) else REACHED * self.oracle
        return self._rate("found within six weeks of a stop", round(least, 4))

    @property
    def reach(self) -> Rate:
        """The bar of what can be known."""
        return self._rate("of what can be known, nine tenths", round(REACHED * self.told, 4))

    @property
    def failed(self) -> bool:
        """Whether a bar does not hold that can be met."""
        return not self.reach.holds or (self.told >= self.bar.nominal and not self.bar.holds)

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        share, (low, high) = self.bar.observed, self.bar.interval
        return (
            *(self.where, f"{self.oracle:.3f}", f"{self.told:.3f}", f"{share:.3f}", f"{low:.3f} to {high:.3f}"),
            *(f"{share / self.oracle:.2f}", f"{share / self.told:.2f}"),
            *(f"{self.ninety:.3f}", f"{self.ninety_false:.3f}", f"{self.as_many:.3f}"),
        )

    def _rate(self, what: str, least: float) -> Rate:
        return Rate(what, self.where, self.count, self.customers, least, "at_least")


def stopped(customers: int) -> Iterator[Found]:
    """Measure who is found within six weeks of a complete stop, by band of mean gap and of shape, then over all."""
    for number, stratum in enumerate(STRATA):
        yield found([stratum], customers, np.random.default_rng([51, number]))
    yield found(STRATA, customers, np.random.default_rng([51, len(STRATA)]))


def found(strata: Sequence[Stratum], customers: int, draw: np.random.Generator) -> Found:
    """Measure it of customers of some strata, as many of each, who share one prior and one threshold."""
    prior = likeliest(*_year(_people(strata, LEARNED, draw), draw))
    people = _people(strata, customers, draw)
    watched = Watched.met(people, draw)
    start, silence = vars(watched).copy(), np.floor(watched.age + SIX_WEEKS) - 0.5
    laws = Laws(*(np.concatenate(each) for each in zip(*(Laws.spread(*one) for one in strata), strict=True)))
    told = max(_share(Told(**start, laws=laws, late=late), prior, silence, draw) for late in (1.0, LATE, 1e-6))
    fixed = quarter(Told(**start), prior, draw).share("stopped", 1.0 / NINETY)
    cost, measured = watched.now(prior).stopped(silence), quarter(watched, prior, draw)
    rare = np.minimum(-np.log1p(-FALSE) * people.mean / QUARTER, 1.0)
    limit = gamma.isf(rare, people.shape, scale=people.mean / people.shape)
    return Found(
        strata=tuple(strata),
        oracle=float((silence + 0.5 >= limit).mean()),
        told=told,
        count=int((cost <= measured.threshold("stopped", FALSE)).sum()),
        customers=customers,
        ninety=float((silence >= NINETY).mean()),
        ninety_false=fixed,
        as_many=float((cost <= measured.threshold("stopped", fixed)).mean()),
    )


def _share(watched: Watched, prior: Prior, silence: Floats, draw: np.random.Generator) -> float:
    cost = watched.now(prior).stopped(silence)
    return float((cost <= quarter(watched, prior, draw).threshold("stopped", FALSE)).mean())


def _people(strata: Sequence[Stratum], n: int, draw: np.random.Generator) -> People:
    """Draw customers, as many of each stratum."""
    which = np.arange(n) % len(strata)
    days, shapes = (np.array([one[place] for one in strata])[which].T for place in range(2))
    return People(draw.uniform(*days), draw.uniform(*shapes), KNOWN)


def _year(people: People, draw: np.random.Generator) -> tuple[Gaps, Floats]:
    """Return the gaps of customers who came in the course of a year, and the silence at its end."""
    n = len(people.mean)
    left = draw.uniform(30.0, YEAR, n)
    gaps, there = [np.zeros(n) for _ in range(3)], np.ones(n, bool)
    while there.any():
        gap = np.maximum(np.round(draw.gamma(people.shape, people.mean / people.shape)), 1.0)
        there &= gap <= left
        gaps = [whole + np.where(there, part, 0.0) for whole, part in zip(gaps, (1.0, gap, np.log(gap)), strict=True)]
        left -= np.where(there, gap, 0.0)
    return Gaps(*gaps), left
