"""A public data set as the catalogue lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cjlab.datasets._source import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """A data set as the catalogue lists it.

    Parameters
    ----------
    name
        Name of the function that opens it.
    about
        What it is, in a line.
    rows, of
        How many rows of what, such as ``69_659`` and ``"purchases"``.
    opens_as
        ``"log"`` for a :class:`cjlab.tables.Log`, ``"frame"`` for a pandas frame.
    terms
        Under which terms the data is public.
    sources
        Its files; none where the package makes it.
    currency
        In what its amounts are, an ISO 4217 code; empty where it has none, or nobody knows.
    """

    name: str
    about: str
    rows: int
    of: str
    opens_as: Literal["log", "frame"]
    terms: str
    sources: tuple[Source, ...] = ()
    currency: str = ""

    def source(self, file: str) -> Source:
        """Return the source of one of its files, by the file's name without its folder."""
        return next(source for source in self.sources if source.file.endswith(f"/{file}"))
