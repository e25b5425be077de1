"""A log written shard by shard is the log written at once; what was interrupted is gone on with."""

from __future__ import annotations

import json
import multiprocessing
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from cjlab.errors import KeyMaterialError, SpecError, TableError
from cjlab.tables import Key, Log, shard_of
from cjlab.tables._order import arranged, total
from cjlab.tables.making._slices import lay_slices

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SPLIT = {"events", "contacts", "customers", "profiles", "consents", "links"}


@pytest.fixture
def log(frames: Mapping[str, pl.DataFrame]) -> Log:
    """Make a log of every table."""
    return Log.of(**frames)  # type: ignore[arg-type]


def part(frames: Mapping[str, pl.DataFrame], shard: int, shards: int) -> Log:
    """Return what one shard brings; the rows of visitors and of nobody come with the last, as they would with any."""
    mine = {}
    for name in SPLIT & frames.keys():
        owner = frames[name]["customer_id"]
        here = pl.Series(shard_of(owner.fill_null(0).to_numpy(), count=shards) == shard)
        mine[name] = frames[name].filter((here & owner.is_not_null()) | (owner.is_null() & (shard == shards - 1)))
    return Log.of(**mine)  # type: ignore[arg-type]


def rest(frames: Mapping[str, pl.DataFrame]) -> Log:
    """Return the tables without customers."""
    return Log.of(**{name: frame for name, frame in frames.items() if name not in SPLIT})  # type: ignore[arg-type]


def written(frames: Mapping[str, pl.DataFrame], folder: Path, shards: int = 3) -> Log:
    """Write whatever is missing, the last shard first."""
    with Log.writer(folder, shards=shards, about="test") as writer:
        for shard in reversed(writer.missing):
            writer.add(shard, part(frames, shard, shards))
        writer.finish(rest(frames))
    return Log.verify(folder)


@pytest.mark.parametrize("shards", [1, 2, 7])
def test_shard_by_shard_is_the_same_as_at_once(
    frames: Mapping[str, pl.DataFrame], log: Log, tmp_path: Path, shards: int
) -> None:
    ours, plain = written(frames, tmp_path / "ours", shards), log.write(tmp_path / "plain", shards=shards)
    assert ours.fingerprint() == plain.fingerprint() == log.fingerprint()
    assert [one.name for one in sorted(tmp_path.iterdir())] == ["ours", "plain"]
    for name, frame in plain.tables.items():
        stored = frame.collect()
        assert ours.tables[name].collect_schema() == frame.collect_schema()
        assert ours.tables[name].collect().equals(stored) or name == "events"
    assert Log.compact(tmp_path / "ours").events.collect().equals(plain.events.collect())
    with pytest.raises(TableError, match="holds these very rows already, as its part base"):
        log.append(tmp_path / "ours")


def test_rows_of_another_shard_take_their_places(frames: Mapping[str, pl.DataFrame], log: Log, tmp_path: Path) -> None:
    with Log.writer(tmp_path / "log", shards=4) as writer:
        for shard in writer.missing:
            everything = {name: frames[name] for name in SPLIT & frames.keys()} if shard == 2 else {}
            writer.add(shard, Log.of(**everything))
        writer.finish(rest(frames))
    assert Log.verify(tmp_path / "log").fingerprint() == log.fingerprint()


def test_a_shard_that_is_there_is_left_as_it_is(frames: Mapping[str, pl.DataFrame], log: Log, tmp_path: Path) -> None:
    with Log.writer(tmp_path / "log", shards=3, about="test") as writer:
        writer.add(1, part(frames, 1, 3))
    with Log.writer(tmp_path / "log", shards=3, about="test") as writer:
        assert writer.missing == (0, 2)
        writer.add(1, Log.of())
    assert written(frames, tmp_path / "log").fingerprint() == log.fingerprint()


def test_another_log_does_not_go_on_with_what_was_left(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    with Log.writer(tmp_path / "log", shards=3, about="one") as writer:
        writer.add(0, part(frames, 0, 3))
    with pytest.raises(TableError, match=r"unfinished log of other 'about' \(.*one.*, now .*two.*remove the folder"):
        Log.writer(tmp_path / "log", shards=3, about="two").__enter__()
    with pytest.raises(TableError, match="unfinished log of other 'shards' or 'about'"):
        Log.writer(tmp_path / "log", shards=4).__enter__()


def test_where_nothing_was_finished_nothing_is_left(tmp_path: Path) -> None:
    with Log.writer(tmp_path / "log", shards=3) as writer:
        writer.scratch.joinpath("file").touch()
    assert not list(tmp_path.iterdir())


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with (
        Log.writer(tmp_path / "log", shards=1),
        pytest.raises(TableError, match="another process is writing to"),
        Log.writer(tmp_path / "log", shards=1),
    ):
        pass


def test_what_is_no_shard_is_refused(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    with Log.writer(tmp_path / "log", shards=2) as writer:
        with pytest.raises(SpecError, match="shard is 2; give a whole number from 0 to 1"):
            writer.add(2, Log.of())
        with pytest.raises(TableError, match=r"items has 2 rows of no customer; give them once, to Writer.finish"):
            writer.add(0, Log.of(items=frames["items"]))
        with pytest.raises(KeyMaterialError, match=r"the log has pseudonyms; write it whole, with Log.write"):
            writer.add(0, Log.of(customers=frames["customers"]).pseudonymise(Key(bytes(32))))
        with pytest.raises(TableError, match=r"log lacks shard 0, 1 of 2; write it with Writer.add"):
            writer.finish()
        writer.add(0, part(frames, 0, 2))
        writer.add(1, Log.of(customers=part(frames, 1, 2).customers.with_columns(household=pl.lit(1))))
        with pytest.raises(TableError, match=r"customers.household is String in shard 0 and Int64 in shard 1; write"):
            writer.finish()


def test_rows_of_customers_are_not_for_the_end(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    with Log.writer(tmp_path / "log", shards=1) as writer:
        writer.add(0, Log.of())
        with pytest.raises(TableError, match=r"customers has 4 rows of customers; give them to Writer.add"):
            writer.finish(Log.of(customers=frames["customers"]))


def test_a_folder_that_holds_something_is_left_alone(log: Log, tmp_path: Path) -> None:
    log.write(tmp_path / "log")
    with pytest.raises(TableError, match=r"log exists; add to its log with Log.append"):
        Log.writer(tmp_path / "log", shards=1).__enter__()


def test_a_shard_of_customers_is_that_of_a_stored_log(tmp_path: Path) -> None:
    ids = np.arange(1, 200)
    people = pl.DataFrame({"customer_id": ids}).with_columns(joined=pl.datetime(2025, 5, 1, time_zone="UTC"))
    Log.of(customers=people).write(tmp_path / "log", shards=5)
    for shard in range(5):
        stored = pl.read_parquet(tmp_path / f"log/customers/shard={shard:04d}/base.parquet")["customer_id"].to_list()
        assert stored == ids[shard_of(ids, count=5) == shard].tolist()


def test_rows_that_come_nearly_in_order_are_put_in_total_order() -> None:
    rng = np.random.default_rng(1)
    at = pl.Series(np.sort(rng.integers(0, 40, 200))).cast(pl.Datetime("us", "UTC"))
    rows = pl.DataFrame(
        {"customer_id": [1] * 100 + [2] * 100, "at": [*at[:100], *at[100:]], "n": rng.integers(0, 9, 200)}
    )
    rows = rows.with_columns(n=pl.when(pl.col("n") > 6).then(None).otherwise("n"))
    for given in (rows.sort("customer_id", "at"), rows.reverse(), rows[:1], rows[:0]):
        assert arranged(given, "events").equals(given.sort(total(given.columns, "events"), nulls_last=True))


@pytest.mark.parametrize("rows", [1, 7, 100, 1_000])
def test_slices_one_behind_the_other_are_the_whole_in_order(tmp_path: Path, rows: int) -> None:
    rng = np.random.default_rng(2)
    times = pl.Series(rng.integers(0, 50, 300)).cast(pl.Datetime("us", "UTC")).to_list()
    frame = pl.DataFrame({"at": [*times[:-2], None, None], "event": rng.choice(list("abc"), 300)})
    frame = frame.cast({"at": pl.Datetime("us", "UTC")})
    lay_slices(frame.lazy(), tmp_path / "base.parquet", table="unassigned", rows=rows)
    assert pl.read_parquet(tmp_path / "base.parquet").equals(frame.sort("at", "event", nulls_last=True))
    assert [one.name for one in tmp_path.iterdir()] == ["base.parquet"]


def received(folder: Path) -> dict[str, str]:
    """Return which parts' rows were read for their fingerprint."""
    found: dict[str, str] = json.loads((folder / "log.json").read_text())["received"]
    return found


def later(frames: Mapping[str, pl.DataFrame], rows: int = 5) -> Log:
    """Make some events of a month later."""
    return Log.of(events=frames["events"].head(rows).with_columns(pl.col("at").dt.offset_by("30d")))


@pytest.mark.parametrize("folded", [False, True])
def test_the_rows_of_a_log_written_by_shards_are_not_added_twice(
    frames: Mapping[str, pl.DataFrame], log: Log, tmp_path: Path, *, folded: bool
) -> None:
    folder = tmp_path / "log"
    written(frames, folder)
    assert received(folder) == {}
    later(frames).append(folder)
    assert [*received(folder)] == ["2025-06-02"]
    if folded:
        Log.compact(folder)
        assert {*received(folder)} == {"base", "2025-06-02"}
    before = (folder / "log.json").read_bytes()
    with pytest.raises(TableError, match="holds these very rows already, as its part base"):
        Log.of(**{name: frame.reverse() for name, frame in frames.items()}).append(folder)  # type: ignore[arg-type]
    with pytest.raises(TableError, match="holds these very rows already, as its part 2025-06-02"):
        later(frames).append(folder)
    assert (folder / "log.json").read_bytes() == before
    assert log.append(folder, again=True).check(now="2025-07-01").ok is False


def test_it_has_the_fingerprint_of_the_log_written_at_once(
    frames: Mapping[str, pl.DataFrame], log: Log, tmp_path: Path
) -> None:
    ours, plain = tmp_path / "ours", tmp_path / "plain"
    written(frames, ours)
    log.write(plain, shards=3)
    for folder in (ours, plain):
        later(frames).append(folder)
        Log.compact(folder)
    assert received(ours) == received(plain)


def test_as_many_other_rows_are_no_repetition(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with Log.writer(folder, shards=2) as writer:
        for shard in range(2):
            writer.add(shard, Log.of(events=part(frames, shard, 2).events))
        writer.finish()
    rows = Log.read(folder).events.collect().height
    later(frames, rows).append(folder)
    assert {*received(folder)} == {"base", "2025-06-02"}  # as many, so they were compared
    assert Log.verify(folder).events.collect().height == 2 * rows


def test_a_slip_of_the_disk_is_found_before_rows_are_compared(
    frames: Mapping[str, pl.DataFrame], log: Log, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    written(frames, folder)
    place = next(file for file in json.loads((folder / "log.json").read_text())["files"] if file.startswith("contacts"))
    slipped = bytearray((folder / place).read_bytes())
    slipped[20] ^= 1
    (folder / place).write_bytes(slipped)
    with pytest.raises(TableError, match=f"{place} is not as it was written; restore it from a copy"):
        log.append(folder)


def test_a_shard_is_found_by_every_row_of_it(tmp_path: Path) -> None:
    names = pl.Series("customer_id", ["b", "a", "a", "c", "b", None, "c", "c"])
    at = pl.datetime(2025, 5, 1, time_zone="UTC") + pl.duration(hours=pl.int_range(8) * 5 % 8)
    rows = pl.DataFrame([names]).with_columns(at=at, event=pl.lit("visit"), channel=pl.lit("web"))
    rows = rows.with_columns(visitor_id=pl.when(pl.col("customer_id").is_null()).then(pl.lit("v")))
    with Log.writer(tmp_path / "ours", shards=3) as writer:
        for shard in range(3):
            writer.add(shard, Log.of(events=rows if shard == 0 else None))
        writer.finish()
    Log.of(events=rows).write(tmp_path / "plain", shards=3)
    assert Log.verify(tmp_path / "ours").fingerprint() == Log.of(events=rows).fingerprint()
    mine = [pl.read_parquet(one / "events/shard=0000/base.parquet") for one in (tmp_path / "ours", tmp_path / "plain")]
    assert mine[0].drop_nulls("customer_id").equals(mine[1].drop_nulls("customer_id"))
    assert mine[0].height > 1


def _add(folder: Path, shard: int, frames: Mapping[str, pl.DataFrame]) -> None:
    from cjlab.tables import Writer

    Writer(folder, 2, "UTC").add(shard, part(frames, shard, 2))


def test_other_processes_may_write_the_shards(frames: Mapping[str, pl.DataFrame], log: Log, tmp_path: Path) -> None:
    with Log.writer(tmp_path / "log", shards=2) as writer:
        context = multiprocessing.get_context("spawn")
        helper = context.Process(target=_add, args=(writer.folder, 1, dict(frames)))
        helper.start()
        helper.join()
        assert writer.missing == (0,)
        writer.add(0, part(frames, 0, 2))
        writer.finish(rest(frames))
    assert Log.verify(tmp_path / "log").fingerprint() == log.fingerprint()
