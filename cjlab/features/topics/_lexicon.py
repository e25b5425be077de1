"""Words by which topics are told: what each weighs, and how far it belongs to each topic."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array


class _Letters(dict[int, str]):
    """Letters and their marks as they are, all else as a blank; each sign is looked up once."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = sign if unicodedata.category(sign)[0] in "LM" else " "
        return self[code]


_LETTERS = _Letters()


def tokens(text: str) -> list[str]:
    """Return the words of a text: runs of at least two letters, small, accents kept, in any alphabet.

    >>> tokens("L'été déjà: 2 colis PERDUS !")
    ['été', 'déjà', 'colis', 'perdus']
    """
    words = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS).split()
    return [word for word in words if len(word) > 1]


def counted(texts: Sequence[str], words: Sequence[str]) -> csr_array:
    """Return how often each text has each word, ``(texts, words)``."""
    from scipy.sparse import csr_array

    places = {word: place for place, word in enumerate(words)}
    found = [[places[word] for word in tokens(text) if word in places] for text in texts]
    ends = np.cumsum([0, *map(len, found)])
    which = np.array([place for one in found for place in one], np.int64)
    made = csr_array((np.ones(len(which)), which, ends), shape=(len(texts), len(words)))
    made.sum_duplicates()
    return made


@dataclass(frozen=True)
class Lexicon:
    """Words that are read, and what they say of topics.

    Parameters
    ----------
    words : tuple of str
        The words.
    weights : tuple of float
        What each weighs.
    members : tuple of tuple of float
        A line a topic: how far each word belongs to it; a word's add up to 1.
    """

    words: tuple[str, ...]
    weights: tuple[float, ...]
    members: tuple[tuple[float, ...], ...]

    @cached_property
    def _hash(self) -> int:
        return hash((self.words, self.weights, self.members))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True)
class Share:
    """What part of a text is about a topic; NaN where no word of it is known."""

    lexicon: Lexicon
    topic: int

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Read texts, none of which stands twice."""
        return shares(self.lexicon, tuple(texts))[:, self.topic]


@dataclass(frozen=True)
class Written:
    """1 for whatever is written: how many texts there are."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Read texts."""
        return np.ones(len(texts))


@lru_cache(maxsize=4)  # all topics of a shard's texts are asked for one after the other
def shares(lexicon: Lexicon, texts: tuple[str, ...]) -> NDArray[np.float64]:
    """Return what part of each text is about each topic, ``(texts, topics)``."""
    heard = (counted(texts, lexicon.words) * np.array(lexicon.weights)).tocsr()
    about = heard @ np.array(lexicon.members).T
    whole = heard.sum(axis=1)
    return np.where(whole[:, None] > 0, about / np.maximum(whole, 1e-300)[:, None], np.nan)
