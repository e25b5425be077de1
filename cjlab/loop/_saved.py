"""Saved customers: of those who would have left, which share an action kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cjlab import features
from cjlab._checks import flag, offset, whole, within
from cjlab.loop._aim import as_known
from cjlab.loop._decided import decided
from cjlab.loop._observe import Observed, end, joined
from cjlab.loop._shares import Share, Shares, against
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.tables import Log

_FEW = 50


@dataclass(frozen=True, slots=True)
class Leaving:
    """What it is to leave, and when it is asked.

    Parameters
    ----------
    event : Where, str or tuple of str, default: "ended"
        What says that a customer left, such as ``Where("ended", reason="left")``; where ``silent``, what says that he
        stays.
    within : str, default: "90D"
        The horizon: for how long after the contact.
    afterwards : str, default: "182D"
        How long after the horizon it is asked again.
    silent : bool, default: False
        Whether he left who does nothing: no such event within the horizon, and none in as long a time afterwards.
    late : str, default: "1D"
        How long after its time it may still become known.

    Examples
    --------
    >>> Leaving("purchase", within="60D", silent=True).afterwards
    '182D'
    """

    event: features.Where | str | tuple[str, ...] = "ended"
    within: str = "90D"
    afterwards: str = "182D"
    silent: bool = False
    late: str = "1D"

    def __post_init__(self) -> None:
        """Check what can be checked without a log."""
        for name in ("within", "afterwards", "late"):
            offset(getattr(self, name), name=name)
        flag(self.silent, name="silent")


def saved(
    log: Log,
    leaving: Leaving,
    *,
    as_of: str | dt.date,
    control: str = "none",
    until: str | dt.date | None = None,
    least: int = _FEW,
    confidence: float = 0.95,
) -> Shares:
    r"""Say which share of those who would have left an action kept, at the horizon and some time after it.

    Among the mature decisions that the policy meant for an action, some were left alone by chance: these are the
    comparable control. With their shares of leavers :math:`c_1` (contacted) and :math:`c_0` (left alone), weighted by
    one over the chance of what they got, the saved share is

    .. math:: 1 - c_1 / c_0,

    with the score interval of a ratio of shares (Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211), customers
    being the clusters. The share of the contacted who stay is none: most would have stayed. The holdout is no control
    here, as whether anything would have been allowed to them is not asked.

    Parameters
    ----------
    log : Log
        The log.
    leaving : Leaving
        What it is to leave.
    as_of : date or text
        The moment: nothing that happened or became known at or after it is read.
    control : str, default: "none"
        Which arm is no contact.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event.
    least : int, default: 50
        How many must have left in the control; with fewer the share is not told.
    confidence : float, default: 0.95
        Of every interval.

    Returns
    -------
    Shares
        Two readings an action: at the horizon, and afterwards.

    Raises
    ------
    TableError
        When contacts lack a column of decisions.
    EvidenceError
        When there is no decision before the date.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
    >>> cj.loop.saved(log, cj.loop.Leaving(), as_of="2024-01-20")
    Traceback (most recent call last):
        ...
    cjlab.errors.TableError: contacts have no 'decision_id' ..., and so no decision can be followed; ...
    """
    whole(least, name="least", least=1)
    within(confidence, 0, 1, name="confidence", open_ends=True)
    known, when = as_known(log, as_of)
    rows, chances = decided(known, as_of, control)
    closes, ends = later(when, leaving.late, log.timezone, name="late", back=True), end(log, until)
    readings = []
    for follow, passed, said in _times(leaving):
        told = rows.assign(outcome=math.nan, state="")
        told["outcome"], told["state"] = joined(known, told, follow, within=passed, closes=closes, end=ends)
        seen = Observed(told, chances, control)
        readings += [
            _reading(seen, action, said, least=least, confidence=confidence)
            for action in chances.columns
            if action != control
        ]
    return Shares("saved", tuple(sorted(readings, key=lambda one: one.action)))


def _times(leaving: Leaving) -> list[tuple[partial[pd.Series[float]], str, str]]:
    """Return who had left, by when that is over, and what the time is called: at the horizon and afterwards."""
    total = f"{(offset(leaving.within, name='within') + offset(leaving.afterwards, name='afterwards')).days}D"
    return [
        (partial(_left, leaving, None), leaving.within, leaving.within),
        (partial(_left, leaving, total), total, f"{leaving.within} + {leaving.afterwards}"),
    ]


def _left(
    leaving: Leaving, total: str | None, log: Log, dates: list[dt.datetime], *, until: dt.datetime
) -> pd.Series[float]:
    """Return who had left, by date of decision and customer."""
    if not leaving.silent:
        return features.outcome(log, leaving.event, as_of=dates, within=total or leaving.within, until=until).y
    moved = {one if total is None else later(one, leaving.afterwards, log.timezone): one for one in dates}
    found = 1.0 - features.outcome(log, leaving.event, as_of=[*moved], within=leaving.within, until=until).y
    return found.rename({**moved}, level="as_of") if total else found


def _reading(seen: Observed, action: str, when: str, *, least: int, confidence: float) -> Share:
    """Read one action at one time."""
    found = against(seen, action, confidence=confidence)
    compared = found.compared
    shares = float(compared.treated), float(compared.control)
    said = ""
    if found.withheld[1] < least:
        said = (
            f"{found.withheld[1]} of the {found.withheld[0]:,} left alone have left, and {least} are needed; "
            "keep a larger control, or wait"
        )
    elif not found.contacted[0]:
        said = "nobody it was meant for got it and is mature"
    ends = [-float(x) for x in (compared.relative, compared.relative_high, compared.relative_low)]
    estimate, low, high = [math.nan] * 3 if said else ends
    return Share(action, when, *found.contacted, shares[0], *found.withheld, shares[1], estimate, low, high, said)
