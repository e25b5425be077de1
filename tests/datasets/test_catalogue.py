"""The catalogue lists what can be opened, and the page of sources says the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import cjlab as cj
from cjlab.datasets._entries import ENTRIES
from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from cjlab.datasets._entry import Entry

PAGE = Path(__file__).parents[2] / "data" / "README.md"
LISTED = [*ENTRIES.values()]


def test_every_data_set_has_its_function() -> None:
    beside = {"at_hand", "catalogue", "named"}
    assert {known.name for known in LISTED} == set(cj.datasets.__all__) - beside


def test_it_shows_name_rows_source_terms_and_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CJLAB_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    table = cj.datasets.catalogue().to_frame().set_index("name")
    assert table.loc["hillstrom", ["rows", "of", "opens_as"]].tolist() == [64_000, "customers", "log"]
    assert table.loc["hillstrom", "source"] == "carlosquintanillaa/Datasets@bd475633"
    assert table.loc["lalonde", "terms"] == "Apache-2.0 repository"
    assert (
        table.drop(["promotion_test", "simulated_operator", "simulated_shop", "simulated_test"])["found"]
        == "not at hand"
    ).all()
    assert table.loc["promotion_test", ["source", "found"]].tolist() == ["made by the package", "always"]
    assert list(tmp_path.iterdir()) == []


def test_it_shows_itself() -> None:
    assert ">hillstrom</td>" in cj.datasets.catalogue()._repr_html_()


def test_it_finds_the_real_files(data: Path) -> None:
    found = cj.datasets.catalogue().found
    assert [place.parent for place in found if place is not None] == [data] * sum(
        bool(known.sources) for known in LISTED
    )


@pytest.mark.parametrize("known", LISTED, ids=lambda known: known.name)
def test_the_page_of_sources_agrees(known: Entry) -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for source in known.sources:
        rows = [line for line in lines if line.startswith(f"| {source.file} |")]
        assert any(f"`{known.name}()`" in row and source.sha256 in row and known.terms in row for row in rows)
        assert any(f"{source.repository}@{source.commit} : {source.path}" in row for row in rows)
        assert any(source.packed_sha256 in row and source.member in row for row in rows)


@pytest.mark.parametrize("known", [known for known in LISTED if known.opens_as == "log"], ids=lambda known: known.name)
def test_the_rows_are_those_of_the_log(data: Path, known: Entry) -> None:
    assert data.is_dir()
    log = cj.datasets.named(known.name)
    events = pl.concat([log.events, log.unassigned])
    of = {"customers": log.contacts, "receipt lines": events.filter(event="purchase")}
    assert of.get(known.of, events).collect().height == known.rows


@pytest.mark.parametrize(
    "known", [known for known in LISTED if known.opens_as == "frame"], ids=lambda known: known.name
)
def test_the_rows_are_those_of_the_frame(data: Path, known: Entry) -> None:
    assert data.is_dir()
    assert len(getattr(cj.datasets, known.name)()) == known.rows
    with pytest.raises(DatasetError, match=rf"{known.name} is a frame.*call cjlab\.datasets\.{known.name}\(\)"):
        cj.datasets.named(known.name)
