"""Figures of metrics show whole bands, the metrics' own numbers, and true sentences in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import cjlab as cj
from cjlab.models.value import Judged
from cjlab.statistics import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

    from cjlab.models.matching import Adjusted

N = 3_000


def told(figure: go.Figure) -> dict[str, Any]:
    return dict(figure.layout.meta["cjlab"])


def rows(slope: float = 0.3) -> dict[str, Any]:
    rng = np.random.default_rng(2)
    score, arm = rng.random(N), np.where(np.arange(N) % 2, "mail", "none")
    outcome = (rng.random(N) < 0.1 + 0.2 * score + slope * (score - 0.4) * (arm == "mail")).astype(float)
    return {"outcome": outcome, "score": score, "arm": arm, "control": "none", "propensity": {"mail": 0.5, "none": 0.5}}


def judged() -> tuple[np.ndarray, np.ndarray]:
    test = rows()
    return test["outcome"], 0.1 + 0.25 * test["score"]


def forecast() -> Judged:
    """Judge a forecast that promised a tenth too much."""
    expected = np.geomspace(10.0, 5_000.0, 10)
    total = Interval(float(expected.sum()), 0.95 * float(expected.sum()), 1.05 * float(expected.sum()))
    happened = 0.9 * expected
    return Judged(np.full(10, 40), expected, happened, 0.8 * happened, 1.2 * happened, total, 0.0)


@cache
def portfolio() -> cj.models.Portfolio:
    """Value the customers of a small shop."""
    return cj.models.Portfolio.of(cj.datasets.simulated_shop(n_customers=700, seed=4), margin=0.3)


@cache
def gallery() -> cj.models.Gallery:
    """Find personas of a small test."""
    return cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D", value=10.0, cost=0.1)


@cache
def adjusted() -> Adjusted:
    """Weigh customers who differ in age and income."""
    rng = np.random.default_rng(5)
    people = pd.DataFrame({"age": rng.normal(size=600), "income": rng.normal(size=600)})
    treated = rng.random(600) < 1 / (1 + np.exp(-people["age"]))
    return cj.models.weigh(people, people["age"] + treated + rng.normal(size=600), treated=treated)


FIGURES: dict[str, Callable[[str], go.Figure]] = {
    "qini": lambda lang: cj.plots.qini(cj.metrics.qini(**rows()), language=lang),
    "auuc": lambda lang: cj.plots.qini(cj.metrics.auuc(**rows()), language=lang),
    "profit": lambda lang: cj.plots.profit_curve(
        cj.metrics.profit_curve(**rows(), value=9, cost=0.5),
        currency="EUR",
        today=cj.metrics.profit_curve(**rows() | {"score": rows()["outcome"]}, value=9, cost=0.5),
        language=lang,
    ),
    "gain": lambda lang: cj.plots.gain(cj.metrics.gain(*judged()), language=lang),
    "roc": lambda lang: cj.plots.roc(cj.metrics.roc(*judged()), language=lang),
    "precision": lambda lang: cj.plots.precision_recall(cj.metrics.precision_recall(*judged()), language=lang),
    "calibration": lambda lang: cj.plots.calibration(cj.metrics.calibration(*judged()), language=lang),
    "budget": lambda lang: cj.plots.at_budget(
        cj.metrics.at_budget(*judged(), value=5, cost=1), currency="EUR", language=lang
    ),
    "value": lambda lang: cj.plots.value_by_tenth(forecast(), currency="EUR", language=lang),
    "tiers": lambda lang: cj.plots.tiers(portfolio(), language=lang),
    "personas": lambda lang: cj.plots.personas(gallery(), language=lang),
    "answers": lambda lang: cj.plots.answers(gallery(), language=lang),
    "matched": lambda lang: cj.plots.matched(adjusted(), language=lang),
    "deciles": lambda lang: cj.plots.uplift_by_decile(cj.metrics.uplift_by_decile(**rows()), language=lang),
}


@pytest.mark.parametrize("name", FIGURES)
def test_axes_hold_all_that_is_drawn_and_every_row_has_its_columns(name: str) -> None:
    figure = FIGURES[name]("en")
    for trace in figure.data:
        if trace.y is not None and trace.error_x.array is None and trace.x[0] is not None:
            low, high = sorted(figure.layout.yaxis.range)
            assert low <= min(trace.y) <= max(trace.y) <= high
            assert figure.layout.xaxis.range[0] <= min(trace.x) <= max(trace.x) <= figure.layout.xaxis.range[1]
    table = told(figure)["table"]
    assert {len(row) for row in table["rows"]} == {len(table["columns"])}
    assert "nan" not in str(told(figure)).lower()


@pytest.mark.parametrize("name", FIGURES)
def test_french_says_the_same_in_french(name: str) -> None:
    french, english = (told(FIGURES[name](language)) for language in ("fr", "en"))
    text = f"{french['finding']} {french['table']['columns']} {french['table']['rows']}"
    assert not re.search(r"\b(the|of|customers|interval|contacted|share)\b", text)
    assert not re.search(r"\d\.\d", text)
    numbers = [re.findall(r"\d+", one["finding"]) for one in (french, english)]
    assert sorted(numbers[0]) == sorted(numbers[1])


def test_no_sentence_needs_a_statistician() -> None:
    for name, draw in FIGURES.items():
        figure = told(draw("en"))
        words = f"{figure['finding']} {figure['table']['columns']}"
        assert not re.search(r"Qini|AUUC|AUC|ROC|Brier|ECE|recall|calibrat", words, flags=re.IGNORECASE), name


def test_gains_are_per_thousand_customers_with_their_band() -> None:
    found = cj.metrics.qini(**rows())
    figure = cj.plots.qini(found)
    lines = {trace.uid: trace for trace in figure.data}
    assert lines["accent-line"].y == pytest.approx(1_000 * found.curve.estimate)
    assert lines["muted-line"].y == pytest.approx((0, 1_000 * found.effect.estimate))
    assert lines["accent-band"].y[:101] == pytest.approx(1_000 * found.curve.high)
    assert told(figure)["finding"].startswith("Contacting by score brings more than contacting as many at random: ")
    assert f"{1_000 * found.low:.1f} to {1_000 * found.high:.1f}" in told(figure)["finding"]


def test_a_ranking_that_is_no_good_is_said_to_be_none() -> None:
    worse = told(cj.plots.qini(cj.metrics.qini(**rows(-0.3))))["finding"]
    assert worse.startswith("Contacting by score brings less than contacting as many at random: −")
    constant = told(cj.plots.qini(cj.metrics.qini(**rows() | {"score": np.ones(N)})))["finding"]
    assert constant.startswith(
        "Contacting by score cannot be told from contacting as many at random: the difference is 0 "
    )


def test_today_lies_beside_and_the_plan_is_marked() -> None:
    figure = FIGURES["profit"]("en")
    net = cj.metrics.profit_curve(**rows(), value=9, cost=0.5)
    lines = {trace.uid: trace for trace in figure.data}
    assert (lines["good-spot"].x, lines["good-spot"].y) == ((net.planned_share,), (net.planned.estimate,))
    assert set(lines) == {"accent-band", "accent-line", "muted-line", "good-spot"}
    assert told(figure)["table"]["columns"][-1] == "Today’s rule"


def test_where_nobody_is_planned_it_says_so() -> None:
    found = cj.metrics.profit_curve(**rows() | {"score": np.full(N, 0.01)}, value=9, cost=0.5)
    figure = cj.plots.profit_curve(found, currency="EUR")
    assert told(figure)["finding"].startswith("For nobody is a gain predicted that exceeds the cost. Treating everyone")
    assert not [trace for trace in figure.data if trace.uid == "good-spot"]


def test_few_customers_are_not_told() -> None:
    test = {name: one[:60] if isinstance(one, np.ndarray) else one for name, one in rows().items()}
    figure = told(cj.plots.uplift_by_decile(cj.metrics.uplift_by_decile(**test)))
    assert [row[1:] for row in figure["table"]["rows"]] == [["under 11", "", "", "", ""]] * 10
    outcome, score = np.tile([0.0, 1.0], 40), np.tile([0.2, 0.7], 40)
    score[:5] = 0.9
    assert len(told(cj.plots.calibration(cj.metrics.calibration(outcome, score)))["table"]["rows"]) == 2


def test_a_budget_without_currency_tells_no_money() -> None:
    plain, costly = (
        told(cj.plots.at_budget(cj.metrics.at_budget(*judged(), value=5, cost=1), currency=currency))["table"]
        for currency in (None, "EUR")
    )
    assert costly["columns"] == [*plain["columns"], "Cost", "Net after cost"]
    assert costly["rows"][0][-2] == "€150"


def test_a_forecast_that_missed_says_so() -> None:
    missed = told(cj.plots.value_by_tenth(forecast(), currency="EUR"))
    assert missed["finding"].endswith("10\xa0% off, more than the forecast allowed for.")
    assert [row[2] for row in missed["table"]["rows"]][-1] == "€4,500"
    kept = replace(forecast(), total=Interval(11_000.0, 0.0, 20_000.0))
    assert told(cj.plots.value_by_tenth(kept, currency="EUR"))["finding"].endswith("the forecast held.")


def test_tiers_show_both_shares() -> None:
    figure, tiers = cj.plots.tiers(portfolio()), portfolio().tiers[::-1]
    lines = {trace.uid: trace for trace in figure.data}
    assert lines["accent-intervals"].x == pytest.approx(tuple(100 * tiers["part"]))
    assert lines["accent-intervals"].error_x.array == pytest.approx(tuple(100 * (tiers["part_high"] - tiers["part"])))
    assert lines["muted-others"].x == pytest.approx(tuple(100 * tiers["share"]))
    few = tiers[::-1].assign(customers=[400, 200, 11, 10])
    told_few = told(cj.plots.tiers(replace(portfolio(), tiers=few)))
    assert told_few["table"]["rows"][0] == ["Gold", "under 11", "", "", ""]
    assert f"{100 * few['part'].iloc[2]:.1f}" in told_few["finding"]
    assert "nothing is told" in told(cj.plots.tiers(replace(portfolio(), tiers=few.assign(customers=3))))["finding"]


def test_an_interval_of_a_tier_that_is_not_known_is_not_drawn() -> None:
    open_ended = portfolio().tiers.assign(part_low=np.nan, part_high=np.nan)
    figure = cj.plots.tiers(replace(portfolio(), tiers=open_ended))
    assert set(figure.data[1].error_x.array) == {0.0}
    assert "is not known" in told(figure)["finding"]


def test_answers_are_those_of_the_test() -> None:
    figure, effects = cj.plots.answers(gallery()), gallery().tried.effects
    lines = {trace.uid: trace for trace in figure.data}
    assert lines["muted-intervals"].x == pytest.approx((100 * effects["effect"].iloc[-1],))
    known = effects.iloc[:-1].dropna()
    assert lines["accent-intervals"].x == pytest.approx(tuple(100 * known["effect"]))
    assert lines["accent-intervals"].error_x.array == pytest.approx(tuple(100 * (known["high"] - known["effect"])))
    differing = replace(gallery(), tried=gallery().tried._replace(p=0.01))
    assert "answer differently" in told(cj.plots.answers(differing))["finding"]
    assert (
        "no larger than chance"
        in told(cj.plots.answers(replace(gallery(), tried=gallery().tried._replace(p=0.5))))["finding"]
    )
    with pytest.raises(cj.errors.EvidenceError, match="no contact was drawn by lot"):
        cj.plots.answers(replace(gallery(), tried=None))


def test_personas_show_both_shares_under_their_names() -> None:
    lines = gallery().lines
    figure = cj.plots.personas(gallery(), names={str(name): f"group {place}" for place, name in enumerate(lines.index)})
    ordered = lines.sort_values("part", ascending=False, kind="stable")
    assert figure.data[1].x == pytest.approx(tuple(100 * ordered["part"]))
    assert {row[0] for row in told(figure)["table"]["rows"]} == {f"Group {place}" for place in range(len(lines))}
    with pytest.raises(cj.errors.EvidenceError, match="tells no sales"):
        cj.plots.personas(replace(gallery(), brought=""))


def test_balance_before_and_after() -> None:
    own = adjusted().balance[~adjusted().balance["square"]].sort_values("before", key=abs, ascending=False)
    lines = {trace.uid: trace for trace in cj.plots.matched(adjusted()).data}
    assert lines["muted-others"].x == pytest.approx(tuple(100 * own["before"]))
    assert lines["accent-intervals"].x == pytest.approx(tuple(100 * own["after"]), abs=1e-6)
    assert "are alike" in told(cj.plots.matched(adjusted()))["finding"]
    apart = replace(adjusted(), balance=adjusted().balance.assign(after=0.5))
    assert "are not alike: a trait is 50.0" in told(cj.plots.matched(apart))["finding"]
