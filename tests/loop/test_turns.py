"""A turn is there whole or not at all: whoever dies, runs out of disk or comes second leaves nothing half done."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from cjlab.errors import AwayError, CjlabError, TurnError
from cjlab.loop import Limits, Registry, turns
from cjlab.loop.cycle._home import Home
from cjlab.tables import Log
from tests.deaths import Death
from tests.loop.market import CYCLE, but, day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cjlab.loop import Cycle
    from tests.conftest import Room
    from tests.deaths import Reaper

TURN = 4  # promotes the version on the ramp, and learns the next one
CHANGES = ("INSERT", "UPDATE", "DELETE")
MOVES = 18  # the last changes of a turn: those of its moves


@pytest.fixture
def database(reaper: Reaper) -> Iterator[None]:
    """Let a reaper see what is written into a database, and when it is committed."""
    written: list[bool] = []

    def statement(_: Any, __: Any, words: str, *___: Any) -> None:
        if reaper.folder and words.split(maxsplit=1)[0] in CHANGES:
            written.append(True)
            reaper.count()

    def commit(_: Any) -> None:
        if reaper.folder and written:
            written.clear()
            reaper.count()

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    yield
    event.remove(Engine, "before_cursor_execute", statement)
    event.remove(Engine, "commit", commit)


def state(home: Path) -> dict[str, Any]:
    """Return all that a loop leaves, but for what a clock said."""
    registry = Registry(home / "registry")
    moves = [(one.alias, one.kind, one.before, one.after, one.why) for one in registry.history("spring").moves]
    kept = {file.name: file.read_bytes() for file in (home / "turns").rglob("*.parquet")}
    told = [turn.plain for turn in turns(home).rows]
    for turn in told:
        turn["gates"] = [gate for gate in turn["gates"] if gate["name"] != "fast"]
    return {
        "log": Log.verify(home / "log").fingerprint(),
        "versions": [(one.number, one.content) for one in registry.versions("spring").rows],
        "moves": moves,
        "aliases": registry._server.pointed("spring"),
        "features": kept,
        "turns": json.dumps(told),
        "files": sorted(str(file.relative_to(home / "turns")) for file in (home / "turns").rglob("*")),
    }


def recorded(home: Path) -> int:
    """Count the decisions of the turn that are in the log."""
    found = Log.read(home / "log").contacts.filter(pl.col("at").dt.date() == day(TURN)).collect()
    return int(found.height)


def killed(home: Path, reaper: Reaper, lives: int, cycle: Cycle = CYCLE) -> bool:
    """Take the turn, dying at a change; tell whether it died."""
    reaper.lives, reaper.folder = lives, str(home)
    try:
        cycle.turn(home, day(TURN))
    except Death:
        return True
    finally:
        reaper.folder = ""
    return False


@pytest.fixture(scope="module")
def end(grown: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    """Return how many decisions a turn that nobody kills records, and what it leaves."""
    home = shutil.copytree(grown[TURN], tmp_path_factory.mktemp("living") / "home")
    CYCLE.turn(home, day(TURN))
    return recorded(home), state(home)


@pytest.mark.usefixtures("database")
def test_who_dies_at_any_change_is_finished_by_the_next(
    after: Callable[[int], Path], reaper: Reaper, end: tuple[int, dict[str, Any]]
) -> None:
    home, whole = after(TURN), end[0]
    lives = deaths = 0
    decided = False
    while killed(home, reaper, lives):
        deaths += 1
        found = recorded(home)
        assert found in (0, whole)  # no half of the decisions
        lives = lives + 1 if decided == bool(found) else 0  # from then on only moves and a name are left to do
        decided = bool(found)
        assert deaths < 200
    assert deaths > 35
    assert state(home) == end[1]


@pytest.mark.usefixtures("database")
def test_who_dies_between_the_moves_of_a_turn_makes_each_once(
    grown: list[Path], reaper: Reaper, tmp_path: Path
) -> None:
    eager = but(margin=-1_000.0, limits=Limits(milliseconds=1e6, promise=1e6))  # lets the next one in as well
    living = shutil.copytree(grown[TURN], tmp_path / "living")
    assert not killed(living, reaper, 1_000, eager)
    changes, whole = 1_000 - reaper.lives, state(living)
    assert [move[:2] for move in whole["moves"][-3:]] == [
        ("champion", "promotion"),
        ("challenger", "retirement"),
        ("challenger", "promotion"),
    ]
    for lives in range(changes - MOVES, changes):
        home = shutil.copytree(grown[TURN], tmp_path / f"home {lives}")
        assert killed(home, reaper, lives, eager)
        eager.turn(home, day(TURN))
        assert state(home) == whole


@pytest.mark.usefixtures("database")
def test_a_registry_that_is_away_behind_decisions_is_waited_for(
    after: Callable[[int], Path], reaper: Reaper, end: tuple[int, dict[str, Any]]
) -> None:
    home, lives = after(TURN), 30
    while not recorded(home):
        assert killed(home, reaper, lives)
        lives += 1
    database = home / "registry" / "registry.db"
    database.rename(home / "away")
    with pytest.raises(AwayError, match="there is no registry at"):
        CYCLE.turn(home, day(TURN))
    (home / "away").rename(database)
    assert CYCLE.turn(home, day(TURN + 1), dry=True).day == day(TURN + 1).isoformat()  # looks, and leaves it
    assert len(turns(home).rows) == TURN
    CYCLE.turn(home, day(TURN))
    assert state(home) == end[1]


def test_of_two_who_take_a_turn_at_once_one_is_told(after: Callable[[int], Path]) -> None:
    home = after(TURN)
    with Home.at(home).held(), pytest.raises(TurnError, match=r"another process is taking a turn in .*home; try again"):
        CYCLE.turn(home, day(TURN))
    assert len(turns(home).rows) == TURN


@pytest.mark.parametrize("size", [100, 20_000])
def test_a_full_disk_leaves_what_was(
    after: Callable[[int], Path], room_for: Room, end: tuple[int, dict[str, Any]], size: int
) -> None:
    home = after(TURN)
    with (
        room_for(size),
        pytest.raises(CjlabError, match=r"(cannot be written|does not answer) \(.*; (free space|see to)"),
    ):
        CYCLE.turn(home, day(TURN))
    assert recorded(home) == 0
    assert len(turns(home).rows) == TURN
    CYCLE.turn(home, day(TURN))
    assert state(home) == end[1]


def test_a_draft_of_the_dead_is_no_turn(after: Callable[[int], Path], end: tuple[int, dict[str, Any]]) -> None:
    home = after(TURN)
    (home / "turns" / f".{day(TURN)}.part").mkdir()
    assert len(turns(home).rows) == TURN
    CYCLE.turn(home, day(TURN))
    assert state(home) == end[1]


def test_a_turn_that_was_changed_is_not_read(after: Callable[[int], Path]) -> None:
    home = after(1)
    file = home / "turns" / day(0).isoformat() / "turn.json"
    kept = file.read_text()
    file.write_text(kept.replace('"format": 1', '"format": 9'))
    with pytest.raises(
        TurnError, match=r"turn\.json is of another format than 1; use the version of cjlab that wrote it"
    ):
        turns(home)
    file.write_text(kept[:100])
    with pytest.raises(TurnError, match=r"turn\.json holds no turn \(.*\); restore it from a copy"):
        turns(home)
