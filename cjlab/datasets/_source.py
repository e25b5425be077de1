"""One file of a public data set: where it comes from and which bytes it must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GITHUB = "https://raw.githubusercontent.com"

Packing = Literal["plain", "gzip", "zip", "made"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file at one commit of one public repository.

    Parameters
    ----------
    file
        Where it lies in a folder of data, such as ``"hillstrom/hillstrom.csv"``.
    sha256
        Digest of the file that is read.
    repository, commit, path
        What it is downloaded from, on GitHub.
    packed
        ``"plain"`` as it is, ``"gzip"`` or ``"zip"`` to be unpacked, ``"made"`` by a recipe and not downloaded.
    packed_sha256
        Digest of what is downloaded, where it is packed.
    member
        Name of the file inside a zip archive.
    recipe
        How a person makes the file, where it is made by a recipe.
    """

    file: str
    sha256: str
    repository: str
    commit: str
    path: str
    packed: Packing = "plain"
    packed_sha256: str = ""
    member: str = ""
    recipe: str = ""

    def url(self, base: str = GITHUB) -> str:
        """Return the address of the raw file under ``base``."""
        return f"{base}/{self.repository}/{self.commit}/{self.path}"

    @property
    def arrives_as(self) -> str:
        """Digest of the bytes that are downloaded."""
        return self.packed_sha256 or self.sha256

    @property
    def origin(self) -> str:
        """Repository and commit, as a person cites them."""
        return f"{self.repository}@{self.commit[:8]}"
