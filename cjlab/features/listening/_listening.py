"""Who of those we write to still listens: the engagement audit with all that belongs to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import text, whole
from cjlab._display import Shown
from cjlab.features._logged import logged
from cjlab.features._span import reach
from cjlab.features.listening._heard import completed, heard
from cjlab.features.listening._listeners import (
    channels,
    early,
    first,
    grouped,
    groups,
    late,
    nothing,
    silences,
    with_machines,
)
from cjlab.features.listening._replayed import NAMES, answered, replayed
from cjlab.features.outcomes._contract import ended
from cjlab.tables import later

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features._estimates import Ends
    from cjlab.tables import Log


@dataclass(frozen=True, eq=False, repr=False)
class Listening(Shown):
    """Who of those we write to still listens, at a date.

    Every share has the ends of its 95 % interval beside it, ``low`` and ``high``: it speaks of customers like these.

    Parameters
    ----------
    as_of, since : datetime.datetime
        The moment, and from when on was read: the window's begin, or the log's where that is later.
    timezone : str
        The brand's zone.
    customers : int
        How many customers are known.
    repeats : int
        How often a scenario must have been sent without an answer to count as replayed.
    told : tuple of str
        Which of "opened", "clicked", "visit" and "purchase" the log has in that time; the others nobody can judge.
    lacking : tuple of str
        Columns that the log does not have: "machine", "cost", "purpose".
    silences : pandas.DataFrame
        A line "written" for all who were written to, and one for each silence of :class:`Audit` that the log can tell:
        ``customers``, ``share``, ``low``, ``high``, ``cost``, ``cost_share``, ``cost_low``, ``cost_high``.
    with_machines : tuple of float
        Which share would have opened nothing if opens by machines were a person's, and its ends; NaN where unknown.
    early : int
        Of those in the first silence, how many got their first message in the last 90 days.
    left : int
        Of those in the first silence, how many had a contract, and have none that runs on.
    groups : pandas.DataFrame
        Lines "reads" (opened or clicked), "comes" (did not, but visited or bought) and "silent" (nothing at all): as in
        ``silences``, then ``messages`` and ``bought`` (days with a purchase), means a customer, with ``_low`` and
        ``_high``.
    channels : pandas.DataFrame
        A line a channel: ``customers`` written to by it, ``messages``, ``cost``, and the ``share`` of these customers
        who opened nothing there; NaN where the log has no open of the channel.
    scenarios : pandas.DataFrame
        A line a scenario, or campaign: ``customers``, ``replayed`` (how many were sent it ``repeats`` times or more
        since they last answered any message), ``share``, ``low``, ``high``, ``messages`` and ``cost`` of these, and
        ``silent``, the share of the replayed who gave no sign of any kind. Without lines where the log has no answers.
    late : pandas.DataFrame
        Lines "all" and a group each, "unwritten" among them: ``judged`` (customers with four gaps between purchases or
        more), ``late`` (silent for so long that 2 % of customers who keep their rhythm are in a quarter, as
        :class:`RhythmChange` says), ``share``, ``low``, ``high``. Without lines where fewer than 20 have a gap.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400))
    >>> found.to_frame().index.tolist()
    ['written', 'no_open', 'no_click', 'no_visit', 'no_purchase']
    """

    as_of: dt.datetime
    since: dt.datetime
    timezone: str
    customers: int
    repeats: int
    told: tuple[str, ...]
    lacking: tuple[str, ...]
    silences: pd.DataFrame
    with_machines: Ends
    early: int
    left: int
    groups: pd.DataFrame
    channels: pd.DataFrame
    scenarios: pd.DataFrame
    late: pd.DataFrame

    @classmethod
    def of(
        cls,
        log: Log,
        as_of: str | dt.date | None = None,
        *,
        window: str = "365D",
        purpose: str = "marketing",
        repeats: int = 6,
    ) -> Listening:
        """Return who of those we write to still listens, what the silent cost, and who is late by his own rhythm.

        Nothing at or after the date, or known only later, is read. What the log does not have is said in ``told`` and
        ``lacking``: without opens nobody has opened anything, and so that silence is left out.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text, optional
            The moment; a bare date is the local midnight with which it begins. Else the end of the log’s last day.
        window : str
            How far back.
        purpose : str
            Of which messages.
        repeats : int
            From how many times on a scenario is replayed to somebody who does not answer.

        Returns
        -------
        Listening
            All of it.

        Raises
        ------
        SpecError
            When the log is none, or a number or a length of time is out of range.
        EvidenceError
            When the log has no event.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400), "2025-01-01")
        >>> bool(found.groups["customers"].sum() == found.written)
        True
        """
        logged(log)
        text(purpose, name="purpose")
        whole(repeats, name="repeats", least=2)
        begun, last = reach(log, None)
        end = last if as_of is None else log.moment(as_of)
        start = later(end, window, log.timezone, name="window", back=True)
        read = heard(log, start, end, window=window, purpose=purpose)
        people = read.people.assign(group=grouped(read))
        written = people[people["group"] != "unwritten"]
        filled, _ = completed(log, purpose)
        quiet = written.index[written["group"] == "silent"]
        known = bool(len(written)) and answered(filled, start, end)
        there = (
            replayed(filled, start, end, purpose=purpose, repeats=repeats, silent=quiet) if known else nothing(NAMES)
        )
        return cls(
            as_of=end,
            since=max(start, min(_begun(log, begun), end)),
            timezone=log.timezone,
            customers=len(people),
            repeats=repeats,
            told=read.told,
            lacking=read.lacking,
            silences=silences(written, read.told),
            with_machines=with_machines(written, read),
            early=early(written, read.told),
            left=int(first(written, read.told).isin(ended(log, end)).sum()),
            groups=groups(written),
            channels=channels(written, read.channels),
            scenarios=there,
            late=late(people),
        )

    @property
    def days(self) -> int:
        """How many days were read.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=400)
        >>> cj.features.Listening.of(log, window="90D").days
        90
        """
        return round((self.as_of - self.since) / dt.timedelta(days=1))

    @property
    def written(self) -> int:
        """How many customers were written to.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400)).written > 200
        True
        """
        return int(self.silences["customers"].iloc[0]) if len(self.silences) else 0

    def to_frame(self) -> pd.DataFrame:
        """Return the silences.

        Returns
        -------
        pandas.DataFrame
            A line each.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=400)).to_frame())
        5
        """
        return self.silences


def _begun(log: Log, first: dt.datetime) -> dt.datetime:
    """Return when the log begins, with an event or with a message."""
    sent = log.contacts.select(pl.col("at").min()).collect().item()
    return first if sent is None else min(first, sent)
