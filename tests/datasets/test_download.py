"""The real download, against a real server on this machine."""

from __future__ import annotations

import gzip
import threading
import zipfile
from dataclasses import replace
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from cjlab.datasets._download import download
from cjlab.datasets._source import Source
from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = b"recency,history\n10,142.44\n" * 5_000
WANTED = Source(
    file="small/small.csv",
    sha256=sha256(CONTENT).hexdigest(),
    repository="someone/Datasets",
    commit="0123abc",
    path="small.csv",
)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder; a path that ends in ``.cut`` promises its whole length and hangs up half-way."""

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        if not self.path.endswith(".cut"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2])
        return None


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published" / WANTED.repository / WANTED.commit
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def base(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    assert published.is_dir()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "published")))
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "external"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_plain_file_arrives_as_it_is(published: Path, base: str, into: Path) -> None:
    (published / "small.csv").write_bytes(CONTENT)
    path = download(WANTED, into=into, base=base)
    assert path == into / "small" / "small.csv"
    assert path.read_bytes() == CONTENT
    assert files(into) == [path]


def test_a_gzipped_file_arrives_unpacked(published: Path, base: str, into: Path) -> None:
    packed = gzip.compress(CONTENT)
    (published / "small.csv.gz").write_bytes(packed)
    source = replace(WANTED, path="small.csv.gz", packed="gzip", packed_sha256=sha256(packed).hexdigest())
    path = download(source, into=into, base=base)
    assert path.read_bytes() == CONTENT
    assert files(into) == [path]


def test_one_member_of_a_zip_archive_arrives(published: Path, base: str, into: Path) -> None:
    with zipfile.ZipFile(published / "small.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/other.csv", b"other")
        archive.writestr("folder/small.csv", CONTENT)
    digest = sha256((published / "small.zip").read_bytes()).hexdigest()
    source = replace(WANTED, path="small.zip", packed="zip", packed_sha256=digest, member="folder/small.csv")
    path = download(source, into=into, base=base)
    assert path.read_bytes() == CONTENT
    assert files(into) == [path]


def test_a_second_download_replaces_the_first(published: Path, base: str, into: Path) -> None:
    (published / "small.csv").write_bytes(CONTENT)
    path = download(WANTED, into=into, base=base)
    path.write_bytes(b"spoilt")
    assert download(WANTED, into=into, base=base).read_bytes() == CONTENT


def test_the_file_is_readable_by_whoever_may_read_new_files(published: Path, base: str, into: Path) -> None:
    (published / "small.csv").write_bytes(CONTENT)
    path = download(WANTED, into=into, base=base)
    beside = into / "beside"
    beside.touch()
    assert path.stat().st_mode == beside.stat().st_mode


def test_other_bytes_are_refused(published: Path, base: str, into: Path) -> None:
    (published / "small.csv").write_bytes(CONTENT + b"\n")
    with pytest.raises(DatasetError, match=r"small/small\.csv could not be downloaded from http.*hash"):
        download(WANTED, into=into, base=base)
    assert files(into) == []


def test_other_bytes_inside_the_right_archive_are_refused(published: Path, base: str, into: Path) -> None:
    packed = gzip.compress(b"other")
    (published / "small.csv.gz").write_bytes(packed)
    source = replace(WANTED, path="small.csv.gz", packed="gzip", packed_sha256=sha256(packed).hexdigest())
    with pytest.raises(DatasetError, match=f"its sha256 is {sha256(b'other').hexdigest()}, not {WANTED.sha256}"):
        download(source, into=into, base=base)
    assert files(into) == []


def test_a_connection_that_breaks_is_refused(base: str, into: Path) -> None:
    with pytest.raises(DatasetError, match=r"could not be downloaded from http.*Try again, or get the file by hand"):
        download(replace(WANTED, path="small.cut"), into=into, base=base)
    assert files(into) == []


def test_an_address_without_a_file_is_refused(base: str, into: Path) -> None:
    with pytest.raises(DatasetError, match=r"could not be downloaded from http.*404"):
        download(WANTED, into=into, base=base)
    assert files(into) == []


def test_no_server_is_refused(into: Path) -> None:
    with pytest.raises(DatasetError, match=r"could not be downloaded from http://127\.0\.0\.1:9"):
        download(WANTED, into=into, base="http://127.0.0.1:9")
    assert files(into) == []


def test_the_address_is_the_raw_file_at_its_commit() -> None:
    assert WANTED.url() == "https://raw.githubusercontent.com/someone/Datasets/0123abc/small.csv"
