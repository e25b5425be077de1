"""The evidence in short: the code of ``make proof``, at fewer replays, and its own rule judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import t
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from benchmarks.page import put, table
from benchmarks.proof import (
    alike,
    chance,
    decisions,
    draws,
    families,
    forests,
    identities,
    market,
    measures,
    mouths,
    news,
    numerics,
    pace,
    policies,
    rhythm,
    texts,
    two_arms,
    uplift,
    usefulness,
)
from benchmarks.proof.__main__ import SECTIONS, main
from benchmarks.proof.bar import Part, Rate
from benchmarks.proof.markets import LogNormal, real_market
from benchmarks.proof.section import PAGE, Section
from cjlab.metrics import policy_value
from cjlab.models import Churn
from cjlab.simulator import RandomContacts, World, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

REPLAYS = 4_000


@pytest.mark.parametrize(("count", "runs"), [(0, 400), (17, 400), (400, 400), (2_000, 40_000)])
def test_the_bar_is_judged_by_the_exact_interval(count: int, runs: int) -> None:
    found = Rate("level", "here", count, runs, 0.05)
    assert found.interval == pytest.approx(proportion_confint(count, runs, alpha=0.01, method="beta"), abs=1e-12)


def test_a_bar_can_fail() -> None:
    assert not Rate("level", "here", 2_200, 40_000, 0.05).holds
    assert not Rate("level", "here", 1_800, 40_000, 0.05).holds
    assert Rate("level", "here", 1_800, 40_000, 0.05, kind="at_most").holds
    assert not Rate("power", "here", 31_000, 40_000, 0.8, kind="at_least").holds


def test_a_share_of_what_was_found_counts_runs_and_not_findings() -> None:
    found = Part("names", "here", (2, 1, 3, 2) * 5, (2, 2, 4, 2) * 5, 0.8)
    apart = np.tile([2.0, 1.0, 3.0, 2.0] - 0.8 * np.array([2, 2, 4, 2]), 5) / 2.5  # 2.5 found in the mean run
    error = np.sqrt(apart.var(ddof=1) / 20)
    assert found.observed == pytest.approx(0.8)
    assert found.interval == pytest.approx((0.8 - t.isf(0.005, 19) * error, 0.8 + t.isf(0.005, 19) * error))
    assert found.runs == 20
    assert found.holds
    assert not Part("names", "here", (1, 1, 1, 2) * 9, (2, 2, 2, 4) * 9, 0.8).holds
    assert not Part("names", "here", (0, 0), (0, 0), 0.8).holds


def test_names_are_right_by_the_words_of_the_world_that_writes() -> None:
    said = news.vocabularies()
    assert {"roaming", "data", "cut", "working"} <= said["roaming"]
    assert news.owned(["roaming_not_on", "on_abroad_call", "data"]) == [True, False, True]
    assert news.spoken(["roaming_not_on", "on_abroad_call", "data"]) == [True, True, True, True, True, False, True]


@pytest.mark.parametrize(
    "measured",
    [
        lambda: two_arms.on_rates(40_000),
        lambda: two_arms.on_spend(LogNormal(), REPLAYS),
        lambda: two_arms.on_half_the_values(REPLAYS),
        lambda: families.corrections(REPLAYS),
        lambda: families.splits(REPLAYS),
        lambda: families.sizes(REPLAYS),
        lambda: families.guardrails(40_000),
        lambda: draws.uniformity(100, 100_000),
        lambda: draws.neighbours(100, 100_000),
        lambda: market.experiments(20, futures=8),
        lambda: mouths.experiments(20, futures=2),
        lambda: measures.coverage(60),
        lambda: measures.calibrated(60),
        lambda: measures.alarms(200, n=1_000, several=True),
        lambda: policies.nothing(5),
    ],
    ids=[
        "rates",
        "spend",
        "half unknown",
        "corrections",
        "splits",
        "sizes",
        "guardrails",
        "draws",
        "neighbouring draws",
        "true effects",
        "word of mouth",
        "intervals of metrics",
        "calibration",
        "comparisons",
        "where nothing works",
    ],
)
def test_what_is_promised_holds(measured: Callable[[], Iterable[Rate]]) -> None:
    broken = [rate.row() for rate in measured() if not rate.holds]
    assert not broken


def test_topics_find_the_words_that_were_planted_and_add_nothing_without_a_signal() -> None:
    without, packaged, strong = texts.experiments(2, 1_200)
    assert not without.bars
    assert all(bar.holds for found in (packaged, strong) for bar in found.bars)
    assert all(gain.holds for found in (without, packaged, strong) for gain in found.gains)


def test_shuffled_labels_are_not_found_and_true_ones_are() -> None:
    found = chance.shuffled(range(12))
    assert abs(found.area.mean() - 0.5) < 0.05
    assert found.held.sum() >= 9
    features, outcome = chance.people()
    half = len(outcome) // 2
    model = Churn().fit(features.iloc[:half], outcome[:half])
    assert roc_auc_score(outcome[half:], model.predict_proba(features.iloc[half:])[:, 1]) > 0.6


def test_uplift_is_judged_by_true_effects() -> None:
    found = [uplift.lived(seed, 1_500) for seed in range(2)]
    told = {what: float(mean) for what, mean, _ in uplift.lines(found)}
    assert uplift.covered(found).holds
    assert 0 < told["the same, of trees taught the true effects: what features allow"] < 1


def test_a_forest_s_interval_is_for_one_customer_and_the_regression_s_is_not() -> None:
    found = forests.runs(3)
    told = {(learner, where): float(held) for learner, where, held, *_ in forests.lines(found)}
    for where in forests.EFFECTS:
        assert told["forest", where] > 0.8
    assert told["s", "steep"] < 0.7
    assert len(list(forests.rates(found))) == len(forests.EFFECTS)
    one = forests.against(0, 1_000)
    assert [row[:2] for row in forests.beside([one])] == list(one)


def test_decisions_are_right_in_worlds_that_are_known() -> None:
    assert all(rate.holds for rate in decisions.worlds(40))


def test_nothing_but_the_rows_decides_the_numbers() -> None:
    changes = dict(numerics.invariance(300_000))
    assert len(changes) == 9
    assert max(changes.values()) < 1e-12
    assert numerics.offset_error(300_000) < 1e-6


def test_nothing_but_the_rows_decides_the_read_out() -> None:
    changes = dict(numerics.readouts(50_000))
    assert len(changes) == 7
    assert max(changes.values()) < 1e-12


def test_the_real_test_s_spend_is_covered_at_its_own_size(data: object) -> None:
    assert data
    market = real_market()
    assert market is not None
    small, large = two_arms.by_arm_size(market, REPLAYS, (2_000, 20_000))
    assert float(small[4]) < float(large[4])
    assert float(large[4]) > 0.94


def test_what_a_line_says_is_the_area_beside_that_of_others() -> None:
    outcome, score, other = (
        np.array([1.0, 0, 1, 0, 1, 0]),
        np.array([5.0, 4, 3, 2, 6, 1]),
        np.array([1.0, 6, 2, 5, 3, 4]),
    )
    line = usefulness.Line("both", 2, outcome, score, other)
    assert line.difference[0] == pytest.approx(roc_auc_score(outcome, score) - roc_auc_score(outcome, other))
    assert line.row()[2] == "0.8889"


def test_every_section_of_the_page_can_be_run_again() -> None:
    assert set(re.findall("^## (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)) == set(SECTIONS)


def test_sections_are_chosen_by_the_words_of_their_headings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("benchmarks.proof.section.PAGE", tmp_path / "page.md")
    sections = {"One": lambda: Section("body", failed=1), "Another": lambda: None, "Third": lambda: Section("more")}
    monkeypatch.setattr("benchmarks.proof.__main__.SECTIONS", sections)
    assert [main(["one"]), main(["ANOTHER", "third"]), main()] == [1, 0, 1]
    assert re.findall("^## (.+)$", (tmp_path / "page.md").read_text("utf-8"), re.MULTILINE) == ["One", "Third"]


def test_a_word_in_no_heading_is_refused_and_headings_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upliftt"]) == 2
    told = capsys.readouterr().err
    assert "no section has 'upliftt' in its heading" in told
    assert "Models: uplift against the truth" in told


def test_features_are_worth_more_than_recency_frequency_and_money() -> None:
    log = simulate(World.telecom(n_customers=1_500, seed=1), RandomContacts(rate=0.05), days=330).log
    question = usefulness.purchases("who buys", log, ["2024-05-01", "2024-08-01"])
    alone, whole, *others = usefulness.lines(question)
    assert whole.difference[1] > 0
    assert len(others) == 2 * len(question.families) - 1
    assert alone.row()[-2:] == ("", "")


def test_who_has_stopped_is_found_as_often_as_can_be_known() -> None:
    regular, slow = (rhythm.found([stratum], 1_000, np.random.default_rng(0)) for stratum in (rhythm.MAIN, rhythm.SLOW))
    assert regular.bar.holds
    assert regular.ninety < 0.01
    assert slow.told < 0.9 * slow.oracle
    assert [one.where for one in (regular, slow) if one.failed] == []


def test_what_rhythm_costs_is_counted_over_everybody() -> None:
    found = list(pace.paces(2_000))
    assert [one.customers for one in found] == [2_000, 2_000]
    assert all(one.purchases > 2_000 and one.seconds > 0 for one in found)


def test_the_persons_behind_identifiers_are_found() -> None:
    for found in identities.experiments(1):
        assert [rate.row() for rate in found.bars if not rate.holds] == []
        assert "pairs of visitors alone are found" in found.sentence


def test_a_section_is_replaced_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for heading in ("One", "Two"):
        put(page, heading=heading, body=table(("a",), [(np.int64(1),)]), title="Title")
    put(page, heading="One", body="changed", title="Title")
    assert page.read_text(encoding="utf-8") == "# Title\n\n## One\n\nchanged\n\n## Two\n\n| a |\n| --- |\n| 1 |\n"


def test_two_branches_of_a_market_differ_by_less_than_two_markets() -> None:
    assert market.branches(4, customers=400, days=40).ratio > 2


def test_an_interval_that_does_not_know_its_customers_is_caught() -> None:
    people = measures.People(2_000, tied=True, several=True)
    true = float((measures.base(people.scores()) + measures.effect(people.scores())).mean())
    held = []
    for seed in range(400):
        rows = people.rows(seed)
        test = {"arm": rows["arm"], "propensity": {"t": measures.TREATED, "c": 1 - measures.TREATED}}
        everyone = policy_value(rows["outcome"], ["t"] * 2_000, **test).ips
        held.append(measures.inside((everyone.low, everyone.high), true))
    assert not Rate.of("coverage", "customers unknown", np.array(held), 0.95).holds


def test_figures_are_those_of_scikit_learn() -> None:
    rows = alike.drawn(0)
    ours, theirs = alike.judged(rows), alike.by_scikit_learn(rows)
    assert ours == pytest.approx(theirs, abs=alike.BAR)
    assert not alike.Alike("AUC", "another", 1, 2e-9).holds
