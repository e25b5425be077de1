"""Columns of a table in the total order of its rows, words as codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables._coded import Coded, coded
from cjlab.tables._order import arranged
from cjlab.tables.store._scan import scan_files
from cjlab.tables.store._straight import straight

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from cjlab.tables._tables import Tables
    from cjlab.tables.store._shares import Stored


_FILE = "in which file"


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


def ordered(
    log: Tables,
    table: str,
    columns: Iterable[str],
    *,
    trust: bool = True,
    only: pl.Series | None = None,
    but: Collection[str] = (),
) -> Columns:
    """Return columns of a table's rows that have a customer, in their total order.

    Of a log that is stored, only these columns are read, as its writer ordered them, and those of increments are put
    among them. Tables from elsewhere, and those in which a customer has rows of one moment in two files, are read whole
    and put in order, for the remaining columns part rows of the same moment.

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
    only : polars.Series or None
        The customers whose rows are read; everybody's unless given.
    but : collection of str
        The places of files of a stored table whose rows are left out.

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
    files = _files(log.stored, table, frame, but) if trust else []
    frame = _others(log.stored, table, frame, but) if but else frame
    mine = pl.col("customer_id").is_not_null() if only is None else pl.col("customer_id").is_in(only.implode())
    whole = straight(files[0], {name: schema[name] for name in wanted}) if len(files) == 1 and only is None else None
    if whole is not None:
        return _owned(Columns(*whole, trusted=True), schema["customer_id"] == pl.String)
    read = [_kept(scan_files([file], schema), wanted, None if only is None else mine) for file in files]
    rows = _followed(read, wanted)
    if rows is None:
        rows, read = arranged(frame.filter(mine).collect(), table), []
    said = {name: coded(rows[name]) for name in texts}
    made = Columns(pl.DataFrame([rows[name] for name in others]), said, trusted=bool(read))
    return _owned(made, schema["customer_id"] == pl.String) if read else made


def collected(log: Tables, table: str, columns: Sequence[str]) -> pl.DataFrame:
    """Return columns of a table, its rows as they lie.

    Parameters
    ----------
    log : Log
        The log.
    table : str
        Which of its tables.
    columns : sequence of str
        Which of its columns.

    Returns
    -------
    polars.DataFrame
        The columns, ``(rows, columns)``.

    Raises
    ------
    TableError
        A stored file is no longer the Parquet file that was written.

    Examples
    --------
    >>> import polars as pl
    >>> from cjlab.tables import Log, collected
    >>> people = pl.DataFrame({"customer_id": [2, 1], "joined": None, "source": ["shop", "web"]})
    >>> collected(Log.of(customers=people), "customers", ["source"])["source"].to_list()
    ['shop', 'web']
    """
    frame: pl.LazyFrame = log.tables[table]
    stored = log.stored
    if stored is not None and stored.frames.get(table) is frame and len(stored.files[table]) == 1:
        schema = frame.collect_schema()
        file = stored.folder / stored.files[table][0].place
        whole = straight(file, {name: schema[name] for name in columns})
        if whole is not None and not whole.texts:
            return whole.frame
    return frame.select(columns).collect()


def _kept(rows: pl.LazyFrame, wanted: Sequence[str], mine: pl.Expr | None) -> pl.DataFrame:
    return (rows if mine is None else rows.filter(mine)).select(wanted).collect()


def _followed(read: Sequence[pl.DataFrame], wanted: Sequence[str]) -> pl.DataFrame | None:
    """Put the rows of files that are in order into one order; None where the other columns would have to say how."""
    if len(read) == 1:
        return read[0]
    if not read or not {"customer_id", "at"} <= set(wanted):
        return None
    parts = [part.filter(pl.col("customer_id").is_not_null()).with_columns(_of(n)) for n, part in enumerate(read)]
    rows = pl.concat(parts).sort("customer_id", "at", maintain_order=True)
    tied = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in ("customer_id", "at"))
    if rows.select((tied & (pl.col(_FILE) != pl.col(_FILE).shift())).any()).item():
        return None
    return rows.drop(_FILE)


def _of(file: int) -> pl.Expr:
    return pl.lit(file, pl.UInt32).alias(_FILE)


def _others(stored: Stored | None, table: str, frame: pl.LazyFrame, but: Collection[str]) -> pl.LazyFrame:
    """Return the rows of a stored table that do not lie in those files."""
    assert stored is not None  # noqa: S101 - only of what is stored are files known
    files = [stored.folder / file.place for file in stored.files[table] if file.rows and file.place not in but]
    return scan_files(files, frame.collect_schema()) if files else frame.clear()


def _files(stored: Stored | None, table: str, frame: pl.LazyFrame, but: Collection[str]) -> list[Path]:
    """Return the files of a table that have rows of customers; none where its rows are not those that are stored."""
    if stored is None or stored.frames.get(table) is not frame:
        return []
    told = (file for file in stored.files[table] if file.rows and file.place not in but)
    files = sorted(told, key=lambda file: file.rows)
    peopled = [file for file in files[:-1] if not _of_nobody(stored.folder / file.place)]
    return [stored.folder / file.place for file in (*peopled, *files[-1:])]


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
