"""Events that a person asks for and a log never has: most often a name misspelt."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cjlab._checks import listed, shown
from cjlab.errors import EvidenceError, UnheardWarning
from cjlab.features._cell import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cjlab.features._builder import Builder, Column
    from cjlab.features._source import Source
    from cjlab.features._where import Where
    from cjlab.tables import Log

_HERE: Final = 4
"""How many calls lie between the warning and who called a recipe or an outcome."""


def warn_of_builders(made: Iterable[tuple[Builder, Sequence[Column]]], log: Log) -> None:
    """Warn of events that builders, with their features, were told to read and that the log never has, at any date.

    What they read unless told otherwise may be silent, and what they learned a log has had.
    """
    asked: dict[str, str] = {}
    for one, columns in made:
        said = None if type(one).__module__.partition(".")[0] != __name__.partition(".")[0] else _words(one.said)
        for column in columns if one.learned is None else ():
            words = [word for source in column.cells for word in _events(source) if said is None or word in said]
            asked = dict.fromkeys(words, f"feature {column.name!r}") | asked
    _warn(asked, log, "it is 0 or missing for everybody, for that")


def warn_of_outcome(wheres: Iterable[Where], log: Log) -> None:
    """Warn of events of an outcome that the log never has, at any date."""
    asked = {word: "the outcome" for where in wheres for word in where.words.get("event", ())}
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


def _events(source: Source) -> tuple[str, ...]:
    """Return the events that are read by a source."""
    if source.where.table != "events":
        return ()
    told = source.words if isinstance(source, Cell) and source.code == "event" else ()
    return *source.where.words.get("event", ()), *told


def _warn(asked: Mapping[str, str], log: Log, so: str) -> None:
    if not asked or not (known := _known(log)):
        return
    for word in sorted(set(asked).difference(known)):
        near = get_close_matches(word, known, n=3) or known[:10]
        warnings.warn(
            f"{asked[word]} asks for the event {shown(word)}, which the log never has, at any date: {so}; it has "
            f"{listed(near)}. Mend the name, or leave it where nobody has done it yet",
            UnheardWarning,
            stacklevel=_HERE,
        )


def _known(log: Log) -> list[str]:
    """Return the events that the log has, or the whole log of which it is a shard."""
    if log.stored is not None and log.stored.holds(log):
        return sorted(log.stored.spoken)
    if "event" not in log.events.collect_schema():
        return []
    return sorted(log.events.select(pl.col("event").cast(pl.String).unique()).collect()["event"].drop_nulls())
