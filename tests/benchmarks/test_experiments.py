"""The side-by-side figures in short: the scripts of ``make bench`` on 20,000 rows, without the foreign environment."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

from benchmarks.experiments import agreement, comparisons, measure, sections
from benchmarks.experiments.contenders import with_cjlab, with_statsmodels
from benchmarks.experiments.customers import written
from benchmarks.experiments.job import CONTROL, PAIRS, PARTLY_KNOWN, Effect, apart
from benchmarks.experiments.surroundings import Surroundings
from cjlab.statistics import moments

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 20_000


@pytest.fixture(scope="module", params=[2, 8])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(written(tmp_path_factory.mktemp("bench") / "rows.parquet", rows=ROWS, arms=request.param))


def test_contenders_find_what_their_definitions_say(file: str) -> None:
    definitions = agreement.definitions(file)
    assert apart(with_cjlab.effects(file), definitions["cjlab"]) == 0
    assert apart(with_statsmodels.effects(file), definitions["statsmodels"]) < 1e-9


def test_definitions_differ_by_less_than_they_promise_where_all_is_known(file: str) -> None:
    definitions = {
        name: [effect for effect in effects if effect.metric != PARTLY_KNOWN]
        for name, effects in agreement.definitions(file).items()
    }
    assert apart(definitions["tea-tasting"], definitions["statsmodels"]) == 0
    assert apart(definitions["tea-tasting, Narwhals"], definitions["tea-tasting"]) < 1e-12
    assert 0 < apart(definitions["cjlab"], definitions["statsmodels"]) < 1e-2


def test_rows_taken_for_values_make_the_interval_too_narrow(file: str) -> None:
    width = {
        name: [effect.high - effect.low for effect in effects if effect.metric == PARTLY_KNOWN]
        for name, effects in agreement.definitions(file).items()
    }
    shares = [narrow / wide for narrow, wide in zip(width["tea-tasting"], width["cjlab"], strict=True)]
    assert shares == pytest.approx([0.3**0.5] * len(shares), rel=0.05)


def test_the_estimate_of_cjlab_is_that_of_least_squares(file: str) -> None:
    rows = pl.read_parquet(file).filter(pl.col("arm").is_in([CONTROL, "variant 1"]))
    found = {effect.metric: effect for effect in with_cjlab.effects(file) if effect.arm == "variant 1"}
    for metric, past in PAIRS.items():
        known = rows.drop_nulls([metric, past])
        given = known.select((pl.col("arm") == "variant 1").cast(float), pl.col(past).cast(float)).to_numpy()
        fitted = OLS(known[metric].to_numpy().astype(float), add_constant(given)).fit()
        assert found[metric].estimate == pytest.approx(fitted.params[1], rel=1e-9)


def test_the_scripts_answer_and_are_put_on_a_page(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    measure.run(measure.script("customers", str(path), str(ROWS), "2"))
    runs = measure.rounds(sections.contenders(path, None), counted=1)
    page = sections.side_by_side(runs, ROWS, path)
    table, agree = sections.agreement(runs, path)
    assert agree
    assert "| cjlab |" in page
    assert "does not agree" not in table
    assert all(one.cpu > 0 and one.peak > 1e6 for of in runs.values() for one in of)


def test_one_contender_that_strays_is_seen() -> None:
    one = Effect("a", "visit", 1.0, 0.5, 1.5)
    assert apart([one], [one]) == 0
    assert apart([one], [one._replace(low=0.2, high=2.0)]) == pytest.approx(0.25)
    with pytest.raises(ValueError, match=r"one has .*visit.*, the other .*spend"):
        apart([one], [one._replace(metric="spend")])


def test_commands_take_turns(tmp_path: Path) -> None:
    log = tmp_path / "log"
    commands = {name: [sys.executable, "-c", f"open({str(log)!r}, 'a').write({name!r})"] for name in "ABC"}
    runs = measure.rounds(commands, counted=2)
    assert log.read_text(encoding="utf-8") == "ABCABCABC"
    assert [len(runs[name]) for name in "ABC"] == [2, 2, 2]


def test_a_failing_contender_ends_the_run() -> None:
    with pytest.raises(subprocess.CalledProcessError, match="exit status 3"):
        measure.run([sys.executable, "-c", "raise SystemExit(3)"])


def test_ratios_are_taken_within_a_round() -> None:
    base, ours = ([measure.Run(wall, 1.0, 1, {}) for wall in walls] for walls in ((1.0, 4.0, 2.0), (2.0, 4.0, 6.0)))
    assert measure.ratios(ours, base, lambda one: one.wall) == (2.0, 1.0, 3.0)
    assert str(measure.Spread(2.0, 1.0, 3.0)) == "2.00 (1.00 to 3.00)"


def test_what_others_take_is_told_from_what_the_benchmark_takes() -> None:
    before = Surroundings.now()
    after = before._replace(clock=before.clock + 10, machine=before.machine + 15, own=before.own + 15, load=2.0)
    assert after.others(before) == pytest.approx(0)
    assert "2.0 at the end with the benchmark itself; other work took 0.00 of" in after.since(before)
    assert after.since(before).endswith("the machine was otherwise idle.")
    shared = after._replace(machine=before.machine + 10 * (os.cpu_count() or 1), own=before.own)
    assert shared.others(before) == pytest.approx(os.cpu_count())
    assert shared.since(before).endswith("ratios hold, seconds vary.")


def test_the_input_is_one_row_a_customer(file: str) -> None:
    reduced = moments(file, by=["arm"], columns=list(PAIRS))
    known = reduced.regroup([]).sample(PARTLY_KNOWN).n
    assert reduced.rows.sum() == ROWS
    assert known == pytest.approx([0.3 * ROWS], rel=0.05)


def test_every_test_is_timed_on_thousands_of_comparisons() -> None:
    taken = comparisons.seconds()
    assert list(taken) == ["welch", "cuped", "ratio", "proportions"]
    assert all(0 < one["wall"] < 5 for one in taken.values())
