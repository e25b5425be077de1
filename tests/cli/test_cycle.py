"""The command that takes a turn: what it says, its JSON, and its refusals with their codes."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from cjlab.cli import main
from cjlab.loop import turns
from tests.loop.market import CYCLE, founded

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home that has not had a turn."""
    home = founded(tmp_path_factory.mktemp("declared"))
    CYCLE.write(home / "cycle.toml")
    return home


@pytest.fixture
def home(declared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(declared, tmp_path / "home")


def said(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["cycle", *map(str, arguments)], catch_exceptions=False)


def test_a_turn_is_taken_once_and_told_twice(home: Path) -> None:
    dry = said(home, "--as-of", "2025-03-02", "--dry-run")
    assert (dry.exit_code, dry.stdout.splitlines()[0]) == (0, "2025-03-02 (nothing was done)")
    assert not (home / "turns").exists()
    first = said(home, "--as-of", "2025-03-02")
    assert first.exit_code == 0
    assert first.stdout.splitlines()[1:] == dry.stdout.splitlines()[1:]
    again = said(home, "--as-of", "2025-03-02", "--json")
    value = json.loads(again.stdout)
    assert (value["champion"], value["counts"]["decided"], value["folder"]) == (
        None,
        1200,
        str(home / "turns/2025-03-02"),
    )
    assert [step["code"] for step in value["steps"]] == ["observed", "decided", "next"]
    assert len(turns(home).rows) == 1


def test_without_a_date_it_is_today(home: Path) -> None:
    value = json.loads(said(home, "--dry-run", "--json").stdout)
    assert value["day"] > "2025-03-02"


@pytest.mark.parametrize(
    ("date", "words"), [("soon", "'soon' is no date"), ("2025-03-02T09:00", "does not say its zone")]
)
def test_what_is_no_date_is_refused(home: Path, date: str, words: str) -> None:
    done = said(home, "--as-of", date, "--json")
    assert (done.exit_code, json.loads(done.stdout)["exit_code"]) == (1, 1)
    assert words in json.loads(done.stdout)["message"]


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path) -> None:
    done = said(tmp_path, "--json")
    assert done.exit_code == 1
    assert "cycle.toml cannot be read" in json.loads(done.stdout)["message"]
    CYCLE.write(tmp_path / "cycle.toml")
    done = said(tmp_path)
    assert (done.exit_code, "is no home of a loop: it has no folder 'log'" in done.stderr) == (1, True)
