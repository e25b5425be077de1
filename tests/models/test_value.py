"""How often customers come back and what they spend: published numbers, laws, and the truth recovered."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.special import hyp2f1
from scipy.stats import gamma

import cjlab as cj
from benchmarks.proof import values
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models import BetaGeometric, CustomerValue, GammaGamma
from cjlab.models.value._counts import Counts
from cjlab.models.value._future import Habits, discounted, purchases
from cjlab.models.value._gamma_gamma import _Spent
from cjlab.models.value._history import History

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = Habits(0.243, 4.414, 0.793, 2.426)
parameters = st.floats(0.05, 20)


@pytest.fixture(scope="module")
def drawn() -> values.Lived:
    return values.lived(0, 1_000)


@pytest.fixture(scope="module")
def model(drawn: values.Lived) -> CustomerValue:
    return CustomerValue(within="39W").fit(drawn.table)


def table(**columns: list[float]) -> pd.DataFrame:
    made = {"frequency": [2.0] * 30, "recency": [5.0] * 30, "age": [20.0] * 30, "repeat_mean": [9.0] * 30} | columns
    return pd.DataFrame(made, index=pd.Index(range(100, 130), name="customer_id"))


def history(x: float, last: float, age: float, mean: float = 0.0) -> History:
    return History.whole(pd.DataFrame({"x": [x], "t_x": [last], "T": [age], "zbar": [mean]}))


def test_the_published_fit_of_how_often(data: Path) -> None:
    del data
    fitted = BetaGeometric().fit(cj.datasets.cdnow_summary())
    assert fitted.parameters.estimates == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=5e-4)
    assert fitted.log_likelihood == pytest.approx(-9582.4, abs=0.05)


def test_the_published_fit_of_how_much(data: Path) -> None:
    del data
    fitted = GammaGamma().fit(cj.datasets.cdnow_summary())
    assert fitted.parameters.estimates == pytest.approx([6.25, 3.74, 15.44], abs=0.02)
    assert fitted.customers == 946
    assert fitted.correlation == pytest.approx(0.11, abs=0.005)  # as the note has it


def test_a_log_gives_what_its_table_gives(data: Path) -> None:
    del data
    log = cj.datasets.cdnow_sample()
    of_log, of_table = BetaGeometric().fit(log, as_of="1997-10-01"), BetaGeometric().fit(cj.datasets.cdnow_summary())
    assert of_log.parameters.estimates == pytest.approx(of_table.parameters.estimates, rel=2e-4)  # the file is rounded


@settings(max_examples=40)
@given(st.tuples(parameters, parameters, parameters, parameters))
def test_the_slope_is_that_of_the_likelihood(theta: tuple[float, ...]) -> None:
    counts = Counts.of(History.counted(table(frequency=[0.0, 3.0] * 15, recency=[0.0, 7.0] * 15)))
    point, moves = np.log(theta), np.eye(4) * 1e-5
    slope = [counts.log_likelihood(point + move)[0] - counts.log_likelihood(point - move)[0] for move in moves]
    assert_allclose(counts.log_likelihood(point)[1], np.array(slope) / 2e-5, rtol=1e-5, atol=1e-4)


def test_the_likelihood_of_two_customers_by_hand() -> None:
    both = pd.DataFrame({"frequency": [0.0, 1.0], "recency": [0.0, 2.0], "age": [10.0, 10.0]})
    counts = Counts.of(History.counted(both))
    r, alpha, a, b = 0.5, 4.0, 0.8, 2.5
    never = (alpha / (alpha + 10)) ** r
    once = r * alpha**r * ((b / (a + b)) / (alpha + 10) ** (r + 1) + (a / (a + b)) / (alpha + 2) ** (r + 1))
    value, _ = counts.log_likelihood(np.log([r, alpha / counts.unit, a, b]))
    assert counts.shifted(value) == pytest.approx(np.log(never) + np.log(once))


@settings(max_examples=40)
@given(st.tuples(parameters, parameters, parameters))
def test_the_slope_of_spend(theta: tuple[float, ...]) -> None:
    spent = _Spent.of(np.array([1.0, 2.0, 7.0]), np.array([20.0, 35.0, 12.0]), require=1)
    point, moves = np.log(theta), np.eye(3) * 1e-5
    slope = [spent.log_likelihood(point + move)[0] - spent.log_likelihood(point - move)[0] for move in moves]
    assert_allclose(spent.log_likelihood(point)[1], np.array(slope) / 2e-5, rtol=1e-5, atol=1e-4)


def test_spend_has_a_density_that_adds_up_to_one() -> None:
    def density(z: float) -> float:
        spent = _Spent(np.array([3.0]), np.array([z]), 1.0)
        return float(np.exp(spent.log_likelihood(np.log([6.0, 4.0, 15.0]))[0]))

    assert quad(density, 1e-9, np.inf)[0] == pytest.approx(1)


@settings(max_examples=60)
@given(st.floats(0.1, 3), st.floats(1.5, 8), st.floats(0.5, 4), st.integers(0, 30), st.floats(1, 60), st.floats(1, 60))
def test_purchases_are_the_published_equation(r: float, a: float, b: float, x: int, age: float, weeks: float) -> None:
    alpha, last = 4.0, age / 2 if x else 0.0
    ratio = ((alpha + age) / (alpha + age + weeks)) ** (r + x)
    gone = a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x) if x else 0.0
    whole = 1 - ratio * hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + age + weeks))
    published = (a + b + x - 1) / (a - 1) * whole / (1 + gone)
    assert purchases(Habits(r, alpha, a, b), history(x, last, age), weeks)[0][0] == pytest.approx(published, rel=1e-8)


@pytest.mark.parametrize("a", [0.2, 1.0, 1.0 + 1e-9, 3.0])
@pytest.mark.parametrize(("x", "age", "weeks"), [(0, 0.0, 520.0), (400, 104.0, 52.0), (3, 30.0, 0.1)])
def test_purchases_are_the_integral_over_what_nobody_knows(a: float, x: int, age: float, weeks: float) -> None:
    r, alpha, b = 0.25, 0.4, 2.4
    shape, stay, scale = r + x, b + x, beta_function(a, b + x)

    def at(leave: float) -> float:
        many = -np.expm1(-shape * np.log1p(leave * weeks / (alpha + age))) / leave
        return float(many * leave ** (a - 1) * (1 - leave) ** (stay - 1) / scale)

    ends = [0, 1e-6, 1e-4, 1e-2, 0.1, 1]
    whole = sum(quad(at, low, high, limit=200)[0] for low, high in pairwise(ends))
    one = history(x, age if x else 0.0, age)
    there = cj.models.value._future.alive(Habits(r, alpha, a, b), one)[0]
    assert purchases(Habits(r, alpha, a, b), one, weeks)[0][0] == pytest.approx(there * whole, rel=1e-6)


def test_the_square_is_that_of_a_simulation() -> None:
    draw = np.random.default_rng(1)
    pace, leave = draw.gamma(0.243, 1 / 4.414, 400_000), draw.beta(0.793, 2.426, 400_000)
    would = draw.poisson(pace * 39)
    did = np.minimum(would, draw.geometric(leave))
    first, second = purchases(PUBLISHED, history(0, 0.0, 0.0), 39.0)
    assert first[0] == pytest.approx(did.mean(), rel=0.01)
    assert second[0] == pytest.approx((did.astype(float) ** 2).mean(), rel=0.03)


def test_a_discount_is_the_integral_of_what_comes_when() -> None:
    one, force, steps = history(2, 10.0, 30.0), 0.01, np.linspace(0, 52, 4001)
    whole = np.array([0.0, *(purchases(PUBLISHED, one, weeks)[0][0] for weeks in steps[1:])])
    by_hand = (np.diff(whole) * np.exp(-force * (steps[1:] + steps[:-1]) / 2)).sum()
    assert discounted(PUBLISHED, one, 52.0, force)[0] == pytest.approx(by_hand, rel=1e-6)
    assert discounted(PUBLISHED, one, 52.0, 0.0)[0] == purchases(PUBLISHED, one, 52.0)[0][0]


def test_who_came_once_is_there_and_who_is_late_is_hardly() -> None:
    three = pd.DataFrame({"frequency": [0, 20, 20], "recency": [0.0, 38.0, 10.0], "age": [39.0] * 3})
    fitted = values._knowing(BetaGeometric(), BetaGeometric().fit(values.lived(0, 500).table))
    alive = fitted.alive(three)
    assert alive["alive"].tolist() == pytest.approx([1.0, 0.95, 0.0], abs=0.05)
    assert ((alive["low"] <= alive["alive"]) & (alive["alive"] <= alive["high"]) & (alive["high"] <= 1)).all()


def test_intervals_hold_the_truth() -> None:
    rates = list(values.recovered(8, 600))
    assert len(rates) == 14
    assert [rate.what for rate in rates if not rate.holds] == []


def test_a_rare_customer_needs_a_profile_and_a_common_one_does_not() -> None:
    few, many = (BetaGeometric().fit(values.lived(3, n).table).parameters.to_frame() for n in (300, 20_000))
    assert few["by"].tolist()[2:] == ["profile", "profile"]
    assert set(many["by"]) == {"normal"}
    assert ((few["low"] < few["estimate"]) & (few["estimate"] < few["high"])).all()


def test_a_profile_ends_where_the_likelihood_has_dropped() -> None:
    from cjlab.models.value._maximum import maximise

    counts = Counts.of(History.counted(values.lived(3, 300).table))
    top = maximise(counts.log_likelihood, np.zeros(4), count=counts.customers)
    for end in top.profile(3, drop=1.92):
        start = top.point.copy()
        start[3] = end
        held = maximise(counts.log_likelihood, start, count=counts.customers, held=3)
        assert top.value - held.value == pytest.approx(1.92, abs=0.01)


def test_nobody_who_leaves_is_no_failure() -> None:
    draw = np.random.default_rng(5)
    many = draw.poisson(draw.gamma(2.0, 0.2, 400) * 30).astype(float)
    last = np.where(many > 0, 30 * draw.beta(np.maximum(many, 1), 1), 0.0)
    fitted = BetaGeometric().fit(pd.DataFrame({"frequency": many, "recency": last, "age": 30.0}))
    frame = fitted.parameters.to_frame().set_index("parameter")
    assert frame.loc["a", "by"] == "profile"
    share = fitted.habits.a / (fitted.habits.a + fitted.habits.b)
    assert share < 0.03
    alike = pd.DataFrame({"frequency": many, "recency": last, "age": 30.0})
    assert fitted.total(alike, within="30W").estimate == pytest.approx(many.sum(), rel=0.05)


def test_value_is_purchases_times_spend(model: CustomerValue, drawn: values.Lived) -> None:
    told, mean = model.predict(drawn.table), model.spending.mean(drawn.table)
    assert_allclose(told["value"], told["purchases"] * mean["mean"])
    assert (told["low"] < told["value"]).all()
    assert (told["value"] < told["high"]).all()
    assert told["value"].sum() == pytest.approx(float(model.total(drawn.table).estimate))


def test_margin_and_discount_lower_value(model: CustomerValue, drawn: values.Lived) -> None:
    whole = model.total(drawn.table)
    lower = CustomerValue(within="39W", margin=0.3, discount=0.1).fit(drawn.table).total(drawn.table)
    assert 0.3 / 1.1 ** (39 / 52) < lower.estimate / whole.estimate < 0.3
    width = (whole.high - whole.low) / whole.estimate
    assert (lower.high - lower.low) / lower.estimate == pytest.approx(width, rel=0.02)


def test_the_shrunken_mean_is_bayes() -> None:
    fitted = GammaGamma().fit(values.lived(0, 1_000).table)
    p, q, v = fitted.spend
    rate = gamma(2 * p + q, scale=1 / (v + 2 * 30.0))
    by_hand = quad(lambda one: p / one * rate.pdf(one), 0, np.inf)[0]
    assert fitted.mean(table(repeat_mean=[30.0] * 30))["mean"].iloc[0] == pytest.approx(by_hand)


def test_never_bought_is_not_known_and_stays_in_its_place(model: CustomerValue) -> None:
    lacking = table(frequency=[0.0] + [2.0] * 29, recency=[np.nan] + [5.0] * 29, age=[np.nan] + [20.0] * 29)
    lacking.loc[100, "repeat_mean"] = np.nan
    told = model.predict(lacking)
    assert told.index.equals(lacking.index)
    assert told.loc[100].isna().all()
    assert told.loc[101:].notna().all().all()


def test_rows_in_another_order_change_nothing(drawn: values.Lived, model: CustomerValue) -> None:
    shuffled = drawn.table.sample(frac=1, random_state=0)
    other = CustomerValue(within="39W").fit(shuffled)
    assert_allclose(other.counting.parameters.estimates, model.counting.parameters.estimates, rtol=1e-9)
    assert_allclose(other.predict(shuffled).sort_index()["value"], model.predict(drawn.table)["value"], rtol=1e-6)


def test_a_table_of_any_kind_is_read(drawn: values.Lived) -> None:
    import polars as pl

    named = drawn.table.rename_axis("customer_id").reset_index()
    of_polars = BetaGeometric().fit(pl.from_pandas(named))
    assert of_polars.habits == pytest.approx(BetaGeometric().fit(drawn.table).habits)
    assert of_polars.alive(pl.from_pandas(named)).index.name == "customer_id"
    assert BetaGeometric().fit(drawn.table.convert_dtypes()).habits == of_polars.habits


def test_units_of_money_and_of_names_change_nothing(drawn: values.Lived) -> None:
    cents = drawn.table.assign(repeat_mean=drawn.table.repeat_mean * 100).rename(
        columns={"frequency": "x", "recency": "value_purchase_recency", "age": "T", "repeat_mean": "zbar"}
    )
    one, other = GammaGamma().fit(drawn.table).spend, GammaGamma().fit(cents).spend
    assert other == pytest.approx((one.p, one.q, one.v * 100), rel=1e-6)
    assert BetaGeometric().fit(cents).habits == pytest.approx(BetaGeometric().fit(drawn.table).habits)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"frequency": [1.5] * 30}, r"'frequency' is 1.5 for customer 100; give a whole number from 0"),
        ({"recency": [25.0] * 30}, r"'recency' is 25 for customer 100; give weeks from 0 to what 'age' says"),
        ({"recency": [0.0] * 30}, r"'recency' is 0 for customer 100; give 0 where 'frequency' is 0, and more"),
        ({"repeat_mean": [-1.0] * 30}, r"'repeat_mean' is -1 for customer 100; .* leave returns out"),
        ({"age": [np.inf] * 30}, r"'age' is infinite for customer 100"),
        ({"age": [np.nan] * 30}, r"'age' is missing for customer 100, who came back"),
        ({"age": ["old"] * 30}, r"'age' is of type .*; give numbers"),
    ],
)
def test_what_cannot_be_is_refused_by_name(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(TableError, match=said):
        CustomerValue().fit(table(**columns))


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(TableError, match="the table is a list; give a Log, or a pandas frame"):
        BetaGeometric().fit([1, 2])
    with pytest.raises(TableError, match=r"no column for 'recency'; give one called 'recency' or 't_x', or ending in"):
        BetaGeometric().fit(table().drop(columns="recency"))
    with pytest.raises(TableError, match=r"several columns \(first_age, second_age\) for 'age'"):
        BetaGeometric().fit(table().drop(columns="age").assign(first_age=1.0, second_age=1.0))
    with pytest.raises(TableError, match="two rows of customer 100"):
        BetaGeometric().fit(pd.concat([table(), table()]))


def test_settings_out_of_range_are_refused(drawn: values.Lived) -> None:
    with pytest.raises(SpecError, match=r"within is '0W'"):
        CustomerValue(within="0W").fit(drawn.table)
    with pytest.raises(SpecError, match=r"margin is 1.2; give a number from 0 to 1"):
        CustomerValue(margin=1.2).fit(drawn.table)
    with pytest.raises(SpecError, match="confidence is 95"):
        BetaGeometric(confidence=95).fit(drawn.table)
    with pytest.raises(SpecError, match="this CustomerValue is not fitted; call fit"):
        CustomerValue().predict(drawn.table)
    with pytest.raises(SpecError, match="as_of is missing"):
        BetaGeometric().fit(cj.tables.Log.of())
    with pytest.raises(SpecError, match="look_back is for a log and a date"):
        CustomerValue(look_back="52W").fit(drawn.table)
    with pytest.raises(SpecError, match="past and happened go together"):
        CustomerValue().fit(drawn.table, past=drawn.table)


def test_too_little_is_refused() -> None:
    with pytest.raises(EvidenceError, match=r"5 customers have bought, 5 of them again; .* at least 20"):
        BetaGeometric().fit(table().head(5))
    nobody = table(frequency=[0.0] * 30, recency=[0.0] * 30, repeat_mean=[0.0] * 30)
    with pytest.raises(EvidenceError, match="30 customers have bought, 0 of them again"):
        BetaGeometric().fit(nobody)
    with pytest.raises(EvidenceError, match="0 customers came back and spent something"):
        GammaGamma().fit(nobody)


def test_a_mean_without_end_is_refused() -> None:
    draw = np.random.default_rng(2)
    mean = draw.gamma(6.0, 1.0, 500) / draw.gamma(0.5, 1.0, 500)
    x = np.where(np.arange(500) < 400, 1.0, 0.0)
    heavy = pd.DataFrame({"frequency": x, "repeat_mean": mean * x})
    fitted = GammaGamma().fit(heavy)
    assert fitted.mean(heavy[heavy.frequency > 0])["mean"].notna().all()
    with pytest.raises(EvidenceError, match=r"q is 0\.\d+: spend a time varies so much"):
        fitted.mean(heavy)


def test_what_was_missed_a_horizon_ago_is_put_right() -> None:
    past = values.lived(11, 2_000)
    halved = pd.Series(past.spent / 2)
    model = CustomerValue(within="39W").fit(past.table, past=past.table, happened=halved)
    assert model.correction is not None
    assert model.judge(past.table, halved).ratio == pytest.approx(1)  # the totals agree there
    plain = CustomerValue(within="39W").fit(past.table).total(past.table).estimate
    assert model.correction.missed == pytest.approx(past.spent.sum() / 2 / plain)
    told = model.predict(past.table)
    assert ((told["low"] < told["value"]) & (told["value"] < told["high"])).all()


def test_a_corrected_total_holds_what_comes() -> None:
    assert all(rate.holds for rate in values.corrected(5, 500))


def test_a_log_learns_of_its_own_past_what_it_would_have_missed() -> None:
    log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=600, seed=1), days=500).log
    model = CustomerValue(within="90D", look_back="180D").fit(log, as_of="2025-02-01")
    assert model.correction is not None
    happened = cj.features.spent(log, as_of="2025-02-01", within="90D").y
    assert model.judge(log, happened, as_of="2025-02-01").ratio == pytest.approx(1, abs=0.15)
    with pytest.raises(EvidenceError, match=r"the log begins 2024-01-01; .* it must begin by 2023-11-04"):
        CustomerValue(within="90D", look_back="364D").fit(log, as_of="2025-02-01")


def test_who_is_not_among_what_happened_is_named(model: CustomerValue, drawn: values.Lived) -> None:
    with pytest.raises(TableError, match="happened has no customer 999"):
        model.judge(drawn.table, pd.Series(drawn.spent).drop(999))


def test_tenths_add_up(model: CustomerValue, drawn: values.Lived) -> None:
    happened = pd.Series(drawn.spent)
    judged = model.judge(drawn.table, pd.concat([happened, pd.Series([7.0], index=["new"])]))
    frame = judged.to_frame()
    assert frame["customers"].tolist() == [100] * 10
    assert frame["expected"].is_monotonic_increasing
    assert frame["happened"].sum() == pytest.approx(drawn.spent.sum())
    assert judged.outside == pytest.approx(7.0)
    with pytest.raises(EvidenceError, match="5 customers have bought; tenths of them need at least 10"):
        model.judge(drawn.table.head(5), happened)
    assert ((frame["low"] <= frame["ratio"]) & (frame["ratio"] <= frame["high"])).all()


def test_a_stored_model_says_the_same_in_a_fresh_process(
    model: CustomerValue, drawn: values.Lived, tmp_path: Path
) -> None:
    place = cj.models.save(model, tmp_path / "value")
    drawn.table.to_parquet(tmp_path / "table.parquet")
    program = (
        "import sys, pandas, cjlab; m = cjlab.models.load(sys.argv[1]); t = pandas.read_parquet(sys.argv[2]);"
        "m.predict(t).to_parquet(sys.argv[3])"
    )
    again = tmp_path / "again.parquet"
    told = [sys.executable, "-c", program, str(place), str(tmp_path / "table.parquet"), str(again)]
    subprocess.run(told, check=True)
    pd.testing.assert_frame_equal(pd.read_parquet(again), model.predict(drawn.table), check_exact=True)
    with pytest.raises(SpecError, match="this BetaGeometric is not fitted"):
        cj.models.save(BetaGeometric(), tmp_path / "other")
