"""Next interactions: beside simpler rules on real logs, out of time; beside the truth in drawn worlds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from benchmarks.page import table
from benchmarks.proof.bar import Rate
from cjlab.datasets import at_hand, complete_journey, online_retail, online_shop
from cjlab.models import NextInteraction
from cjlab.simulator import World, simulate
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.models.interactions._compared import Compared

BEGIN, AS_OF, DAYS = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "2024-06-03", 182
CUSTOMERS = 1_500
LABELS = tuple((event, channel) for event in ("view", "cart", "purchase") for channel in ("app", "web"))
SAID = (
    "What and where is foretold of those to whom something comes within 28 days, and when of all who had done "
    "anything; nothing at or after the date was learned of. `hit` is the share whose next interaction, event and "
    "channel together, is the likeliest foretold; `crps` the continuous ranked probability score of the wait up to the "
    "horizon, in days, less is better; differences are of pairs, for the same customers. `covered` is the share of "
    "waits in the middle 80 % of the law foretold, a wait beyond the horizon placed by chance beyond it. Sizes of "
    "samples, dates and priors were fixed on earlier dates. Where nine interactions of ten are of one event and one "
    "channel, as in the two shops of purchases, nothing is ahead of what is most frequent. Chances are a little "
    "bold where few customers were learned of, and stay behind where behaviour moves."
)
COLUMNS = ("where", "measure", "beside", "customers", "model", "other", "model ahead by", "95 % interval of that")
_SHOWN = (
    ("hit", ("most frequent", "his last", "Markov 1", "Markov 2")),
    ("hit of three", ("Markov 2",)),
    ("crps", ("all at such dates", "all gaps", "own gaps")),
)


class Case(NamedTuple):
    """A log, a date, and the column that says where."""

    name: str
    log: Log
    as_of: str
    where: str


def cases() -> Iterator[Case]:
    """Yield the real logs that are at hand, and two simulated markets."""
    if at_hand("online_shop") is not None:
        yield Case("online_shop", online_shop(), "2024-05-20", "channel")
    if at_hand("complete_journey") is not None:
        yield Case("complete_journey, which shop", complete_journey(), "2017-12-01", "place")
        yield Case("complete_journey", complete_journey(), "2017-12-01", "channel")
    if at_hand("online_retail") is not None:
        yield Case("online_retail", online_retail(), "2011-11-11", "channel")
    for name in ("retail", "telecom"):
        world = getattr(World, name)(n_customers=6_000, seed=0)
        yield Case(f"{name} world", simulate(world, days=365).log, "2024-11-15", "channel")


def found() -> Iterator[tuple[str, Compared]]:
    """Yield what was found in each."""
    for case in cases():
        model = NextInteraction(where=case.where).fit(case.log, as_of=case.as_of)
        yield case.name, model.judge(case.log, as_of=case.as_of)


def rows(name: str, compared: Compared) -> Iterator[tuple[str, ...]]:
    """Yield a row a measure and simpler rule."""
    frame = compared.to_frame().set_index(["measure", "method"])
    for measure, others in _SHOWN:
        own = frame.loc[(measure, "model")]
        for other in others:
            row = frame.loc[(measure, other)]
            ends = f"{row.ahead_low:+.3f} to {row.ahead_high:+.3f}"
            ahead = (f"{row.ahead:+.3f}", "no customer differs" if np.isnan(row.ahead_low) else ends)
            yield (
                name,
                measure,
                other,
                f"{int(row.customers):,}",
                f"{own.estimate:.3f}",
                f"{row.estimate:.3f}",
                *ahead,
            )


TRUTH = ("where", "hit", "chance said", "calibration error", "calibration slope", "covered (80 %)")


def truths(name: str, compared: Compared) -> tuple[str, ...]:
    """Return a row of how true chances and intervals are, each with its 95 % interval."""
    frame = compared.to_frame().set_index(["measure", "method"])
    bins = compared.calibration.bins.to_frame()
    said = float((bins["score"] * bins["n"]).sum() / bins["n"].sum())
    told = [
        f"{row.estimate:.3f} ({row.low:.3f} to {row.high:.3f})"
        for row in (
            frame.loc[(measure, "model")] for measure in ("hit", "calibration error", "calibration slope", "covered")
        )
    ]
    return (name, told[0], f"{said:.3f}", *told[1:])


class Drawn(NamedTuple):
    """A log, and of each customer what who knows the truth would foretell as of the date."""

    log: Log
    likeliest: NDArray[np.int64]


def drawn(seed: int, *, told: bool) -> Drawn:
    """Draw what customers do, each at a pace of his own; ``told`` says whether what he did tells what he does next.

    If it does, every other step follows the last by a chain, the others his own liking; else all draw from one law.
    """
    draw = np.random.default_rng([67, seed])
    m = len(LABELS)
    usual = np.array([0.3, 0.25, 0.15, 0.12, 0.1, 0.08])
    chain = draw.dirichlet(np.full(m, 0.3), m) if told else np.tile(usual, (m, 1))
    likes = draw.dirichlet(np.full(m, 0.5), CUSTOMERS) if told else np.tile(usual, (CUSTOMERS, 1))
    pace = draw.gamma(2.0, 0.1, CUSTOMERS) + 0.02  # a day
    whose, at, label = [], [], []
    likeliest = np.zeros(CUSTOMERS, dtype=np.int64)
    end = (dt.datetime.fromisoformat(f"{AS_OF}T00:00+00:00") - BEGIN).days
    for customer in range(CUSTOMERS):
        when, last = draw.exponential(1 / pace[customer]), int(draw.choice(m, p=likes[customer]))
        before = last
        while when < DAYS:
            whose.append(customer)
            at.append(when)
            label.append(last)
            before = last if when < end else before
            mixed = (chain[last] + likes[customer]) / 2
            last = int(draw.choice(m, p=mixed))
            when += draw.exponential(1 / pace[customer])
        likeliest[customer] = int(((chain[before] + likes[customer]) / 2).argmax())
    events = pl.DataFrame(
        {
            "customer_id": whose,
            "at": pl.Series((np.array(at) * 86_400e6).astype(np.int64)).cast(pl.Duration("us")) + BEGIN,
            "event": [LABELS[one][0] for one in label],
            "channel": [LABELS[one][1] for one in label],
        }
    )
    return Drawn(Log.of(events=events), likeliest)


def judged(world: Drawn) -> Compared:
    """Judge what is foretold in a drawn world."""
    return NextInteraction().fit(world.log, as_of=AS_OF).judge(world.log, as_of=AS_OF)


def oracle(world: Drawn) -> float:
    """Return how often who knows the truth hits, of those to whom something comes."""
    when = dt.datetime.fromisoformat(f"{AS_OF}T00:00+00:00")
    events = world.log.events.with_columns(at=pl.col("at").dt.convert_time_zone("UTC"))
    past = events.filter(pl.col("at") < when).select("customer_id").unique()
    later = events.filter(pl.col("at") >= when, pl.col("at") < when + dt.timedelta(days=28))
    first = later.sort("customer_id", "at").group_by("customer_id", maintain_order=True).first()
    asked = first.join(past, on="customer_id").collect()
    code = {label: place for place, label in enumerate(LABELS)}
    came = np.array([code[pair] for pair in zip(asked["event"], asked["channel"], strict=True)])
    return float((world.likeliest[asked["customer_id"].to_numpy()] == came).mean())


WORLDS = ("in how many worlds", "hit", "by who knows the truth", "by Markov 2", "covered (80 %)", "calibration slope")


def experiments(worlds: int) -> tuple[tuple[str, ...], list[Rate]]:
    """Return what was found in drawn worlds on average, and how often the model is found ahead."""
    some = [drawn(seed, told=True) for seed in range(worlds)]
    frames = [judged(world).to_frame().set_index(["measure", "method"]) for world in some]
    nothing = [judged(drawn(seed, told=False)).to_frame().set_index(["measure", "method"]) for seed in range(worlds)]
    keys = (("hit", "model"), ("hit", "Markov 2"), ("covered", "model"), ("calibration slope", "model"))
    hit, chain, covered, slope = ([frame.loc[key, "estimate"] for frame in frames] for key in keys)
    means = [f"{np.mean(one):.3f}" for one in (hit, [oracle(world) for world in some], chain, covered, slope)]
    ahead = np.array([frame.loc[("log loss", "Markov 2"), "ahead_low"] > 0 for frame in frames])
    none = np.array([frame.loc[("hit", "most frequent"), "ahead_low"] > 0 for frame in nothing])
    where = f"{CUSTOMERS:,} customers, {len(LABELS)} labels"
    rates = [
        Rate.of(
            "significantly ahead of Markov 2 (log loss) where own likings are planted",
            where,
            ahead,
            0.95,
            kind="at_least",
        ),
        Rate.of("significantly ahead of the most frequent where nothing is told", where, none, 0.025, kind="at_most"),
    ]
    return (f"{worlds}", *means), rates


def written(worlds: int) -> tuple[str, list[Rate]]:
    """Return what is to be read of it, and how often the model is found ahead."""
    all_ = list(found())
    means, rates = experiments(worlds)
    beside = table(COLUMNS, [row for name, one in all_ for row in rows(name, one)])
    true = table(TRUTH, [truths(name, one) for name, one in all_])
    told = (
        f"{worlds} worlds drawn, where every other step follows a chain and the others are each customer's own liking:"
    )
    return "\n\n".join((SAID, beside, true, told, table(WORLDS, [means]))), rates
