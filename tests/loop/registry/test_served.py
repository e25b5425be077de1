"""A server that keeps the files, too: here its part is played by MLflow on a database of its own, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cjlab.errors import RegistryError
from cjlab.loop import Registry
from cjlab.loop.registry._database import made
from cjlab.loop.registry._where import Where

if TYPE_CHECKING:
    from pathlib import Path


class Served(Where):
    """An address whose files come and go through MLflow."""

    served = True  # type: ignore[assignment]


def at(place: Path, cache: Path) -> Registry:
    """Open the same server from a machine of its own: nothing is shared but the server."""
    registry = Registry(place)
    registry.__dict__["_where"] = Served(f"sqlite:///{place / 'registry.db'}", cache)
    return registry


@pytest.fixture
def here(tmp_path: Path, first: Any, second: Any, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return a registry of two versions, the first of them champion."""
    monkeypatch.chdir(tmp_path)  # MLflow keeps what is uploaded below
    made(tmp_path / "server" / "registry.db")
    registry = at(tmp_path / "server", tmp_path / "here")
    registry.register("churn", *first)
    registry.register("churn", *second)
    registry.promote("churn", 1, "the first one")
    return registry


@pytest.fixture
def there(here: Registry, tmp_path: Path) -> Registry:
    """Return the same, seen from another machine."""
    assert here
    return at(tmp_path / "server", tmp_path / "there")


def kept(tmp_path: Path, cache: str) -> list[Path]:
    return sorted((tmp_path / cache / "churn").glob("*/model/arrays.npz"))


def test_files_travel_through_the_server(there: Registry, first: Any, customers: Any, tmp_path: Path) -> None:
    model, version = there.load("churn")
    assert (model.predict_proba(customers) == first.model.predict_proba(customers)).all()
    assert version.number == 1
    assert len(kept(tmp_path, "there")) == 1  # only what was asked for
    assert there.card("churn", 2).question == "Who leaves?"
    assert len(kept(tmp_path, "there")) == 2


def test_what_is_uploaded_again_is_one_run_and_one_version(here: Registry, first: Any, tmp_path: Path) -> None:
    folder = here._catalogue("churn").folder(here.versions("churn").rows[1])
    assert here._server.upload(folder, "churn") == here._server.upload(folder, "churn")
    assert here.register("churn", *first).number == 1
    assert len(list(tmp_path.glob("mlruns/*/*/artifacts"))) == 2


def test_a_damaged_copy_is_brought_anew(there: Registry, tmp_path: Path) -> None:
    there.load("churn")
    (copy,) = kept(tmp_path, "there")
    sound = copy.read_bytes()
    copy.write_bytes(sound[:-1])
    assert there.load("churn")[1].number == 1
    assert copy.read_bytes() == sound


def test_a_byte_changed_on_the_server_is_refused(there: Registry, tmp_path: Path) -> None:
    for file in tmp_path.glob("mlruns/**/arrays.npz"):
        file.write_bytes(b"?" + file.read_bytes()[1:])
    with pytest.raises(RegistryError, match=r"arrays\.npz is not as it was registered"):
        there.load("churn")
    with pytest.raises(RegistryError, match=r"arrays\.npz is not as it was registered"):
        there.promote("churn", 2, "it wins")
    assert not kept(tmp_path, "there")
    assert there.history("churn").holder() == 1


def test_a_copy_serves_on_without_the_server(there: Registry, tmp_path: Path) -> None:
    there.load("churn")
    (tmp_path / "server" / "registry.db").unlink()
    assert there.load("churn")[1].cached
    (copy,) = kept(tmp_path, "there")
    copy.write_bytes(b"?")
    with pytest.raises(RegistryError, match=r"arrays\.npz is not as it was registered"):
        there.load("churn")
