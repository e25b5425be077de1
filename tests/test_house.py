"""The house stands as it is drawn: light to enter, floors as declared, nothing of a machine in it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import cjlab

ROOT = Path(__file__).parents[1]
HEAVY = ("numba", "numpy", "pandas", "plotly", "polars", "pyarrow", "pydantic", "scipy", "sklearn", "statsmodels")
HEAVIER = ("causalml", "mlflow", "nbconvert", "papermill", "shap", "xgboost")
MOST = {"features": 65, "loop": 55, "models": 40, "plots": 50, "statistics": 30}  # a name a family or result


def tracked() -> list[Path]:
    """Files that git tracks, or every file of the package where there is no git."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - git, wherever it is
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file()]


def test_entering_loads_nothing_heavy() -> None:
    program = f"import sys, cjlab; print([name for name in {HEAVY + HEAVIER} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_an_unknown_room_is_named() -> None:
    with pytest.raises(AttributeError, match="cjlab has no room 'cellar'; its rooms are datasets"):
        cjlab.cellar  # noqa: B018 - naming it is what is tested


def test_a_room_lists_its_public_names_alone() -> None:
    for room in (getattr(cjlab, name) for name in cjlab.__all__ if not name.startswith("_")):
        assert {name for name in dir(room) if not name.startswith("_")} == set(room.__all__)


def test_an_unknown_name_of_a_room_is_told_the_near_one() -> None:
    for line, near in (("cjlab.table", "tables"), ("cjlab.reports.runs", "run"), ("cjlab.plots.effect", "effects")):
        told = subprocess.run(
            [sys.executable, "-c", f"import cjlab, cjlab.plots; {line}"], capture_output=True, text=True, check=False
        )
        assert told.stderr.strip().endswith(f"Did you mean: '{near}'?")


def test_every_room_opens_and_lists_what_it_offers() -> None:
    for name in dir(cjlab):
        if not name.startswith("_"):
            room = getattr(cjlab, name)
            assert all(hasattr(room, public) for public in room.__all__)
            most = MOST.get(name, 25)
            assert len(room.__all__) <= most, f"{name} offers {len(room.__all__)} names"


def test_the_map_shows_the_rooms_that_the_floors_hold() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    floors = [re.split(r"\s*\|\s*", layer) for layer in config["contracts"][0]["layers"]]
    built = [room for floor in floors for room in floor if not room.startswith(("(", "_"))]
    drawn = re.findall(r"^``(\w+)``", cjlab.__doc__ or "", flags=re.MULTILINE)
    assert drawn == built


def test_locks_name_no_host_and_pin_every_file() -> None:
    for name in ("requirements.lock", "requirements-spark.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "nvidia-nccl" not in text
        pins = re.findall(r"^[a-zA-Z0-9._-]+==", text, flags=re.MULTILINE)
        assert len(pins) > 100
        assert len(re.findall(r"^[a-zA-Z0-9._-]+==.*\\\n    --hash=", text, flags=re.MULTILINE)) == len(pins)


def test_no_path_of_a_machine_stands_in_the_project() -> None:
    path = re.compile(rb"/(?:root|home/[a-z]+|work|Users/[A-Za-z]+)/")
    files = [one for one in tracked() if one.suffix != ".lock" and one.name != Path(__file__).name]
    assert not [one.relative_to(ROOT) for one in files if path.search(one.read_bytes())]


def test_no_file_is_a_cellar() -> None:
    banned = {"utils", "helpers", "common", "base", "manager", "misc"}
    assert not [one for one in tracked() if one.stem.strip("_") in banned]


def test_the_linter_sees_every_file() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--show-files", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {one for one in tracked() if one.suffix == ".py"} - {Path(line) for line in told.stdout.splitlines()}


def test_no_room_reaches_into_another() -> None:
    reaches = re.compile(r"^\s*from cjlab\.(\w+)\.(?:\w+\.)*_\w+ import", re.MULTILINE)
    package = ROOT / "cjlab"
    for file in package.rglob("*.py"):
        room = file.relative_to(package).parts[0]
        assert set(reaches.findall(file.read_text(encoding="utf-8"))) <= {room}, file.relative_to(ROOT)
