"""Versions that learnt from a customer: they are marked, so that the next ones are learnt without him."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.loop.registry import MARKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cjlab.loop.registry import Registry, Version

TRAINED, UNKNOWN = MARKS


def marks(registry: Registry, *, held: Collection[str], there: Collection[str]) -> Iterator[tuple[Version, str]]:
    """Go through the versions to be marked, given the turns that hold him, and all turns there are.

    A version says in ``trained_on`` from which turns it learnt, under ``turns``. One that says nothing, or names a turn
    that is not there any more, may have learnt from him: it is marked as unknown.
    """
    for version in registry.versions().rows:
        turns = {one.strip() for one in version.trained_on.get("turns", "").split(",")} - {""}
        mark = TRAINED if turns & set(held) else "" if turns and turns <= set(there) else UNKNOWN
        if mark and version.erased not in {TRAINED, mark}:
            yield version, mark
