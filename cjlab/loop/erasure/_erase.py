"""Erasure of customers from a loop's home: its log, snapshots and stored tables, and marks on what learnt from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from cjlab._durable import held
from cjlab.errors import SpecError
from cjlab.loop.erasure._derived import derived, remove, sweep
from cjlab.loop.erasure._marks import marks
from cjlab.loop.erasure._receipt import Erasure, Line, lines_of
from cjlab.loop.erasure._snapshots import drafts, snapshots
from cjlab.loop.registry import Registry
from cjlab.tables import Log, identifiers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cjlab.tables import Key, Removed


def erase(
    home: str | Path,
    customers: Iterable[int | str] | int | str,
    *,
    key: Key,
    registry: Registry | None = None,
    also: Iterable[str | Path] = (),
    dry: bool = False,
) -> Erasure:
    """Take customers out of a loop's home: out of its log, and of all that was made of it.

    First every version is marked that learnt from a turn whose features hold them, ``"trained on erased"``, for the
    next retrain to replace; one whose training set nothing tells is marked ``"training set unknown"``, if there was
    anything of theirs. Then their rows go from the features that turns keep, whose ``turn.json`` names the new file;
    tables in sheets that know them, such as :class:`cjlab.features.State` and :meth:`cjlab.features.Recipe.store` make,
    go whole, to be made anew; and at last the log, with :meth:`cjlab.tables.Log.erase`, which also says what is theirs.
    Whoever was stopped calls it again: half an erasure is finished, never undone. A turn that is being taken is waited
    for.

    Not reached are what the recipe of ``cycle.toml`` has learnt, aggregates of a model or report, pages of reports
    (``cjlab erase`` looks through those), and copies elsewhere.

    Parameters
    ----------
    home : str or Path
        The home of a loop, with its ``log``, ``registry`` and ``turns``, as far as they are there.
    customers : iterable of int or str, int or str
        Their identifiers, as the log has them.
    key : Key
        The key of the tombstones, a second one, which lies elsewhere.
    registry : Registry, optional
        The registry, if it is not that of the home.
    also : iterable of str or Path
        Other folders below which stored features and states lie.
    dry : bool
        Whether to count only.

    Returns
    -------
    Erasure
        What was done, where, and to how much; it names nobody.

    Raises
    ------
    SpecError
        When no identifier is given, or the home is no folder.
    TableError
        When the log is none or cannot be written, or a turn is not as it was written.
    KeyMaterialError
        As :meth:`cjlab.tables.Log.erase` says.
    AwayError
        When the registry does not answer; then nothing was changed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import cjlab as cj
    >>> key = cj.tables.Key(b"a second key of at least 32 bytes")
    >>> with TemporaryDirectory() as home:
    ...     world = cj.simulator.World.retail(n_customers=50)
    ...     _ = cj.simulator.simulate(world, days=30).log.write(f"{home}/log")
    ...     done = cj.loop.erase(home, 7, key=key)
    ...     cj.loop.erase(home, 7, key=key).lines
    ()
    """
    named, place = identifiers(customers), Path(home).expanduser().resolve()
    if not place.is_dir():
        raise SpecError(f"home is {str(home)!r}, which is no folder; give the home of a loop")
    work = _Work(place, named, key, _registry(place, registry), _places(place, also))
    with held(place):
        found = Log.erase(place / "log", named, key=key, dry=True)
        lines = [*work.marked(found, dry=dry), *work.snapshots(dry=dry), *work.derived(dry=dry)]
        removed = found if dry else Log.erase(place / "log", named, key=key)
    return Erasure((*lines, *lines_of(removed)), len(named), removed.shared, dry)


def _registry(place: Path, given: Registry | None) -> Registry | None:
    there = (place / "registry" / "registry.db").exists()
    return given if given is not None or not there else Registry(place / "registry")


def _places(place: Path, also: Iterable[str | Path]) -> tuple[Path, ...]:
    others = tuple(Path(one).expanduser().resolve() for one in also)
    absent = next((one for one in others if not one.is_dir()), None)
    if absent is not None:
        raise SpecError(f"also names {absent}, which is no folder; give folders of stored features and states")
    return (place, *others)


@dataclass(frozen=True)
class _Work:
    """An erasure from all but the log."""

    home: Path
    customers: frozenset[str]
    key: Key
    registry: Registry | None
    places: tuple[Path, ...]

    def marked(self, found: Removed, *, dry: bool) -> Iterator[Line]:
        """Mark the versions that learnt from them, before nothing tells any more which those are."""
        turns = {one.folder.name.removeprefix("."): one.holding(self.customers) for one in snapshots(self.home)}
        holding = {name for name, rows in turns.items() if rows}
        if self.registry is None or not (found.total or holding):
            return
        to_mark = list(marks(self.registry, held=holding, there=turns))
        for version, mark in () if dry else to_mark:
            self.registry.mark(version.name, version.number, mark)
        for (name, mark), number in sorted(Counter((one.name, mark) for one, mark in to_mark).items()):
            yield Line(f"registry/{name}", f"versions marked: {mark}", number)

    def snapshots(self, *, dry: bool) -> Iterator[Line]:
        """Take them out of the turns, and remove turns in the making that nobody makes."""
        for draft in () if dry else drafts(self.home):
            rmtree(draft)
        for one in snapshots(self.home):
            found = one.holding(self.customers) if dry else one.without(self.customers)
            for name, rows in found.items():
                yield Line(f"turns/{one.folder.name}/{name}", "rows taken out", rows)

    def derived(self, *, dry: bool) -> Iterator[Line]:
        """Remove tables in sheets that know them."""
        if not dry:
            sweep(self.places)
        for folder in derived(self.places, self.customers):
            if not dry:
                remove(folder)
            inside = folder.is_relative_to(self.home)
            yield Line(str(folder.relative_to(self.home) if inside else folder), "removed whole", 1)
