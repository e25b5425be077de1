"""The manifest of a stored log: ``log.json``, whose replacement commits every change."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._durable import settle
from cjlab.errors import TableError
from cjlab.tables.store._shards import HASH
from cjlab.tables.store._versions import NAME, VERSION, fields_of, sealed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from cjlab.tables.erasing._tombstones import Tombstones
    from cjlab.tables.store._file import StoredFile


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a stored log is made of.

    Parameters
    ----------
    timezone
        The brand's zone.
    shards
        How many shards its customers are split into.
    parts
        The parts that belong to it: the base, then the increments in the order in which they came.
    files
        Every file that belongs to it. Any other is a leftover, or somebody's.
    vocabularies
        The words of ``event``, ``channel`` and ``device``; a word's place is its code, which never changes. None stands
        where a word was that only rows had which were taken out.
    received
        The fingerprint of the rows that each part brought, parts that were folded into a later base among them. A base
        that was written shard by shard has none until it is asked for, nor has a part that rows were taken out of.
    pseudonyms
        The mark of the key that made its pseudonyms, if it has any.
    learned
        Before which moment the links were known by which customers were made one person, if they were.
    erased
        What is left of customers who were erased, if any were.
    """

    timezone: str
    shards: int
    parts: tuple[str, ...]
    files: tuple[StoredFile, ...]
    vocabularies: Mapping[str, tuple[str | None, ...]]
    received: Mapping[str, str]
    pseudonyms: str | None = None
    learned: dt.datetime | None = None
    erased: Tombstones | None = None

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Return the manifest of a stored log, or say why the folder is none."""
        file = folder / NAME
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise TableError(f"{folder} holds no log: it has no {NAME}; write one there with Log.write") from error
        except NotADirectoryError as error:
            raise TableError(f"{folder} is no folder; give the folder that Log.write made") from error
        except OSError as error:
            raise TableError(
                f"{file} cannot be read ({error.strerror}); give this user the right to read it"
            ) from error
        except (ValueError, RecursionError) as error:
            raise TableError(f"{file} is not JSON ({error}); restore it from a copy") from error
        return cls(**fields_of(stored, file))

    def of(self, table: str) -> list[StoredFile]:
        """List the files of a table, by shard, and within a shard by part."""
        files = [file for file in self.files if file.table == table]
        return sorted(files, key=lambda file: (file.shard or 0, self.parts.index(file.part)))

    def commit(self, folder: Path) -> None:
        """Put the manifest in place of the one before, in one step."""
        text = json.dumps(self._stored(), indent=2, ensure_ascii=False)
        draft = folder / f".{NAME}"
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(folder / NAME)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        settle(folder)

    def _stored(self) -> dict[str, Any]:
        return sealed(
            {
                "version": VERSION,
                "timezone": self.timezone,
                "shards": {"count": self.shards, "hash": HASH},
                "parts": list(self.parts),
                "files": {
                    file.place: {"rows": file.rows, "bytes": file.size, "footer": file.footer, "sha256": file.content}
                    for file in self.files
                },
                "vocabularies": {name: list(words) for name, words in self.vocabularies.items()},
                "received": dict(self.received),
                "pseudonyms": self.pseudonyms,
                "learned": None if self.learned is None else self.learned.isoformat(),
                "erased": None if self.erased is None else self.erased.said(),
            }
        )
