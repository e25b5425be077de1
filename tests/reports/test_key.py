"""The key of a record follows everything that decides its outcome, and nothing else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import nbformat
import pytest

from cjlab.reports._order import Order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def toy(write: Callable[..., Path], shop: Path) -> Path:
    """Write a notebook, a file it may be given and a folder."""
    (shop / "a.toml").write_text("one = 1")
    (shop / "log" / "events").mkdir(parents=True)
    (shop / "log" / "events" / "base.parquet").write_bytes(b"rows")
    return write("10_toy.ipynb", "1 + 1")


def key(**given: object) -> str:
    return Order.of("toy", given, notebooks=None).key


@pytest.mark.usefixtures("toy")
def test_the_same_has_the_same_key() -> None:
    assert key() == key() == key(n=3)
    assert len(key()) == 8


@pytest.mark.usefixtures("toy")
def test_a_value_counts() -> None:
    assert len({key(), key(n=4), key(flag=True), key(note="hillstrom"), key(note="telco")}) == 5


@pytest.mark.usefixtures("toy")
def test_a_file_counts_by_its_content_and_not_by_its_place(shop: Path) -> None:
    first = key(spec="a.toml")
    shutil.copy(shop / "a.toml", shop / "b.toml")
    assert key(spec="b.toml") == key(spec=shop / "a.toml") == first
    (shop / "a.toml").write_text("one = 2")
    assert key(spec="a.toml") != first


@pytest.mark.usefixtures("toy")
def test_a_folder_counts_by_all_its_files(shop: Path) -> None:
    first = key(note="log/")
    shutil.copytree(shop / "log", shop / "copy")
    assert key(note="copy/") == first
    (shop / "log" / "events" / "2026-11-22.parquet").write_bytes(b"more")
    assert key(note="log/") != first


def test_a_file_beside_the_notebook_is_found(toy: Path, shop: Path) -> None:
    shutil.copy(shop / "a.toml", toy.parent / "near.toml")
    order = Order.of("toy", {"spec": "near.toml"}, notebooks=None)
    assert order.injected["spec"] == str(toy.parent / "near.toml")
    assert order.values["spec"] == "near.toml"  # as given, so that no path of this machine reaches the page


@pytest.mark.usefixtures("toy")
def test_a_plain_word_is_no_path(shop: Path) -> None:
    (shop / "en").mkdir()
    assert Order.of("toy", {"language": "en"}, notebooks=None).injected["language"] == "en"


def test_cells_count_and_outputs_do_not(toy: Path) -> None:
    first = key()
    notebook = nbformat.read(toy, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    notebook.cells[1].execution_count = 7
    notebook.metadata["kernelspec"] = {"name": "other", "display_name": "other", "language": "python"}
    nbformat.write(notebook, toy)
    assert key() == first
    notebook.cells[1].source = "1 + 2"
    nbformat.write(notebook, toy)
    assert key() != first
