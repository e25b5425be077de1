"""A move as it is asked for: refused, done already, or written."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.errors import RegistryError
from cjlab.loop.registry._ledger import drafted
from cjlab.loop.registry._moves import RETIREMENT, ROLLBACK

if TYPE_CHECKING:
    from cjlab.loop.registry._catalogue import Catalogue
    from cjlab.loop.registry._moves import History, Move


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: which alias, which kind of move, why, by whom, to which version, from which."""

    alias: str
    kind: str
    why: str
    by: str | None
    after: int | None = None
    over: int | None = None

    def done(self, history: History) -> Move | None:
        """Return the move that has done this already: the version has the alias, or has left it by a rollback."""
        last = history.last(self.alias)
        if last is None:
            return None
        if self.kind == RETIREMENT and self.over is not None:
            return history.left(self.alias, self.over)
        if self.kind == ROLLBACK:
            return last if last.kind == ROLLBACK and self.over is not None and last.before == self.over else None
        return last if last.after == self.after else None

    def move(self, history: History) -> Move:
        """Return the move to write, or refuse it."""
        holder = history.holder(self.alias)
        if self.over is not None and holder != self.over:
            now = "none" if holder is None else f"version {holder}"
            raise RegistryError(
                f"the {self.alias} of {history.name!r} is {now}, and not version {self.over}; nothing was moved: look "
                "at its history, and judge again"
            )
        if self.kind == RETIREMENT and holder is None:
            raise RegistryError(f"{history.name!r} has no {self.alias}; there is nothing to retire")
        after = self._earlier(history) if self.kind == ROLLBACK else self.after
        return drafted(self.alias, self.kind, before=holder, after=after, by=self.by or user(), why=self.why)

    def _earlier(self, history: History) -> int:
        earlier = history.earlier(self.alias)
        if earlier is None:
            holder = history.holder(self.alias)
            there = f"version {holder} is its first {self.alias}" if holder else f"it has no {self.alias}"
            raise RegistryError(f"{history.name!r} cannot go back: {there}; promote the version that is to serve")
        return earlier


def moved(catalogue: Catalogue, asked: Asked) -> Move:
    """Do what is asked, once; the version that is to serve must be what was registered."""

    def decide(history: History) -> Move | None:
        if asked.done(history):
            return None
        move = asked.move(history)
        if move.after is not None:
            catalogue.sound(move.after)
        return move

    move = catalogue.ledger.write(decide)
    if move is not None:
        catalogue.ledger.mirror(asked.alias, move.after)
        return move
    history = catalogue.ledger.history()
    catalogue.ledger.mirror(asked.alias, history.holder(asked.alias))
    return _found(asked, history)


def _found(asked: Asked, history: History) -> Move:
    done = asked.done(history)
    if done is None:
        raise RegistryError(f"the {asked.alias} of {history.name!r} was moved meanwhile; look at its history")
    return done


def user() -> str:
    """Name the user of this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a process without a name
        return "unknown"
