"""A process that dies at any write, rename, statement or commit leaves the registry before or the registry after."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cjlab
from cjlab.loop import Registry

# One process forks a child for each point at which to die, each in a copy of what was before. No process is connected
# to anything: a socket that is opened is told.
SCRIPT = """
import json, os, shutil, sys
from pathlib import Path

sockets = []
watched, lives = "", 0

def count():
    global lives
    lives -= 1
    if lives < 0:
        os._exit(9)

def see(event, given):
    if event in ("socket.connect", "socket.getaddrinfo"):
        sockets.append(given)
    writes = event == "open" and given[2] & (os.O_WRONLY | os.O_RDWR)
    if watched and (writes or event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir")):
        if str(given[0]).startswith(watched):
            count()

sys.addaudithook(see)

import cjlab as cj
from cjlab.loop.registry import _mlflow
from sqlalchemy import event
from sqlalchemy.engine import Engine

@event.listens_for(Engine, "before_cursor_execute")
def statement(connection, cursor, words, *rest):
    if watched and words.split()[0] in ("INSERT", "UPDATE", "DELETE"):
        count()

@event.listens_for(Engine, "commit")
def commit(connection):
    if watched:
        count()

before, again, model, home = (Path(one) for one in sys.argv[1:])
third, card = cj.models.load(model / "model"), cj.models.load(model / "card")
ACTS = {
    "begin": (home / "nothing", lambda one: one.register("churn", third, card)),
    "register": (before, lambda one: one.register("churn", third, card, trained_on={"log": "new"})),
    "promote": (before, lambda one: one.promote("churn", 2, "it wins", over=1)),
    "rollback": (again, lambda one: one.rollback("churn", "worse", leaving=1)),
}

def state(one):
    if not one._where.file.exists():
        return (0, 0, None)
    versions = one.versions("churn").rows
    for version in versions:
        one._catalogue("churn").folder(version)
    champion = next((version.number for version in versions if "champion" in version.aliases), None)
    return (len(versions), len(one.history("churn").moves), champion)

def named(place):
    return {str(file.relative_to(place)) for file in place.rglob("*") if file.name != "known.json"}

def copied(source, name):
    place = home / name
    return shutil.copytree(source, place) if source.exists() else (place.mkdir(parents=True), place)[1]

def die_everywhere(name, source, act):
    global lives, watched
    place = copied(source, f"{name} finished")
    one = cj.loop.Registry(place)
    start, _ = state(one), act(one)
    end, files, found = state(one), named(place), set()
    for number in range(500):
        place = copied(source, f"{name} {number}")
        child = os.fork()
        if not child:
            lives, watched = number, str(place)
            act(cj.loop.Registry(place))
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, 9), code
        one = cj.loop.Registry(place)
        found.add(state(one))
        assert found <= {start, end}, (name, number, found)
        act(one)
        assert state(one) == end, (name, number)
        assert named(place) == files, (name, number, named(place) ^ files)
        if end[2]:
            assert one._server.pointed("churn") == {"champion": end[2]}, (name, number)
        shutil.rmtree(place)
        if code == 0:
            assert found == {start, end}
            return number

points = {name: die_everywhere(name, *asked) for name, asked in ACTS.items()}
assert not sockets, sockets
print(json.dumps(points))
"""


def test_a_death_leaves_what_was_or_what_is_to_be(registry: Registry, tmp_path: Path) -> None:
    before = registry._where.shelf.parent
    again = Registry(shutil.copytree(before, tmp_path / "again"))
    again.promote("churn", 2, "it wins")
    again.promote("churn", 1, "it wins")
    model = registry._catalogue("churn").folder(registry.versions("churn").rows[0])
    environment = os.environ | {"PYTHONPATH": str(Path(cjlab.__file__).parents[1])}
    command = [sys.executable, "-c", SCRIPT, before, tmp_path / "again", model, tmp_path / "home"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(points >= 10 for points in json.loads(done.stdout).values()), done.stdout
