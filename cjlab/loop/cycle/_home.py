"""The home of a loop: its log, its registry, and its turns, each there whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cjlab._durable import replace, settle, writing
from cjlab.errors import TurnError
from cjlab.loop.cycle._turn import FEATURES, TURN, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pandas as pd

    from cjlab.loop.cycle._turn import Turn

_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of a loop."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Home:
        """Return the home in a folder, which must have a log."""
        if not (folder / "log").is_dir():
            raise TurnError(
                f"{folder} is no home of a loop: it has no folder 'log'; store the log there with Log.write"
            )
        return cls(folder)

    @property
    def log(self) -> Path:
        """Where the log is stored."""
        return self.folder / "log"

    @property
    def registry(self) -> Path:
        """Where the versions are."""
        return self.folder / "registry"

    def place(self, day: str) -> Path:
        """Return the folder of a turn."""
        return self.folder / "turns" / day

    def sealed(self, day: str) -> Path:
        """Return the folder of a turn that is written, and not published yet."""
        return self.folder / "turns" / f".{day}"

    def turns(self) -> list[Turn]:
        """Return the published turns in their order."""
        found = [read(one / TURN) for one in self._folders() if not one.name.startswith(".")]
        return sorted(found, key=lambda turn: turn.as_of)

    def left(self) -> list[Path]:
        """Return the folders of turns that somebody sealed who is no more."""
        return [one for one in self._folders() if one.name.startswith(".") and one.suffix != _PART]

    def _folders(self) -> list[Path]:
        place = self.folder / "turns"
        return sorted(one for one in place.iterdir() if one.is_dir()) if place.is_dir() else []

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the home against everybody else who would take a turn; the hold dies with its process."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise TurnError(
                    f"another process is taking a turn in {self.folder}; try again when it has finished"
                ) from taken
            yield
        finally:
            os.close(descriptor)

    def sweep(self) -> None:
        """Remove the drafts of the dead."""
        for one in self._folders():
            if one.name.startswith(".") and one.suffix == _PART:
                shutil.rmtree(one)

    def drop(self, sealed: Path) -> None:
        """Remove a sealed turn that was never decided: first its name goes, so that no half of it is taken for it."""
        draft = sealed.with_name(sealed.name + _PART)
        sealed.rename(draft)
        shutil.rmtree(draft)

    def seal(self, turn: Turn, files: Mapping[str, bytes], written: bytes) -> Path:
        """Write a turn where nobody takes it for one yet: whole, by one rename."""
        sealed = self.sealed(turn.day)
        with self.writing():
            draft = sealed.with_name(sealed.name + _PART)
            draft.mkdir(parents=True)
            for name, content in {**files, TURN: written}.items():
                _write(draft / name, content)
            settle(draft)
            draft.rename(sealed)
            settle(sealed.parent)
        return sealed

    def amend(self, day: str, written: bytes) -> None:
        """Write a sealed turn anew."""
        with self.writing():
            replace(self.sealed(day) / TURN, written)

    def publish(self, day: str) -> None:
        """Give a sealed turn its name."""
        with self.writing():
            self.sealed(day).rename(self.place(day))
            settle(self.place(day).parent)

    def features(self, turn: Turn) -> pd.DataFrame:
        """Return the features by which a turn decided, indexed by ``customer_id``, if they are as they were."""
        import io

        import polars as pl

        file = self.place(turn.day) / FEATURES
        try:
            content = file.read_bytes()
        except OSError as wrong:
            raise TurnError(f"{file} cannot be read ({wrong.strerror}); restore it from a copy") from wrong
        if digest(content) != turn.files.get(FEATURES):
            raise TurnError(
                f"{file} is not as it was written; restore it from a copy, or call cjlab erase again if that died"
            )
        return pl.read_parquet(io.BytesIO(content)).to_pandas().set_index("customer_id")

    def writing(self) -> AbstractContextManager[None]:
        """Turn what the system says while turns are written into an error that names the home and the way out."""
        return writing(self.folder / "turns", TurnError, then="call the turn again")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def _write(file: Path, content: bytes) -> None:
    with file.open("xb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
