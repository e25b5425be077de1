"""Events, channels and devices that a person asks for and a log never has: most often a name misspelt."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from cjlab._checks import listed, shown
from cjlab.errors import EvidenceError, UnheardWarning
from cjlab.features.reading._cell import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cjlab.features.builders._builder import Builder, Column
    from cjlab.features.reading._source import Source
    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

_SPOKEN: Final = ("event", "channel", "device")
_HERE: Final = 4
"""How many calls lie between the warning and who called a recipe or an outcome."""


def warn_of_builders(made: Iterable[tuple[Builder, Sequence[Column]]], log: Log) -> None:
    """Warn of words that builders, with their features, were told to read and that the log never has, at any date.

    What they read unless told otherwise may be silent, and what they learned a log has had.
    """
    asked: dict[tuple[str, str], str] = {}
    for one, columns in made:
        said = None if type(one).__module__.partition(".")[0] != __name__.partition(".")[0] else _words(one.said)
        for column in columns if one.learned is None else ():
            words = [one for source in column.cells for one in _asked(source) if said is None or one[1] in said]
            asked = dict.fromkeys(words, f"feature {column.name!r}") | asked
    _warn(asked, log, "it is 0 or missing for everybody, for that")


def warn_of_outcome(wheres: Iterable[Where], log: Log) -> None:
    """Warn of words of an outcome that the log never has, at any date."""
    asked = {one: "the outcome" for where in wheres for one in _named(where)}
    _warn(asked, log, "it comes of nobody")


@contextmanager
def refused() -> Iterator[None]:
    """Refuse what is warned of elsewhere: nobody can learn from it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnheardWarning)
        try:
            yield
        except UnheardWarning as unheard:
            raise EvidenceError(str(unheard)) from None


def _words(said: Any) -> set[str]:  # noqa: ANN401 - plain values, whatever they are
    """Return the words that were said anywhere."""
    if isinstance(said, dict | list):
        return {word for one in (said.values() if isinstance(said, dict) else said) for word in _words(one)}
    return {said} if isinstance(said, str) else set()


def _asked(source: Source) -> Iterator[tuple[str, str]]:
    """Yield what is read by a source, by column."""
    yield from _named(source.where)
    if isinstance(source, Cell) and source.code in _SPOKEN:
        yield from ((source.code, word) for word in source.words)


def _named(where: Where) -> Iterator[tuple[str, str]]:
    return ((column, word) for column in _SPOKEN for word in where.words.get(column, ()))


def _warn(asked: Mapping[tuple[str, str], str], log: Log, so: str) -> None:
    known = {column: log.words(column) for column in {column for column, _ in asked}}
    for column, word in sorted(asked):
        if known[column] and word not in known[column]:
            near = get_close_matches(word, known[column], n=3) or known[column][:10]
            warnings.warn(
                f"{asked[column, word]} asks for the {column} {shown(word)}, which the log never has, at any date: "
                f"{so}; it has {listed(near)}. Mend the name, or leave it where nobody has done it yet",
                UnheardWarning,
                stacklevel=_HERE,
            )
