"""Erasure: what is a customer's leaves a stored log in one step, and a tombstone keeps it out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjlab._checks import flag, instance
from cjlab.errors import KeyMaterialError
from cjlab.tables._key import Key
from cjlab.tables._vocabularies import forgotten
from cjlab.tables.erasing._his import His, identifiers
from cjlab.tables.erasing._lessened import lessened
from cjlab.tables.erasing._removed import Removed
from cjlab.tables.erasing._tombstones import Tombstones, known_key
from cjlab.tables.store import _refusals
from cjlab.tables.store._blame import writable
from cjlab.tables.store._file import StoredFile, intact, parsed
from cjlab.tables.store._manifest import Manifest
from cjlab.tables.store._part import BASE, GATHERED
from cjlab.tables.store._scan import scanned
from cjlab.tables.store._stage import staged, swept, swept_beside
from cjlab.tables.store._store import move, tidied
from cjlab.tables.store._versions import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cjlab.tables.erasing._lessened import Cut, Lessened

_STAGE = "lessened"


def erase(folder: Path, customers: Iterable[int | str] | int | str, key: Key, *, dry: bool) -> Removed:
    """Take everything of some customers out of a stored log; what an earlier call left undone is done."""
    named, key = identifiers(customers), instance(key, Key, name="key")
    _refusals.beside(key.file, folder)
    with writable(folder):
        if flag(dry, name="dry"):
            return _erased(folder, Manifest.read(folder), named, key, dry=True)
        with tidied(folder) as manifest:
            leftovers_swept(folder)
            return _erased(folder, manifest, named, key, dry=False)


def _erased(folder: Path, manifest: Manifest, named: frozenset[str], key: Key, *, dry: bool) -> Removed:
    _refuse_key(key, manifest, folder)
    intact(manifest.files, folder)
    tables = scanned(folder, manifest)
    his = His.of(tables, named)
    cuts = his.cuts(tables)
    stones = Tombstones.of(key, his.named).joined(manifest.erased)
    made = lessened(manifest, folder, cuts, stage=None) if dry else taken(folder, manifest, cuts, stones=stones)
    return Removed(made.gone, made.blanked, len(made.anew), len(his.shared))


def taken(folder: Path, manifest: Manifest, cuts: Mapping[str, Cut], *, stones: Tombstones | None) -> Lessened:
    """Take rows out of a stored log that is held: unseen until one rename, after which the files before go."""
    with staged(folder / _STAGE) as stage:
        made = lessened(manifest, folder, cuts, stage=stage)
        move(made.anew.values(), stage, folder)
    if made.anew or stones != manifest.erased:
        _after(folder, manifest, cuts, made, stones).commit(folder)
    return made


def _after(
    folder: Path, manifest: Manifest, cuts: Mapping[str, Cut], made: Lessened, stones: Tombstones | None
) -> Manifest:
    """Return the manifest without what was taken; what a part brought is not known any more where it lost rows."""
    sealed = {file.place: file if file.content else StoredFile.measured(folder, file.place) for file in manifest.files}
    touched = {BASE if part == GATHERED else part for part in (parsed(place)[2] for place in made.anew)}
    lessened = replace(
        manifest,
        files=made.files(tuple(sealed.values())),
        received={part: rows for part, rows in manifest.received.items() if part not in touched},
        erased=stones,
    )
    if not made.anew:
        return lessened
    before = scanned(folder, manifest)
    gone = {table: before[table].filter(cut.gone) for table, cut in cuts.items() if made.gone[table]}
    return replace(lessened, vocabularies=forgotten(manifest.vocabularies, gone, scanned(folder, lessened)))


def leftovers_swept(folder: Path) -> None:
    """Remove what dead writers left in a log and beside it: rows that nobody names any more."""
    swept(folder)
    swept_beside(folder)
    (folder / f".{NAME}").unlink(missing_ok=True)


def _refuse_key(key: Key, manifest: Manifest, folder: Path) -> None:
    if key.mark == manifest.pseudonyms:
        raise KeyMaterialError(
            f"the key made the pseudonyms in {folder}; erase under a second one, or whoever may look up a pseudonym"
            " can tell who was erased"
        )
    known_key(key, manifest.erased, folder)
