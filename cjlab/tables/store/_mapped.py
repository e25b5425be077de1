"""Arrow tables on disk that are mapped into memory: a row is had without those before it being read or decoded."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".arrow"
_MARK = b"mark"  # which tells one writing from any other, for what is compared is the end of a file
_APART = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES}  # where a file can have no second name


def lay(table: pa.Table, file: Path) -> None:
    """Write a table so that it can be mapped, and outlives a power cut."""
    marked = table.replace_schema_metadata({**(table.schema.metadata or {}), _MARK: secrets.token_hex(8).encode()})
    with pa.OSFile(str(file), "wb") as opened:
        with pa.ipc.new_file(opened, marked.schema) as writer:
            writer.write_table(marked.combine_chunks())
        os.fsync(opened.fileno())


def mapped(file: Path) -> pa.Table:
    """Return a table that was laid; its rows are read when they are asked for."""
    with pa.memory_map(str(file)) as opened:
        return pa.ipc.open_file(opened).read_all()


def again(file: Path, place: Path) -> None:
    """Give a file that is never written again a second name; where that cannot be, copy it."""
    try:
        os.link(file, place)
    except OSError as error:
        if error.errno not in _APART:
            raise
        shutil.copyfile(file, place)
        with place.open("rb+") as opened:
            os.fsync(opened.fileno())
