import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cjlab as cj
from benchmarks.proof.fitting import TRUTH, holds, lived
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.simulator import Everyone, Fit, Nobody, Run, World, fit, simulate
from cjlab.simulator.fitting._answers import middle
from cjlab.simulator.fitting._effects import attention
from cjlab.simulator.fitting._lines import Lines, further, moments
from cjlab.simulator.fitting._visits import shopping
from cjlab.simulator.kernel import MOST_LINES

DAYS = 120


@cache
def run() -> Run:
    return lived(0, customers=800)


@cache
def found() -> Fit:
    return fit(run().log, personas=2)


def cut(events: pl.DataFrame, **tables: pl.DataFrame) -> cj.tables.Log:
    return cj.tables.Log.of(events=events, **tables)


def orders(customers: int, days: int) -> pl.DataFrame:
    """Everyone buys every seventh day, each from a day of his own."""
    start = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
    rows = [(who, start + dt.timedelta(days=day)) for who in range(customers) for day in range(who % 7, days, 7)]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.Int64, "at": pl.Datetime("us", "UTC")}, orient="row")
    return frame.with_columns(event=pl.lit("purchase"), channel=pl.lit("web"), amount=pl.lit(10.0))


def test_a_known_world_is_found_again_within_the_intervals() -> None:
    missed = [name for name, truth in TRUTH.items() if not holds(found(), name, truth)]
    assert len(missed) <= 3, missed  # 16 intervals at 95 %: more than three has probability 0.009
    assert [one.regularity for one in found().world.personas.values()] == [4, 1]


def test_the_number_of_kinds_is_found_again() -> None:
    assert len(fit(run().log).world.personas) == 2


def test_what_is_not_in_the_log_is_not_in_the_world() -> None:
    events = run().log.events.filter(pl.col("event") == "purchase").select("customer_id", "at", "event", "channel")
    bare = fit(cut(events.collect()), personas=1)
    assert any("contacts is empty" in note for note in bare.notes)
    assert any("no amount" in note for note in bare.notes)
    assert any("the log has no visit, return, delivery" in note for note in bare.notes)
    assert bare.world.enters == 1.0
    told = simulate(bare.world, days=60).log.events.collect()
    assert told["event"].unique().to_list() == ["purchase"]


def test_a_log_without_probabilities_tells_no_effect() -> None:
    written = simulate(run().world, Everyone(every=14), days=DAYS)
    one = fit(written.log, personas=1)
    assert all(not action.effects and action.pulls_forward == 0 for action in one.world.actions.values())
    assert any("no propensity" in note for note in one.notes)


def test_as_many_order_days_and_as_much_money_as_there_were() -> None:
    again = simulate(found().world, days=found().days)
    for column in ("event", "amount"):
        real, made = (one.log.events.filter(pl.col("event") == "purchase").collect() for one in (run(), again))
        size = [len(one) if column == "event" else one["amount"].sum() for one in (real, made)]
        assert size[1] == pytest.approx(size[0], rel=0.1)


def test_world_fit_is_the_world_of_the_fit() -> None:
    log = cut(orders(140, 60))
    assert World.fit(log, personas=1, seed=4) == fit(log, personas=1, seed=4).world


def test_a_clockwork_rhythm_is_a_regular_one() -> None:
    one = fit(cut(orders(140, 90)), personas=1).world.personas["everyone"]
    assert one.gap == pytest.approx(7.0, rel=0.03)
    assert one.regularity == 12


def test_late_deliveries_that_are_still_to_come_are_not_missed() -> None:
    bought = orders(140, 60).with_row_index("order_id").with_columns(pl.col("order_id").cast(pl.String))
    late = pl.col("customer_id") % 2 == 1
    came = bought.select(
        "customer_id",
        "order_id",
        pl.col("at") + pl.when(late).then(pl.duration(days=20)).otherwise(pl.duration(days=1)),
        event=pl.lit("delivery"),
        channel=pl.lit("web"),
        score=late.cast(pl.Float64),
    )
    seen = came.filter(pl.col("at") <= bought["at"].max())
    one = fit(cut(pl.concat([bought, seen], how="diagonal")), personas=1)["trade.late"]
    assert one.low < 0.5 < one.high
    assert one.estimate == pytest.approx(0.5, abs=0.01)


def test_a_fit_shows_itself() -> None:
    frame = found().to_frame()
    assert frame.columns.tolist() == ["name", "estimate", "low", "high", "n", "how"]
    assert (frame["name"] == "note").sum() == len(found().notes)
    assert "personas.p1.gap" in found()._repr_html_()
    assert repr(found()).startswith("Fit('fitted', ")
    with pytest.raises(KeyError):
        found()["personas.p9.gap"]


def test_what_cannot_be_learned_from_is_refused_by_name() -> None:
    with pytest.raises(EvidenceError, match="20 customers, 169 orders and 60 days; a world is fitted to at least 100"):
        fit(cut(orders(20, 60).filter(pl.col("at").dt.day() != 31)))
    with pytest.raises(EvidenceError, match=r"no 'purchase' \(only 'visit'\)"):
        fit(cut(orders(140, 60).with_columns(event=pl.lit("visit"))))
    with pytest.raises(EvidenceError, match="nobody has ordered on two days"):
        fit(
            cut(
                orders(400, 60)
                .sort(pl.col("customer_id") + pl.col("at").dt.ordinal_day() * 7919 % 60)
                .unique("customer_id")
            )
        )
    with pytest.raises(EvidenceError, match="the log has 1 customers, 9 orders and 57 days; a world is fitted to at"):
        fit(cut(orders(1, 60)))
    with pytest.raises(EvidenceError, match="300 orders and 1 days; a world is fitted to at least"):
        fit(cut(orders(300, 1 + 6).with_columns(at=pl.lit(dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)))))
    with pytest.raises(EvidenceError, match="no row with a customer_id"):
        fit(cut(orders(0, 0)))
    with pytest.raises(TableError, match="log is a int"):
        fit(3)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="personas is 0"):
        fit(cut(orders(140, 60)), personas=0)


@given(st.floats(0.05, 20.0))
def test_mean_lines_come_from_their_law(mean: float) -> None:
    places = np.arange(1, MOST_LINES)
    size = further(mean)
    assert np.exp(-places / size).sum() == pytest.approx(mean, rel=1e-6)


@given(st.floats(0.5, 20.0), st.floats(0.4, 1.3), st.floats(0.0, 1.0))
@settings(max_examples=20)
def test_moments_of_lines_are_those_of_drawn_ones(size: float, uneven: float, spread: float) -> None:
    drawn = Lines(size, spread, uneven).drawn(np.random.default_rng(0), 60_000) - 1.0
    told = moments(size, uneven, spread)
    roots = np.sqrt(drawn + 1)
    apart = (roots - roots.mean()) ** 2
    for one, other in ((told.further, drawn), (told.within + told.between, apart)):
        assert one == pytest.approx(other.mean(), abs=6 * other.std() / np.sqrt(len(other)))  # standard errors


def test_orders_of_many_thin_lines_are_found_again() -> None:
    world = run().world
    thin = {"lines": 8.0, "lines_spread": 0.5, "lines_uneven": 0.6, "thinning": 0.5, "order_spread": 0.4}
    made = simulate(world.but(trade=replace(world.trade, **thin)), days=240)
    trade = fit(made.log, personas=2).world.trade
    assert trade.lines_spread == pytest.approx(0.5, abs=0.08)
    assert trade.lines_uneven == pytest.approx(0.6, abs=0.08)
    assert trade.thinning == pytest.approx(0.5, abs=0.1)
    assert trade.order_spread == pytest.approx(0.4, abs=0.06)


def test_an_order_comes_back_once_however_many_of_its_lines_do() -> None:
    bought = pl.concat([orders(140, 60).with_columns(item=pl.lit(name)) for name in "abcd"])
    back = bought.filter(pl.col("customer_id") % 4 == 0).with_columns(
        pl.col("at") + pl.duration(days=2), event=pl.lit("return"), amount=-pl.col("amount")
    )
    found_ = fit(cut(pl.concat([bought, back])), personas=1)["trade.returns"]
    assert 1 - (1 - found_.estimate) ** 4 == pytest.approx(0.25, abs=0.02)


@given(st.floats(0.02, 0.95))
def test_the_median_of_opening_gives_back_its_mean(mean: float) -> None:
    normal = np.random.default_rng(0).normal(size=40_000)
    at = np.log(middle(mean) / (1 - middle(mean)))
    assert np.mean(1 / (1 + np.exp(-at - 0.8 * normal))) == pytest.approx(mean, abs=0.005)


@given(st.floats(-3.0, 10.0))
def test_attention_adds_the_visits_it_was_made_from(days: float) -> None:
    left = 2.0 ** (-np.arange(1, 15) / 7.0)
    assert np.expm1(attention(days) * left).sum() == pytest.approx(days, abs=1e-6)


def test_a_shop_shut_on_sundays_sells_more_on_mondays() -> None:
    due = np.ones(7)
    shares = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0])
    waiting, sold = 0.0, np.zeros(7)
    for day in list(range(7)) * 3:
        sold[day] = (due[day] + waiting) * shares[day]
        waiting = due[day] + waiting - sold[day]
    weekday = np.arange(700) % 7
    assert shopping(sold[weekday], weekday) == pytest.approx(shares)


def test_nobody_shops_on_a_closed_day_and_nothing_is_lost() -> None:
    open_, shut = (
        simulate(run().world.but(shopping=shares), Nobody(), days=DAYS).log.events
        for shares in ((1.0,) * 7, (1.0,) * 6 + (0.0,))
    )
    days = [
        one.filter(pl.col("event") == "purchase").select(day=pl.col("at").dt.weekday(), order="order_id").collect()
        for one in (open_, shut)
    ]
    assert (days[1]["day"] == 7).sum() == 0
    assert days[1]["order"].n_unique() == pytest.approx(days[0]["order"].n_unique(), rel=0.02)


def test_who_enters_buys_on_the_day_he_joins() -> None:
    world = run().world.but(newcomers=1.0, horizon=50, enters=1.0, n_customers=300)
    made = simulate(world, Nobody(), days=60)
    first = made.events.filter(pl.col("event") == "purchase").group_by("customer_id").agg(pl.col("at").min())
    joined = made.log.customers.select("customer_id", "joined").collect()
    same = joined.join(first, on="customer_id").select(pl.col("at").dt.date() == pl.col("joined").dt.date()).to_series()
    assert same.len() > 280
    assert same.mean() == 1.0  # the rare ones who leave before a first order are not seen


def test_a_grocers_log_is_fitted(grocer: Fit) -> None:
    assert len(grocer.world.personas) == 3
    assert grocer["personas.p1.gap"].estimate == pytest.approx(13.0, rel=0.1)
    assert any("no propensity" in note for note in grocer.notes)
    made = simulate(grocer.world, days=grocer.days).log.events.filter(pl.col("event") == "purchase")
    assert made.select(pl.len()).collect().item() == pytest.approx(75_000, rel=0.05)
