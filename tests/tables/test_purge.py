"""What happened before a date is gone, in one step, and what holds on stays."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.deaths import Deaths

CUT = dt.datetime(2025, 5, 2, tzinfo=dt.UTC)


def test_what_happened_before_a_date_is_gone(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    log = Log.of(**frames)
    log.write(tmp_path / "log", shards=2)
    counted = Log.purge(tmp_path / "log", "2025-05-02", dry=True)
    assert Log.verify(tmp_path / "log").fingerprint() == log.fingerprint()
    removed = Log.purge(tmp_path / "log", "2025-05-02")
    assert counted.rows == removed.rows == {"events": 1, "contacts": 3, "unassigned": 1}
    assert removed.blanked == {"events": 1, "contacts": 0, "unassigned": 0}
    after = Log.verify(tmp_path / "log")
    kept = frames["events"].filter(pl.col("at") >= CUT).with_columns(contact_id=pl.lit(None, pl.Int64))
    left = Log.of(**{**frames, "events": kept, "contacts": frames["contacts"].filter(pl.col("at") >= CUT)})
    assert after.fingerprint() == left.fingerprint()
    assert not list(after.check())
    assert after.words("event") == ("opened", "purchase")  # nobody visits any more
    assert Log.purge(tmp_path / "log", CUT).total == 0


def test_a_date_is_local_to_the_brand(tmp_path: Path) -> None:
    at = dt.datetime(2025, 5, 1, 22, 30, tzinfo=dt.UTC)  # half past midnight in Paris
    rows = pl.DataFrame({"customer_id": [1], "at": [at], "event": ["visit"], "channel": ["web"]})
    Log.of(events=rows, timezone="Europe/Paris").write(tmp_path / "log")
    assert Log.purge(tmp_path / "log", "2025-05-02").total == 0
    with pytest.raises(SpecError, match="soon"):
        Log.purge(tmp_path / "log", "soon")


def test_a_purge_happens_whole_or_not_at_all(
    frames: Mapping[str, pl.DataFrame], tmp_path: Path, deaths: Deaths
) -> None:
    log = Log.of(events=frames["events"], contacts=frames["contacts"])
    before = log.write(tmp_path / "before", shards=1).fingerprint()
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    Log.purge(tmp_path / "after", CUT)
    after, seen = Log.read(tmp_path / "after").fingerprint(), set()
    for home in deaths(lambda place: Log.purge(place, CUT), tmp_path / "before"):
        seen.add(Log.verify(home / "log").fingerprint())
        Log.purge(home / "log", CUT)
        assert Log.verify(home / "log").fingerprint() == after
        assert sorted(one.name for one in home.rglob("*")) == sorted(
            ["log", *(one.name for one in (tmp_path / "after").rglob("*"))]
        )
    assert seen == {before, after}
