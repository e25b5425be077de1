"""Who of those we write to has done nothing for a year: four nested states of silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cjlab.features._estimates import part, share
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import counted, same
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When

LINE: Final = ("customers", "share", "low", "high", "cost", "cost_share", "cost_low", "cost_high")
ACTS: Final = ("opened", "clicked", "visit", "purchase")
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


def audited(written: pd.DataFrame, told: tuple[str, ...], *, everybody: str, confidence: float = 0.95) -> pd.DataFrame:
    """Return a line for all who were written to, and one for the silence of each act that the log can tell."""
    import pandas as pd

    flags = {everybody: np.ones(len(written))}
    flags |= {SILENCES[ACTS.index(act)]: written[SILENCES[ACTS.index(act)]].to_numpy(np.float64) for act in told}
    lines = {name: line(written, one, confidence=confidence) for name, one in flags.items()}
    made = pd.DataFrame.from_dict(lines, orient="index", columns=list(LINE)).rename_axis("silence")
    return made.astype({"customers": int})


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
