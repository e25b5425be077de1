"""Customers regained: who was late by his own rhythm, and is back to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjlab import features
from cjlab._checks import offset, within
from cjlab.errors import EvidenceError, SpecError
from cjlab.loop._aim import as_known
from cjlab.loop._decided import decided
from cjlab.loop._observe import CENSORED, MATURE, PENDING, Observed, at_decisions, end
from cjlab.loop._shares import Share, Shares, against
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.tables import Log


@dataclass(frozen=True, slots=True)
class Returning:
    """What it is to be back, and when it is asked.

    Parameters
    ----------
    of : Where, str or tuple of str, default: "purchase"
        Of which rows the rhythm is.
    within : str, default: "56D"
        By when he should be back to it: eight weeks.
    lasting : str, default: "182D"
        When it is asked whether he still is: twenty-six weeks.
    lateness : float, default: 0.8
        Whom it is asked of: those for whom that share of their own gaps is over by the time of the decision.

    Examples
    --------
    >>> Returning(within="28D").lasting
    '182D'
    """

    of: features.Where | str | tuple[str, ...] = "purchase"
    within: str = "56D"
    lasting: str = "182D"
    lateness: float = 0.8

    def __post_init__(self) -> None:
        """Check what can be checked without a log."""
        if offset(self.lasting, name="lasting") <= offset(self.within, name="within"):
            raise SpecError(f"lasting is {self.lasting!r} and within {self.within!r}; lasting comes after it")
        within(self.lateness, 0, 1, name="lateness")


def regained(
    log: Log,
    returning: Returning,
    *,
    as_of: str | dt.date,
    control: str = "none",
    until: str | dt.date | None = None,
    confidence: float = 0.95,
) -> Shares:
    r"""Say how many more of those who were late came back to their own rhythm, and how many more are still there.

    A customer's own rhythm is the mean gap :math:`\mu` of his law of gaps as it stood at the decision
    (:class:`cjlab.features.Rhythm`, its prior fitted to what was known at the first decision). He is *back* where he
    bought on at least :math:`\max(1, \lfloor T / \mu \rfloor)` days of the *T* days since, as often as his own gap fits
    in; and *lasting* where he was, and did so again in as many days before the end of ``lasting``. Only who was late at
    the decision is asked. The estimate is the share of those who got the action less that of those who were left alone
    by chance, weighted by one over the chance of what they got, with the score interval (Miettinen & Nurminen 1985,
    doi:10.1002/sim.4780040211), customers being the clusters. Counts are those known at the end of each time.

    Parameters
    ----------
    log : Log
        The log.
    returning : Returning
        What it is to be back.
    as_of : date or text
        The moment: nothing that happened or became known at or after it is read.
    control : str, default: "none"
        Which arm is no contact.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event.
    confidence : float, default: 0.95
        Of every interval.

    Returns
    -------
    Shares
        Two readings an action: back, and lasting.

    Raises
    ------
    TableError
        When contacts lack a column of decisions.
    EvidenceError
        When there is no decision before the date, or nobody decided on was late.
    SpecError
        When too few customers have a rhythm.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
    >>> cj.loop.regained(log, cj.loop.Returning(), as_of="2024-01-20")
    Traceback (most recent call last):
        ...
    cjlab.errors.TableError: contacts have no 'decision_id' ..., and so no decision can be followed; ...
    """
    within(confidence, 0, 1, name="confidence", open_ends=True)
    known, when = as_known(log, as_of)
    rows, chances = decided(known, as_of, control)
    needed = _needed(known, rows, returning)
    if needed.isna().all():
        raise EvidenceError(
            f"none of {len(rows):,} decisions is on a customer of whose gaps {returning.lateness:.0%} are over; "
            "give a lower lateness"
        )
    rows, chances, needed = rows[needed.notna()], chances[needed.notna()], needed.dropna()
    over = min(when, end(log, until))
    first = _enough(known, rows, needed, returning, returning.within, over)
    second = first * _enough(known, rows, needed, returning, returning.lasting, over)
    readings = []
    for asked, met in ((returning.within, first), (returning.lasting, second)):
        seen = Observed(rows.assign(outcome=met, state=_states(known, rows, met, asked, when)), chances, control)
        readings += [_reading(seen, action, asked, confidence) for action in chances.columns if action != control]
    return Shares("regained", tuple(sorted(readings, key=lambda one: one.action)))


def _needed(log: Log, rows: pd.DataFrame, returning: Returning) -> pd.Series[float]:
    """Return on how many days each should buy to be back; NaN for who was not late."""
    dates = _dates(rows)
    rhythm = features.Rhythm.fitted(log, dates[0], of=returning.of, name="own")
    made = features.Recipe(rhythm).build(log, dates)
    late = made["own_lateness"] >= returning.lateness
    fits = np.maximum(1.0, np.floor(offset(returning.within, name="within").days / made["own_mean_gap"]))
    found = at_decisions(_dated(fits.where(late), dates), rows)
    return pd.Series(found.to_numpy(), rows.index)


def _enough(
    log: Log, rows: pd.DataFrame, needed: pd.Series[float], returning: Returning, when: str, over: dt.datetime
) -> pd.Series[float]:
    """Return whether each bought often enough in as many days as ``within`` has, before ``when`` had passed."""
    moved = {later(one, when, log.timezone): one for one in _dates(rows)}
    closed = [one for one in moved if one <= over]
    if not closed:
        return pd.Series(math.nan, rows.index)
    where = returning.of if isinstance(returning.of, features.Where) else features.Where(returning.of)
    count = features.Frequency(where, window=returning.within, count="days", name="days")
    made = features.Recipe(count).build(log, closed)["days"]
    found = at_decisions(_dated(made, closed).rename(moved, level="as_of"), rows)
    days = pd.Series(found.to_numpy(), rows.index)
    return (days >= needed).astype(float).where(days.notna())


def _dated(values: pd.Series[float], dates: list[dt.datetime]) -> pd.Series[float]:
    """Return features of one date or several, indexed by ``as_of`` and ``customer_id``."""
    if "as_of" in values.index.names:
        return values
    return pd.concat({dates[0]: values}, names=["as_of"])


def _dates(rows: pd.DataFrame) -> list[dt.datetime]:
    return [one.to_pydatetime() for one in sorted(rows["at"].unique().tolist())]


def _states(log: Log, rows: pd.DataFrame, met: pd.Series[float], asked: str, when: dt.datetime) -> np.ndarray:
    over = {one for one in _dates(rows) if later(one, asked, log.timezone) <= when}
    unknown = np.where(pd.Series(rows["at"]).isin(over), CENSORED, PENDING)
    return np.where(met.notna(), MATURE, unknown)


def _reading(seen: Observed, action: str, when: str, confidence: float) -> Share:
    """Read one action at one time."""
    found = against(seen, action, confidence=confidence)
    compared = found.compared
    empty = [name for name, side in (("got it", found.contacted), ("was left alone", found.withheld)) if not side[0]]
    said = f"nobody who was late and it was meant for {empty[0]} and is mature" if empty else ""
    ends = (float(compared.estimate), float(compared.low), float(compared.high))
    shares = float(compared.treated), float(compared.control)
    return Share(action, when, *found.contacted, shares[0], *found.withheld, shares[1], *ends, said)
