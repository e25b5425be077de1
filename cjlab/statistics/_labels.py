"""Labels of groups, in one order whatever came first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Label: TypeAlias = tuple[Any, ...]


def ordered(labels: Iterable[Label]) -> list[Label]:
    """Sort labels column by column, None last."""
    return sorted(set(labels), key=lambda label: tuple((value is None, value) for value in label))
