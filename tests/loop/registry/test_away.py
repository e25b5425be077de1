"""A registry that is away or has no space: errors with names, and the champion that was known serves on."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any

import pytest

from cjlab.errors import AwayError, RegistryError
from cjlab.loop import Registry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def gone(registry: Registry) -> Registry:
    """Return a registry whose champion was loaded once, and whose database is gone."""
    registry.load("churn")
    file = registry._where.file
    assert file
    file.rename(file.with_suffix(".away"))
    return registry


def test_a_known_champion_serves_on(
    gone: Registry, first: Any, customers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        model, version = Registry(gone.uri).load("churn")
    assert len(caplog.messages) == 1
    assert (model.predict_proba(customers) == first.model.predict_proba(customers)).all()
    assert (version.number, version.cached) == (1, True)
    assert gone.load("churn", 1)[1].confirmed == version.confirmed
    said = caplog.messages[0]
    assert "there is no registry at" in said
    assert "version 1 of 'churn', as it was known 0:00:0" in said


def test_what_was_never_known_cannot_serve(gone: Registry) -> None:
    for which in ("shadow", 2):
        with pytest.raises(AwayError, match=r"there is no registry at .*registry\.db; register a model there first"):
            gone.load("churn", which)
    with pytest.raises(AwayError, match="there is no registry at"):
        gone.promote("churn", 2, "it wins")
    assert not gone._where.file.exists()  # type: ignore[union-attr]


def test_a_known_champion_with_a_byte_changed_does_not_serve(gone: Registry) -> None:
    for file in gone._where.shelf.glob("*/*/model/arrays.npz"):
        file.write_bytes(b"?" + file.read_bytes()[1:])
    with pytest.raises(RegistryError, match=r"arrays\.npz is not as it was registered"):
        gone.load("churn")


def test_what_was_known_last_is_what_serves(registry: Registry) -> None:
    registry.load("churn")
    registry.promote("churn", 2, "it wins")
    registry.load("churn")
    registry.load("churn", 1)
    registry._where.file.unlink()  # type: ignore[union-attr]
    assert registry.load("churn")[1].number == 2


@pytest.mark.parametrize(
    "memory", [b"", b"{", b"[]", b'{"format": 2}', b'{"format": 1, "versions": [{"name": "churn"}]}']
)
def test_a_memory_that_cannot_be_read_is_none(gone: Registry, memory: bytes) -> None:
    (gone._where.shelf / "churn" / "known.json").write_bytes(memory)
    with pytest.raises(AwayError, match="there is no registry at"):
        gone.load("churn")


def test_a_registry_that_comes_back_is_asked_again(gone: Registry) -> None:
    assert gone.load("churn")[1].cached
    file = gone._where.file
    assert file
    file.with_suffix(".away").rename(file)
    assert not gone.load("churn")[1].cached


def test_a_database_that_is_none_is_away(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_bytes(b"no database" * 1_000)
    with pytest.raises(AwayError, match=r"does not answer \(.*file is not a database.*\); see that it runs"):
        Registry(tmp_path).history("churn")


def test_a_server_that_does_not_listen_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(AwayError, match=r"the registry at http://127\.0\.0\.1:9 does not answer .*see that it runs"):
        Registry("http://127.0.0.1:9", tmp_path).load("churn")


def test_a_database_that_does_not_listen_is_away_at_once(tmp_path: Path) -> None:
    with pytest.raises(AwayError, match=r"postgresql://ann:\*\*\*@127\.0\.0\.1:9/x does not .*Connection refused"):
        Registry("postgresql://ann:secret@127.0.0.1:9/x", tmp_path).load("churn")


def test_a_database_without_its_driver_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"mysql+no_such_driver://127.0.0.1:{listening.getsockname()[1]}/x"
        with pytest.raises(RegistryError, match="no_such_driver"):
            Registry(address, tmp_path).history("churn")
        with pytest.raises(RegistryError, match=r"needs its database's driver: No module named .*; install it"):
            Registry(address.replace("no_such_driver", "aiomysql"), tmp_path).history("churn")


def test_a_full_disk_leaves_what_was(registry: Registry, first: Any, tmp_path: Path, room_for: Any) -> None:
    before = {file: file.stat().st_size for file in tmp_path.rglob("*")}
    with (
        room_for(100),
        pytest.raises(RegistryError, match=r"models/churn cannot be written \(File too large\); free space"),
    ):
        registry.register("churn", *first, trained_on={"log": "new"})
    with room_for(100), pytest.raises(AwayError, match=r"does not answer \(disk I/O error\); free space"):
        registry.promote("churn", 2, "it wins")
    assert {file: file.stat().st_size for file in tmp_path.rglob("*")} == before
    assert registry.load("churn")[1].number == 1
    assert registry.promote("churn", 2, "it wins").after == 2


def test_a_registry_is_made_whole_or_not_at_all(tmp_path: Path, first: Any, room_for: Any) -> None:
    registry = Registry(tmp_path / "new")
    with room_for(200_000), pytest.raises(RegistryError, match=r"registry\.db cannot be written \(File too large\)"):
        registry.register("churn", *first)
    assert not (tmp_path / "new" / "registry.db").exists()
    assert registry.register("churn", *first).number == 1
    assert sorted(one.name for one in (tmp_path / "new").iterdir()) == ["models", "registry.db"]


def test_a_folder_that_cannot_be_remembered_in_still_serves(registry: Registry) -> None:
    (registry._where.shelf / "churn" / "known.json").mkdir(parents=True)
    assert registry.load("churn")[1].number == 1
