"""The engagement audit: who of those we write to has done nothing for a year, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cjlab.features._builder import Builder, Column
from cjlab.features._cell import Cell
from cjlab.features._estimates import part, share
from cjlab.features._formulas import counted, same
from cjlab.features._recipe import Recipe
from cjlab.features._where import Where

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features._builder import When
    from cjlab.tables import Log

LINE: Final = ("customers", "share", "low", "high", "cost", "cost_share", "cost_low", "cost_high")
SILENCES: Final = ("no_open", "no_click", "no_visit", "no_purchase")
_ACTS = (Where("opened", machine=False), Where("clicked", machine=False), Where("visit"), Where("purchase"))


@dataclass(frozen=True)
class Audit(Builder):
    """In which of four nested states of silence a customer is whom messages were sent to.

    Of the window: ``no_open`` nothing was opened by a person; ``no_click`` nor clicked; ``no_visit`` nor did he visit,
    through whatever channel; ``no_purchase`` nor did he buy. Each is 1 or 0, and each of them means the ones before it,
    so who buys in the shop and opens nothing is in the first two, or three, and never in the last. Opens by a machine
    are nobody's. ``audit_silence`` is how many of the four hold, 0 to 4.

    Parameters
    ----------
    window : str
        How far back.
    purpose : str
        Of which messages.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Audit()).names
    ('targeted', 'targeted_cost', 'no_open', 'no_click', 'no_visit', 'no_purchase', 'audit_silence')
    """

    window: str = "365D"
    purpose: str = "marketing"

    def columns(self) -> tuple[Column, ...]:
        """Return how often he was written to, what it cost, the four silences, and how deep he is in them.

        Returns
        -------
        tuple of Column
            Seven features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Audit().columns()[2].missing
        'nothing was sent to him'
        """
        sent, missing = Where(table="contacts", sent=True, purpose=self.purpose), "nothing was sent to him"
        messages = Cell("count", sent, window=self.window)
        cells = [messages, *(Cell("count", act, window=self.window) for act in _ACTS)]
        cost = Cell("sum", sent, of="cost", window=self.window)
        silent = [
            Column(
                name,
                tuple(cells[: depth + 2]),
                _silent,
                "0 or 1",
                f"{name} in {self.window}, nor what is before it",
                missing,
            )
            for depth, name in enumerate(SILENCES)
        ]
        return (
            counted("targeted", sent, self.window, f"{self.purpose} messages sent in {self.window}"),
            Column("targeted_cost", (cost,), same, "cost", f"what the messages of {self.window} cost"),
            *silent,
            Column("audit_silence", tuple(cells), _depth, "states", "how many of the four silences hold", missing),
        )


def engagement_audit(
    log: Log, as_of: str | dt.date, *, window: str = "365D", purpose: str = "marketing", confidence: float = 0.95
) -> pd.DataFrame:
    """Return what share of those we write to is silent, in four nested states, and what was spent on them.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date or text
        The moment; a bare date is the local midnight with which it begins.
    window : str
        How far back.
    purpose : str
        Of which messages.
    confidence : float
        Of the intervals of Wilson (1927, doi:10.1080/01621459.1927.10502953).

    Returns
    -------
    pandas.DataFrame
        Indexed by ``silence``: ``targeted`` (everybody written to), then ``no_open``, ``no_click``, ``no_visit`` and
        ``no_purchase`` as :class:`Audit` defines them; ``customers``, ``share``, ``low``, ``high`` (NaN where nobody
        was written to), ``cost`` (what their messages cost), ``cost_share``, ``cost_low`` and ``cost_high`` (by the
        delta method).

    Raises
    ------
    TableError
        When the log lacks a column that the audit reads. :class:`Listening` reads such a log, and says what it lacks.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=50)
    >>> log = cj.simulator.simulate(world, policy=cj.simulator.RandomContacts(rate=0.2), days=60).log
    >>> cj.features.engagement_audit(log, "2024-02-20", window="30D").index.tolist()
    ['targeted', 'no_open', 'no_click', 'no_visit', 'no_purchase']
    """
    import pandas as pd

    built = Recipe(Audit(window, purpose)).build(log, as_of)
    written = built[built["targeted"] > 0]
    lines = {"targeted": np.ones(len(written))} | {name: written[name].to_numpy(np.float64) for name in SILENCES}
    made = [line(written, flags, confidence=confidence) for flags in lines.values()]
    frame = pd.DataFrame(made, columns=list(LINE), index=pd.Index(list(lines), name="silence"))
    return frame.astype({"customers": int})


def line(written: pd.DataFrame, flags: NDArray[np.float64], *, confidence: float = 0.95) -> list[float]:
    """Return how many of those written to are flagged, their share, what they cost, and what share that is."""
    cost = written["targeted_cost"].to_numpy(np.float64)
    spent = part(cost * flags, cost, confidence=confidence)
    return [float(flags.sum()), *share(flags, confidence=confidence), float((cost * flags).sum()), *spent]


def _silent(when: When, sent: NDArray[np.float64], *acts: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    return np.where(sent > 0, np.sum(acts, axis=0) == 0, np.nan)


def _depth(when: When, sent: NDArray[np.float64], *acts: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    done = np.cumsum(acts, axis=0) > 0
    return np.where(sent > 0, (~done).sum(axis=0), np.nan)
