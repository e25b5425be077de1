"""What came of decisions: mature, still pending, or never to be known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cjlab._display import Shown
from cjlab.errors import EvidenceError, TableError
from cjlab.loop._aim import Aim, as_known, came, closed, so_far
from cjlab.loop._decided import decided
from cjlab.loop._evidence import Evidence
from cjlab.tables import later, moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from cjlab.loop._delay import Delay
    from cjlab.tables import Log

    class Follow(Protocol):
        """What came after each of some dates of everybody, indexed by ``as_of`` and ``customer_id``."""

        def __call__(self, log: Log, dates: list[dt.datetime], *, until: dt.datetime) -> pd.Series[float]: ...


MATURE, PENDING, CENSORED, MATURING = "mature", "pending", "censored", "maturing"


@dataclass(frozen=True, eq=False, repr=False)
class Observed(Shown):
    """Decisions and what came of them as of a date; made by :func:`observe`.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a decision, indexed by ``decision_id``: ``customer_id``, ``at``, ``arm``, ``slice``, ``score``,
        ``intended`` (the arm that the policy itself would have given: the likeliest), ``state`` (``"mature"``,
        ``"pending"``: its time is not over; ``"censored"``: it is, and what came cannot be known; ``"maturing"``: it
        is not, and what is known so far stands for what will) and ``outcome``, NaN unless mature or maturing.
    chances : pandas.DataFrame
        The chance of every arm, one column an arm, 0 where it was not allowed; of the holdout all but the control 0.
    control : str
        Which arm is no contact.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> rows = pd.DataFrame({"at": ["2025-01-01"] * 2, "state": ["mature", "pending"]})
    >>> cj.loop.Observed(rows, pd.DataFrame(), "none").to_frame()["decisions"].tolist()
    [1, 1]
    """

    rows: pd.DataFrame
    chances: pd.DataFrame
    control: str

    @property
    def open(self) -> pd.Series[bool]:
        """Which decisions chance could have made otherwise: neither the control nor another arm was ruled out.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> rows = pd.DataFrame({"arm": ["mail", "none"]})
        >>> chances = pd.DataFrame({"none": [0.5, 1.0], "mail": [0.5, 0.0]})
        >>> cj.loop.Observed(rows, chances, "none").open.tolist()  # the second customer may not be written to
        [True, False]
        """
        possible = self.chances > 0
        return possible[self.control] & (possible.sum(axis=1) > 1)

    def to_frame(self) -> pd.DataFrame:
        """Return how many decisions there are by time and state.

        Returns
        -------
        pandas.DataFrame
            ``at``, ``state``, ``decisions``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> rows = pd.DataFrame({"at": ["2025-01-01"] * 2, "state": ["mature", "mature"]})
        >>> cj.loop.Observed(rows, pd.DataFrame(), "none").to_frame()["decisions"].tolist()
        [2]
        """
        return self.rows.groupby(["at", "state"], sort=True).size().rename("decisions").reset_index()

    def evidence(
        self,
        X: pd.DataFrame,  # noqa: N803 - scikit-learn's name
        *,
        value: float = 1.0,
        costs: Mapping[Any, float] | None = None,
        segment: str | None = None,
    ) -> Evidence:
        """Return the mature decisions that were drawn by chance, the holdout left out, as a challenge takes them.

        Parameters
        ----------
        X : pandas.DataFrame
            Features as of the decisions, indexed by ``decision_id``.
        value : float, default: 1.0
            What one unit of the outcome is worth.
        costs : mapping of arm to float, optional
            What a contact costs.
        segment : str, optional
            A column of ``X`` that names segments; it is left out of the features.

        Returns
        -------
        Evidence
            The rows whose customers could have received the control and some other arm; of an arm that they could not
            have received the chance is 0.

        Raises
        ------
        TableError
            When ``X`` lacks decisions.
        EvidenceError
            When nothing is mature.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> index = pd.Index(["d1", "d2"], name="decision_id")
        >>> rows = pd.DataFrame({
        ...     "at": pd.to_datetime(["2025-01-01"] * 2, utc=True), "slice": "random", "arm": ["none", "mail"],
        ...     "customer_id": [1, 2], "state": "mature", "outcome": [0.0, 1.0],
        ... }, index)
        >>> seen = cj.loop.Observed(rows, pd.DataFrame({"none": 0.5, "mail": 0.5}, index), "none")
        >>> seen.evidence(pd.DataFrame({"age": [30.0, 40.0]}, index)).n
        2
        """
        usable = (self.rows["state"] == MATURE) & (self.rows["slice"] != "holdout") & self.open
        if not usable.any():
            raise EvidenceError(
                "no decision is mature and could have been another: wait, or let a random slice be drawn"
            )
        own = self.rows[usable]
        absent = own.index.difference(X.index)
        if len(absent):
            raise TableError(
                f"X lacks {len(absent):,} decisions, first {absent[0]!r}; give the features of all of them"
            )
        table = X.loc[own.index]
        return Evidence(
            table.drop(columns=[segment] if segment else []),
            own["outcome"].to_numpy(),
            own["arm"].to_numpy(dtype=str),
            self.control,
            self.chances.loc[own.index],
            value,
            costs,
            segment=table[segment].to_numpy() if segment else None,
            customer=own["customer_id"].to_numpy(),
            since=own["at"].min().to_pydatetime(),
        )


def observe(
    log: Log,
    aim: Aim,
    *,
    as_of: str | dt.date,
    control: str = "none",
    until: str | dt.date | None = None,
    delay: Delay | None = None,
) -> Observed:
    """Join decisions to what came of them, as it was known at a date.

    Decisions are the contacts that have a ``decision_id``. Outcomes are counted from the decision on, nothing that
    happened or became known at or after ``as_of`` is read, and a decision is mature when ``aim.within`` and
    ``aim.late`` are over. Where the log ends before that (a feed that stopped), what came is not known and the decision
    is censored; a customer who had neither joined nor been seen is censored likewise.

    Parameters
    ----------
    log : Log
        The log.
    aim : Aim
        What counts as what came.
    as_of : date or text
        The moment of observation.
    control : str, default: "none"
        Which arm is no contact.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event.
    delay : Delay, optional
        How outcomes become known by age, as :func:`delay` found: a pending decision of an age whose share is known is
        then *maturing*, and its outcome what is known so far divided by that share. Unless given, only what is mature
        counts.

    Returns
    -------
    Observed
        Decisions, states and outcomes.

    Raises
    ------
    TableError
        When contacts lack a column of decisions.
    EvidenceError
        When there is no decision before the date, or the delay is of another aim or differs by arm.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
    >>> cj.loop.observe(log, cj.loop.Aim(within="7D"), as_of="2024-01-20")
    Traceback (most recent call last):
        ...
    cjlab.errors.TableError: contacts have no 'decision_id' ..., and so no decision can be followed; ...
    """
    known, when = as_known(log, as_of)
    rows, chances = decided(known, as_of, control)
    ends = end(log, until)
    rows["outcome"], rows["state"] = joined(
        known, rows, partial(came, aim), within=aim.within, closes=closed(aim, known, when), end=ends
    )
    if delay is not None:
        _weigh(rows, known, delay.of(aim), when=when, end=ends)
    return Observed(rows, chances, control)


def joined(
    log: Log, rows: pd.DataFrame, follow: Follow, *, within: str, closes: dt.datetime, end: dt.datetime
) -> tuple[Any, Any]:
    """Return what came of each decision, and its state."""
    import pandas as pd

    dates = [one.to_pydatetime() for one in sorted(rows["at"].unique().tolist())]
    known = at_decisions(follow(log, dates, until=min(closes, end)), rows)
    over = {one for one in dates if later(one, within, log.timezone) <= closes}
    unknown = np.where(pd.Series(rows["at"]).isin(over), CENSORED, PENDING)
    return known.to_numpy(), np.where(known.notna(), MATURE, unknown)


def at_decisions(found: pd.Series[float], rows: pd.DataFrame) -> pd.Series[float]:
    """Return what came, by date and customer, for each decision; NaN where it is not known."""
    import pandas as pd

    when = pd.DatetimeIndex(found.index.get_level_values("as_of")).tz_convert("UTC")
    told = pd.Series(found.to_numpy(), pd.MultiIndex.from_arrays([when, found.index.get_level_values(1)]))
    return told.reindex(pd.MultiIndex.from_arrays([pd.DatetimeIndex(rows["at"]), rows["customer_id"]]))


def _weigh(rows: pd.DataFrame, log: Log, delay: Delay, *, when: dt.datetime, end: dt.datetime) -> None:
    """Put what is known of pending decisions in the place of what will have come, divided by its usual share."""
    pending = rows[rows["state"] == PENDING]
    for date in pending["at"].unique().tolist():
        age = (min(when, end) - date.to_pydatetime()).days
        share = delay.share(age)
        if np.isnan(share):
            continue
        own = pending[pending["at"] == date]
        known = at_decisions(so_far(delay.aim, log, [date.to_pydatetime()], age), own).to_numpy() / share
        there = own.index[~np.isnan(known)]
        rows.loc[there, "outcome"] = known[~np.isnan(known)]
        rows.loc[there, "state"] = MATURING


def end(log: Log, until: str | dt.date | None) -> dt.datetime:
    """Return until when the log tells all."""
    if until is not None:
        return moment(until, log.timezone)
    last = log.events.select(pl.col("at").max()).collect().item()
    if last is None:
        raise EvidenceError("the log has no event, so nothing can be said to have come of anybody; give until=")
    return later(moment(last.astimezone(ZoneInfo(log.timezone)).date(), log.timezone), "1D", log.timezone)
