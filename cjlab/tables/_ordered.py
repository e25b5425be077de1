"""Columns of a table in the total order of its rows, words as codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables._coded import Coded, coded
from cjlab.tables._order import arranged
from cjlab.tables._scan import scan_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cjlab.tables._shares import Stored
    from cjlab.tables._tables import Tables


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of the rows that have a customer.

    Parameters
    ----------
    frame : polars.DataFrame
        Those that are not text.
    texts : mapping
        Those that are, as codes.
    trusted : bool
        Whether their order is the writer's word, and remains to be checked.
    """

    frame: pl.DataFrame
    texts: Mapping[str, Coded]
    trusted: bool

    @property
    def rows(self) -> int:
        """How many rows there are."""
        lengths = [len(one.codes) for one in self.texts.values()]
        return self.frame.height if self.frame.width else max(lengths, default=0)


def ordered(log: Tables, table: str, columns: Iterable[str], *, trust: bool = True) -> Columns:
    """Return columns of a table's rows that have a customer, in their total order.

    Of a log that is stored, only these columns are read, as its writer ordered them; increments, and tables from
    elsewhere, are read whole and put in order, for the remaining columns part rows of the same moment.

    Parameters
    ----------
    log : Log
        The log.
    table : str
        Which table of customers.
    columns : iterable of str
        Which of its columns.
    trust : bool
        Whether the order of a stored table is taken for granted.

    Returns
    -------
    Columns
        The columns.

    Examples
    --------
    >>> import polars as pl
    >>> from cjlab.tables import Log, ordered
    >>> people = pl.DataFrame({"customer_id": [2, 1], "joined": None, "source": ["shop", "web"]})
    >>> ordered(Log.of(customers=people), "customers", ["source"]).texts["source"].words
    ('web', 'shop')
    """
    frame: pl.LazyFrame = log.tables[table]
    schema = frame.collect_schema()
    wanted = [name for name in schema if name in set(columns)]
    texts = [name for name in wanted if isinstance(schema[name], pl.String | pl.Enum | pl.Categorical)]
    others = [name for name in wanted if name not in texts]
    file = _file(log.stored, table, frame) if trust else None
    rows = (
        arranged(frame.filter(pl.col("customer_id").is_not_null()).collect(), table)
        if file is None
        else scan_files([file], schema).select(wanted).collect()
    )
    made = Columns(
        pl.DataFrame([rows[name] for name in others]),
        {name: coded(rows[name]) for name in texts},
        trusted=file is not None,
    )
    return made if file is None else _owned(made, schema["customer_id"] == pl.String)


def _file(stored: Stored | None, table: str, frame: pl.LazyFrame) -> Path | None:
    """Return the one file in which a table has all its rows, if there is one."""
    if stored is None or stored.frames.get(table) is not frame:
        return None
    files = sorted((file for file in stored.files[table] if file.rows), key=lambda file: file.rows)
    if not files or not all(_of_nobody(stored.folder / file.place) for file in files[:-1]):
        return None
    return stored.folder / files[-1].place


def _of_nobody(file: Path) -> bool:
    """Tell from the footer of a file whether its rows are visitors' only."""
    import pyarrow.parquet as pq

    footer = pq.read_metadata(file)
    place = footer.schema.names.index("customer_id")
    groups = [footer.row_group(number).column(place) for number in range(footer.num_row_groups)]
    known = [group.statistics for group in groups]
    return all(one is not None and one.has_null_count and one.num_values == 0 for one in known)


def _owned(columns: Columns, text: bool) -> Columns:  # noqa: FBT001 - whether the identifier is text
    """Leave out rows of nobody, which come last."""
    none = _nobody(columns, text=text)
    if not none:
        return columns
    n = columns.rows - none
    texts = {name: Coded(one.codes[:n], one.words) for name, one in columns.texts.items()}
    return Columns(columns.frame.head(n), texts, columns.trusted)


def _nobody(columns: Columns, *, text: bool) -> int:
    if text:
        return int((columns.texts["customer_id"].codes < 0).sum()) if "customer_id" in columns.texts else 0
    return columns.frame["customer_id"].null_count() if "customer_id" in columns.frame.columns else 0
