"""Service: cases, complaints, payments and promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import counted, mean, same, share, silence
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When

_COUNTED = {
    "cases": ("case_opened", "cases opened"),
    "complaints": ("complaint", "complaints"),
    "payments_missed": ("payment_missed", "payments missed"),
    "promises_made": ("promise_made", "promises made to him"),
    "promises_kept": ("promise_kept", "promises kept"),
    "promises_broken": ("promise_broken", "promises broken"),
}


@dataclass(frozen=True)
class Service(Builder):
    """What went wrong, and what was made of it.

    ``cases_W``, ``complaints_W``, ``payments_missed_W``, ``promises_made_W``, ``promises_kept_W`` and
    ``promises_broken_W`` count rows of the window; ``promises_kept_share_W`` is kept / (kept + broken). ``cases_open``
    is the cases opened and not resolved before the date, by number, of any time. ``payment_lateness_W`` is the mean of
    the days from ``due_at`` to the payment, below 0 if early, and ``payment_lateness_W_most`` the most.
    ``days_since_complaint``: days of 24 hours.

    Parameters
    ----------
    window : str
        How far back.
    late : bool
        Whether to read ``due_at`` of payments.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Service()).names[:2]
    ('cases_365D', 'complaints_365D')
    """

    window: str = "365D"
    late: bool = True

    def columns(self) -> tuple[Column, ...]:
        """Return counts, what is open, what is late.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Service(late=False).columns())
        9
        """
        span = self.window
        made = [counted(f"{name}_{span}", Where(event), span, what) for name, (event, what) in _COUNTED.items()]
        kept, broken = (Cell("count", Where(f"promise_{one}"), window=span) for one in ("kept", "broken"))
        opened, resolved = (Cell("count", Where(one)) for one in ("case_opened", "case_resolved"))
        what, missing = "share of promises that were kept", "no promise was kept or broken"
        made += [
            Column(f"promises_kept_share_{span}", (kept, broken), _kept, "share", what, missing),
            Column("cases_open", (opened, resolved), _open, "cases", "cases opened and not resolved"),
            silence("days_since_complaint", Where("complaint"), "days since the last complaint", "he never complained"),
        ]
        if self.late:
            paid = Where("payment")
            ages = Cell("moments", paid, of="lateness_d", window=span)
            worst = Cell("most", paid, of="lateness_d", window=span)
            missing = "no payment had a date by which it was due"
            made += [
                Column(f"payment_lateness_{span}", (ages,), mean, "days", "mean days from due to paid", missing),
                Column(f"payment_lateness_{span}_most", (worst,), same, "days", "most days from due to paid", missing),
            ]
        return tuple(made)


def _kept(when: When, kept: NDArray[np.float64], broken: NDArray[np.float64]) -> NDArray[np.float64]:
    return share(when, kept + broken, kept)


def _open(when: When, opened: NDArray[np.float64], resolved: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    return np.maximum(opened - resolved, 0.0)
