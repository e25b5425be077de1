"""Examples that need real data run where it is at hand, and nowhere else: no test downloads."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the examples of public data sets whose files are absent."""
    examples = [item for item in items if isinstance(item, pytest.DoctestItem) and "cjlab.datasets." in item.name]
    if not examples:
        return
    from cjlab.datasets import at_hand, catalogue

    packed = {entry.name for entry in catalogue().entries if entry.sources}
    for item in examples:
        name = item.name.rpartition(".")[2]
        if name in packed and at_hand(name) is None:
            item.add_marker(pytest.mark.skip(reason=f"{name} is not at hand: set CJLAB_DATA, see data/README.md"))
