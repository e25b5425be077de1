"""Examples that need real data run where it is at hand, and nowhere else: no test downloads."""

from __future__ import annotations

import re

import pytest

pytest_plugins = ["tests.deaths"]

_OPENS = re.compile(r"cj\.datasets\.(\w+)\(")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the examples of public data sets whose files are absent."""
    examples = [(item, _opened(item)) for item in items if isinstance(item, pytest.DoctestItem)]
    if not any(names for _, names in examples):
        return
    from cjlab.datasets import at_hand, catalogue

    packed = {entry.name for entry in catalogue().entries if entry.sources}
    for item, names in examples:
        for name in names & packed:
            if at_hand(name) is None:
                item.add_marker(pytest.mark.skip(reason=f"{name} is not at hand: set CJLAB_DATA, see data/README.md"))


def _opened(item: pytest.DoctestItem) -> set[str]:
    """Return the data sets that an example opens, or is about."""
    about = {item.name.rpartition(".")[2]} if "cjlab.datasets." in item.name else set()
    return about | {name for one in item.dtest.examples for name in _OPENS.findall(one.source)}
