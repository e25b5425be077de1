"""What turns keep of customers: the features by which they decided, without those of some."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cjlab._durable import replace, settle
from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TURN: Final = "turn.json"
_FILES: Final = "files"
_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The folder of a turn: a file of what was found, with the SHA-256 of the tables beside it.

    Tables are made anew beside those there are, then ``turn.json`` names the new, then they take their places. Who
    dies in between leaves a turn that is refused by name; the next erasure gives the new tables their places.
    """

    folder: Path

    def holding(self, customers: frozenset[str]) -> dict[str, int]:
        """Return how many rows of some customers each table has."""
        counts = {name: _rows(self.folder / name, customers) for name in self._tables()}
        return {name: rows for name, rows in counts.items() if rows}

    def without(self, customers: frozenset[str]) -> dict[str, int]:
        """Take the rows of some customers out, and return how many each table had."""
        self._finished()
        found = self.holding(customers)
        if found:
            said = json.loads((self.folder / _TURN).read_bytes())
            said[_FILES] |= {name: self._lay(name, customers) for name in found}
            replace(self.folder / _TURN, _written(said))
            self._place(found)
        return found

    def _finished(self) -> None:
        """Give tables their places that a dead eraser made and named; remove those that he did not name."""
        named = self._named()
        drafts = {name: self._draft(name) for name in named if self._draft(name).exists()}
        for name, draft in drafts.items():
            if _digest(draft.read_bytes()) != named[name]:
                draft.unlink()
        self._place([name for name, draft in drafts.items() if draft.exists()])
        for name in self._tables():
            if _digest((self.folder / name).read_bytes()) != named[name]:
                raise TableError(f"{self.folder / name} is not as it was written; restore it from a copy")

    def _named(self) -> dict[str, str]:
        file = self.folder / _TURN
        try:
            said: dict[str, Any] = json.loads(file.read_bytes())
        except (OSError, ValueError) as wrong:
            raise TableError(f"{file} holds no turn ({wrong}); restore it from a copy") from wrong
        return dict(said.get(_FILES, {}))

    def _tables(self) -> list[str]:
        return [name for name in self._named() if name.endswith(".parquet") and (self.folder / name).exists()]

    def _lay(self, name: str, customers: frozenset[str]) -> str:
        rows = pl.read_parquet(self.folder / name, hive_partitioning=False, glob=False)
        buffer = io.BytesIO()
        rows.filter(~among(customers)).write_parquet(buffer)
        with self._draft(name).open("wb") as opened:
            opened.write(buffer.getvalue())
            opened.flush()
            os.fsync(opened.fileno())
        return _digest(buffer.getvalue())

    def _place(self, names: dict[str, int] | list[str]) -> None:
        for name in names:
            self._draft(name).replace(self.folder / name)
        settle(self.folder)

    def _draft(self, name: str) -> Path:
        return self.folder / f".{name}{_PART}"


def snapshots(home: Path) -> Iterator[Snapshot]:
    """Go through the turns of a home, those that are not published yet among them."""
    turns = home / "turns"
    for folder in sorted(turns.iterdir()) if turns.is_dir() else []:
        if folder.is_dir() and folder.suffix != _PART and (folder / _TURN).exists():
            yield Snapshot(folder)


def drafts(home: Path) -> list[Path]:
    """List turns in the making that nobody makes any more, since the home is held."""
    turns = home / "turns"
    return [one for one in turns.iterdir() if one.is_dir() and one.suffix == _PART] if turns.is_dir() else []


def among(customers: frozenset[str], column: str = "customer_id") -> pl.Expr:
    """Tell in which rows a column holds one of some identifiers."""
    texts = pl.Series(sorted(customers), dtype=pl.String)
    return pl.col(column).cast(pl.String).is_in(texts.implode()).fill_null(value=False)


def _rows(file: Path, customers: frozenset[str]) -> int:
    frame = pl.scan_parquet(file, hive_partitioning=False, glob=False)
    if "customer_id" not in frame.collect_schema():
        return 0
    return int(frame.select(among(customers).sum()).collect().item())


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _written(said: dict[str, Any]) -> bytes:
    return (json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
