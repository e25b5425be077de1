"""Every move of an alias, and what follows from them: who serves now, and who would after a rollback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Shown

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

PROMOTION, ROLLBACK, RETIREMENT = "promotion", "rollback", "retirement"


@dataclass(frozen=True, slots=True)
class Move:
    """One move of an alias.

    Parameters
    ----------
    number : int
        Its place among the moves of the model, rising.
    at : datetime
        When the registry wrote it, in UTC.
    alias : str
        Which name: champion, challenger or shadow.
    kind : str
        What it is: a promotion, a rollback or a retirement.
    before, after : int or None
        The version that had the alias, and the one that has it from then on; None for no version.
    by, why : str
        Who moved it, and why.

    Examples
    --------
    >>> import datetime as dt
    >>> import cjlab as cj
    >>> cj.loop.Move(2, dt.datetime(2026, 5, 1, tzinfo=dt.UTC), "champion", "promotion", 1, 2, "ana", "wins").after
    2
    """

    number: int
    at: dt.datetime
    alias: str
    kind: str
    before: int | None
    after: int | None
    by: str
    why: str


@dataclass(frozen=True, eq=False, repr=False)
class History(Shown):
    """Every move of a model's aliases, the first one first; nothing is ever taken out of it.

    Parameters
    ----------
    name : str
        The model.
    moves : tuple of Move
        The moves that count.

    Examples
    --------
    >>> import datetime as dt
    >>> import cjlab as cj
    >>> at = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    >>> cj.loop.History("churn", (cj.loop.Move(1, at, "champion", "promotion", None, 1, "ana", "first"),)).holder()
    1
    """

    name: str
    moves: tuple[Move, ...]

    def holder(self, alias: str = "champion") -> int | None:
        """Return the version that has an alias.

        Parameters
        ----------
        alias : str
            Which.

        Returns
        -------
        int or None
            The version; None if none has it.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.History("churn", ()).holder("shadow") is None
        True
        """
        last = self.last(alias)
        return last.after if last else None

    def last(self, alias: str = "champion") -> Move | None:
        """Return the last move of an alias.

        Parameters
        ----------
        alias : str
            Which.

        Returns
        -------
        Move or None
            The move; None if it was never moved.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.History("churn", ()).last() is None
        True
        """
        return next((move for move in reversed(self.moves) if move.alias == alias), None)

    def left(self, alias: str, number: int) -> Move | None:
        """Return the move by which a version lost an alias that it has not had again since.

        Parameters
        ----------
        alias : str
            Which.
        number : int
            The version.

        Returns
        -------
        Move or None
            The move; None if the version has the alias, or never had it.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.History("churn", ()).left("challenger", 1) is None
        True
        """
        own = (move for move in reversed(self.moves) if move.alias == alias and number in {move.before, move.after})
        last = next(own, None)
        return last if last is not None and last.after != number else None

    def earlier(self, alias: str = "champion") -> int | None:
        """Return the version to which a rollback goes: the one before the last promotion that still stands.

        Parameters
        ----------
        alias : str
            Which.

        Returns
        -------
        int or None
            The version; None if there is none before.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.History("churn", ()).earlier() is None
        True
        """
        standing: list[int | None] = []
        for move in (move for move in self.moves if move.alias == alias):
            if move.kind == ROLLBACK:
                del standing[-1:]
            else:
                standing.append(move.after)
        return standing[-2] if len(standing) > 1 else None

    def names(self, number: int) -> list[str]:
        """Return the aliases that a version has.

        Parameters
        ----------
        number : int
            The version.

        Returns
        -------
        list of str
            The aliases, in the order of the alphabet.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.History("churn", ()).names(1)
        []
        """
        return sorted(alias for alias in {move.alias for move in self.moves} if self.holder(alias) == number)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a move.

        Returns
        -------
        pandas.DataFrame
            ``number``, ``at``, ``alias``, ``kind``, ``before``, ``after`` (whole numbers, or nothing), ``by``, ``why``.

        Examples
        --------
        >>> import cjlab as cj
        >>> list(cj.loop.History("churn", ()).to_frame())
        ['number', 'at', 'alias', 'kind', 'before', 'after', 'by', 'why']
        """
        import pandas as pd

        names = list(Move.__dataclass_fields__)
        frame = pd.DataFrame([[getattr(move, name) for name in names] for move in self.moves], columns=names)
        return frame.astype({"before": "Int64", "after": "Int64"})
