"""What an advance goes through: rows that tie, new columns and customers, crashes, other writers, damaged files."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError, TableError
from cjlab.features import (
    Builder,
    Cell,
    Column,
    Frequency,
    KeyMoment,
    Monetary,
    Outside,
    Recency,
    Recipe,
    Signal,
    State,
    Tenure,
    Trend,
    Where,
    signal,
)
from cjlab.tables import Log, Sheaf
from tests.features.drawn import BEGIN, ITEMS, ZONE, context, events
from tests.features.test_state import DAY, date, run, same, who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RECIPE = Recipe(Frequency("visit", window="7D"), Monetary(window="2W"), Recency("visit"), Frequency(), Tenure())


@signal
def row_spread(past: Any) -> float:
    """Hours between his last two rows."""
    return float((past.at[-1] - past.at[-2]) / np.timedelta64(1, "h")) if len(past) > 1 else np.nan


@signal
def asks_for_the_date(past: Any) -> float:
    """Days since the last row."""
    return float(past.ages[-1])


@dataclass(frozen=True)
class Bins(Builder):
    """Rows by how old they are, within a window of its own."""

    def columns(self) -> tuple[Column, ...]:
        """Return one a bin."""
        cell = Cell("ages", Where(), window="20D", size=4, span="3D")
        return tuple(Column(f"bin_{n}", (cell,), lambda _, x, n=n: x[:, n], "rows", "rows of an age") for n in range(4))


def frame(rows: list[tuple[Any, dt.timedelta, str, float | None]]) -> pl.DataFrame:
    """Return rows as events: whose, how long after the beginning, what, and for how much."""
    made = [(whose, BEGIN + after, what, "web", amount) for whose, after, what, amount in rows]
    names = ["customer_id", "at", "event", "channel", "amount"]
    return pl.DataFrame(made, schema=names, orient="row").cast({"at": pl.Datetime("us", "UTC"), "amount": pl.Float64})


def advanced(home: Path, recipe: Recipe, logs: list[Log], days: list[int], *, shards: int = 2) -> State:
    """Keep a state of the first log, bring it on with each of the others, and require what is built anew."""
    log = logs[0].write(home / "log", shards=shards)
    state = State.of(recipe, log, date(days[0]), folder=home / "0")
    for place, (more, day) in enumerate(zip(logs[1:], days[1:], strict=True), start=1):
        log = more.append(home / "log")
        state = state.advance(log, date(day), folder=home / str(place))
        same(state.build(), recipe.build(log, date(day)))
    return state


def test_rows_of_one_moment_that_come_in_two_files(tmp_path: Path) -> None:
    at = dt.timedelta(days=3)
    first = frame([(1, at, "visit", 5.0), (2, at, "visit", 2.0)])
    then = frame([(1, at, "purchase", 1.0), (1, at, "visit", 0.1), (1, at + DAY, "visit", 1.0)])
    last = frame([(1, at + DAY, "visit", 0.2)])
    recipe = Recipe(Signal("row_spread", ("spread",), dated=False), Monetary("visit"), Frequency("visit", window="7D"))
    logs = [Log.of(events=one, timezone=ZONE) for one in (first, then, last)]
    advanced(tmp_path, recipe, logs, [5, 6, 7])


def test_who_has_rows_of_one_moment_in_two_files_is_alone_in_being_read_of_the_log(tmp_path: Path) -> None:
    rows = [(n % 30, n * DAY / 17, "visit", float(n)) for n in range(300)]
    again = [(2, n * DAY / 17, "visit", 0.25) for n in (2, 32)]
    logs = [frame(rows), frame([*again, (3, 19 * DAY, "visit", 3.0)]), frame([(2, 20 * DAY, "visit", 1.0), again[0]])]
    last = advanced(tmp_path, RECIPE, [Log.of(events=one, timezone=ZONE) for one in logs], [18, 20, 21], shards=1)
    bases = [(tmp_path / str(n) / "shard=0000.events.base.arrow").stat().st_ino for n in range(3)]
    assert len(set(bases)) == 1
    assert last.sheaf.mapped(0, "events.tail").num_rows == 10 + 2 + 1 + 2


def test_a_number_without_end_is_refused_on_the_day_on_which_it_comes(tmp_path: Path) -> None:
    rows = frame([(n % 9, n * DAY / 9, "purchase", 1.0) for n in range(90)])
    log = Log.of(events=rows, timezone=ZONE).write(tmp_path / "log", shards=1)
    state = State.of(RECIPE, log, date(11), folder=tmp_path / "0")
    grown = Log.of(events=frame([(4, 11 * DAY, "purchase", np.inf)]), timezone=ZONE).append(tmp_path / "log")
    with pytest.raises(TableError, match=r"events\.amount is inf in the row of customer 4 at .*, which feature"):
        state.advance(grown, date(13), folder=tmp_path / "1")


def test_columns_that_come_later(tmp_path: Path) -> None:
    first = frame([(1, DAY, "visit", 5.0), (2, DAY, "visit", 2.0)])
    known = frame([(1, 2 * DAY, "visit", 1.0)]).with_columns(known_at=pl.col("at") + pl.duration(days=9))
    logs = [Log.of(events=one, timezone=ZONE) for one in (first, known, frame([(2, 12 * DAY, "visit", 0.5)]))]
    advanced(tmp_path, RECIPE, logs, [5, 6, 13])


@pytest.mark.parametrize("named", [False, True])
def test_customers_who_are_new_by_number_or_by_name(tmp_path: Path, named: bool) -> None:  # noqa: FBT001 - two kinds of ids
    ids = [f"c{n}" for n in range(9)] if named else list(range(9))
    rows = [(ids[n % 9], n * DAY / 4, "visit", float(n)) for n in range(120)]
    spans = [(0, 40), (40, 44), (44, 48), (48, 120)]
    kept = [[row for row in rows[lo:hi] if lo or row[0] in ids[3:6]] for lo, hi in spans]
    people = pl.DataFrame({"customer_id": [ids[8], ids[0]], "joined": [BEGIN, None]}, strict=False)
    joined = people.with_columns(pl.col("joined").cast(pl.Datetime("us", "UTC")))
    earlier = joined.with_columns(joined=pl.lit(BEGIN - DAY))
    logs = [
        Log.of(events=frame(mine), customers=told, timezone=ZONE)
        for mine, told in zip(kept, (joined.head(0), joined, earlier, None), strict=True)
    ]
    state = advanced(tmp_path, RECIPE, logs, [10, 11, 12, 30], shards=3)
    assert state.build().index.tolist() == sorted(ids)


def test_bins_of_age_change_as_rows_go_from_one_to_the_next(tmp_path: Path) -> None:
    draw, recipe = np.random.default_rng(4), Recipe(Bins(), Trend("visit", bin="5D", bins=3))
    log = Log.of(events=events(draw, 200), timezone=ZONE).write(tmp_path / "log", shards=1)
    state = State.of(recipe, log, date(20), folder=tmp_path / "0")
    for place in range(1, 8):
        state = state.advance(log, date(20 + place), folder=tmp_path / str(place))
        same(state.build(), recipe.build(log, date(20 + place)))


def test_bins_of_age_are_read_again_only_when_a_row_changes_its_bin(tmp_path: Path) -> None:
    at = [BEGIN + n * DAY + dt.timedelta(hours=1) for n in range(6)]
    rows = pl.DataFrame({"customer_id": range(6), "at": at, "event": "visit", "channel": "web"})
    log = Log.of(events=rows, timezone="UTC").write(tmp_path / "log", shards=1)
    state = State.of(Recipe(Bins()), log, date(7), folder=tmp_path / "0")
    assert who(state, log, date(7)) == []
    assert who(state, log, date(8)) == [1, 4]  # of ages 6 and 3 days, less an hour


def test_a_large_tail_becomes_the_base_and_a_small_one_does_not(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    rows = events(draw, 400).sort("at").with_row_index()
    parts = [
        rows.filter(pl.col("index").is_between(*span)).drop("index") for span in ((0, 299), (300, 305), (306, 399))
    ]
    advanced(
        tmp_path, RECIPE, [Log.of(events=one, items=ITEMS, timezone=ZONE) for one in parts], [42, 43, 60], shards=1
    )
    bases = [(tmp_path / str(n) / "shard=0000.events.base.arrow").stat() for n in range(3)]
    assert bases[0].st_ino == bases[1].st_ino != bases[2].st_ino
    tails = [(tmp_path / str(n) / "shard=0000.events.tail.arrow").exists() for n in range(3)]
    assert tails == [False, True, False]


def test_a_state_needs_neither_the_one_before_it_nor_rows_of_the_log_again(tmp_path: Path) -> None:
    log = run(tmp_path)
    expected = RECIPE.build(log, "2024-02-12")
    State.of(RECIPE, log, "2024-02-10", folder=tmp_path / "0").advance(log, "2024-02-11", folder=tmp_path / "1")
    shutil.rmtree(tmp_path / "0")
    for file in (tmp_path / "log" / "events").glob("*/base.parquet"):
        whole = file.read_bytes()
        footer = 8 + int.from_bytes(whole[-8:-4], "little")
        file.write_bytes(bytes(len(whole) - footer) + whole[-footer:])
    state = State.read(tmp_path / "1").advance(log, "2024-02-12", folder=tmp_path / "2")
    same(state.build(), expected)


def test_rows_that_no_feature_asks_for_are_not_kept(tmp_path: Path) -> None:
    log = run(tmp_path, shards=1)
    state = State.of(Recipe(Frequency("purchase")), log, "2024-02-10", folder=tmp_path / "0")
    bought = log.events.filter(pl.col("customer_id").is_not_null(), pl.col("event") == "purchase").collect()
    assert state.sheaf.mapped(0, "events.base").num_rows == bought.height > 0


class Crash(BaseException):
    """The end of the process, as far as the code can tell."""


class Crashes:
    """Ends the work with the n-th name that a file is given; 0 for never."""

    left = 0

    @classmethod
    def heard(cls, event: str, _: tuple[Any, ...]) -> None:
        """Count names down."""
        if event in {"os.rename", "os.link"} and cls.left:
            cls.left -= 1
            if not cls.left:
                raise Crash


@pytest.fixture
def crash_at() -> Iterator[Callable[[int], None]]:
    """Crash at the n-th name; an audit hook cannot be taken out, so it stays, and does nothing."""
    if not getattr(sys, "_crashes_heard", False):
        sys.addaudithook(Crashes.heard)
        sys._crashes_heard = True  # type: ignore[attr-defined] # once a process
    yield lambda n: setattr(Crashes, "left", n)
    Crashes.left = 0


def test_an_advance_that_is_interrupted_at_any_write_is_gone_on_with(
    tmp_path: Path, crash_at: Callable[[int], None]
) -> None:
    log = run(tmp_path, shards=2)
    late = log.events.filter(pl.col("customer_id") < 30).head(20).with_columns(amount=pl.lit(1.0))
    before = State.of(RECIPE, log, "2024-02-10", folder=tmp_path / "0")
    grown = Log.of(events=late.with_columns(at=pl.col("at") + pl.duration(milliseconds=7)), timezone=ZONE)
    log = grown.append(tmp_path / "log")
    was, expected = before.build(), RECIPE.build(log, "2024-02-11")
    whole, crashes = False, 0
    while not whole:
        crash_at(crashes + 1)
        try:
            before.advance(log, "2024-02-11", folder=tmp_path / f"crash {crashes}" / "1", threads=1)
            whole = True
        except Crash:
            crash_at(0)
            assert not (tmp_path / f"crash {crashes}" / "1" / "sheaf.json").exists()
            made = before.advance(log, "2024-02-11", folder=tmp_path / f"crash {crashes}" / "1", threads=1)
            same(made.build(), expected)
            same(State.read(tmp_path / "0").build(), was)
            assert [one.name for one in (tmp_path / f"crash {crashes}").iterdir()] == ["1"]
        crashes += 1
    assert crashes > 8


def test_two_that_advance_into_one_folder(tmp_path: Path) -> None:
    log = run(tmp_path)
    state = State.of(RECIPE, log, "2024-02-10", folder=tmp_path / "0")
    with (
        Sheaf.making(tmp_path / "1", sheets=[0, 1, 2], about={}, mapped=True),
        pytest.raises(TableError, match="another process is writing to"),
    ):
        state.advance(log, "2024-02-11", folder=tmp_path / "1")
    one = state.advance(log, "2024-02-11", folder=tmp_path / "1")
    other = state.advance(log, "2024-02-11", folder=tmp_path / "2")
    same(one.build(), other.build())


@pytest.mark.parametrize("how", ["lost", "cut", "exchanged"])
def test_rows_that_are_damaged_are_noticed(tmp_path: Path, how: str) -> None:
    log = run(tmp_path)
    State.of(RECIPE, log, "2024-02-10", folder=tmp_path / "0")
    State.of(RECIPE, log, "2024-02-10", folder=tmp_path / "1")
    file, other = (tmp_path / name / "shard=0001.events.base.arrow" for name in ("0", "1"))
    assert file.stat().st_size == other.stat().st_size
    if how == "cut":
        file.write_bytes(file.read_bytes()[:-30])
    else:
        file.unlink()
    if how == "exchanged":
        shutil.copy(other, file)
    with pytest.raises(TableError, match=r"0 is damaged: shard=0001\.events\.base\.arrow (is|has) .*make it anew"):
        State.read(tmp_path / "0")


def test_a_state_of_another_form_is_refused(tmp_path: Path) -> None:
    with Sheaf.making(tmp_path / "0", sheets=[0], about={"state": RECIPE.said}) as binder:
        binder.add(0, pl.DataFrame({"customer_id": [1]}))
        binder.finish()
    with pytest.raises(TableError, match=r"0 was made by another version of cjlab; make it anew with State\.of"):
        State.read(tmp_path / "0")


def test_whose_answers_change_only_with_rows(tmp_path: Path) -> None:
    log = run(tmp_path)
    own = Signal("row_spread", ("spread",), "visit", window="2W", dated=False)
    recipe = Recipe(own, KeyMoment("second", "visit"))
    state = State.of(recipe, log, "2024-02-10", folder=tmp_path / "0")
    assert who(state, log, "2024-02-11") == who(_visits(log, tmp_path), log, "2024-02-11")
    assert 0 < len(who(state, log, "2024-02-11")) < 120
    same(state.advance(log, "2024-02-11", folder=tmp_path / "1").build(), recipe.build(log, "2024-02-11"))


def _visits(log: Log, home: Path) -> State:
    return State.of(Recipe(Frequency("visit", window="2W")), log, "2024-02-10", folder=home / "visits")


def test_what_changes_with_every_date_is_answered_for_everybody(tmp_path: Path) -> None:
    draw = np.random.default_rng(8)
    around = context(draw, 60).sort("at").with_columns(known_at=pl.col("at"))
    log = Log.of(events=events(draw, 150), context=around, timezone=ZONE).write(tmp_path / "log", shards=2)
    recipe = Recipe(Outside("rain", "3D", 1.25), Frequency("visit"))
    state = State.of(recipe, log, date(25), folder=tmp_path / "0")
    seen = []
    for place in range(1, 8):
        state = state.advance(log, date(25 + place), folder=tmp_path / str(place))
        same(state.build(), recipe.build(log, date(25 + place)))
        seen.append(tuple(state.build()["outside_rain_3D"]))
    assert len(set(seen)) > 1


def test_a_signal_that_is_not_dated_is_not_told_the_date(tmp_path: Path) -> None:
    log = run(tmp_path, shards=1)
    asking = Recipe(Signal("asks_for_the_date", ("days",), dated=False))
    with pytest.raises(SpecError, match="the signal asks for ages, and is not dated; leave dated=True"):
        asking.build(log, "2024-02-10")
    assert Signal("row_spread", ("x",), dated=False).said["dated"] is False
    with pytest.raises(SpecError, match="dated is 'no'; give true or false"):
        Signal("row_spread", ("x",), dated="no")  # type: ignore[arg-type] # the point
