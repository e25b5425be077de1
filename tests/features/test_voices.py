"""Who brings others in, who speaks well or badly: by hand, by simulation, and in markets whose truth is known."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta, binomtest

from cjlab.errors import EvidenceError, SpecError
from cjlab.features import Recipe, Social
from cjlab.simulator import Run, World, simulate
from cjlab.simulator.world import Effect
from cjlab.tables import Log

APOSTLES = "bargain"


def market(loud: float, rest: float, *, seed: int, n: int = 1_500) -> World:
    """A market that talks; one persona recommends more often than the others."""
    world = World.retail(n_customers=n, seed=seed, social={"circle": 6.0, "refers": 1.0, "desire": 2.0, "hears": 1.0})
    reads = {"gap": 14.0, "satisfaction": 0.85, "indifferent": 0.0, "opens": {"email": 0.9}}
    people = {
        name: replace(who, recommends=loud if name == APOSTLES else rest, **reads)
        for name, who in world.personas.items()
    }
    wanted = replace(world.actions["discount"], effects={"*": Effect(desire=3.0, attention=1.0)}, half_life=30.0)
    return world.but(personas=people, actions={**world.actions, "discount": wanted})


@cache
def lived() -> Run:
    return simulate(market(0.9, 0.03, seed=3), days=150)


def by_hand(**changes: object) -> Log:
    """Return a log in which 1 tells 2, 3 and 4, of whom 2 buys in time, 3 too late, and 4 had bought before."""
    rows = [
        (1, "purchase", 0, None),
        (4, "purchase", 1, None),
        (1, "recommendation", 2, 2),
        (1, "recommendation", 3, 2),
        (1, "recommendation", 4, 3),
        (1, "recommendation", 5, 4),
        (2, "purchase", 20, None),
        (5, "complaint", 30, None),
        (5, "purchase", 31, None),
        (3, "purchase", 60, None),
        (6, "recommendation", 95, 7),
        (7, "purchase", 96, None),
        (8, "visit", 99, None),
    ]
    start = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
    frame = pl.DataFrame(
        [(who, event, start + dt.timedelta(days=day), other) for who, event, day, other in rows],
        schema={
            "customer_id": pl.Int64,
            "event": pl.String,
            "at": pl.Datetime("us", "UTC"),
            "other_customer_id": pl.Int64,
        },
        orient="row",
    ).with_columns(channel=pl.lit("social"), **changes)  # type: ignore[arg-type] # columns of the frame
    return Log.of(events=frame)


def test_whom_somebody_brought_in_is_counted_as_by_hand() -> None:
    found = Social().voices(by_hand(), "2024-04-11", "30D")
    assert found.index.tolist() == [1, 6, 5]
    assert found["told"].tolist() == [3, 1, 0]
    assert found["new"].tolist() == [2, 0, 0]  # the time of 7, whom 6 told, is not over
    assert found["brought"].tolist() == [1, 0, 0]
    assert found["group"].tolist() == [4, 2, 1]
    assert found["reach"].iloc[:2].tolist() == [1.0, 1.0]
    assert np.isnan(found["reach"].iloc[2])
    assert found.loc[5, "blame"] > found.loc[1, "blame"]
    assert Social().voices(by_hand(), "2024-04-11", "90D")["brought"].tolist() == [2, 0, 0]
    assert Social().voices(by_hand(), "2024-01-05", "1D")["told"].tolist() == [1]


def test_nothing_at_or_after_the_moment_is_read() -> None:
    log = by_hand()
    cut = replace(log, events=log.events.filter(pl.col("at") < dt.datetime(2024, 2, 1, tzinfo=dt.UTC)))
    one, other = (Social().voices(each, "2024-02-01", "10D") for each in (log, cut))
    assert one.equals(other)


def test_estimates_lie_in_their_intervals() -> None:
    found = Social().voices(lived().log, "2024-05-30")
    for name in ("brought_rate", "brings", "praise", "blame", "warns"):
        assert (found[f"{name}_low"] <= found[name] + 1e-12).all()
        assert (found[name] <= found[f"{name}_high"] + 1e-12).all()


def test_rates_cover_what_each_shows_as_often_as_they_say() -> None:
    draw = np.random.default_rng(7)
    rows, rate = [], draw.beta(0.6, 5.4, 1_500)
    for who in range(len(rate)):
        for day in range(int(draw.integers(1, 30))):
            rows.append((who, "purchase", day))
            if draw.random() < rate[who]:
                rows.append((who, "complaint", day))
    start = pl.datetime(2024, 1, 1, time_zone="UTC")
    frame = pl.DataFrame(rows, schema=["customer_id", "event", "day"], orient="row").select(
        "customer_id", "event", at=start + pl.duration(days="day"), channel=pl.lit("social")
    )
    log = Log.of(events=frame)
    asked = Social(reach=False).fitted(log, "2024-02-10")
    built = Recipe(asked).build(log, "2024-02-10")
    mine = rate[built.index.to_numpy()]
    held = (built["blame_365D_low"] <= mine) & (mine <= built["blame_365D_high"])
    assert binomtest(int(held.sum()), len(held), 0.9, alternative="less").pvalue > 0.01
    assert held.mean() < 0.95
    n, r = (Counter(who for who, event, _ in rows if event == name) for name in ("purchase", "complaint"))
    who = next(who for who in n if 0 < r[who] < n[who])
    prior = asked.means[1] * asked.strengths[1]
    a, b = prior + r[who], asked.strengths[1] - prior + n[who] - r[who]
    ends = ("blame_365D_low", "blame_365D", "blame_365D_high")
    exact = [beta.ppf(0.05, a, b), a / (a + b), beta.ppf(0.95, a, b)]
    assert built.loc[who, list(ends)].tolist() == pytest.approx(exact)


def test_planted_apostles_are_found() -> None:
    for seed in (3, 4):
        run = lived() if seed == 3 else simulate(market(0.9, 0.03, seed=seed), days=150)
        asked = Social().fitted(run.log, "2024-05-30")
        built = Recipe(asked).build(run.log, "2024-05-30")
        listed = built.index[built["praise_365D_low"] > asked.means[0]].to_numpy()
        assert len(listed) > 50
        assert (run.truth.personas(listed) == APOSTLES).mean() > 0.9
        most = Social().voices(run.log, "2024-05-30").head(40).index.to_numpy()
        assert (run.truth.personas(most) == APOSTLES).mean() >= 0.7


def test_where_all_recommend_alike_few_are_listed() -> None:
    listed = many = 0
    for seed in (11, 12):
        run = simulate(market(0.2, 0.2, seed=seed), days=150)
        asked = Social().fitted(run.log, "2024-05-30")
        built = Recipe(asked).build(run.log, "2024-05-30")
        listed += int((built["praise_365D_low"] > asked.means[0]).sum())
        many += len(built)
    assert binomtest(listed, many, 0.05, alternative="greater").pvalue > 0.01


def test_a_message_to_those_who_bring_most_spills_over_most() -> None:
    run = lived()
    most = Social().voices(run.log, "2024-05-30").head(150).index.to_numpy()
    effects = run.effect_of("discount", 120, 30, replicates=8)
    spilled = effects.others.expected[1]
    theirs = np.isin(effects.customers, most)
    apart = spilled[theirs].mean() - spilled[~theirs].mean()
    error = np.sqrt(spilled[theirs].var() / theirs.sum() + spilled[~theirs].var() / (~theirs).sum())
    assert apart > 3 * error


def test_what_cannot_be_told_is_named() -> None:
    silent = by_hand(other_customer_id=pl.lit(None, pl.Int64))
    with pytest.raises(
        EvidenceError, match="nobody is said to have recommended the brand to anybody in the 365D before"
    ):
        Social().voices(silent, "2024-04-11")
    with pytest.raises(SpecError, match="within is '-1D'"):
        Social().voices(by_hand(), "2024-04-11", "-1D")
    with pytest.raises(SpecError, match="means are 1; give two"):
        Social(means=(0.1,))
    with pytest.raises(SpecError, match="complains is empty"):
        Social(complains=())
