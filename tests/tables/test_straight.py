"""A file whose words are read as codes holds what Polars reads of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjlab.errors import TableError
from cjlab.tables import Log, collected
from cjlab.tables._coded import coded
from cjlab.tables.store._straight import straight

WORDS = st.one_of(st.none(), st.sampled_from(["", "web", "app", "é", "a word of more than twelve letters"]), st.text())
KINDS = {"id": pl.Int64(), "said": pl.String(), "amount": pl.Float64(), "at": pl.Datetime("us", "UTC")}
ROWS = st.lists(st.tuples(st.integers(0, 9), WORDS, st.one_of(st.none(), st.floats()), st.integers(0, 10**15)))


@given(rows=ROWS, size=st.integers(1, 5), dictionary=st.booleans())
@settings(deadline=None)
def test_codes_and_columns_are_those_that_polars_reads(
    *, rows: list[tuple[int, str | None, float | None, int]], size: int, dictionary: bool
) -> None:
    frame = pl.DataFrame(rows, schema={**KINDS, "at": pl.Int64()}, orient="row").cast({"at": KINDS["at"]})
    with tempfile.TemporaryDirectory() as home:
        file = Path(home, "rows.parquet")
        pq.write_table(frame.to_arrow(), file, row_group_size=size, use_dictionary=dictionary)
        found = straight(file, KINDS)
        assert found is not None
        assert found.frame.equals(frame.drop("said"))
        told, expected = found.texts["said"], coded(frame["said"])
        assert told.words == expected.words
        assert told.codes.tolist() == expected.codes.tolist()
        frame.write_parquet(file, row_group_size=size)
        again = straight(file, KINDS)
        assert again is not None
        words = [None if code < 0 else again.texts["said"].words[code] for code in again.texts["said"].codes]
        assert words == frame["said"].to_list()


@pytest.mark.parametrize(
    "asked", [{"absent": pl.Int64()}, {"absent": pl.String()}, {"id": pl.Int32()}, {"said": pl.Enum(["web"])}]
)
def test_columns_that_are_otherwise_in_the_file_are_left_to_polars(
    tmp_path: Path, asked: dict[str, pl.DataType]
) -> None:
    pl.DataFrame({"id": [1], "said": ["web"]}).write_parquet(tmp_path / "rows.parquet")
    assert straight(tmp_path / "rows.parquet", asked) is None


def test_a_file_cut_short_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match=r"rows\.parquet is damaged \(.*\); restore it"):
        straight(tmp_path / "rows.parquet", {"id": pl.Int64()})


def test_a_table_is_collected_as_it_lies_stored_and_not(tmp_path: Path) -> None:
    people = pl.DataFrame({"customer_id": [1, 2, 3], "joined": None, "source": ["shop", None, "web"]})
    log = Log.of(customers=people)
    log.write(tmp_path / "log", shards=1)
    stored = Log.read(tmp_path / "log")
    for columns in (["customer_id"], ["customer_id", "joined"], ["source", "customer_id"]):
        assert collected(stored, "customers", columns).equals(collected(log, "customers", columns))
