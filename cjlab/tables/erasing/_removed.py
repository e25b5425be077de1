"""What was taken out of a stored log: how much of which table, and never whose it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True, repr=False)
class Removed(Shown):
    """What was taken out of a stored log; it names nobody.

    Parameters
    ----------
    rows : mapping
        How many rows went, by table.
    blanked : mapping
        How many rows stay and lost a value, since it named what went: by table.
    files : int
        How many files were made anew.
    shared : int
        How many visitors were those of customers who remain too, so that rows of nobody under them stay.

    Examples
    --------
    >>> Removed({"events": 3}, {"events": 1}, files=2).total
    3
    """

    rows: Mapping[str, int]
    blanked: Mapping[str, int]
    files: int
    shared: int = 0

    @property
    def total(self) -> int:
        """How many rows went.

        Returns
        -------
        int
            Of all tables.

        Examples
        --------
        >>> Removed({"events": 3, "contacts": 1}, {}, files=2).total
        4
        """
        return sum(self.rows.values())

    def to_frame(self) -> pd.DataFrame:
        """Return one row a table.

        Returns
        -------
        pandas.DataFrame
            ``table``, ``rows`` that went, and rows that were ``blanked``.

        Examples
        --------
        >>> Removed({"events": 3}, {"events": 1}, files=2).to_frame()
            table  rows  blanked
        0  events     3        1
        """
        import pandas as pd

        told = [(table, rows, self.blanked.get(table, 0)) for table, rows in self.rows.items()]
        return pd.DataFrame(told, columns=["table", "rows", "blanked"])

    def __repr__(self) -> str:
        """Say how much."""
        said = ", ".join(f"{table}: {rows:,}" for table, rows in self.rows.items() if rows)
        return f"Removed({said or 'no rows'}; files made anew: {self.files:,})"
