"""A shelf: folders of files, each named after its content, there whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._durable import held, settle, writing
from cjlab.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_MAKING = ".making"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of one model's versions."""

    folder: Path

    def put(self, fill: Callable[[Path], object], *, files: Mapping[str, str] | None = None) -> dict[str, str]:
        """Keep what ``fill`` writes into a folder, and return the digest of each file, by its name.

        Where ``files`` says what it is to be, anything else is refused. One writes at a time: the folder in which it
        is made has one name, so what a dead writer left is gone with the next.
        """
        with writing(self.folder, RegistryError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with held(self.folder):
                making = self.folder / _MAKING
                try:
                    shutil.rmtree(making, ignore_errors=True)
                    making.mkdir()
                    fill(making)
                    _same(making, files)
                    return self._kept(making)
                finally:
                    shutil.rmtree(making, ignore_errors=True)

    def _kept(self, making: Path) -> dict[str, str]:
        files = listing(making)
        place = self.place(files)
        if not place.is_dir() or listing(place) != files:
            shutil.rmtree(place, ignore_errors=True)  # damaged: the same again, sound
            settle(making)
            making.rename(place)
            settle(self.folder)
        return files

    def place(self, files: Mapping[str, str]) -> Path:
        """Return where files with these digests lie."""
        return self.folder / content(files)

    def find(self, files: Mapping[str, str]) -> Path:
        """Return the folder of files that have these digests, every byte read."""
        place = self.place(files)
        _same(place, files)
        return place


def _same(folder: Path, files: Mapping[str, str] | None) -> None:
    """Refuse a folder that does not hold these very files."""
    found = listing(folder) if folder.is_dir() else {}
    wrong = sorted(name for name in {*found, *(files or {})} if found.get(name) != (files or {}).get(name))
    if files is not None and wrong:
        raise RegistryError(
            f"{folder / wrong[0]} is not as it was registered; restore it from a copy, or register the model again"
        )


def listing(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its name there."""
    files = sorted(file for file in folder.rglob("*") if not file.is_dir())
    return {file.relative_to(folder).as_posix(): _digest(file) for file in files}


def content(files: Mapping[str, str]) -> str:
    """Return one digest for files and their names."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as wrong:
        raise RegistryError(f"{file} cannot be read ({wrong.strerror}); restore it, or the right to read it") from wrong
