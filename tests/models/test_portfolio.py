"""A base of customers in tiers: sums add up, intervals hold what comes, caps are careful, and nothing looks ahead."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import cjlab as cj
from benchmarks.proof import values
from cjlab.errors import EvidenceError, SpecError
from cjlab.models import CustomerValue, Portfolio, Tiers
from cjlab.models.value._forecast import forecast_of
from cjlab.models.value._groups import Groups
from cjlab.models.value._held import ratios
from cjlab.models.value._portfolio import grouped

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cjlab.tables import Log


@cache
def shop() -> Log:
    return cj.datasets.simulated_shop(n_customers=900, seed=4)


@cache
def found() -> Portfolio:
    return Portfolio.of(shop(), within="26W", margin=0.4, spend=0.1)


@cache
def drawn() -> tuple[CustomerValue, values.Lived]:
    lived = values.lived(0, 1_000)
    return CustomerValue(within="39W", margin=0.5).fit(lived.table), lived


def test_tiers_add_up_to_the_base() -> None:
    tiers, value = found().tiers, found().value
    assert tiers["value"].sum() == pytest.approx(found().total.estimate)
    assert tiers["part"].sum() == pytest.approx(1)
    assert tiers["customers"].sum() == value.notna().sum()
    best = value.sort_values(ascending=False, na_position="last").head(int(tiers["customers"].iloc[-1]))
    assert tiers["value"].iloc[-1] == pytest.approx(best.sum())
    assert tiers["each"].iloc[-1] == pytest.approx(best.mean())
    for name in ("value", "part", "each", "purchase"):
        assert ((tiers[f"{name}_low"] < tiers[name]) & (tiers[name] < tiers[f"{name}_high"])).all()


def test_one_tier_has_the_interval_of_the_total() -> None:
    model, lived = drawn()
    every = Groups(forecast_of(model, lived.table), np.zeros(1_000, dtype=np.intp), 1, model.margin, model.confidence)
    assert [float(one[0]) for one in every.sums()] == pytest.approx(list(model.total(lived.table)))
    assert [float(one[0]) for one in every.shares()] == pytest.approx([1, 1, 1])
    count = model.counting.total(lived.table, within="39W").estimate
    assert float(every.purchases()[0][0]) == pytest.approx(model.total(lived.table).estimate / count)


def test_ratios_by_hand() -> None:
    model, lived = drawn()
    groups = grouped(model, lived.table, Tiers(names=("low", "high"), shares=(0.5, 0.5)).fit(_value()))
    promised, came = groups.each, np.where(groups.place == 1, 2.0, 0.5) * groups.each
    table = ratios(groups, came)
    assert table["ratio"].tolist() == pytest.approx([0.5, 2.0])
    assert table["promised"].sum() == pytest.approx(promised.sum())
    unsure = np.sqrt(groups.unsure) / table["promised"]  # all came in proportion: only the promise is unsure
    assert (table["high"] - table["ratio"]).tolist() == pytest.approx((1.959964 * table["ratio"] * unsure).tolist())
    noisy = came + np.where(np.arange(1_000) % 2, 1.0, -1.0) * groups.each
    assert ((ratios(groups, noisy)["high"] - ratios(groups, noisy)["low"]) > table["high"] - table["low"]).all()


def _value() -> pd.Series[float]:
    model, lived = drawn()
    return model.predict(lived.table)["value"]


def test_intervals_of_tiers_hold_what_comes() -> None:
    tiered = [rate for rate in values.recovered(8, 800) if "tier" in rate.what]
    assert len(tiered) == 4
    assert all(rate.holds for rate in tiered)


def test_nothing_after_a_date_is_known_to_its_forecast() -> None:
    then = found().held.as_of
    dear = pl.when(pl.col("at") >= then).then(3 * pl.col("amount")).otherwise(pl.col("amount"))
    later = replace(shop(), events=shop().events.with_columns(amount=dear), stored=None)
    held, other = found().held, Portfolio.of(later, within="26W", margin=0.4, spend=0.1).held
    assert other.promised == held.promised
    assert other.came == pytest.approx(3 * held.came)
    assert other.outside == pytest.approx(3 * held.outside)


def test_caps_are_lower_where_less_came_and_never_above_a_better_tier() -> None:
    tiers, held = found().tiers, found().held
    assert (np.diff(tiers["cap"]) >= 0).all()
    assert (tiers["cap"] <= 0.1 * tiers["each"] + 1e-9).all()
    short = held.tiers["high"] < 0.95
    assert short.any()
    assert (tiers["cap"][short] <= 0.1 * (tiers["each"] * held.tiers["ratio"])[short] + 1e-9).all()
    assert held.verdict == "less"
    assert found().again.estimate == pytest.approx(found().total.estimate * held.ratio.estimate)


def test_a_log_too_short_to_check_says_so() -> None:
    short = Portfolio.of(shop(), "2024-08-01", within="26W")
    assert short.held is None
    assert np.isnan(short.again.estimate)
    plain = 0.05 * short.tiers["each"]
    assert short.tiers["cap"].tolist() == pytest.approx(plain.tolist())


def test_moves_are_by_todays_measure() -> None:
    model, moves = found().model, found().moves
    before = model.predict(shop(), as_of=found().before)["value"]
    assert moves.customers[1:].sum() == before.notna().sum()
    assert moves.customers[:, 1:].sum() == found().value.notna().sum()
    assert moves.customers[1:, 0].sum() == 0  # who has bought stays one who has


def test_cdnow(data: Path) -> None:
    assert data.is_dir()
    whole = Portfolio.of(cj.datasets.cdnow(), within="39W")
    assert whole.held.verdict == "more"
    assert whole.held.ratio == pytest.approx((1.2096, 1.1526, 1.2665), abs=1e-3)
    assert whole.held.came == pytest.approx(776_961.13)
    assert whole.tiers["part"].tolist() == pytest.approx([0.0788, 0.1199, 0.3068, 0.4945], abs=1e-3)


@pytest.mark.parametrize(
    ("given", "said"), [({"spend": 1.5}, "spend is 1.5"), ({"margin": 0.0}, "margin is 0.0"), ({"since": "x"}, "since")]
)
def test_what_means_nothing_is_refused(given: dict[str, float], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Portfolio.of(shop(), **given)


def test_too_few_are_refused() -> None:
    with pytest.raises(EvidenceError, match="needs at least 20"):
        Portfolio.of(shop(), "2024-01-03")
