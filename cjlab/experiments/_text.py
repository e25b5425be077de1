"""Words that the person who declares a test gives, in one language or in several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cjlab._checks import shown, text
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
        """Take one string for all languages, or a table with a string for each."""
        if isinstance(given, str):
            return cls(MappingProxyType({_ANY: text(given, name=name)}))
        if not isinstance(given, Mapping) or set(given) != set(LANGUAGES):
            raise SpecError(
                f"{name} is {shown(given)}; give a string, or one string for each of {', '.join(LANGUAGES)}"
            )
        return cls(MappingProxyType({one: text(words, name=f"{name}.{one}") for one, words in given.items()}))

    def say(self, language: str) -> str:
        """Return the words in ``language``."""
        return self.texts.get(language) or self.texts[_ANY]
