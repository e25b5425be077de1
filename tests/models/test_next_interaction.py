"""Next interactions: by hand, by independent oracles, and ahead of simpler rules where something is to be known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from statsmodels.duration.survfunc import SurvfuncRight

import cjlab as cj
from benchmarks.proof import foreseen
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models import NextInteraction
from cjlab.models.interactions import _pace
from cjlab.models.interactions._course import DAY, Course
from cjlab.models.interactions._law import Law
from cjlab.models.interactions._order import Order
from cjlab.models.interactions._pace import STRETCHES, Pace, edges
from cjlab.models.interactions._read import REST
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

WHEN = dt.datetime(2024, 6, 3, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world() -> foreseen.Drawn:
    return foreseen.drawn(0, told=True)


@pytest.fixture(scope="module")
def model(world: foreseen.Drawn) -> NextInteraction:
    return NextInteraction().fit(world.log, as_of=foreseen.AS_OF)


def course(*rows: tuple[int, float, str], known: dict[int, float] | None = None) -> Course:
    """Return a course of rows of a customer, a day, and what he did, all of it on the web."""
    late = known or {}
    frame = pl.DataFrame(
        [
            (who, round(day * DAY), what, "web", round(late.get(place, day) * DAY))
            for place, (who, day, what) in enumerate(rows)
        ],
        schema={"customer_id": pl.Int64, "at": pl.Int64, "event": pl.String, "where": pl.String, "known": pl.Int64},
        orient="row",
    )
    return Course.read(frame, (("a", "web"), ("b", "web"), REST))


def test_a_course_is_in_order_and_what_is_the_same_is_one() -> None:
    made = course((2, 3, "a"), (1, 2, "b"), (1, 1, "a"), (1, 2, "b"), (2, 3, "z"))
    assert made.customers.tolist() == [1, 2]
    assert list(zip(made.whose, made.label, made.at // DAY, strict=True)) == [
        (0, 0, 1),
        (0, 1, 2),
        (1, 0, 3),
        (1, 2, 3),
    ]


def test_what_was_known_before_a_moment_and_what_came_after() -> None:
    made = course((1, 1, "a"), (1, 2, "b"), (1, 5, "a"), (2, 4, "b"), (3, 1, "b"), (3, 4.5, "a"), known={1: 4})
    past = made.before(3 * DAY)  # the second was known on the fourth day only
    assert past.customers.tolist() == [0, 2]
    assert past.last.tolist() == [0, 1]
    assert (past.silence / DAY).tolist() == [2.0, 2.0]
    came = made.after(past, 2 * DAY)  # before the fifth day
    assert came.label.tolist() == [-1, 0]
    assert came.days.tolist() == [2.0, 1.5]


def test_shares_of_what_follows_by_hand() -> None:
    past = course((1, 1, "a"), (1, 2, "b"), (1, 3, "a"), (1, 4, "b"), (2, 1, "a"), (2, 9, "a")).before(10 * DAY)
    made = Order.learn(past, 2.0, None)
    ages = np.array([[9, 7, 9, 1], [8, 6]], dtype=object)
    a, b = (sum(0.5 ** (day / 2) for day in days) for days in (ages[0], ages[1]))
    popular = np.array([a, b, 0.0]) + 0.5
    popular /= popular.sum()
    assert_allclose(made.popular, popular)
    assert_allclose(made.one[0], (np.array([1, 2, 0]) + 5 * popular) / 8)  # after a: b twice, a once
    assert_allclose(made.one[1], (np.array([1, 0, 0]) + 5 * popular) / 6)
    assert_allclose(made.two[0, 1], (np.array([1, 0, 0]) + 5 * made.one[1]) / 6)  # after a, then b
    assert_allclose(made.two[3, 0], (np.array([1, 1, 0]) + 5 * made.one[0]) / 7)  # after a, the first of all
    assert_allclose(made.two[2, 2], made.one[2])
    week = int(np.searchsorted(np.array([1, 10, 60, 360, 1440, 4320, 10_080]), 10_080, side="right"))
    assert_allclose(made.quiet[week, 1], (5 * np.array([1, 0, 0]) / 6 + 25 * popular / 6) / 5, rtol=1e-12)
    chains = made.chains(past)
    assert chains["his last"].argmax(axis=1).tolist() == [1, 0]
    assert_allclose(chains["Markov 2"], made.two[[0, 0], [1, 0]])


def test_what_speaks_for_a_label_adds_to_one_where_it_is_a_share() -> None:
    past = course((1, 1, "a"), (1, 2, "b"), (1, 3, "a"), (2, 1, "a"), (2, 9, "b")).before(10 * DAY)
    order = Order.learn(past, 2.0, None)
    popular, own, late, one, two, quiet, own_quiet, since = order.blocks(past)
    for logarithm in (popular, popular + own, popular + late, popular + one, popular + one + two):
        assert_allclose(np.exp(logarithm).sum(axis=1), 1.0)
    assert_allclose(np.exp(popular + one + quiet + own_quiet).sum(axis=1), 1.0)
    assert_allclose(since, 0.0)  # nothing is known of an earlier date


def test_gaps_are_those_of_kaplan_and_meier() -> None:
    draw = np.random.default_rng(0)
    times = np.cumsum(draw.exponential(3.0, (80, 6)), axis=1)
    rows = [(who, float(day), "a") for who, days in enumerate(times) for day in days]
    past = course(*rows).before(round(12 * DAY))
    gaps, step = past.gap, past.gap >= 0
    waits = np.r_[gaps[step], past.silence] / 1e6
    status = np.r_[np.ones(step.sum()), np.zeros(len(past.silence))]
    grid = _pace._GRID / 1e6
    up = grid[np.searchsorted(grid, waits)]  # a gap ends, and a silence is told, at the end of its cell
    oracle = SurvfuncRight(up, status)
    law = _pace._laws(past)
    found = np.exp(law[-1])[np.searchsorted(grid, oracle.surv_times)]
    assert_allclose(found, oracle.surv_prob, rtol=1e-9)


def test_own_gaps_by_hand() -> None:
    past = course((1, 0, "a"), (1, 8, "a"), (1, 13, "a"), (1, 14, "a")).before(16 * DAY)  # silent for two days
    pace = Pace.learn(past, [], 28.0)
    chance = pace.own(past, np.full((1, STRETCHES), 0.5), 1.0)[0]
    ends = edges(28.0)
    three, six = np.searchsorted(ends, [3, 6], side="right") - 1  # of gaps of eight and five days, two are over
    assert_allclose(chance[three], (1 + 0.5) / (2 + 1))
    assert_allclose(chance[six], (1 + 0.5) / (1 + 1))
    assert_allclose(np.delete(chance, [three, six])[:three], 0.5 / 3)
    assert_allclose(chance[-1], 0.5)


@given(st.lists(st.floats(0.001, 0.9), min_size=STRETCHES, max_size=STRETCHES), st.floats(0, 28), st.floats(0.01, 0.99))
def test_laws_of_waits(chance: list[float], day: float, share: float) -> None:
    law, at = Law.of(28.0, np.array([chance])), np.array([day])
    assert (np.diff(law.within[0]) >= 0).all()
    found = law.quantile(share)
    last = law.within[0, -1]
    assert np.isinf(found[0]) == (share > last)
    if share <= last:
        assert_allclose(law.at(found), share, atol=1e-9)
    steps = edges(28.0)

    def gap(time: float) -> float:
        return float((np.interp(time, steps, law.within[0]) - (day <= time)) ** 2)

    parts = np.unique(np.r_[steps, at])
    whole = sum(quad(gap, low, high)[0] for low, high in pairwise(parts))
    assert_allclose(law.crps(at), whole, atol=1e-6)


def test_own_likings_are_found_and_none_are_invented(world: foreseen.Drawn, model: NextInteraction) -> None:
    found = model.judge(world.log, as_of=foreseen.AS_OF).to_frame().set_index(["measure", "method"])
    assert found.loc[("log loss", "Markov 2"), "ahead_low"] > 0
    assert found.loc[("hit of three", "Markov 2"), "ahead_low"] > 0
    for rule in ("all at such dates", "all gaps", "own gaps"):
        assert found.loc[("crps", rule), "ahead_low"] > 0
    assert found.loc[("hit", "model"), "estimate"] > 0.9 * foreseen.oracle(world)
    nothing = foreseen.judged(foreseen.drawn(0, told=False)).to_frame().set_index(["measure", "method"])
    assert not nothing.loc[("hit", "most frequent"), "ahead_low"] > 0
    assert nothing.loc[("covered", "model"), "low"] < 0.8 < nothing.loc[("covered", "model"), "high"]


def test_nothing_at_or_after_the_date_is_read(world: foreseen.Drawn, model: NextInteraction) -> None:
    cut = replace(world.log, events=world.log.events.filter(pl.col("at") < WHEN))
    other = NextInteraction().fit(cut, as_of=foreseen.AS_OF)
    mine = model.predict(world.log, as_of=foreseen.AS_OF).to_frame()
    assert other.predict(cut, as_of=foreseen.AS_OF).to_frame().equals(mine)
    mixed = world.log.events.collect().sample(fraction=1.0, shuffle=True, seed=1).lazy()
    shuffled = NextInteraction().fit(replace(world.log, events=mixed), as_of=foreseen.AS_OF)
    assert shuffled.predict(cut, as_of=foreseen.AS_OF).to_frame().equals(mine)


def test_what_was_known_late_is_not_read(world: foreseen.Drawn) -> None:
    late = pl.when(pl.col("customer_id") < 700).then(WHEN).otherwise(pl.col("at"))
    told = replace(world.log, events=world.log.events.with_columns(known_at=late))
    gone = replace(world.log, events=world.log.events.filter(pl.col("customer_id") >= 700))
    one, other = (NextInteraction().fit(log, as_of=foreseen.AS_OF) for log in (told, gone))
    found = one.predict(told, as_of=foreseen.AS_OF).to_frame()
    assert found.equals(other.predict(gone, as_of=foreseen.AS_OF).to_frame())


def test_chances_and_times_are_what_they_should_be(world: foreseen.Drawn, model: NextInteraction) -> None:
    expected = model.predict(world.log, as_of=foreseen.AS_OF, k=6)
    assert_allclose(expected.chance.sum(axis=1), 1.0, atol=0.02)  # the rest, which nobody did, has next to nothing
    assert (np.diff(expected.chance, axis=1) <= 0).all()
    assert (expected.days[:, :-1] <= expected.days[:, 1:]).all()
    assert ((expected.within >= 0.9) == np.isfinite(expected.days[:, 2])).all()
    few = model.predict(world.log, as_of=foreseen.AS_OF, customers=[12, 7], k=2)
    assert few.customers.tolist() == [12, 7]
    at = [int(np.flatnonzero(expected.customers == one)[0]) for one in (12, 7)]
    assert_allclose(few.chance, expected.chance[at, :2])
    assert_allclose(few.days, expected.days[at])


def test_many_customers_are_foretold_as_few(
    world: foreseen.Drawn, model: NextInteraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = model.predict(world.log, as_of=foreseen.AS_OF).to_frame()
    monkeypatch.setattr("cjlab.models.interactions._foresight._CHUNK", 97)
    assert_allclose(model.predict(world.log, as_of=foreseen.AS_OF).to_frame()["chance"], whole["chance"], rtol=1e-12)


def test_learning_of_a_part_of_many_customers(world: foreseen.Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cjlab.models.interactions._read._LEARNERS", 1_000)
    model = NextInteraction().fit(world.log, as_of=foreseen.AS_OF)
    assert model.taught.customers == 1_000
    found = model.judge(world.log, as_of=foreseen.AS_OF).to_frame().set_index(["measure", "method"])
    assert found.loc[("log loss", "most frequent"), "ahead_low"] > 0


def test_a_stored_model_foretells_the_same(world: foreseen.Drawn, model: NextInteraction, tmp_path: Path) -> None:
    again = cj.models.load(cj.models.save(model, tmp_path / "next"))
    mine = model.predict(world.log, as_of=foreseen.AS_OF).to_frame()
    assert again.predict(world.log, as_of=foreseen.AS_OF).to_frame().equals(mine)
    assert again.taught == model.taught


def test_its_card_tells_its_figures(world: foreseen.Drawn, model: NextInteraction) -> None:
    judged = model.judge(world.log, as_of=foreseen.AS_OF)
    card = cj.models.card(model, judged, question="What is next?", purpose="service", limits=("Drawn customers",))
    told = card.to_frame().set_index("item")["value"]
    assert told["model"] == "NextInteraction, 6 pairs of event and channel, within 28D"
    assert told["customers"] == f"{model.taught.customers:,}"
    ahead = judged.to_frame().set_index(["measure", "method"]).loc[("hit", "Markov 2"), "ahead"]
    assert told["hit, ahead of Markov 2"].startswith(f"{ahead:.4f} (")
    assert card.limits[0] == "Drawn customers"


def test_ahead_of_chains_in_a_real_shop(data: Path) -> None:
    del data
    log = cj.datasets.online_shop()
    found = NextInteraction().fit(log, as_of="2024-05-20").judge(log, as_of="2024-05-20").to_frame()
    frame = found.set_index(["measure", "method"])
    for rule in ("most frequent", "his last", "Markov 1", "Markov 2"):
        assert frame.loc[("hit", rule), "ahead_low"] > 0
    assert frame.loc[("crps", "own gaps"), "ahead_low"] > 0


def test_which_shop_is_foretold_on_real_receipts(data: Path) -> None:
    del data
    log = cj.datasets.complete_journey()
    model = NextInteraction(where="place").fit(log, as_of="2017-12-01")
    frame = model.judge(log, as_of="2017-12-01").to_frame().set_index(["measure", "method"])
    assert frame.loc[("where", "Markov 2"), "ahead_low"] > 0.02
    assert frame.loc[("crps", "all gaps"), "ahead_low"] > 0
    assert frame.loc[("covered", "model"), "low"] < 0.8 < frame.loc[("covered", "model"), "high"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"where": "town"}, "where is 'town'; allowed: 'channel', 'device' or 'place'"),
        ({"within": "a month"}, "within is 'a month'"),
        ({"half_life": "0D"}, "half_life is '0D'"),
        ({"least": 0}, "least is 0; give a whole number from 1"),
        ({"most": 1_000}, "most is 1000; give a whole number from 1 to 200"),
        ({"interval": 1.0}, "interval is 1.0; give a number above 0 and below 1"),
        ({"events": ["view", "view"]}, "events names 'view' more than once"),
    ],
)
def test_settings_out_of_range_are_refused(world: foreseen.Drawn, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        NextInteraction(**settings).fit(world.log, as_of=foreseen.AS_OF)


def test_what_cannot_be_learned_of_is_refused(world: foreseen.Drawn, model: NextInteraction) -> None:
    log = world.log
    with pytest.raises(TableError, match="events have no column 'device', which says where"):
        NextInteraction(where="device").fit(log, as_of=foreseen.AS_OF)
    with pytest.raises(EvidenceError, match="tells of no such interaction before 2024-06-03; name events that it has"):
        NextInteraction(events=["wave"]).fit(log, as_of=foreseen.AS_OF)
    with pytest.raises(EvidenceError, match="nothing was done by 10000 customers or more before 2024-06-03"):
        NextInteraction(least=10_000).fit(log, as_of=foreseen.AS_OF)
    with pytest.raises(EvidenceError, match=r"something came to 0 customers within 28 days of dates .* 2024-01-20"):
        NextInteraction().fit(log, as_of="2024-01-20")
    with pytest.raises(EvidenceError, match=r"after 2024-06-30, and what is asked as of 2024-09-01"):
        NextInteraction().fit(log, as_of="2024-09-01")
    with pytest.raises(EvidenceError, match=r"as of 2024-06-20 needs it up to 2024-07-18; give an earlier as_of"):
        model.judge(log, as_of="2024-06-20")
    with pytest.raises(SpecError, match="this NextInteraction is not fitted"):
        NextInteraction().predict(log, as_of=foreseen.AS_OF)


def test_customers_are_named_once_and_have_a_past(world: foreseen.Drawn, model: NextInteraction) -> None:
    for named, said in (
        ([], "customers is empty"),
        ([1, 1], "customers names somebody more than once"),
        (["1"], "customers are of type String, and those of the log of Int64"),
        ([1, 10**6], "of 1, such as 1000000, no interaction was known at that date"),
    ):
        with pytest.raises(SpecError, match=said):
            model.predict(world.log, as_of=foreseen.AS_OF, customers=named)
    with pytest.raises(EvidenceError, match="no interaction was known before 2023-01-01"):
        model.predict(world.log, as_of="2023-01-01")


def test_persons_known_later_are_not_used_earlier(world: foreseen.Drawn) -> None:
    resolved = replace(world.log, learned=WHEN + dt.timedelta(days=1))
    with pytest.raises(SpecError, match="who is one person in this log was learned of links as of 2024-06-04"):
        NextInteraction().fit(resolved, as_of=foreseen.AS_OF)


def test_customers_named_by_text(world: foreseen.Drawn) -> None:
    events = world.log.events.with_columns(pl.format("c{}", pl.col("customer_id")).alias("customer_id"))
    log = Log.of(events=events)
    model = NextInteraction().fit(log, as_of=foreseen.AS_OF)
    assert model.predict(log, as_of=foreseen.AS_OF, customers=["c7"]).customers.tolist() == ["c7"]
