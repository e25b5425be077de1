"""The versions of one model: their entries in the registry, their files on the shelf."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cjlab.errors import AwayError, RegistryError
from cjlab.loop.registry._entries import ERASED, is_version, version, version_tags
from cjlab.loop.registry._known import recall, remember
from cjlab.loop.registry._ledger import Ledger
from cjlab.loop.registry._shelf import Shelf, content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cjlab.loop.registry._mlflow import Row, Server
    from cjlab.loop.registry._version import Version
    from cjlab.models import Card

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The versions of one model."""

    name: str
    server: Server

    @property
    def shelf(self) -> Shelf:
        """Where its files lie, or their copies."""
        return Shelf(self.server.where.shelf / self.name)

    @property
    def ledger(self) -> Ledger:
        """The moves of its aliases."""
        return Ledger(self.server, self.name)

    def add(self, model: Any, card: Card, trained_on: Mapping[str, str]) -> Version:  # noqa: ANN401 - any model that can be stored
        """Put the files in place, then tell the registry, in one request."""
        files = self.shelf.put(partial(_saved, model=model, card=card))
        self.server.make()
        there = (one for one in self.versions() if one.content == content(files) and one.trained_on == trained_on)
        same = next(there, None)
        if same:
            return same
        place, run = self.shelf.place(files), None
        source = str(place)
        if self.server.where.served:
            source, run = self.server.upload(place, self.name)
        tags = version_tags(files, model=type(model).__name__, question=card.question, trained_on=trained_on)
        return self.version(self.server.add(self.name, source, tags, about=card.question[:1_000], run=run))

    def mark(self, number: int, mark: str) -> None:
        """Mark a version that may have learnt from somebody who was erased."""
        self._row(number)
        self.server.tag(self.name, number, ERASED, mark)

    def versions(self) -> list[Version]:
        """Return every version that is ours, the newest first."""
        rows = [row for row in self.server.rows(self.name) if is_version(row)]
        return [version(self.name, row, aliases=names) for row, names in zip(rows, self._aliases(rows), strict=True)]

    def version(self, number: int) -> Version:
        """Return a version."""
        row = self._row(number)
        return version(self.name, row, aliases=self._aliases([row])[0])

    def sound(self, number: int) -> None:
        """Refuse a version whose files are not all as they were registered."""
        self.folder(version(self.name, self._row(number), aliases=()))

    def _row(self, number: int) -> Row:
        rows = self.server.rows(self.name)
        found = next((row for row in rows if row.number == number), None)
        if found is None:
            there = ", ".join(str(row.number) for row in rows[:10])
            raise RegistryError(f"there is no version {number} of {self.name!r}; there is {there or 'none'}")
        return found

    def _aliases(self, rows: list[Row]) -> list[list[str]]:
        history = self.ledger.history() if rows else None
        return [history.names(row.number) if history else [] for row in rows]

    def known(self, which: str | int) -> Version:
        """Return a version by its name or number: as the registry says, or as it said last if it is away."""
        try:
            found = self.version(self._holder(which) if isinstance(which, str) else which)
        except AwayError as away:
            return self._recalled(which, away)
        remember(self.shelf.folder, found)
        return found

    def _holder(self, alias: str) -> int:
        number = self.ledger.history().holder(alias)
        if number is None:
            raise RegistryError(f"{self.name!r} has no {alias}; promote a version to it first")
        return number

    def _recalled(self, which: str | int, away: AwayError) -> Version:
        found = recall(self.shelf.folder, which)
        if found is None:
            raise away
        age = dt.datetime.now(tz=dt.UTC) - found.confirmed
        _logger.warning("%s; %s, as it was known %s ago, serves on", away, found, str(age).partition(".")[0])
        return found

    def part(self, found: Version, name: str) -> Any:  # noqa: ANN401 - a model, or a card
        """Read the model or the card of a version, its files seen to be what was registered."""
        from cjlab.models import load

        return load(self.folder(found) / name)

    def folder(self, found: Version) -> Path:
        """Return the files of a version, all as they were registered; a server's are brought here first."""
        try:
            return self.shelf.find(found.files)
        except RegistryError:
            if found.cached or not self.server.where.served:
                raise
        source = self._row(found.number).source
        self.shelf.put(partial(self.server.download, source), files=found.files)
        return self.shelf.find(found.files)


def _saved(folder: Path, model: Any, card: Card) -> None:  # noqa: ANN401 - any model that can be stored
    from cjlab.models import save

    save(model, folder / "model")
    save(card, folder / "card")
