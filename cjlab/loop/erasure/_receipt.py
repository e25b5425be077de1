"""The receipt of an erasure: what was done, where, and to how much; never to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cjlab._display import Shown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pandas as pd

    from cjlab.tables import Removed


class Line(NamedTuple):
    """One thing that was done.

    Parameters
    ----------
    where : str
        The table, file, folder or version, as it is called in the home.
    what : str
        What: ``"rows taken out"``, ``"values taken out"``, ``"removed whole"``, or how a version was marked.
    number : int
        How many rows, values, folders or versions.

    Examples
    --------
    >>> Line("log/events", "rows taken out", 12).number
    12
    """

    where: str
    what: str
    number: int


@dataclass(frozen=True, repr=False)
class Erasure(Shown):
    """What an erasure did, or would do; it names nobody.

    Parameters
    ----------
    lines : tuple of Line
        What was done, in its order.
    customers : int
        Of how many identifiers.
    shared : int
        How many visitors were those of others too; rows of nobody under them stay.
    dry : bool
        Whether nothing was done.

    Examples
    --------
    >>> Erasure((Line("log/events", "rows taken out", 12),), customers=1)
    Erasure(of 1 customer: rows taken out of log/events: 12)
    """

    lines: tuple[Line, ...]
    customers: int
    shared: int = 0
    dry: bool = False

    def to_frame(self) -> pd.DataFrame:
        """Return one row a thing that was done.

        Returns
        -------
        pandas.DataFrame
            ``where``, ``what`` and ``number``.

        Examples
        --------
        >>> Erasure((Line("log/events", "rows taken out", 12),), customers=1).to_frame()
                where            what  number
        0  log/events  rows taken out      12
        """
        return _framed(self.lines)

    def __repr__(self) -> str:
        """Say what was done."""
        said = _said(self.lines)
        who = "1 customer" if self.customers == 1 else f"{self.customers:,} customers"
        return f"Erasure(of {who}: {said or 'nothing was there'}{'; nothing was done yet' if self.dry else ''})"


@dataclass(frozen=True, repr=False)
class Purged(Shown):
    """What a purge did, or would do.

    Parameters
    ----------
    lines : tuple of Line
        What was done, in its order.
    before : datetime.datetime
        The date, in UTC.
    less : tuple
        Features that see less than they are called, and until when: ``("frequency_visit_90D", "until …")``.
    dry : bool
        Whether nothing was done.

    Examples
    --------
    >>> import datetime as dt
    >>> Purged((Line("log/events", "rows taken out", 12),), dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    Purged(before 2025-01-01 00:00 UTC: rows taken out of log/events: 12)
    """

    lines: tuple[Line, ...]
    before: dt.datetime
    less: tuple[tuple[str, str], ...] = ()
    dry: bool = False

    def to_frame(self) -> pd.DataFrame:
        """Return one row a thing that was done.

        Returns
        -------
        pandas.DataFrame
            ``where``, ``what`` and ``number``.

        Examples
        --------
        >>> import datetime as dt
        >>> len(Purged((), dt.datetime(2025, 1, 1, tzinfo=dt.UTC)).to_frame())
        0
        """
        return _framed(self.lines)

    def __repr__(self) -> str:
        """Say what was done."""
        said = _said(self.lines) or "nothing was there"
        dry = "; nothing was done yet" if self.dry else ""
        return f"Purged(before {self.before:%Y-%m-%d %H:%M} UTC: {said}{dry})"


def lines_of(removed: Removed) -> Iterator[Line]:
    """Say what was taken out of the log."""
    for table, rows in removed.rows.items():
        if rows:
            yield Line(f"log/{table}", "rows taken out", rows)
        if removed.blanked.get(table):
            yield Line(f"log/{table}", "values taken out", removed.blanked[table])


def _framed(lines: tuple[Line, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(lines), columns=list(Line._fields))


def _said(lines: tuple[Line, ...]) -> str:
    return "; ".join(f"{one.what.removesuffix(' out')} {_of(one)}: {one.number:,}" for one in lines)


def _of(line: Line) -> str:
    return f"out of {line.where}" if line.what.endswith("taken out") else f"({line.where})"
