"""The digest of a file: it holds the bytes that it should, or it is refused."""

from __future__ import annotations

from hashlib import file_digest
from typing import TYPE_CHECKING

from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path


def checked(path: Path, sha256: str) -> Path:
    """Return ``path`` if its bytes have the digest."""
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    if digest != sha256:
        raise DatasetError(
            f"{path} holds other bytes: its sha256 is {digest}, not {sha256}; "
            "move it away, so that the right file can take its place"
        )
    return path
