"""Affinity and interest: against the channels and goods that simulated customers truly answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
from scipy.stats import binomtest, norm, spearmanr

from benchmarks.proof.bar import Rate
from cjlab.features import Activity, Affinity, Frequency, Interests, Recipe, Where, engagement_audit
from cjlab.simulator import Legacy, RandomContacts, World, simulate
from cjlab.tables import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator import Run
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

CHANNELS, SENDS, END = ("email", "sms", "paper"), 12, "2026-06-01"
A_YEAR_BEFORE, DATE = "2024-02-02", "2025-02-01"
NOMINAL, ENOUGH, SURE, TOP, CLICKS, HALF = 0.9, 0.6, 0.01, 0.7, 5, 0.005
SAID = (
    "What a customer shows is, of the messages that are counted, the mean of their true chances to be opened: his own, "
    "worn by repetition and fatigue, and nothing once he is gone. This is what an interval is about; who never "
    "answers is covered always, as his interval begins at 0. The order of customers and their best channel are held "
    "against what they would do rested."
)


class Reactions(NamedTuple):
    """Affinity after twelve messages of each channel; the true rates, ``rested`` and ``shown`` over these messages."""

    made: pd.DataFrame
    rested: Floats
    shown: Floats

    @classmethod
    def of(cls, run: Run) -> Reactions:
        """Read the first twelve messages that reached each customer through each channel."""
        number = pl.col("at").rank("ordinal").over("customer_id", "channel")
        sent = run.log.events.filter(pl.col("event") == "delivered").filter(number <= SENDS).select("contact_id")
        log = replace(run.log, events=run.log.events.join(sent, on="contact_id", how="semi"), stored=None)
        reached = [Frequency(Where("delivered", channel=channel), name=channel) for channel in CHANNELS]
        made = Recipe(Affinity(CHANNELS, confidence=NOMINAL).fitted(log, END), *reached).build(log, END)
        made = made[(made[list(CHANNELS)] == SENDS).all(axis=1)]
        people = run.truth.customers.to_pandas().set_index("customer_id").loc[made.index]
        answers = ~people["indifferent"].to_numpy()[:, None]
        rested = np.where(answers, people[[f"opens_{channel}" for channel in CHANNELS]].to_numpy(), 0.0)
        likely = chances(run).join(sent.collect(), on="contact_id", how="semi")
        mean = likely.group_by("customer_id", "channel").agg(pl.col("likely").mean())
        table = mean.to_pandas().pivot_table(index="customer_id", columns="channel", values="likely")
        return cls(made, rested, table.loc[made.index, list(CHANNELS)].to_numpy())


def chances(run: Run) -> pl.DataFrame:
    """Return how ``likely`` each message that was delivered was to be opened, by all that came to the person before.

    It is read off the log and the truth by the world's description: the person's own probability, what repetition has
    left of the message, what fatigue has left of attention, and nothing once he is gone.
    """
    what = run.log.contacts.select("contact_id", "template").collect()
    day = pl.col("at").dt.convert_time_zone(run.log.timezone).dt.date()
    came = run.log.events.filter(pl.col("event") == "delivered").with_columns(
        day=(day - run.world.start).dt.total_days()
    )
    rows = came.select("customer_id", "contact_id", "channel", "day", "at").collect().join(what, on="contact_id")
    people = {row["customer_id"]: row for row in run.truth.customers.iter_rows(named=True)}
    parts = rows.sort("customer_id", "at", "contact_id").partition_by("customer_id", maintain_order=True)
    likely = [one for part in parts for one in _chances(run.world, people[part["customer_id"][0]], part)]
    return pl.concat(parts).with_columns(likely=pl.Series(likely, dtype=pl.Float64))


def _chances(world: World, person: Mapping[str, Any], came: pl.DataFrame) -> Iterator[float]:
    """Yield how likely a person was to open each message that came to him."""
    tired, worn = dict.fromkeys(world.channels, 0.0), dict[str, tuple[float, int]]()
    last, gone = 0, np.inf if person["gone"] is None else person["gone"]
    for name, template, day in came.select("channel", "template", "day").iter_rows():
        action, channel = world.actions[template], world.channels[name]
        tired = {one: much * np.exp(-(day - last) / world.fatigue_days) for one, much in tired.items()}
        times, seen = worn.get(template, (0.0, day))
        times *= np.exp(-(day - seen) / action.recovery)
        fresh = (1.0 - action.wear) ** (times * (0.5 if action.category == person["interest"] else 1.0))
        there = not person["indifferent"] and day < gone
        yield there * person[f"opens_{name}"] * fresh * np.exp(-channel.fatigue * tired[name])
        worn[template], last = (times + 1.0, day), day
        tired[name] += channel.tires


def reactions(customers: int) -> Iterator[tuple[str, Reactions]]:
    """Read how customers of a retailer answered."""
    yield from ((name, Reactions.of(run)) for name, run in worlds(customers))


def worlds(customers: int) -> Iterator[tuple[str, Run]]:
    """Write at random to customers of a retailer, where messages do not tire and where they do."""
    tiring = World.retail(n_customers=customers, seed=5)
    channels = {name: replace(one, fatigue=0.0, unsubscribe=0.0, spam=0.0) for name, one in tiring.channels.items()}
    calm = replace(tiring, channels=channels, actions={n: replace(a, wear=0.0) for n, a in tiring.actions.items()})
    for name, world in (("nobody tires of messages", calm), ("messages tire", tiring)):
        actions = {one.channel: name for name, one in world.actions.items() if one.channel in CHANNELS}
        policy = RandomContacts(rate=0.4, actions=tuple(actions.values()), consent=False)
        yield name, simulate(world, policy=policy, days=400)


def covered(where: str, found: Reactions) -> Iterator[Rate]:
    """Hold the intervals against the rate each customer showed, on average, over the messages that were counted."""
    for place, channel in enumerate(CHANNELS):
        low, high = (found.made[f"affinity_{channel}_{end}"].to_numpy() for end in ("low", "high"))
        inside, some = (low <= found.shown[:, place]) & (found.shown[:, place] <= high), found.shown[:, place] > 0
        yield Rate.of("interval covers, of who answers at all", f"{channel}, {where}", inside[some], NOMINAL)
        yield Rate.of("interval covers, of everybody", f"{channel}, {where}", inside, NOMINAL, kind="at_least")


CLAIMED = ("what", "where", "bar", "found", "99 % interval", "verdict")


class Claim(NamedTuple):
    """A number beside its bar; ``low`` and ``high`` its 99 % interval where it has one."""

    what: str
    where: str
    bar: str
    value: float
    interval: tuple[float, float] | None
    holds: bool

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        ends = "" if self.interval is None else f"{self.interval[0]:.4f} to {self.interval[1]:.4f}"
        return (
            self.what,
            self.where,
            self.bar,
            f"{self.value:.4g}",
            ends,
            "holds" if self.holds else "**does not hold**",
        )


def ranked(where: str, found: Reactions) -> Iterator[Claim]:
    """Hold the order of customers, and the best channel of each, against the truth of rested ones."""
    for place, channel in enumerate(CHANNELS):
        made, n = float(spearmanr(found.made[f"affinity_{channel}"], found.rested[:, place])[0]), len(found.made)
        error = float(norm.isf(0.005)) * np.sqrt((1 + made**2 / 2) / (n - 3))  # Bonett & Wright 2000
        ends = (float(np.tanh(np.arctanh(made) - error)), float(np.tanh(np.arctanh(made) + error)))
        yield Claim("Spearman with the true rate", f"{channel}, {where}", "≥ 0.6", made, ends, ends[1] >= ENOUGH)
    wins, losses = picked(found)
    p = binomtest(wins, wins + losses).pvalue
    what = f"his best channel is right and the common one is not ({wins}), or the reverse ({losses}): McNemar's p"
    yield Claim(what, where, "< 0.01", p, None, wins > losses and p < SURE)


def picked(found: Reactions) -> tuple[int, int]:
    """Count of whom the pick is right where that of everybody's best channel is wrong, and the reverse."""
    answers = found.rested.max(axis=1) > 0
    best = found.rested.argmax(axis=1)[answers]
    common = int(np.argmax([found.made[f"affinity_{channel}"].mean() for channel in CHANNELS]))
    mine = found.made["affinity_best"].to_numpy()[answers] == best
    return int((mine & (best != common)).sum()), int((~mine & (best == common)).sum())


def lived(customers: int) -> Run:
    """Let a retailer's customers live under a policy that wrote to the best of them."""
    return simulate(World.retail(n_customers=customers, seed=3), policy=Legacy(), days=400)


def interest(run: Run) -> Rate:
    """Hold the top interest against the true one, of customers with five clicks or more."""
    goods = tuple(run.world.goods)
    made = Recipe(Interests(goods), Frequency(Where(("view", "clicked")), name="clicks")).build(run.log, DATE)
    made = made[(made["clicks"] >= CLICKS) & made["interest_top"].notna()]
    people = run.truth.customers.to_pandas().set_index("customer_id").loc[made.index]
    right = np.array(goods)[made["interest_top"].astype(int)] == people["interest"].astype(str).to_numpy()
    return Rate.of("top interest is the true one", f"{CLICKS} clicks or more", right, TOP, kind="at_least")


def audited(run: Run) -> Iterator[Claim]:
    """Hold the audit of engagement, and sessions, against the truth: everybody recognised, every visit known."""
    true = replace(run.log, events=run.events.with_columns(customer_id=pl.Series(run.truth.actors)).lazy(), stored=None)
    read, real = engagement_audit(run.log, DATE), _silent(true)
    for silence, share in zip(read.index[1:], real, strict=True):
        apart = float(read.loc[silence, "share"]) - share
        yield Claim(
            f"audit, {silence}: share less the true {share:.4f}", "a year", "± 0.005", apart, None, abs(apart) <= HALF
        )
    acts = Where(("visit", "view", "search", "favourite", "cart", "purchase"), channel=("web", "app", "store"))
    made = float(Recipe(Activity(acts, window="1000D")).build(true, END)["sessions_1000D"].sum())
    visits = run.truth.visits.filter(pl.col("channel").cast(pl.String).is_in(["web", "app", "store"])).height
    apart = made / visits - 1.0
    yield Claim(
        f"sessions, to the {visits:,} true visits, less 1", "400 days", "± 0.005", apart, None, abs(apart) <= HALF
    )


def _silent(log: Log) -> list[float]:
    """Return the four nested shares of those written to in the year before the date, by sets of customers."""
    begin, end = (moment(date, log.timezone) for date in (A_YEAR_BEFORE, DATE))
    year = pl.col("at").is_between(begin, end, closed="left")
    left = set(log.contacts.filter(year & pl.col("sent")).collect()["customer_id"])
    everybody, shares = len(left), list[float]()
    rows = log.events.filter(year & pl.col("machine").fill_null(value=False).not_()).collect()
    for event in ("opened", "clicked", "visit", "purchase"):
        left -= set(rows.filter(pl.col("event") == event)["customer_id"])
        shares.append(len(left) / everybody)
    return shares
