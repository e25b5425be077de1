"""The contenders of the benchmark of features, in short: all find the same, and their figures make a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import cjlab as cj
from benchmarks.experiments.measure import Run
from benchmarks.features import by_hand, with_cjlab
from benchmarks.features.__main__ import BARE, contenders, lines
from benchmarks.features.job import N_FEATURES, answer

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Store a simulated log of two years."""
    place = tmp_path_factory.mktemp("features") / "log"
    world = cj.simulator.World.retail(n_customers=60, seed=7)
    cj.simulator.simulate(world, cj.simulator.RandomContacts(rate=0.05), days=730, folder=place)
    return str(place)


def answered(job: Callable[[str], Any], folder: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what a contender prints."""
    answer(job, folder, folder)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("job", [by_hand.polars, by_hand.duckdb, by_hand.pandas])
def test_contenders_find_the_same(job: Callable[[str], Any], folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = answered(with_cjlab.one, folder, capsys), answered(job, folder, capsys)
    assert ours["features"] == theirs["features"] == N_FEATURES
    assert ours["lines"] == theirs["lines"]
    assert sorted(ours["sums"].values()) == pytest.approx(sorted(theirs["sums"].values()), rel=1e-9)


def test_a_state_finds_what_is_built_anew(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    advanced, anew = (answered(job, folder, capsys) for job in (with_cjlab.advance, with_cjlab.state))
    assert advanced["sums"] == anew["sums"]


def test_a_page_has_a_line_a_contender(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = contenders(folder, folder, first=True)
    bare, one = (Run(1.0, 1.0, 10**9, answered(job, folder, capsys)) for job in (by_hand.bare, with_cjlab.one))
    page = lines({name: [bare if name == BARE else one] for name in names})
    assert page.count("\n| ") == len(names) + 2
    assert f"**{bare.answer['events']:,} events**" in page
    assert "cjlab, a state advanced by a day" in page
