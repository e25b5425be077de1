"""A source becomes a file: downloaded, checked, unpacked, checked again, put in place at once or not at all."""

from __future__ import annotations

import gzip
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING
from zipfile import ZipFile

from cjlab.datasets._digest import checked
from cjlab.datasets._source import GITHUB
from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjlab.datasets._source import Source

_TIMEOUT_SECONDS = 30


def download(source: Source, *, into: Path, base: str = GITHUB) -> Path:
    """Download a file into a folder and return its path.

    What arrives is checked against the digest of the source, unpacked, and checked against the digest of the file;
    one rename puts it in place, so a failed or killed download leaves no file under the name.

    Parameters
    ----------
    source
        Which file of which repository.
    into
        Folder of data; the file lands at ``into / source.file``.
    base
        Address under which repositories lie.

    Raises
    ------
    DatasetError
        When the address does not answer, or answers with other bytes.
    """
    into.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".download-", dir=into) as scratch:
        unpacked = checked(_unpacked(_retrieved(source, Path(scratch), base), source), source.sha256)
        target = into / source.file
        target.parent.mkdir(exist_ok=True)
        return unpacked.replace(target)


def _retrieved(source: Source, scratch: Path, base: str) -> Path:
    import pooch

    url = source.url(base)
    by_http = pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS, chunk_size=1 << 16)
    try:
        arrived = pooch.retrieve(url, f"sha256:{source.arrives_as}", "arrived", scratch, downloader=by_http)
    except (OSError, ValueError) as problem:  # requests' errors are OSErrors, pooch's on a digest ValueErrors
        raise DatasetError(
            f"{source.file} could not be downloaded from {url}: {problem}. Try again, or get the file by hand "
            f"(sha256 {source.sha256}) and put it into the folder of CJLAB_DATA or data/external"
        ) from None  # what is above it says nothing more
    return Path(arrived)


def _unpacked(arrived: Path, source: Source) -> Path:
    target = arrived.with_name("unpacked")
    with _stream(arrived, source) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return target


@contextmanager
def _stream(arrived: Path, source: Source) -> Iterator[IO[bytes] | gzip.GzipFile]:
    if source.packed == "zip":
        with ZipFile(arrived) as archive, archive.open(source.member) as member:
            yield member
    elif source.packed == "gzip":
        with gzip.open(arrived, "rb") as stream:
            yield stream
    else:
        with arrived.open("rb") as stream:
            yield stream
