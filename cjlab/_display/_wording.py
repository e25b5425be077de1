"""Words for people, kept apart from code: one TOML catalogue a room, one table a language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one room in one language."""

    language: str
    texts: Mapping[str, str]

    @classmethod
    def of(cls, room: str, language: str) -> Wording:
        """Read the catalogue ``wording.toml`` of a room, such as ``"cjlab.reports"``."""
        if language not in LANGUAGES:
            raise SpecError(f"language is {language!r}; allowed: {', '.join(LANGUAGES)}")
        return cls(language, _catalogue(room)[language])

    def __call__(self, key: str, /, **values: object) -> str:
        """Fill the sentence ``key`` with ``values``; a missing sentence or value is a bug and raises KeyError."""
        return self.texts[key].format_map(values)


@cache
def _catalogue(room: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files(room) / "wording.toml").read_text(encoding="utf-8"))
