"""The contenders of the benchmark of features, in short: all find the same, and their figures make a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import cjlab as cj
from benchmarks.experiments.measure import Run
from benchmarks.features import by_hand, state, with_cjlab, with_state
from benchmarks.features.__main__ import BARE, contenders, lines
from benchmarks.features.job import N_FEATURES, answer
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


@pytest.mark.parametrize("kind", state.KINDS)
def test_a_state_is_brought_on_as_it_is_made_anew(kind: str, folder: str, tmp_path: Path) -> None:
    before, after = str(tmp_path / "before"), str(tmp_path / "after")
    with_state.split(folder, before, after)
    assert len(Log.read(after).stored.files["events"]) > len(Log.read(before).stored.files["events"])  # type: ignore[union-attr] # it was read
    for one, other in ((folder, folder), (before, after)):
        anew, advanced = (with_state.measured(job, kind, one, other) for job in ("anew", "advance"))
        assert [anew[name] for name in ("lines", "features", "total")] == [
            advanced[name] for name in ("lines", "features", "total")
        ]


def test_a_page_has_a_line_a_recipe_and_kind_of_day() -> None:
    names = state.contenders(dict.fromkeys(state.DAYS, ("one", "other")), "small")
    answer = {"cpu": 2.0, "inside": 1.0, "table": 0.5, "features": 49}
    runs = {name: [Run(1.0, 1.0, 10**9, answer | {"cpu": 8.0} if name.endswith("anew") else answer)] for name in names}
    page = state.lines(runs)
    assert page.count("0.250 (0.250 to 0.250)") == len(names) // 2 == 4
