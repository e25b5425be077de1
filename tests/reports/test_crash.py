"""Crashing at every opened file and every rename: what was published stays whole, and the next run mends the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cjlab

# One process forks a child for each point at which to die; no child starts a kernel, so all die within seconds.
SCRIPT = """
import datetime as dt, json, os, sys
from hashlib import sha256
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook, new_output
import nbformat
from cjlab.reports import _index, _manifest, _publish, _run, _scratch, _exporter, records, rebuild
from cjlab.reports._order import Order

DIED = 9
place = Path("reports").absolute()
shelf = place / "toy"
shelf.mkdir(parents=True)
Path("notebooks").mkdir()

def order(source):
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), "notebooks/10_toy.ipynb")
    return Order.of("toy", {}, notebooks=None)

def make(asked):
    _scratch.sweep(place)
    now = dt.datetime.now(tz=dt.UTC)
    with _scratch.folder(shelf) as scratch:
        made = scratch / "record"
        made.mkdir()
        manifest = _run._write(made, asked.notebook, _manifest.manifest(asked, asked.notebook, started=now, ended=now))
        _publish.publish(made, shelf, manifest["key"], again=True)
    _index.rebuild(place)

def whole():
    for record in records(place):
        for name, digest in record.manifest()["digests"].items():
            if name.startswith("re"):
                assert sha256((record.folder / name).read_bytes()).hexdigest() == digest, (record, name)
    index = place / "index.html"
    assert not index.exists() or index.read_text().endswith("</html>")
    return len(records(place))

asked = order("1 + 1")
make(asked)
made = whole()
points = 0
while True:
    child = os.fork()
    if child == 0:
        seen = 0
        def die(event, args):
            global seen
            writes = event == "open" and str(args[0]).startswith(str(place)) and args[1] not in ("r", "rb")
            if writes or event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove"):
                seen += 1
                if seen > points:
                    os._exit(DIED)
        sys.addaudithook(die)
        make(asked)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, DIED), code
    now = whole()
    assert now - made in (0, 1)
    made = now
    if code == 0:
        break
    points += 1
_scratch.sweep(place)
assert all(path.name[0].isdigit() for path in shelf.iterdir()), list(shelf.iterdir())
rebuild(place)
assert (place / "index.html").read_text().count('<tr><th scope="row"') == made
print(points)
"""


def test_a_crash_at_every_write_and_rename_leaves_everything_whole(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(cjlab.__file__).parents[1])}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 8  # two folders, four files, the rename, the index and its rename, and tidying
