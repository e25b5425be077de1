"""Features that did not move, and features that did: how often drift says so, and whether its intervals hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from cjlab.loop import drift
from cjlab.statistics import divergence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIZES = ((500, 500), (500, 100_000), (5_000, 20_000), (100_000, 100_000))
SAID = (
    "Two tables of one population, of several sizes: a number without ties, one with heavy ties (62 % zeros), one that "
    "piles up on round values, one that is mostly missing, a category of which most values are rare (40 values, shares "
    "falling as 1/j^1.5), a flag that 2 % have. Sizes are rows at learning and rows now. Below: the same customers in "
    "both tables, and customers who stand six times in one. Then categories whose shares moved by a known index."
)
FEATURES = ("plain", "tied", "round", "missing", "rare", "flag")


class Told(NamedTuple):
    """Of one pair of tables: the p-value of every feature, and whether any was said to have moved at all."""

    p: NDArray[np.float64]
    alarmed: bool


def population(drawn: np.random.Generator, rows: int) -> pd.DataFrame:
    """Draw customers: numbers with and without ties, missing values, rare categories."""
    shares = 1 / np.arange(1, 41) ** 1.5
    plain = drawn.normal(size=rows)
    return pd.DataFrame(
        {
            "plain": plain,
            "tied": drawn.poisson(0.48, rows),
            "round": np.round(drawn.lognormal(3, 1, rows), -1),
            "missing": np.where(drawn.uniform(size=rows) < 0.9, np.nan, drawn.normal(size=rows)),
            "rare": pd.Categorical.from_codes(drawn.choice(40, rows, p=shares / shares.sum()), [*map(str, range(40))]),
            "flag": drawn.uniform(size=rows) < 0.02,
        }
    )


def still(seed: int, sizes: tuple[int, int]) -> Told:
    """Compare two tables of one population."""
    drawn = np.random.default_rng(seed)
    return _told(population(drawn, sizes[0]), population(drawn, sizes[1]))


def repeated(seed: int, *, waves: int = 1, again: bool = True, customers: int = 2_000) -> Told:
    """Compare tables in which customers stand several times, and the same ones in both where ``again``."""
    drawn = np.random.default_rng(seed)
    own, other = (_customers(drawn, customers) for _ in range(2))
    learnt = pd.concat([_seen(drawn, own) for _ in range(waves)])
    return _told(learnt, _seen(drawn, own if again else other.rename(lambda one: one + customers)))


def _customers(drawn: np.random.Generator, customers: int) -> pd.DataFrame:
    index = pd.RangeIndex(customers, name="customer_id")
    return pd.DataFrame({"taste": drawn.normal(size=customers), "place": drawn.choice(8, customers)}, index)


def _seen(drawn: np.random.Generator, own: pd.DataFrame) -> pd.DataFrame:
    """Return what is seen of customers at a date: tastes and habits change a little, places do not."""
    return pd.DataFrame(
        {
            "taste": own["taste"] + 0.4 * drawn.normal(size=len(own)),
            "visits": drawn.poisson(np.exp(0.5 * own["taste"])),
            "place": own["place"].astype(str),
        }
    )


def _told(reference: pd.DataFrame, now: pd.DataFrame) -> Told:
    found = drift(reference, now).features
    return Told(found["p"].to_numpy(np.float64), bool((found["psi"] > found["psi_floor"]).any()))


def held(seed: int, *, strength: float, sizes: tuple[int, int], cells: int = 8) -> tuple[bool, bool]:
    """Whether both intervals hold the truth where shares moved; the shares themselves are drawn anew each time."""
    drawn = np.random.default_rng(seed)
    p = drawn.dirichlet(np.full(cells, 8.0))
    q = p * np.exp(strength * drawn.normal(size=cells))
    q /= q.sum()
    half = (p + q) / 2
    psi = ((p - q) * np.log(p / q)).sum()
    js = (p * np.log(p / half) + q * np.log(q / half)).sum() / 2
    found = divergence(drawn.choice(cells, sizes[0], p=p), drawn.choice(cells, sizes[1], p=q))
    return found.psi.low <= psi <= found.psi.high, found.js.low <= js <= found.js.high


def experiments(seeds: int) -> Iterator[Rate]:
    """Count false alarms, and intervals that hold."""
    for sizes in SIZES:
        where = f"{sizes[0]:,} and {sizes[1]:,} rows"
        yield from _alarms([still(seed, sizes) for seed in range(seeds)], FEATURES, where)
    names = ("taste", "visits", "place")
    yield from _alarms([repeated(seed) for seed in range(seeds)], names[:2], "the same 2,000 customers again")
    yield from _alarms([repeated(seed, waves=6, again=False) for seed in range(seeds)], names, "2,000 of six waves")
    for strength in (0.1, 0.3, 0.8):
        for sizes in ((1_000, 1_000), (20_000, 2_000)):
            both = np.array([held(seed, strength=strength, sizes=sizes) for seed in range(seeds)])
            where = f"shares moved by factors of about e^±{strength}, {sizes[0]:,} and {sizes[1]:,} rows"
            yield Rate.of("95 % interval of the stability index holds the truth", where, both[:, 0], 0.95)
            yield Rate.of("95 % interval of Jensen's and Shannon's holds the truth", where, both[:, 1], 0.95)


def _alarms(told: list[Told], names: tuple[str, ...], where: str) -> Iterator[Rate]:
    p = np.array([one.p for one in told])
    for place, name in enumerate(names):
        yield Rate.of(f"above its own floor of 5 %: {name}", where, p[:, place] < 0.05, 0.05)
    alarmed = np.array([one.alarmed for one in told])
    yield Rate.of("any feature above the floors of all", where, alarmed, 0.05, kind="at_most")
