"""``cjlab check``: a sound log ends with 0, a broken one names every finding and ends with 1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner

from cjlab.cli import main
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

CONTACTS = {
    "contact_id": [1, 2],
    "customer_id": [1, 2],
    "at": ["2026-01-01T08:00:00Z", "2026-01-02T08:00:00Z"],
    "campaign": ["winter", "winter"],
    "arm": ["control", "mail"],
    "channel": ["email", "email"],
    "sent": [False, True],
    "propensity": [0.5, 0.5],
}
CUSTOMERS = {"customer_id": [1, 2], "joined": ["2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"]}


def written(folder: Path, propensity: float) -> Path:
    contacts = pl.DataFrame(CONTACTS | {"propensity": [0.5, propensity]}).with_columns(
        pl.col("at").str.to_datetime(time_zone="UTC")
    )
    customers = pl.DataFrame(CUSTOMERS).with_columns(pl.col("joined").str.to_datetime(time_zone="UTC"))
    Log.of(contacts=contacts, customers=customers).write(folder)
    return folder


def test_a_sound_log(tmp_path: Path) -> None:
    folder = written(tmp_path / "log", 0.5)
    done = CliRunner().invoke(main, ["check", str(folder), "--now", "2026-02-01"])
    assert (done.exit_code, done.stdout) == (0, f"{folder}: nothing found\n")


@pytest.mark.parametrize("arguments", [["--now", "2026-02-01"], ["--now", "2026-01-01"]])
def test_a_broken_log(tmp_path: Path, arguments: list[str]) -> None:
    folder = written(tmp_path / "log", 1.5)
    done = CliRunner().invoke(main, ["check", str(folder), *arguments])
    assert done.exit_code == 1
    assert "propensity" in done.stdout
    rows = json.loads(CliRunner().invoke(main, ["check", str(folder), "--json", *arguments]).stdout)
    assert {row["table"] for row in rows} == {"contacts"}
    assert len(rows) == len(done.stdout.splitlines())
    assert any("future" in row["rule"] for row in rows) is (arguments == ["--now", "2026-01-01"])


def test_no_log_there(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1


def test_a_damaged_log(tmp_path: Path) -> None:
    folder = written(tmp_path / "log", 0.5)
    file = folder / "contacts/shard=0000/base.parquet"
    slipped = bytearray(file.read_bytes())
    slipped[20] ^= 1  # within the rows, where size and footer tell nothing
    file.write_bytes(slipped)
    done = CliRunner().invoke(main, ["check", str(folder)])
    assert done.exit_code == 1
    assert "contacts/shard=0000/base.parquet is not as it was written; restore it from a copy" in done.stderr
