"""Names in a row, and the start of a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_AND = {"en": "and", "fr": "et"}


def joined(names: Sequence[str], *, language: str) -> str:
    """Join names as a sentence does: ``a, b and c``."""
    if len(names) < 2:  # noqa: PLR2004 - one name needs no "and"
        return "".join(names)
    return f"{', '.join(names[:-1])} {_AND[language]} {names[-1]}"


def started(text: str) -> str:
    """Give words the capital that starts a sentence."""
    return text[:1].upper() + text[1:]
