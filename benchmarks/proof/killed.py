"""Acts of a loop that are killed at any moment, as by ``kill -9``, and then called again to their end."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.page import table
from benchmarks.proof import homes
from benchmarks.proof.bar import Rate
from benchmarks.proof.section import Section, barred, missed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

KILLS: Mapping[str, int] = dict(zip(homes.ACTS, (120, 20, 20, 20, 20), strict=True))
MEASURED = 3
_PATIENCE: Final = 300
_LIBRARIES: Final = ("sklearn.ensemble", "xgboost", "numba", "mlflow.store.tracking.sqlalchemy_store", "cjlab.loop")
SAID = (
    f"A home of {homes.WORLD.n_customers:,} customers after {homes.TURNS} turns, with stored features and a state. An "
    "act is begun in a process of its own, which has gone through it once without a change before it says that it "
    "begins; after a delay drawn evenly within the time that whole acts took (the median of "
    f"{MEASURED}) it is sent SIGKILL. Then the same act is called again in another process, and what it leaves is set "
    "beside what one that nobody killed leaves: log, decisions (none twice), versions (every byte read), moves and "
    "aliases, MLflow's own among them, turns, features, and the name of every file there is."
)
COLUMNS = ("act", "takes", "killed in it", "of these with something written", "killed after it", "same state")


class Kill(NamedTuple):
    """A kill: whether the act went on then, had written anything, and left the log whole; and the end of it."""

    within: bool
    written: bool
    whole: bool
    same: bool


class Killed(NamedTuple):
    """An act: how many seconds it takes, and its kills."""

    act: str
    seconds: float
    kills: tuple[Kill, ...]


def experiments(kills: Mapping[str, int] = KILLS) -> Iterator[Killed]:
    """Kill every act, so many times each."""
    with tempfile.TemporaryDirectory(prefix="cjlab-killed-") as folder:
        before = Path(folder) / "before"
        homes.founded(before)
        for number, (act, times) in enumerate(kills.items()):
            yield _killed(before, act, times, np.random.default_rng(number))


def told(found: list[Killed]) -> Section:
    """Say what was killed, and whether it ended as if it had not been."""
    rows = [_row(one) for one in found]
    rates = [rate for one in found for rate in _rates(one)]
    return Section("\n\n".join([SAID, table(COLUMNS, rows), barred(rates)]), missed(rates))


def _row(one: Killed) -> tuple[str, ...]:
    within = [kill for kill in one.kills if kill.within]
    counts = (len(within), sum(kill.written for kill in within), len(one.kills) - len(within))
    same = sum(kill.same for kill in one.kills)
    return (one.act, f"{one.seconds:.2f} s", *map(str, counts), f"{same} of {len(one.kills)}")


def _rates(one: Killed) -> Iterator[Rate]:
    for what, held in {
        "the log is whole right after the kill, as before the act or as after it": [kill.whole for kill in one.kills],
        "called again it leaves what one leaves that nobody killed": [kill.same for kill in one.kills],
    }.items():
        yield Rate.of(what, one.act, np.array(held), 1.0, kind="at_least")


def _killed(before: Path, act: str, times: int, drawn: np.random.Generator) -> Killed:
    """Kill one act so many times."""
    start = _answer(_looked, before)["contacts"]
    ends, seconds = zip(*(_lived(before, act) for _ in range(MEASURED)), strict=True)
    if any(end != ends[0] for end in ends):
        raise AssertionError(f"{act} leaves something else every time, and nothing can be compared")
    usual, rows = median(seconds), {start, ends[0]["contacts"]}
    kills = tuple(_kill(before, act, usual * drawn.uniform(), ends[0], rows) for _ in range(times))
    return Killed(act, usual, kills)


def _lived(before: Path, act: str) -> tuple[dict[str, Any], float]:
    """Let an act live, and return what it leaves, and how many seconds it took."""
    with _copied(before) as home:
        with _begun(_acted, home, act) as (_, said):
            _heard(said)
            started = time.perf_counter()
            _heard(said)
            seconds = time.perf_counter() - started
        return _answer(_looked, home), seconds


def _kill(before: Path, act: str, delay: float, end: Mapping[str, Any], rows: set[int]) -> Kill:
    """Kill an act after some seconds, and call it again."""
    with _copied(before) as home:
        there = homes.files(home)
        with _begun(_acted, home, act) as (child, said):
            _heard(said)
            time.sleep(delay)
            child.kill()
            child.join()
            within = not _finished(said)
        written = homes.files(home) != there
        contacts, state = _answer(_ended, home, act)
        return Kill(within, written, contacts in rows, state == end)


def _acted(said: Connection, home: Path, act: str) -> None:
    homes.ACTS[act].rehearse(home)
    said.send("begins")
    homes.ACTS[act].do(home)
    said.send("done")


def _ended(said: Connection, home: Path, act: str) -> None:
    found = homes.contacts(home)
    homes.ACTS[act].do(home)
    said.send((found, homes.state(home)))


def _looked(said: Connection, home: Path) -> None:
    said.send(homes.state(home))


@contextmanager
def _copied(before: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=before.parent) as folder:
        yield Path(shutil.copytree(before, Path(folder) / "home"))


def _answer(work: Callable[..., None], *given: object) -> Any:  # noqa: ANN401 - whatever the work says
    """Let a process work, and return what it says; one that says nothing has failed, and what it wrote tells why."""
    with _begun(work, *given) as (_, said):
        return _heard(said)


def _heard(said: Connection) -> Any:  # noqa: ANN401 - whatever is said
    if not said.poll(_PATIENCE):
        raise TimeoutError(f"a process has said nothing for {_PATIENCE} seconds")
    return said.recv()


def _finished(said: Connection) -> bool:
    """Tell whether a dead process had said that it has done its work."""
    try:
        return bool(said.recv())
    except EOFError:
        return False


@contextmanager
def _begun(work: Callable[..., None], *given: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """Begin some work in a process that is forked from one that has the libraries and runs nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_LIBRARIES))
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=work, args=(there, *given))
    child.start()
    there.close()
    with here:
        yield child, here
    child.join()
