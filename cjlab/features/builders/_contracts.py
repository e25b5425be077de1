"""Contracts: how many run, how old they are, until when they bind, and whether their end was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import flag, texts
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.kernel import HELD, held
from cjlab.features.outcomes._contract import END
from cjlab.features.reading._rows import NO_TIME, fixed, instants
from cjlab.features.reading._source import Apart
from cjlab.features.reading._where import Where
from cjlab.features.reading._window import microseconds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When
    from cjlab.features.reading._rows import Rows
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_DAY, _YEAR = 86_400_000_000.0, 365.25
_RUNNING, _OVER, _START, _BOUND, _RENEWALS, _NOTICE = range(HELD)


@dataclass(frozen=True)
class Contracts(Builder):
    """The contracts that a customer has, and what binds him to them.

    A contract is all events of one ``contract_id``. It runs once one of them is known, and until its end is; of those
    that run:

    * ``contracts_running`` is how many there are, ``contracts_over`` how many have ended;
    * ``contract_age``: days since the first of them was started, where its start is in the log;
    * ``anniversary_left``: days until the next anniversary of that day or, where the log does not tell it, of the day
      on which the customer joined, in years of 365.25 days: contracts that are renewed every year end around it;
    * ``renewals``: how often they were renewed;
    * ``commitment_left``: days until the last of them binds no longer, by the ``due_at`` of its start or of its latest
      renewal; below 0 since it does not;
    * ``notice_left``: days until the first of them ends for which he asked that, by the ``due_at`` with which he did;
      below 0 where that day has passed and it runs all the same.

    Days are of 24 hours.

    Parameters
    ----------
    started, renewed, ended, asked : str
        How the events are called that start a contract, renew it, end it, and ask for its end.
    due : bool
        Whether to read ``due_at``; without it, nothing is said of commitment and notice.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When an event has no name, or two have the same.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.insurance(n_customers=100), days=200).log
    >>> made = cj.features.Recipe(cj.features.Contracts()).build(log, "2024-07-01")
    >>> bool(made["commitment_left"].max() < 365)
    True
    """

    started: str = "contract_started"
    renewed: str = "contract_renewed"
    ended: str = END
    asked: str = "termination_asked"
    due: bool = True

    def __post_init__(self) -> None:
        """Check the names of the events."""
        super().__post_init__()
        texts((self.started, self.renewed, self.ended, self.asked), name="started, renewed, ended, asked")
        flag(self.due, name="due")

    def columns(self) -> tuple[Column, ...]:
        """Return how many run and have ended, their age, renewals, commitment and notice.

        Returns
        -------
        tuple of Column
            Seven features, five without ``due``.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recipe(cj.features.Contracts(due=False)).names
        ('contracts_running', 'contracts_over', 'contract_age', 'anniversary_left', 'renewals')
        """
        cell = (Held((self.started, self.renewed, self.ended, self.asked), self.due),)
        none = "no contract runs, or nothing tells since when"
        made = (
            Column("contracts_running", cell, _running, "contracts", "contracts that run"),
            Column("contracts_over", cell, _over, "contracts", "contracts that have ended"),
            Column(*("contract_age", cell, _age, "days", "days since the oldest was started"), "no start is told"),
            Column("anniversary_left", cell, _anniversary, "days", "days until it is a year more", none),
            Column("renewals", cell, _renewals, "rows", "renewals of the contracts that run"),
        )
        if not self.due:
            return made
        bound = "days until he is bound no longer, below 0 since"
        asked = "days until the end that he asked for, below 0 since"
        return (
            *made,
            Column(*("commitment_left", cell, _bound, "days", bound), "nothing says until when a contract binds"),
            Column(*("notice_left", cell, _notice, "days", asked), "no contract runs whose end he asked for"),
        )


def _running(when: When, numbers: Floats) -> Floats:
    del when
    return numbers[:, _RUNNING]


def _over(when: When, numbers: Floats) -> Floats:
    del when
    return numbers[:, _OVER]


def _age(when: When, numbers: Floats) -> Floats:
    return np.asarray((when.as_of - numbers[:, _START]) / _DAY)


def _anniversary(when: When, numbers: Floats) -> Floats:
    since = np.where(np.isnan(numbers[:, _START]), when.joined, numbers[:, _START])
    left = _YEAR - (when.as_of - since) / _DAY % _YEAR
    return np.where(numbers[:, _RUNNING] > 0, left, np.nan)


def _renewals(when: When, numbers: Floats) -> Floats:
    del when
    return numbers[:, _RENEWALS]


def _bound(when: When, numbers: Floats) -> Floats:
    return np.asarray((numbers[:, _BOUND] - when.as_of) / _DAY)


def _notice(when: When, numbers: Floats) -> Floats:
    return np.asarray((numbers[:, _NOTICE] - when.as_of) / _DAY)


@dataclass(frozen=True)
class Held(Apart):
    """What the contracts of a customer were at a date: six numbers, times in microseconds."""

    events: tuple[str, str, str, str]
    due: bool
    where: Where = Where()  # noqa: RUF009 - it is frozen
    window: None = None
    dated = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that tell of contracts."""
        return ("event", "contract_id", "due_at") if self.due else ("event", "contract_id")

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return HELD

    def read(self, rows: Rows, log: Log, *, customers: pl.Series, as_of: Sequence[dt.datetime]) -> Floats:
        """Go through the rows of each customer, contract by contract."""
        del log
        moments = np.array([microseconds(one) for one in as_of], np.int64)
        found = np.tile([0.0, 0.0, np.nan, np.nan, 0.0, np.nan], (len(customers) * len(moments), 1))
        due = np.full(len(rows.at), np.nan)
        if self.due:
            told = instants(rows.frame["due_at"])
            due = np.where(told == NO_TIME, np.nan, told.astype(np.float64))
        held(
            *(rows.starts(customers), rows.at, rows.known, fixed(rows.identities("contract_id"))),
            *(fixed(rows.codes("event", self.events)), fixed(due), moments, found),
        )
        return found
