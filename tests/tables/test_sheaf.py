"""A table in sheets: whole or not at all, gone on with, and found damaged when it is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pytest

from cjlab.errors import TableError
from cjlab.tables import Sheaf

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"of": "points", "dates": ("2024-01-01",)}


def sheet(number: int) -> pl.DataFrame:
    """Make one sheet."""
    return pl.DataFrame({"customer_id": [number, number + 100], "points": [0.5, float("nan")]})


def made(folder: Path, numbers: tuple[int, ...] = (0, 7, 12)) -> Sheaf:
    """Make a table whole."""
    with Sheaf.making(folder, sheets=numbers, about=ABOUT) as binder:
        for number in binder.missing:
            binder.add(number, sheet(number))
        binder.finish()
    return Sheaf.read(folder)


def half_made(folder: Path) -> None:
    """Make one of two sheets."""
    with Sheaf.making(folder, sheets=[1, 2], about=ABOUT) as binder:
        binder.add(2, sheet(2))


def test_what_was_added_is_read(tmp_path: Path) -> None:
    found = made(tmp_path / "points")
    assert found.numbers == (0, 7, 12)
    assert found.about == {"of": "points", "dates": ["2024-01-01"]}
    assert found.rows.collect().equals(pl.concat([sheet(number) for number in (0, 7, 12)]))
    assert found.sheet(7).equals(sheet(7))
    assert {file.name for file in (tmp_path / "points").iterdir()} == {
        *(f"shard={number:04d}.parquet" for number in (0, 7, 12)),
        "sheaf.json",
    }
    assert [file.name for file in tmp_path.iterdir()] == ["points"]


def test_what_was_interrupted_is_gone_on_with(tmp_path: Path) -> None:
    half_made(tmp_path / "p")
    (tmp_path / ".p.unfinished" / ".shard=0001.parquet.0f").write_bytes(b"half")
    assert not (tmp_path / "p").exists()
    with Sheaf.making(tmp_path / "p", sheets=[1, 2], about=ABOUT) as binder:
        assert binder.missing == (1,)
        with pytest.raises(TableError, match=r"p lacks the sheets \(1,\)"):
            binder.finish()
        binder.add(1, sheet(1))
        binder.finish()
    assert Sheaf.read(tmp_path / "p").rows.collect().height == 4
    assert len(list((tmp_path / "p").iterdir())) == 3


def test_nothing_stays_where_nothing_was_added(tmp_path: Path) -> None:
    with Sheaf.making(tmp_path / "p", sheets=[1, 2], about=ABOUT):
        pass
    assert not list(tmp_path.iterdir())


def test_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    half_made(tmp_path / "p")
    with (
        pytest.raises(TableError, match="holds an unfinished table of other 'of'"),
        Sheaf.making(tmp_path / "p", sheets=[1, 2], about={**ABOUT, "of": "miles"}),
    ):
        pass
    with (
        pytest.raises(TableError, match="unfinished table of other 'sheets'"),
        Sheaf.making(tmp_path / "p", sheets=[1, 3], about=ABOUT),
    ):
        pass


def test_another_writer_is_kept_out(tmp_path: Path) -> None:
    with (
        Sheaf.making(tmp_path / "p", sheets=[1], about=ABOUT),
        pytest.raises(TableError, match="another process is writing"),
        Sheaf.making(tmp_path / "p", sheets=[1], about=ABOUT),
    ):
        pass


def test_a_folder_that_holds_something_is_left(tmp_path: Path) -> None:
    made(tmp_path / "p")
    with (
        pytest.raises(TableError, match="p exists; choose another folder, or remove it"),
        Sheaf.making(tmp_path / "p", sheets=[1], about=ABOUT),
    ):
        pass


def test_a_sheaf_says_how_large_it_is(tmp_path: Path) -> None:
    found = made(tmp_path / "p")
    rows = found.rows.collect().height
    assert repr(found) == f"Sheaf({rows} rows in 3 sheets, in {tmp_path / 'p'})"


def test_damage_is_named(tmp_path: Path) -> None:
    found = made(tmp_path / "p")
    (tmp_path / "p" / "shard=0007.parquet").unlink()
    with pytest.raises(TableError, match=r"p is damaged: shard=0007.parquet is missing; restore it .* or make it anew"):
        Sheaf.read(tmp_path / "p")
    sheet(8).write_parquet(tmp_path / "p" / "shard=0007.parquet")
    with pytest.raises(TableError, match=r"shard=0007.parquet (has|is another file)"):
        Sheaf.read(tmp_path / "p")
    said = (tmp_path / "p" / "sheaf.json").read_text(encoding="utf-8")
    (tmp_path / "p" / "sheaf.json").write_text(said.replace("points", "miles"), encoding="utf-8")
    with pytest.raises(TableError, match=r"sheaf\.json is not as it was written"):
        Sheaf.read(tmp_path / "p")
    (tmp_path / "p" / "sheaf.json").write_text("{", encoding="utf-8")
    with pytest.raises(TableError, match=r"sheaf.json cannot be read .*; restore it"):
        Sheaf.read(tmp_path / "p")
    with pytest.raises(TableError, match=r"has no sheet 5; it has \(0, 7, 12\)"):
        found.sheet(5)


def mapped(folder: Path, beside: pa.Table | Path) -> Sheaf:
    """Make a table of two sheets that are mapped, with another table beside the second."""
    with Sheaf.making(folder, sheets=[0, 7], about=ABOUT, mapped=True) as binder:
        binder.map(0, sheet(0).to_arrow(), beside={})
        assert binder.missing == (7,)
        binder.map(7, sheet(7).to_arrow(), beside={"why": beside})
        binder.finish()
    return Sheaf.read(folder)


def test_sheets_that_are_mapped_are_read_as_others(tmp_path: Path) -> None:
    found = mapped(tmp_path / "p", pa.table({"day": [3, 4]}))
    assert found.numbers == (0, 7)
    assert found.sheet(7).equals(sheet(7))
    assert found.rows.collect().equals(pl.concat([sheet(0), sheet(7)]))
    assert repr(found) == f"Sheaf(4 rows in 2 sheets, in {tmp_path / 'p'})"
    assert found.mapped(7, "why").to_pydict() == {"day": [3, 4]}
    with pytest.raises(TableError, match=r"p has no shard=0000\.why\.arrow; it has shard=0000\.arrow, shard=0007"):
        found.mapped(0, "why")


def test_what_lies_beside_a_sheet_is_shared_by_another_table_and_outlives_the_first(tmp_path: Path) -> None:
    one = mapped(tmp_path / "p", pa.table({"day": [3, 4]}))
    other = mapped(tmp_path / "q", one.place(7, "why"))
    assert other.place(7, "why").stat().st_ino == one.place(7, "why").stat().st_ino
    shutil.rmtree(tmp_path / "p")
    assert Sheaf.read(tmp_path / "q").mapped(7, "why").to_pydict() == {"day": [3, 4]}


def test_two_writings_of_the_same_rows_are_told_apart(tmp_path: Path) -> None:
    one, other = (mapped(tmp_path / name, pa.table({"day": [3, 4]})).place(7, "why") for name in ("p", "q"))
    assert one.stat().st_size == other.stat().st_size
    shutil.copy(other, one)
    with pytest.raises(TableError, match=r"p is damaged: shard=0007\.why\.arrow is another file than was written"):
        Sheaf.read(tmp_path / "p")
