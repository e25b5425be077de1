"""A registry on MLflow's own server: whoever dies, and whenever, leaves what was or what is to be."""

from __future__ import annotations

import http.client
import os
import time
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from urllib3.connection import HTTPConnection

from benchmarks.proof.section import Section
from benchmarks.proof.server import served
from cjlab import models
from cjlab.errors import AwayError, RegistryError
from cjlab.loop import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.proof.server import Server

_PROMOTERS = 6
_KILLS = 10  # of the server
_REQUESTS = 16  # more than a promotion needs
_BROKEN = "**broken**"


def on_a_server() -> Section | None:
    """Register, promote, roll back, die, race and be cut off, against a server of MLflow's."""
    with TemporaryDirectory(prefix="cjlab-registry-") as home, served(Path(home)) as server:
        if server is None:
            return None
        os.environ["XDG_CACHE_HOME"] = str(Path(home) / "cache")
        lines = [_deaths(server), _race(server), _kills(server), _away(server)]
        about = f"An MLflow 3.17 server on {server.store}, on this machine; files and names go through its address."
        return Section("\n".join([about, "", *(f"- {said}" for said, _ in lines)]), sum(not held for _, held in lines))


@cache
def _made() -> tuple[models.Churn, models.Card]:
    table = pd.DataFrame({"complaints": np.arange(120) % 9}, index=pd.RangeIndex(120, name="customer_id"))
    left = table["complaints"] + np.arange(120) % 5 > 6
    model = models.Churn("logistic").fit(table, left)
    return model, models.card(model, models.judge(model, table, left, repeats=1), question="Who leaves?")


def _filled(server: Server, name: str) -> Registry:
    """Register three versions of a model, the first of them champion."""
    registry = Registry(server.uri)
    for day in range(1, 4):
        registry.register(name, *_made(), trained_on={"as_of": f"2026-05-0{day}"})
    registry.promote(name, 1, "the first one")
    return registry


def _dies(act: Callable[[], object], *, at: int, answered: bool) -> bool:
    """Do something in a process that dies at its n-th request: before it is sent, or before its answer is read."""
    child = os.fork()
    if not child:
        place: type[http.client.HTTPConnection] = http.client.HTTPConnection if answered else HTTPConnection
        name, seen = "getresponse" if answered else "request", count()
        plain = getattr(place, name)

        def counted(*given: object, **named: object) -> object:
            return os._exit(9) if next(seen) == at else plain(*given, **named)

        setattr(place, name, counted)
        act()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def _deaths(server: Server) -> tuple[str, bool]:
    found = [_death(server, at, answered=answered) for answered in (False, True) for at in range(_REQUESTS)]
    points, whole = sum(died for died, _ in found), all(held for _, held in found)
    said = f"A promoter killed at each of its requests, before it is sent or before its answer is read: {points} points"
    told = "each left the old champion or the new one, and the same promotion again did it once"
    return f"{said}; {told if whole else _BROKEN}.", whole and points < len(found)


def _death(server: Server, at: int, *, answered: bool) -> tuple[bool, bool]:
    """Tell whether the process died, and whether what it left was whole."""
    name = f"dying-{answered:d}-{at}"
    registry = _filled(server, name)
    died = _dies(lambda: Registry(server.uri).promote(name, 2, "wins", over=1), at=at, answered=answered)
    holder = registry.history(name).holder()
    registry.promote(name, 2, "wins", over=1)
    moves = [move.after for move in registry.history(name).moves]
    return died, holder in (1, 2) and moves == [1, 2] and _pointed(registry, name) == 2


def _pointed(registry: Registry, name: str) -> int | None:
    """Return the version that MLflow's own alias points to."""
    return registry._server.pointed(name).get("champion")  # noqa: SLF001 - what other users of MLflow see


def _race(server: Server) -> tuple[str, bool]:
    registry = _filled(server, "race")
    children = []
    for number in range(_PROMOTERS):
        child = os.fork()
        if not child:
            try:
                Registry(server.uri).promote("race", 2 + number % 2, f"promoter {number}", over=1, by=str(number))
            except RegistryError:
                os._exit(3)
            os._exit(0)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    history = registry.history("race")
    held = len(history.moves) == 2 and set(codes) <= {0, 3} and registry.load("race")[1].number == history.holder()
    held &= _pointed(registry, "race") == history.holder()
    return f"{_PROMOTERS} processes that promote at once over the same champion: {len(history.moves) - 1} move.", held


def _kills(server: Server) -> tuple[str, bool]:
    registry, whole, done = _filled(server, "killed"), True, 0
    began = time.perf_counter()
    registry.promote("killed", 3, "how long it takes")
    lasts = time.perf_counter() - began
    random = np.random.default_rng(0)
    for number in range(_KILLS):
        before = registry.history("killed")
        target = 2 if before.holder() != 2 else 3
        child = os.fork()
        if not child:
            os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
            try:
                Registry(server.uri).promote("killed", target, f"try {number}")
            except RegistryError:
                os._exit(3)
            os._exit(0)
        time.sleep(float(random.uniform(0, lasts)))
        server.stop()
        os.waitpid(child, 0)
        server.start()
        after = registry.history("killed")
        whole &= after.moves[: len(before.moves)] == before.moves and after.holder() in (before.holder(), target)
        done += after.holder() == target
        registry.promote("killed", target, f"try {number}")
        whole &= registry.history("killed").holder() == target == _pointed(registry, "killed")
    said = f"The server killed {_KILLS} times while somebody promotes ({done} had been written): "
    return said + ("no move lost, none twice." if whole else f"{_BROKEN}."), whole


def _rolled_back(registry: Registry) -> float:
    registry.promote("away", 2, "wins")
    began = time.perf_counter()
    registry.rollback("away", "worse")
    return time.perf_counter() - began


def _away(server: Server) -> tuple[str, bool]:
    registry = _filled(server, "away")
    registry.load("away")
    back = float(np.median([_rolled_back(registry) for _ in range(5)]))
    server.stop()
    began = time.perf_counter()
    cached = registry.load("away")[1]
    waited = time.perf_counter() - began
    try:
        registry.promote("away", 2, "wins")
        named = False
    except AwayError:
        named = True
    server.start()
    held = named and cached.cached and not registry.load("away")[1].cached and back < 1
    return (
        f"A rollback took {back:.2f} s; with the server stopped the champion known served on after {waited:.1f} s.",
        held,
    )
