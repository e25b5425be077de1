"""The ledger of a model's moves: whoever writes knows of all that was written before, or writes nothing."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from cjlab.errors import RegistryError
from cjlab.loop.registry._entries import MOVES, counts, history, mark_of, move_tags
from cjlab.loop.registry._moves import Move

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.loop.registry._mlflow import Server
    from cjlab.loop.registry._moves import History

_TRIES = 5
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The moves of one model's aliases."""

    server: Server
    name: str

    def history(self) -> History:
        """Return the moves that count."""
        return history(self.name, self.server.rows(f"{self.name}{MOVES}"))

    def write(self, decide: Callable[[History], Move | None]) -> Move | None:
        """Write the move that ``decide`` makes of the history, or nothing if it makes none.

        One request writes it. If somebody else's move came between, it does not count, and ``decide`` is asked again.
        """
        for _ in range(_TRIES):
            rows = self.server.rows(f"{self.name}{MOVES}")
            move = decide(history(self.name, rows))
            if move is None:
                return None
            done = self._written(move, follows=rows[0].number if rows else 0)
            if done:
                return done
        raise RegistryError(f"others keep moving the aliases of {self.name!r}; look at its history, and try again")

    def _written(self, move: Move, *, follows: int) -> Move | None:
        mark, line = uuid4().hex, f"{self.name}{MOVES}"
        about = f"{move.alias}: {move.before or 'none'} → {move.after or 'none'}, by {move.by}: {move.why}"
        source = f"models:/{self.name}/{move.after or move.before}"
        self.server.add(line, source, move_tags(move, follows=follows, mark=mark), about=about[:1_000], new=not follows)
        ours = [row for row in self.server.rows(line) if mark_of(row) == mark and counts(row)]
        return history(self.name, ours).moves[0] if ours else None

    def mirror(self, alias: str, holder: int | None) -> None:
        """Set MLflow's own alias as the history says; whoever was faster meanwhile has the last word."""
        try:
            for _ in range(_TRIES):
                self.server.point(self.name, alias, holder)
                said, holder = holder, self.history().holder(alias)
                if said == holder:
                    return
        except RegistryError as away:
            _logger.warning("MLflow's alias %s of %s is set with the next move: %s", alias, self.name, away)


def drafted(alias: str, kind: str, *, before: int | None, after: int | None, by: str, why: str) -> Move:
    """Make a move that has no number yet."""
    return Move(0, dt.datetime.now(tz=dt.UTC), alias, kind, before, after, by, why)
