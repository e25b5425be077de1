"""What comes damaged, malformed, too long or to a full disk ends in a named error, and nothing is left running."""

from __future__ import annotations

import errno
import json
import os
import signal
import tempfile
from typing import TYPE_CHECKING

import nbformat
import psutil
import pytest

from cjlab.errors import ParameterError, ReportError
from cjlab.reports import IncompleteError, Record, rebuild, records, run
from cjlab.reports._storage import writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHOW = "from IPython.display import display\ndisplay({{'application/vnd.{mime}+json': {value}}}, raw=True)"
RESULT, PART, FIGURE = "cjlab.result", "cjlab.part", "plotly.v1"


@pytest.mark.parametrize(
    ("mime", "value", "words"),
    [
        (RESULT, "[1]", "the result is a list; give a dictionary"),
        (RESULT, "{'entries': 3}", "the result: entries is a int; give a list"),
        (RESULT, "{'entries': [1]}", "the result: entry 0 is a int; give a dictionary"),
        (RESULT, "{'data_until': 'soon'}", "the result: data_until is 'soon'; give a date"),
        (RESULT, "{'decision': ['a']}", r"the result: decision is \['a'\]; give a text"),
        (PART, "'x'", "the part is a str; give a dictionary"),
        (PART, "{'html': 3}", "the part: html is 3; give a text"),
        (FIGURE, "[1]", "the figure is a list; give a dictionary"),
        (FIGURE, "{'data': 3}", "the figure: data is a int; give a list"),
        (FIGURE, "{'data': [{'marker': 3}]}", "the figure: trace 0: marker is a int"),
        (FIGURE, "{'data': [{'x': {'bdata': '!', 'dtype': 'zz'}}]}", "the figure: trace 0: x is no typed array"),
        (FIGURE, "{'layout': None}", "the figure: layout is a NoneType"),
        (FIGURE, "{'layout': {'height': 'tall'}}", r"the figure: layout.height is 'tall'; give a number of pixels"),
        (FIGURE, "{'layout': {'meta': {'cjlab': 3}}}", "layout.meta.cjlab is a int; give a dictionary"),
        (
            FIGURE,
            "{'layout': {'meta': {'cjlab': {'table': {'columns': ['a'], 'rows': [[1, 2]]}}}}}",
            "table: row 0 has 2 cells for 1 columns",
        ),
    ],
)
def test_what_a_notebook_hands_over_malformed_leaves_an_incomplete_page(
    write: Callable[..., Path], mime: str, value: str, words: str
) -> None:
    write("10_toy.ipynb", "1", SHOW.format(mime=mime, value=value), "3")
    with pytest.raises(IncompleteError, match=rf"stopped at step 2 of 3: .*{words}") as stop:
        run("toy")
    assert "This page is incomplete" in stop.value.record.html.read_text()


@pytest.mark.parametrize(
    "text", ["[]", "null", "3", "", "{", '{"cells": 3}', '{"cells": [3]}', '{"cells": [{}]}', "\0"]
)
def test_a_file_that_is_no_notebook_is_named(shop: Path, text: str) -> None:
    (shop / "notebooks" / "10_toy.ipynb").write_text(text)
    with pytest.raises(ReportError, match=r"10_toy\.ipynb is not a notebook that can be read: \S"):
        run("toy")


def test_a_default_that_is_no_literal_is_shown_as_it_is_written(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", "1", parameters="share: float = 1 / 3  # how much")
    with pytest.raises(
        ParameterError, match=r"parameter 'share' .* its default is 1 / 3; write a literal: a text, a num"
    ):
        run("toy")


def test_only_numbers_become_null(write: Callable[..., Path]) -> None:
    entry = "{'arm': 'nan', 'metric': 'inf', 'low': float('nan'), 'high': -float('inf'), 'p': 0.1}"
    write("10_toy.ipynb", SHOW.format(mime=RESULT, value=f"{{'entries': [{entry}]}}"))
    assert run("toy").result()["entries"] == [{"arm": "nan", "metric": "inf", "low": None, "high": None, "p": 0.1}]


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"made": 3}', '{"name": "toy", "title": "T", "made": "soon"}', None]
)
def test_a_damaged_manifest_is_listed_as_unreadable_and_stops_nothing(
    write: Callable[..., Path], shop: Path, text: str | None
) -> None:
    write("10_toy.ipynb", "1")
    write("11_other.ipynb", "1")
    damaged = run("toy")
    (damaged.folder / "manifest.json").unlink()
    if text is not None:
        (damaged.folder / "manifest.json").write_text(text)
    other = run("other")
    assert set(records(shop / "reports")) == {damaged, other}
    index = rebuild(shop / "reports").read_text()
    assert index.count("unreadable: its files were changed") == 1
    assert f"other/{other.folder.name}/report.html" in index


def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text("{")
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ReportError, match=r"result\.json cannot be read: .*; take the folder .* away and run"):
        Record(tmp_path).result()
    with pytest.raises(ReportError, match=r"manifest\.json cannot be read: it holds a list instead of named values"):
        Record(tmp_path).manifest()


@pytest.mark.parametrize(("reports", "words"), [("a\0b", r"'a\\x00b', which holds a NUL"), ("x" * 300, "too long")])
def test_a_folder_that_cannot_be_is_named(write: Callable[..., Path], reports: str, words: str) -> None:
    write("10_toy.ipynb", "1")
    for called in (lambda: run("toy", reports=reports), lambda: rebuild(reports)):
        with pytest.raises(ReportError, match=words):
            called()


def test_a_file_in_the_place_of_the_folder_is_named(write: Callable[..., Path], shop: Path) -> None:
    write("10_toy.ipynb", "1")
    (shop / "reports").touch()
    with pytest.raises(ReportError, match=r"nothing can be written to .*reports: Not a directory; name another folder"):
        run("toy")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "No space left on device; free space on its disk, or name another folder of reports"),
        (errno.EROFS, "Read-only file system; ask for the right to write there, or name another folder of reports"),
        (errno.ENOTDIR, "Not a directory; name another folder of reports"),
    ],
)
def test_what_the_system_says_comes_with_the_way_out(tmp_path: Path, number: int, words: str) -> None:
    with pytest.raises(ReportError, match=f"nothing can be written to {tmp_path}: {words}"), writing(tmp_path):
        raise OSError(number, os.strerror(number))


def test_a_long_path_for_temporary_files_stops_no_run(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("t" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    write("10_toy.ipynb", "1")
    before = set(psutil.Process().children(recursive=True))
    assert run("toy").complete
    assert set(psutil.Process().children(recursive=True)) == before


def test_a_run_that_is_broken_off_leaves_no_kernel(write: Callable[..., Path]) -> None:
    write("10_toy.ipynb", "1", "2")
    before = set(psutil.Process().children(recursive=True))

    def stop(done: int, _: int) -> None:
        assert done == 0, "stopped"

    with pytest.raises(AssertionError, match="stopped"):
        run("toy", progress=stop)
    assert set(psutil.Process().children(recursive=True)) == before


def test_any_run_sweeps_what_a_killed_run_of_another_notebook_left(write: Callable[..., Path], shop: Path) -> None:
    write("10_toy.ipynb", "1")
    write("11_other.ipynb", "1")
    run("other")
    child = os.fork()
    if child == 0:
        from cjlab.reports import _scratch

        with _scratch.folder(shop / "reports" / "other"):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    hidden = [path for path in (shop / "reports" / "other").iterdir() if path.name.startswith(".")]
    assert len(hidden) == 1
    run("toy")
    assert not hidden[0].exists()


def test_the_incomplete_page_of_a_malformed_result_keeps_what_came_before(write: Callable[..., Path]) -> None:
    good = SHOW.format(mime=RESULT, value="{'entries': [{'metric': 'visit'}], 'title': 'Ready?'}")
    write("10_toy.ipynb", good, SHOW.format(mime=RESULT, value="3"))
    with pytest.raises(IncompleteError, match="step 2 of 2: the result is a int") as stop:
        run("toy")
    kept = json.loads((stop.value.record.folder / "result.json").read_text())
    assert kept == {"entries": [{"metric": "visit"}], "title": "Ready?"}
    assert nbformat.read(stop.value.record.notebook, as_version=4).cells
