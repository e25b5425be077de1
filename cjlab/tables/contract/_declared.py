"""How a table is declared: its columns, what each may hold, and the order of its rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cjlab.tables.contract._kinds import Kind


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers that a column may hold, both ends included unless ``above`` says that the lower is not."""

    low: float = -math.inf
    high: float = math.inf
    above: bool = False

    def __str__(self) -> str:
        """Say it in words."""
        if self.high == math.inf:
            return f"{self.low:g} or more"
        return f"{'above' if self.above else 'from'} {self.low:g} {'and at most' if self.above else 'to'} {self.high:g}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Its name.
    kind
        The types it may have.
    bold
        It must exist, and no row may lack it.
    span
        The numbers it may hold.
    allowed
        The words it may hold; empty for any.
    past
        It tells when something happened or was known, so it cannot lie after now.
    personal
        It identifies a person or something of his, so it is replaced by a pseudonym.
    """

    name: str
    kind: Kind
    bold: bool = False
    span: Span | None = None
    allowed: tuple[str, ...] = ()
    past: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a log.

    Parameters
    ----------
    name
        Its name.
    columns
        Its declared columns, in the order in which they are kept.
    order
        The columns by which rows are ordered first; the others follow in the order of ``columns``.
    key
        The column that identifies a row, if one does.
    stretch
        The columns in which a row begins and ends, if it lasts.
    companion
        It may be absent.
    """

    name: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    key: str | None = None
    stretch: tuple[str, str] | None = None
    companion: bool = True

    @property
    def bold(self) -> tuple[Column, ...]:
        """The columns that must exist."""
        return tuple(column for column in self.columns if column.bold)

    def __getitem__(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)
