"""A stored log, opened: as far as sizes and footers tell, or every byte and row of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjlab.errors import TableError
from cjlab.tables._pseudonyms import Keyed
from cjlab.tables._vocabularies import spoken
from cjlab.tables.store._file import intact
from cjlab.tables.store._manifest import Manifest
from cjlab.tables.store._scan import whole
from cjlab.tables.store._shares import Stored
from cjlab.tables.store._verify import verified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    _Tables = dict[str, pl.LazyFrame]


def read(folder: Path) -> dict[str, Any]:
    """Return what a stored log holds, its files looked at from outside."""
    return opened(folder, lambda manifest: intact(manifest.files, folder))


def verify(folder: Path) -> dict[str, Any]:
    """Return what a stored log holds, every byte and row of it looked at."""
    return opened(folder, lambda manifest: verified(manifest, folder))


def opened(folder: Path, look: Callable[[Manifest], None]) -> dict[str, Any]:
    """Return tables, zone and key of a stored log; if a writer replaces files meanwhile, of what it wrote."""
    manifest = Manifest.read(folder)
    while True:
        try:
            look(manifest)
            tables = whole(folder, manifest)
        except (TableError, OSError) as error:
            newer = Manifest.read(folder)
            if newer != manifest:
                manifest = newer
            elif isinstance(error, TableError):
                raise
            else:
                raise TableError(f"{folder} cannot be read ({error}); run Log.verify, which names the file") from error
        else:
            keyed = None if manifest.pseudonyms is None else Keyed(manifest.pseudonyms)
            files = {name: tuple(manifest.of(name)) for name in tables}
            stored = Stored(folder, files, tables, spoken(manifest.vocabularies))
            given = {"timezone": manifest.timezone, "keyed": keyed, "learned": manifest.learned}
            return {**tables, **given, "erased": manifest.erased, "stored": stored}
