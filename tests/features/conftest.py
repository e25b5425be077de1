"""What tests of features share."""

from __future__ import annotations

from pathlib import Path

import pytest

UNHEARD = pytest.mark.filterwarnings("ignore::cjlab.errors.UnheardWarning")
"""Logs that are drawn at random, or of a row or two, lack events that builders are told to read."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this room read what a log never has."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(UNHEARD)
