"""How far features move: against scipy, by simulation where nothing moved, and where something did."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, ks_2samp, norm

import cjlab as cj
from cjlab.errors import SpecError
from cjlab.features import Drift, Frequency, Monetary, Recency, Recipe, Tenure
from cjlab.features.views._drift import _verdict
from cjlab.features.views._even import even
from cjlab.features.views._pair import Pair

RECIPE = Recipe(Frequency("visit", window="30D"), Frequency(window="90D"), Recency(), Tenure())


@cache
def found() -> Drift:
    return Drift.of(cj.datasets.simulated_shop(n_customers=600, seed=5), RECIPE, "2024-09-01", "2025-03-01")


def test_distances_are_those_of_scipy() -> None:
    early, late = (found().built.xs(date, level=0) for date in found().built.index.get_level_values(0).unique())
    for name in ("frequency_visit_30D", "frequency_purchase_90D"):
        line = found().columns.loc[name]
        assert line["distance"] == pytest.approx(ks_2samp(early[name], late[name]).statistic)
        assert line["low"] <= line["distance"] <= line["high"]
        assert line["missing"] == late[name].isna().mean()
        assert line["late_50"] == late[name].median()


def test_what_the_log_does_not_cover_is_not_compared() -> None:
    verdicts = found().columns["verdict"]
    assert verdicts[["recency_purchase", "tenure"]].tolist() == ["not comparable"] * 2
    assert "not comparable" not in verdicts[["frequency_visit_30D", "frequency_purchase_90D"]].tolist()
    young = Drift.of(cj.datasets.simulated_shop(n_customers=600, seed=5), RECIPE, "2024-02-01", "2025-03-01")
    assert young.columns["covered"].tolist() == [True, False, False, False]


def two(early: np.ndarray, late: np.ndarray) -> pd.DataFrame:
    """Put two dates of the same customers together."""
    people = range(len(early))
    return pd.concat({date: pd.DataFrame({"x": values}, index=people) for date, values in ((1, early), (2, late))})


def test_the_floor_is_crossed_by_one_in_twenty_where_nothing_moved() -> None:
    rng, above, runs = np.random.default_rng(0), 0, 200
    for _ in range(runs):
        habit = rng.normal(size=150)  # the same person is alike at both dates
        pair = Pair.of(two(habit + rng.normal(size=150), habit + rng.normal(size=150)), 100)
        distance, _, _, floor = pair.far("x")
        above += distance > floor
    low, high = binomtest(above, runs).proportion_ci(0.99)
    assert low <= 0.05 <= high


@pytest.mark.parametrize("alike", [0.0, 0.7])
def test_the_interval_covers_a_known_distance_at_least_as_often_as_it_says(alike: float) -> None:
    rng, covered, runs = np.random.default_rng(1), 0, 200
    truth = 2 * norm.cdf(0.3) - 1  # of normal laws 0.6 apart
    for _ in range(runs):
        habit = rng.normal(size=300) * alike**0.5
        early, late = (habit + rng.normal(size=300) * (1 - alike) ** 0.5 + shift for shift in (0.0, 0.6))
        _, low, high, _ = Pair.of(two(early, late), 100).far("x")
        covered += low <= truth <= high
    assert binomtest(covered, runs).proportion_ci(0.99).high >= 0.95


def test_verdicts_follow_from_distance_interval_and_floor() -> None:
    assert _verdict((0.02, 0.0, 0.04, 0.03), 0.1, covered=True) == "as before"
    assert _verdict((0.2, 0.08, 0.3, 0.03), 0.1, covered=True) == "moved a little"
    assert _verdict((0.2, 0.15, 0.3, 0.03), 0.1, covered=True) == "moved"
    assert _verdict((0.2, 0.15, 0.3, 0.03), 0.1, covered=False) == "not comparable"
    assert _verdict((np.nan,) * 4, 0.1, covered=True) == "not comparable"


def test_curves_end_at_everybody_and_hold_whole_numbers() -> None:
    curve = found().curve("frequency_purchase_90D")
    assert (curve["value"] == curve["value"].round()).all()
    assert curve["late"].is_monotonic_increasing
    assert curve["late"].iloc[-1] >= 0.95


def test_curves_lie_at_round_values_and_are_cumulated_shares() -> None:
    log = cj.datasets.simulated_shop(n_customers=600, seed=5)
    drift = Drift.of(log, Recipe(Monetary(window="90D")), "2024-09-01", "2025-03-01")
    curve, built = drift.curve("amount_purchase_90D"), drift.built
    late = built.loc[built.index.get_level_values(0).max(), "amount_purchase_90D"].dropna().to_numpy()
    for row in curve.itertuples():
        assert row.late == pytest.approx((late <= row.value).mean())
    step = np.diff(curve["value"])
    assert np.allclose(step, step[0])
    assert 24 <= len(curve) <= 90
    ticks = curve.loc[curve["tick"], "value"]
    assert 4 <= len(ticks) <= 9
    assert f"{ticks.diff().iloc[-1]:e}"[0] in "125"
    assert (ticks / ticks.diff().iloc[-1]).round(6).mod(1).eq(0).all()


@pytest.mark.parametrize(
    ("low", "high", "kind", "first", "last", "ticks"),
    [
        (0.0, 5.0, "whole", 0.0, 5.0, 6),
        (3.0, 40.0, "whole", 3.0, 40.0, 4),
        (2.97, 371.0, "any", 0.0, 400.0, 5),
        (0.5, 0.5, "any", 0.0, 1.0, 2),
        (4.0, 4.0, "whole", 4.0, 4.0, 1),
        (-12.3, -0.4, "any", -14.0, 0.0, 8),
    ],
)
def test_values_are_even_and_hold_both_ends(
    low: float, high: float, kind: str, first: float, last: float, ticks: int
) -> None:
    at, named = even(low, high, 60, counted=kind == "whole")
    assert (at[0], at[-1]) == (first, last)
    assert named.sum() == ticks
    assert at[0] <= low <= high <= at[-1]


def test_the_widest_place_is_where_scipy_finds_it() -> None:
    for name in found().columns.index[found().columns["distance"].notna()]:
        value, early, late = found().widest(name)
        dates = found().built.index.get_level_values(0)
        both = [found().built.loc[dates == date, name].dropna() for date in dates.unique()]
        exact = ks_2samp(*both)
        assert abs(late - early) == pytest.approx(exact.statistic)
        assert [float((one <= value).mean()) for one in both] == pytest.approx([early, late])


def test_it_shows_itself_beside_what_each_feature_is() -> None:
    told = found().to_frame()
    assert told.loc["recency_purchase", "means"] == "it never happened"
    assert told["missing"].equals(found().columns["missing"])


def test_fields_are_as_fresh_as_freshness_says() -> None:
    log = cj.datasets.simulated_shop(n_customers=600, seed=5)
    assert found().fields.equals(cj.features.freshness(log, "2025-03-01"))


def test_what_cannot_be_asked_is_named() -> None:
    log = cj.datasets.simulated_shop(n_customers=60)
    with pytest.raises(SpecError, match=r"log is 3; give a cj\.tables\.Log"):
        Drift.of(3)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="early is 2025-02-28 and late 2024-12-31; the first"):
        Drift.of(log, RECIPE, "2025-03-01", "2025-01-01")
    with pytest.raises(SpecError, match="tolerance is 2"):
        Drift.of(log, RECIPE, tolerance=2)
    with pytest.raises(SpecError, match="feature is 'x'; the recipe makes frequency_visit_30D"):
        found().curve("x")
    nobody = replace(found(), built=found().built.assign(frequency_purchase_90D=np.nan))
    with pytest.raises(SpecError, match="which nobody has at either date"):
        nobody.widest("frequency_purchase_90D")
