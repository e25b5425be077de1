"""A loop's home, what may be done to it, and all that is to be seen of it afterwards but for what a clock said."""

from __future__ import annotations

import datetime as dt
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from mlflow import MlflowClient

from benchmarks.proof.turns import mailed
from cjlab.decisions import Action, Holdout, Rules, Terms
from cjlab.features import Frequency, Recency, Recipe, State
from cjlab.loop import Aim, Cycle, Limits, Registry, erase, play, purge, turns
from cjlab.simulator import World
from cjlab.tables import Key, Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TURNS, BEFORE, DAYS = 5, 60, 30
NAME: Final = "killed"
WORLD = mailed(World.retail(n_customers=500), bargain=3.0, occasional=3.0, prospect=3.0, faithful=3.0)
CYCLE = Cycle(
    name=NAME,
    rules=Rules((Action("reminder", "email", 0.01),), holdouts=(Holdout(0.05, NAME, WORLD.start.isoformat()),)),
    terms=Terms(NAME, explore=0.3),
    recipe=Recipe(Frequency("visit", window="60D"), Recency("visit")),
    aim=Aim(within="20D"),
    every="25D",
    enough=100,
    margin=-1_000.0,  # whatever is learnt is let in, so that every turn moves aliases
    limits=Limits(milliseconds=1e6, megabytes=1e6, promise=1e6),
    least=-1e9,
    patience=9,
)
_KEY: Final = Key(b"a second key, of thirty-two bytes")
_FAST: Final = "fast"


class Act(NamedTuple):
    """Something done to a home, and what brings all of its code in before and changes nothing."""

    rehearse: Callable[[Path], object]
    do: Callable[[Path], object]


def day(turn: int) -> dt.date:
    """Return the date of a turn."""
    return WORLD.start + dt.timedelta(days=BEFORE + DAYS * turn)


def founded(home: Path) -> None:
    """Let a market live under a cycle, and keep tables and a state of it."""
    play(CYCLE, WORLD, folder=home, turns=TURNS, days=DAYS, before=BEFORE)
    CYCLE.write(home / "cycle.toml")
    log = Log.read(home / "log")
    State.of(CYCLE.recipe, log, day(1), folder=home / "state")
    CYCLE.recipe.store(log, day(0), folder=home / "tables")


def _registry(home: Path) -> Registry:
    return Registry(home / "registry")


ACTS: Final[Mapping[str, Act]] = {
    "a turn that promotes, learns and decides": Act(
        lambda home: CYCLE.turn(home, day(TURNS), dry=True), lambda home: CYCLE.turn(home, day(TURNS))
    ),
    "a promotion": Act(
        lambda home: _registry(home).history(NAME), lambda home: _registry(home).promote(NAME, 3, "a hand", over=2)
    ),
    "a rollback": Act(
        lambda home: _registry(home).history(NAME), lambda home: _registry(home).rollback(NAME, "a hand", leaving=2)
    ),
    "an erasure": Act(lambda home: erase(home, 7, key=_KEY, dry=True), lambda home: erase(home, 7, key=_KEY)),
    "a purge": Act(lambda home: purge(home, day(2), dry=True), lambda home: purge(home, day(2))),
}


def state(home: Path) -> dict[str, Any]:
    """Return what a loop leaves: decisions, versions, moves, turns, files."""
    log, registry = Log.verify(home / "log"), _registry(home)
    contacts = log.contacts.select("contact_id", "decision_id").collect()
    numbers = [one.number for one in registry.versions(NAME).rows]
    told = [turn.plain for turn in turns(home).rows]
    for turn in told:
        turn["gates"] = [gate for gate in turn["gates"] if gate["name"] != _FAST]
    moves = registry.history(NAME).moves
    model = MlflowClient(f"sqlite:///{home}/registry/registry.db").get_registered_model(NAME)
    return {
        "sound": log.check(arms=["none", *CYCLE.rules.names]).ok,
        "log": log.fingerprint(),
        "contacts": contacts.height,
        "twice": sum(contacts.height - contacts[name].n_unique() for name in contacts.columns),
        "versions": [_version(registry, number) for number in numbers],
        "moves": [(one.alias, one.kind, one.before, one.after, one.why) for one in moves],
        "aliases": {name: int(number) for name, number in sorted(model.aliases.items())},
        "turns": json.dumps(told, sort_keys=True),
        "features": [sha256(one.read_bytes()).hexdigest() for one in sorted((home / "turns").rglob("*.parquet"))],
        "files": sorted(str(one.relative_to(home)) for one in home.rglob("*")),
    }


def _version(registry: Registry, number: int) -> tuple[int, str, str]:
    """Read every byte of a version."""
    version = registry.load(NAME, number)[1]
    return version.number, version.content, version.erased


def contacts(home: Path) -> int:
    """Count the contacts of a log, which must be whole."""
    return int(Log.verify(home / "log").contacts.select(pl.len()).collect().item())


def files(home: Path) -> dict[str, tuple[int, int]]:
    """Return every file of a home, its size and when it was written."""
    found = ((str(one.relative_to(home)), one.stat()) for one in home.rglob("*"))
    return {name: (told.st_size, told.st_mtime_ns) for name, told in found}
