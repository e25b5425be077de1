"""A notebook becomes a record: checked, run in a kernel of its own, published whole or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

import cjlab
from cjlab._threads import threads
from cjlab.errors import ParameterError, ReportError, SpecError
from cjlab.reports import IncompleteError, Record, parameters, records, run, start_kernel

if TYPE_CHECKING:
    from collections.abc import Callable

READY = "result = {'application/vnd.cjlab.result+json': {'title': 'Ready?', 'decision': 'Yes', 'tone': 'good'}}"
SHOWN = "from IPython.display import display\ndisplay(result, raw=True)"


def test_a_record_holds_page_notebook_numbers_and_manifest(record: Record) -> None:
    assert {path.name for path in record.folder.iterdir()} == {
        "report.html",
        "report.ipynb",
        "result.json",
        "manifest.json",
    }
    assert record.complete
    assert (record.folder.stat().st_mode & 0o777) == (0o777 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_manifest_knows_the_digest_of_every_file(record: Record) -> None:
    digests = record.manifest()["digests"]
    for name in ("report.html", "report.ipynb", "result.json"):
        assert digests[name] == sha256((record.folder / name).read_bytes()).hexdigest()


def test_the_manifest_says_where_the_record_comes_from(record: Record) -> None:
    manifest = record.manifest()
    assert manifest["versions"]["cjlab"] == cjlab.__version__
    assert manifest["status"] == "complete"
    assert manifest["key"] == record.folder.name
    assert manifest["parameters"]["names"] == ["a", "b"]
    assert manifest["notebook"]["name"] == "10_everything.ipynb"
    assert manifest["data_until"] == "2026-01-31"
    assert any("heard by no reader" in words for words in manifest["warnings"])


def test_numbers_keep_all_their_digits(record: Record) -> None:
    entry = record.result()["entries"][1]
    assert entry["estimate"] == 0.07658960000000001
    assert entry["low"] is None  # JSON has no word for what is not a number


def told(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = record.result()["entries"][0]["told"]
    return found


def test_the_kernel_opens_no_port(record: Record) -> None:
    assert told(record)["ports"] == 0


def test_the_kernel_is_this_interpreter_and_this_package(record: Record) -> None:
    assert told(record)["python"] == sys.executable
    assert told(record)["package"] == cjlab.__file__


def test_threads_come_from_one_setting(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(record)["omp"] == told(record)["polars"] == str(threads())
    monkeypatch.setenv("CJLAB_THREADS", "1")
    assert threads() == 1
    monkeypatch.setenv("CJLAB_THREADS", "many")
    with pytest.raises(SpecError, match="CJLAB_THREADS is 'many'; give a whole number above 0"):
        threads()


def test_the_notebook_of_a_record_holds_no_path_of_the_run(record: Record) -> None:
    kept = nbformat.read(record.notebook, as_version=4)
    assert set(kept.metadata.papermill) == {"start_time", "end_time", "duration", "exception", "parameters"}


def test_given_values_reach_the_notebook_as_literals(write: Callable[..., Path], shop: Path) -> None:
    (shop / "spec.toml").write_text("a = 1")
    write("10_toy.ipynb", "open('seen.txt', 'w').write(repr([n, flag, share, names, note, spec.startswith('/')]))")
    run("toy", n=7, flag=True, share=1, names=("x",), note='it’s "so"', spec="spec.toml")
    assert (shop / "seen.txt").read_text() == repr([7, True, 1.0, ["x"], 'it’s "so"', True])


def test_nothing_is_written_to_the_terminal(write: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    write("10_toy.ipynb", "import sys; print('out'); print('err', file=sys.stderr); sys.__stderr__.write('low')")
    run("toy")
    assert capfd.readouterr() == ("", "")


def test_relative_paths_are_made_absolute(
    write: Callable[..., Path], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "mydata").mkdir()
    monkeypatch.setenv("CJLAB_DATA", "mydata")
    write("10_toy.ipynb", "import os; open('seen.txt', 'w').write(os.environ['CJLAB_DATA'])")
    run("toy")
    assert (shop / "seen.txt").read_text() == str(shop / "mydata")


def test_the_same_key_returns_the_same_record_untouched(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", "1 + 1")
    first = run("toy")
    before = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    calls: list[int] = []
    assert run("toy", progress=lambda done, _: calls.append(done)) == first
    assert calls == []
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == before


def test_again_makes_a_second(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", "1 + 1")
    first, second = run("toy"), run("toy", again=True)
    assert second.folder.name == f"{first.folder.name}-2"
    assert second.complete
    assert run("toy") == first


def test_progress_is_told_after_each_cell(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", "1", "2")
    calls: list[tuple[int, int]] = []
    run("toy", progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]  # declared, given, and two more


def test_a_wrong_name_or_type_stops_before_a_kernel_starts(write: Callable[..., Path], shop: Path) -> None:
    write("10_toy.ipynb", "open('started', 'w')")
    with pytest.raises(ParameterError, match=r"no parameter 'flog'; did you mean 'flag'\?"):
        run("toy", flog=True)
    with pytest.raises(ParameterError, match=r"parameter 'n' of notebook 'toy' is 'many' .*; allowed: a whole number"):
        run("toy", n="many")
    with pytest.raises(
        ParameterError, match=r"parameter 'spec' of notebook 'toy' is 'none\.toml', which names no file"
    ):
        run("toy", spec="none.toml")
    assert not (shop / "started").exists()
    assert not (shop / "reports").exists()


def test_no_notebook_is_said_with_where_it_was_looked_for(shop: Path, write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", "1")
    with pytest.raises(ReportError, match=r"no notebook 'toi' in .*notebooks; did you mean 'toy'\? there are toy"):
        run("toi")
    with pytest.raises(ReportError, match=r"no notebooks: looked for the folder .*elsewhere"):
        run("toy", notebooks=shop / "elsewhere")
    write("11_toy.ipynb", "1")
    with pytest.raises(ReportError, match=r"2 notebooks in .* are called 'toy': 10_toy.ipynb, 11_toy.ipynb"):
        run("toy")
    (shop / "notebooks" / "12_broken.ipynb").write_text("{")
    with pytest.raises(ReportError, match=r"12_broken.ipynb is not a notebook that can be read"):
        parameters("broken")


FAILING = (
    "print('before')",
    "from cjlab.errors import SpecError\nraise SpecError('arm is <4>; allowed: 1')",
    "print('after')",
)


def test_a_failed_run_leaves_an_incomplete_page_and_publishes_nothing(write: Callable[..., Path], shop: Path) -> None:
    write("10_toy.ipynb", *FAILING)
    with pytest.raises(
        IncompleteError, match=r"stopped at step 2 of 3: arm is <4>; allowed: 1; see .*report.html"
    ) as stop:
        run("toy")
    left = stop.value.record
    assert not left.complete
    assert left.folder.name.endswith("-incomplete")
    assert left.manifest()["failure"] == {
        "name": "SpecError",
        "message": "arm is <4>; allowed: 1",
        "step": 2,
        "steps": 3,
    }
    html = left.html.read_text()
    assert "What is wrong: arm is &lt;4&gt;; allowed: 1" in html
    assert "Traceback" not in html
    assert "raise" not in html
    assert "SpecError" not in html
    assert "Traceback" in left.notebook.read_text()
    assert ">incomplete<" in (shop / "reports" / "index.html").read_text()


def test_a_failure_is_not_taken_for_a_record_and_goes_when_the_run_succeeds(
    write: Callable[..., Path], shop: Path
) -> None:
    write("10_toy.ipynb", "from pathlib import Path\nassert Path('there').exists()")
    for _ in range(2):  # the second failure takes the place of the first
        with pytest.raises(IncompleteError, match="an unexpected error \\(AssertionError: \\)"):
            run("toy")
        assert len(records(shop / "reports")) == 1
    (shop / "there").touch()
    done = run("toy")
    assert records(shop / "reports") == (done,)


def test_an_unexpected_error_is_kept_for_the_notebook(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", "1 / 0")
    with pytest.raises(IncompleteError, match="an unexpected error \\(ZeroDivisionError") as stop:
        run("toy")
    html = stop.value.record.html.read_text()
    assert "An unexpected error stopped it (ZeroDivisionError)" in html
    assert "division by zero" not in html


def test_an_error_that_a_cell_is_tagged_to_raise_stops_nothing(write: Callable[..., Path]) -> None:
    path = write("10_toy.ipynb", "1 / 0", "2")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    nbformat.write(notebook, path)
    done = run("toy")
    assert done.complete
    assert "ZeroDivisionError" not in done.html.read_text()


def test_a_kernel_that_dies_leaves_an_incomplete_page(
    write: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    write("10_toy.ipynb", "1", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(IncompleteError, match="DeadKernelError") as stop:
        run("toy")
    assert "most often because memory ran out" in stop.value.record.html.read_text()
    assert capfd.readouterr().err == ""


def _started(place: Path, seconds: int) -> subprocess.Popen[bytes]:
    code = f"import cjlab; cjlab.reports.run('slow', seconds={seconds})"
    return subprocess.Popen([sys.executable, "-c", code], cwd=place, env=os.environ | {"PYTHONPATH": _home()})


def _home() -> str:
    return str(Path(cjlab.__file__).parents[1])


def _waited_for(path: Path, *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.05)


SLOW = ("import time, os\nopen(f'started-{os.getppid()}', 'w').close()\ntime.sleep(seconds)",)
SECONDS = "seconds: int = 0  # how long to sleep"


def test_a_killed_run_leaves_index_and_records_whole_and_is_swept(write: Callable[..., Path], shop: Path) -> None:
    write("10_slow.ipynb", *SLOW, parameters=SECONDS)
    done = run("slow")
    index = (shop / "reports" / "index.html").read_bytes()
    killed = _started(shop, 60)
    _waited_for(shop / f"started-{killed.pid}")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    shelf = shop / "reports" / "slow"
    assert len([path for path in shelf.iterdir() if path.name.startswith(".cjlab-")]) == 1  # papermill's half
    assert (shop / "reports" / "index.html").read_bytes() == index
    assert records(shop / "reports") == (done,)
    assert json.loads((done.folder / "manifest.json").read_text())["status"] == "complete"
    run("slow")
    assert [path.name for path in shelf.iterdir()] == [done.folder.name]


def test_two_runs_side_by_side_end_in_one_record(write: Callable[..., Path], shop: Path) -> None:
    write("10_slow.ipynb", *SLOW, parameters=SECONDS)
    both = [_started(shop, 2), _started(shop, 2)]
    for one in both:
        _waited_for(shop / f"started-{one.pid}")  # both are running before either ends
    assert [one.wait(60) for one in both] == [0, 0]
    shelf = shop / "reports" / "slow"
    assert len(list(shelf.iterdir())) == 1
    assert len(records(shop / "reports")) == 1


def test_a_run_may_be_started_from_a_running_event_loop(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", READY, SHOWN)

    async def within() -> Record:
        return run("toy")

    with ThreadPoolExecutor(1) as pool:  # a thread of its own: the tests in a browser keep a loop running in this one
        assert pool.submit(lambda: asyncio.run(within())).result().manifest()["decision"] == "Yes"


def test_a_kernel_starts() -> None:
    start_kernel()


def test_a_record_shows_itself_with_a_link(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", READY, SHOWN)
    done = run("toy")
    assert done._repr_html_() == f'<a href="reports/toy/{done.folder.name}/report.html" target="_blank">Ready?</a>: Yes'
