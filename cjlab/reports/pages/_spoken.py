"""What is said in the language of its reader."""

from __future__ import annotations

from cjlab._display import Numbers, Wording


class Spoken:
    """Whatever has a language: its formats, and its sentences in the catalogue of the room."""

    __slots__ = ()
    language: str

    @property
    def _numbers(self) -> Numbers:
        return Numbers(self.language)

    def _say(self, key: str, /, **values: object) -> str:
        return Wording.of("cjlab.reports.pages", self.language)(key, **values)
