"""Columns of a table in the total order of its rows, words as codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.tables._order import arranged
from cjlab.tables._scan import scan_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from cjlab.tables._shares import Stored
    from cjlab.tables._tables import Tables


class Coded(NamedTuple):
    """Words: the place of each row's word among those that occur, −1 for none."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]


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
    if file is None:
        rows = arranged(frame.filter(pl.col("customer_id").is_not_null()).collect(), table)
        return Columns(
            rows.select(others), {name: _coded(rows[name].cast(pl.String).to_arrow()) for name in texts}, trusted=False
        )
    numbers = scan_files([file], schema).select(others).collect()
    made = Columns(numbers, _dictionaries(file, texts), trusted=True)
    return _owned(made, schema["customer_id"] == pl.String)


def _file(stored: Stored | None, table: str, frame: pl.LazyFrame) -> Path | None:
    """Return the one file in which a table has all its rows, if there is one."""
    if stored is None or stored.frames.get(table) is not frame:
        return None
    files = [stored.folder / file.place for file in stored.files[table] if file.rows]
    peopled = files if len(files) == 1 else [file for file in files if not _of_nobody(file)]
    return peopled[0] if len(peopled) == 1 else None


def _of_nobody(file: Path) -> bool:
    """Tell from the footer of a file whether its rows are visitors' only."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as opened:
        place = opened.schema_arrow.names.index("customer_id")
        groups = [opened.metadata.row_group(number).column(place) for number in range(opened.num_row_groups)]
    known = [group.statistics for group in groups]
    return all(one is not None and one.has_null_count and one.num_values == 0 for one in known)


def _dictionaries(file: Path, texts: Sequence[str]) -> dict[str, Coded]:
    """Read text as the codes and dictionaries that it is stored as: no word is made for a row."""
    if not texts:
        return {}
    import pyarrow.parquet as pq

    footer = pq.read_metadata(file)
    present = [name for name in texts if name in footer.schema.names]
    with pq.ParquetFile(file, metadata=footer, read_dictionary=present) as opened:
        read = opened.read(columns=present, use_threads=False)
    nothing = Coded(np.full(footer.num_rows, -1, np.int32), ())
    return {name: _united(read.column(name)) if name in present else nothing for name in texts}


def _united(column: pa.ChunkedArray) -> Coded:
    """Give the chunks of a column one dictionary."""
    parts = [_coded(chunk) for chunk in column.chunks]
    places: dict[str, int] = {}
    codes = np.empty(len(column), np.int32)
    begin = 0
    for part in parts:
        turned = np.array([*(places.setdefault(word, len(places)) for word in part.words), -1], np.int32)
        end = begin + len(part.codes)
        same = np.array_equal(turned[:-1], np.arange(len(part.words)))
        codes[begin:end] = part.codes if same else turned[part.codes]
        begin = end
    return Coded(codes, tuple(places))


def _coded(words: pa.Array) -> Coded:
    import pyarrow as pa

    if not pa.types.is_dictionary(words.type):
        words = words.cast(pa.large_string()).dictionary_encode()
    indices = words.indices.fill_null(-1) if words.indices.null_count else words.indices
    codes = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return Coded(codes, tuple(words.dictionary.to_pylist()))


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
