"""Words that the person who declares a test gives, in one language or in several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cjlab._display import LANGUAGES
from cjlab.errors import SpecError

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Text:
    """A label in one or more languages.

    Examples
    --------
    >>> Text.of({"en": "the men’s e-mail", "fr": "l’e-mail homme"}, name="label").say("fr")
    'l’e-mail homme'
    >>> Text.of("visit", name="label").say("fr")
    'visit'
    """

    texts: Mapping[str, str]

    @classmethod
    def of(cls, given: object, *, name: str) -> Text:
        """Take a string, a table of language → string, or a text."""
        if isinstance(given, cls):
            return given
        if isinstance(given, str):
            return cls(MappingProxyType({_ANY: given}))
        if isinstance(given, Mapping) and given and all(isinstance(text, str) for text in given.values()):
            unknown = sorted(set(given) - set(LANGUAGES))
            if not unknown:
                return cls(MappingProxyType(dict(given)))
        raise SpecError(f"{name} is {given!r}; give a string, or one string for each of {', '.join(LANGUAGES)}")

    def say(self, language: str) -> str:
        """Return the words in ``language``, or in the first language given where it has none."""
        return self.texts.get(language) or next(iter(self.texts.values()))
