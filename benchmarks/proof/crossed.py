"""Cross-selling: what a programme brings per contact against a hold-out, and what it takes from the usual purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from benchmarks.proof.spread import Spread
from benchmarks.proof.trials import CONTROL
from cjlab.simulator import Nobody, Plan, Rules, World, simulate
from cjlab.simulator.world import Action, Effect, Observation
from cjlab.statistics import Sample, welch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DAY, WITHIN, FUTURES = 90, 21, 30
CATEGORIES = ("fresh", "home", "care", "tech")
MOVED = Effect(desire=4.0, attention=2.0)
OFFER = Action(
    channel="email",
    category="tech",
    discount=0.05,
    valid_days=WITHIN,
    effects={"bargain": MOVED, "prospect": MOVED, "occasional": Effect(desire=0.2)},
)
SAID = (
    "The packaged retail world, in which on day 90 a random half of the customers get an offer about tech that takes "
    "5 % off whatever is bought within 21 days and moves those who care for tech; the others are the hold-out. A "
    "category's own increment is the margin it brings per contact, contacted minus held out. What the offer takes from "
    "the usual purchase (the rebate on what would have been bought anyway) lowers the increments of the categories "
    "usually bought, and a need that it wakes may be met in any: so the figure to decide by is the increment of "
    "*total* margin, from which substitution is deducted because it is in the sum. Intervals are Welch's; the truth is "
    "the mean expected effect on margin over 30 futures. A contact costs 0.01 besides. Public data: no public test of "
    "cross-selling tells margins by category."
)


class Found(NamedTuple):
    """Increments of margin per contact in one world: of each category, in total, and in truth."""

    own: tuple[float, ...]
    total: float
    low: float
    high: float
    truth: float

    @property
    def held(self) -> bool:
        """Whether the interval of the total holds the truth."""
        return self.low <= self.truth <= self.high


def lived(seed: int, customers: int) -> Found:
    """Test the offer in one world."""
    world = World.retail(n_customers=customers, seed=seed, newcomers=0.0, observation=Observation())
    world = world.but({f"personas.{name}.opens.email": 0.8 for name in world.personas})
    world = world.but(actions={"cross_sell": OFFER}, habits={}, orders=())
    plan = Plan(actions=("cross_sell",), first=DAY, last=DAY + 1, control=0.5, randomised=True, consent=False)
    run = simulate(world, Rules((plan,)), days=DAY + WITHIN)
    margins = _margins(run.events, run.contacts, run.log.items.collect())
    treated = run.contacts.sort("customer_id")["arm"].cast(pl.String).to_numpy() != CONTROL
    total = _increment(margins.sum(axis=1), treated)
    effects = simulate(world, Nobody(), days=DAY).effect_of("cross_sell", day=DAY, within=WITHIN, replicates=FUTURES)
    truth = effects.of("margin")["expected"].reindex(run.contacts["customer_id"].to_numpy()).mean()
    own = tuple(_increment(margins[:, place], treated)[0] for place in range(len(CATEGORIES)))
    return Found(own, *total, float(truth))


def _margins(events: pl.DataFrame, contacts: pl.DataFrame, items: pl.DataFrame) -> Floats:
    """Return the margin of each customer tested since the test, by category, ``(n, categories)``."""
    kinds = items.select("item", pl.col("category").cast(pl.String))
    later = events.filter(pl.col("at") >= contacts["at"].min(), pl.col("margin").is_not_null())
    named = later.with_columns(pl.col("item").cast(pl.String)).join(kinds.cast({"item": pl.String}), on="item")
    summed = named.group_by("customer_id", "category").agg(pl.col("margin").sum())
    wide = summed.pivot("category", index="customer_id", values="margin")
    joined = contacts.select("customer_id").sort("customer_id").join(wide, on="customer_id", how="left")
    found: Floats = joined.select(CATEGORIES).fill_null(0.0).to_numpy()
    return found


def _increment(margin: Floats, treated: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return what a contact adds, with its interval."""
    sides = [Sample(len(some), some.mean(), some.var(ddof=1)) for some in (margin[treated], margin[~treated])]
    found = welch(*sides)
    return float(found.estimate), float(found.low), float(found.high)


def lines(found: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    """Write what was measured."""
    for place, name in enumerate(CATEGORIES):
        yield Spread.of(one.own[place] for one in found).row(f"{name}: its own increment, per contact")
    yield Spread.of(one.total for one in found).row("total margin per contact: all together")
    yield Spread.of(one.truth for one in found).row("the true one")


def bars(found: Sequence[Found]) -> Iterator[Rate]:
    """Yield how often the interval holds the truth."""
    held = np.array([one.held for one in found])
    yield Rate.of("95 % interval of the increment of total margin per contact holds the truth", "retail", held, 0.95)
