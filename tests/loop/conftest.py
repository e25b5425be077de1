"""A loop after each of its first turns, taken once for all tests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.loop.market import founded, turned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Take seven turns, and keep the home as it was before each of them and after the last."""
    homes = [founded(tmp_path_factory.mktemp("grown"))]
    for _ in range(7):
        homes.append(shutil.copytree(homes[-1], tmp_path_factory.mktemp("grown") / "home"))
        turned(homes[-1], 1)
    return homes


@pytest.fixture
def after(grown: list[Path], tmp_path: Path) -> Callable[[int], Path]:
    """Return a home after so many turns."""
    return lambda number: shutil.copytree(grown[number], tmp_path / "home")
