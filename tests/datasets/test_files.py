"""Files are found where a person put them, checked before they are read, and never fetched behind his back."""

from __future__ import annotations

import shutil
import threading
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cjlab as cj
from cjlab.datasets._digest import checked
from cjlab.datasets._entries import ENTRIES, entry
from cjlab.datasets._files import opened
from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from cjlab.datasets._entry import Entry

PACKED = [known for known in ENTRIES.values() if known.sources]


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no CJLAB_DATA."""
    monkeypatch.delenv("CJLAB_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, file: str, content: bytes = b"anything") -> Path:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("known", ENTRIES.values(), ids=lambda known: known.name)
def test_nothing_is_at_hand_where_there_are_no_files(nowhere: Path, known: Entry) -> None:
    assert cj.datasets.at_hand(known.name) is None
    assert list(nowhere.iterdir()) == []


def test_the_folder_that_the_environment_names_comes_first(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(nowhere / "data" / "external", "telco/telco.csv")
    assert cj.datasets.at_hand("telco") == Path("data/external/telco")
    monkeypatch.setenv("CJLAB_DATA", str(nowhere))
    assert cj.datasets.at_hand("telco") == Path("data/external/telco")
    put(nowhere, "telco/telco.csv")
    assert cj.datasets.at_hand("telco") == nowhere / "telco"


def test_a_data_set_with_a_file_missing_is_not_at_hand(nowhere: Path) -> None:
    *most, last = [source.file for source in entry("complete_journey").sources]
    for file in most:
        put(nowhere / "data" / "external", file)
    assert cj.datasets.at_hand("complete_journey") is None
    put(nowhere / "data" / "external", last)
    assert cj.datasets.at_hand("complete_journey") == Path("data/external/complete_journey")


def test_other_bytes_are_refused_with_both_digests(nowhere: Path) -> None:
    put(nowhere / "data" / "external", "telco/telco.csv")
    is_, should = sha256(b"anything").hexdigest(), entry("telco").sources[0].sha256
    with pytest.raises(DatasetError, match=f"telco.csv holds other bytes: its sha256 is {is_}, not {should}; move it"):
        cj.datasets.telco()


@pytest.mark.parametrize("name", ["online_retail", "complete_journey"])
def test_a_file_that_is_made_comes_with_its_recipe(nowhere: Path, name: str) -> None:
    source = entry(name).sources[0]
    with pytest.raises(DatasetError, match=rf"cannot be downloaded.*{source.commit}.*{source.recipe}.*data/external"):
        opened(name)
    assert list(nowhere.iterdir()) == []


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(DatasetError, match=r"data set is 'hilstrom'; allowed: 'hillstrom', 'telco'"):
        cj.datasets.at_hand("hilstrom")


def test_a_wrong_folder_is_refused(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJLAB_DATA", str(nowhere / "dta"))
    with pytest.raises(DatasetError, match=r"CJLAB_DATA is '.*dta', which is no folder"):
        cj.datasets.at_hand("telco")


@pytest.mark.parametrize("known", PACKED, ids=lambda known: known.name)
def test_the_real_files_hold_the_bytes_of_the_catalogue(data: Path, known: Entry) -> None:
    for source in known.sources:
        assert checked(data / source.file, source.sha256).is_file()


def test_what_is_absent_is_downloaded_once_and_then_at_hand(
    data: Path, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    source = entry("lalonde").sources[0]
    shared = nowhere / "published" / source.repository / source.commit / source.path
    shared.parent.mkdir(parents=True)
    shutil.copyfile(data / source.file, shared)
    serve = partial(Silent, directory=str(nowhere / "published"))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        opened("lalonde", base=f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        serving.join()
    assert cj.datasets.at_hand("lalonde") == Path("data/external/lalonde")
    assert len(cj.datasets.lalonde()) == 614
