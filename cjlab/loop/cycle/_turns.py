"""The turns that a loop has taken, the first one first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjlab._display import Shown
from cjlab.errors import TurnError
from cjlab.loop.cycle._home import Home

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.loop.cycle._turn import Turn


@dataclass(frozen=True, eq=False, repr=False)
class Turns(Shown):
    """Turns of a loop in their order; read by :func:`turns`.

    Parameters
    ----------
    rows : tuple of Turn
        The turns.

    Examples
    --------
    >>> import cjlab as cj
    >>> len(cj.loop.Turns(()).to_frame())
    0
    """

    rows: tuple[Turn, ...]

    @property
    def last(self) -> Turn:
        """The last turn.

        Raises
        ------
        TurnError
            When none was taken.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Turns(()).last
        Traceback (most recent call last):
            ...
        cjlab.errors.TurnError: no turn has been taken here; take one with Cycle.turn or cjlab cycle
        """
        if not self.rows:
            raise TurnError("no turn has been taken here; take one with Cycle.turn or cjlab cycle")
        return self.rows[-1]

    def until(self, turn: Turn) -> Turns:
        """Return the turns before one, and that one.

        Parameters
        ----------
        turn : Turn
            Which, such as one that was only thought of (``dry``).

        Returns
        -------
        Turns
            It is the last of them.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> at = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
        >>> turn = cj.loop.Turn(name="spring", day="2024-03-01", as_of=at)
        >>> cj.loop.Turns((turn,)).until(turn).rows == (turn,)
        True
        """
        return Turns((*(one for one in self.rows if one.as_of < turn.as_of), turn))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a turn.

        Returns
        -------
        pandas.DataFrame
            ``day``, ``champion``, ``challenger`` (versions), ``decided``, ``contacted``, ``random`` and ``holdout``
            (customers), ``cost``, ``expected`` (in currency), ``mature`` and ``pending`` (decisions so far),
            ``learnt`` (the version), ``shifts`` (moves of aliases, in words) and ``demoted``.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Turns(()).to_frame().columns[:3].tolist()
        ['day', 'champion', 'challenger']
        """
        import pandas as pd

        frame = pd.DataFrame([_row(one) for one in self.rows], columns=list(_COLUMNS))
        return frame.astype(dict.fromkeys(("champion", "challenger", "learnt"), "Int64"))


_COUNTED = ("decided", "contacted", "random", "holdout", "cost", "expected")
_COLUMNS = ("day", "champion", "challenger", *_COUNTED, "mature", "pending", "learnt", "shifts", "demoted")


def _row(turn: Turn) -> tuple[Any, ...]:
    counted = [turn.counts.get(name, 0) for name in _COUNTED]
    states = [turn.states.get(name, 0) for name in ("mature", "pending")]
    moved = "; ".join(f"{one.kind} of {one.version or one.over} ({one.alias})" for one in turn.shifts)
    version = turn.learnt.version if turn.learnt else None
    return (turn.day, turn.champion, turn.challenger, *counted, *states, version, moved, ", ".join(turn.demoted))


def turns(home: str | Path) -> Turns:
    """Read the turns that a loop has taken.

    Parameters
    ----------
    home : str or path
        The loop's home.

    Returns
    -------
    Turns
        The published turns, the first one first.

    Raises
    ------
    TurnError
        When the folder is no home, or a turn in it is not as it was written.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.turns("no/such/folder")
    Traceback (most recent call last):
        ...
    cjlab.errors.TurnError: no/such/folder is no home of a loop: it has no folder 'log'; ...
    """
    return Turns(tuple(Home.at(Path(home)).turns()))
