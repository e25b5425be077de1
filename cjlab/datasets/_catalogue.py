"""The list of all data sets, and where each was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Shown, in_a_notebook, tabled
from cjlab.datasets._entries import ENTRIES
from cjlab.datasets._files import at_hand

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cjlab.datasets._entry import Entry


@dataclass(frozen=True, slots=True)
class Catalogue(Shown):
    """The data sets and the folders in which their files were found.

    Parameters
    ----------
    entries
        The data sets, in the order of the documentation.
    found
        For each of them the folder of its files; None where they are not at hand.
    """

    entries: tuple[Entry, ...]
    found: tuple[Path | None, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a data set: name, about, rows, of, opens_as, source, terms, found."""
        import pandas as pd

        return pd.DataFrame([_row(*pair) for pair in zip(self.entries, self.found, strict=True)])

    def _repr_html_(self) -> str:
        at_hand = ["no" if row == "not at hand" else "yes" for row in self.to_frame()["found"]]
        told = self.to_frame()[["name", "about", "rows", "of", "opens_as"]].assign(at_hand=at_hand)
        return in_a_notebook(tabled(told))


def catalogue() -> Catalogue:
    """List all data sets: rows, source, terms, and where they were found.

    Nothing is downloaded and no file is read.

    Returns
    -------
    Catalogue
        ``entries`` and ``found``; ``to_frame()`` has the columns name, about, rows, of, opens_as (log or frame),
        source, terms, found.

    Examples
    --------
    >>> import cjlab as cj
    >>> table = cj.datasets.catalogue().to_frame().set_index("name")
    >>> int(table.loc["cdnow", "rows"]), table.loc["cdnow", "of"], table.loc["telco", "opens_as"]
    (69659, 'purchases', 'frame')
    """
    entries = tuple(ENTRIES.values())
    return Catalogue(entries, tuple(at_hand(known.name) for known in entries))


def _row(known: Entry, found: Path | None) -> dict[str, object]:
    return {
        "name": known.name,
        "about": known.about,
        "rows": known.rows,
        "of": known.of,
        "opens_as": known.opens_as,
        "source": known.sources[0].origin if known.sources else "made by the package",
        "terms": known.terms,
        "found": _place(known, found),
    }


def _place(known: Entry, found: Path | None) -> str:
    if not known.sources:
        return "always"
    return "not at hand" if found is None else str(found)
