"""What a contact is for: what counts, for how long, and until when it is still becoming known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from cjlab import features
from cjlab._checks import finite, offset, text
from cjlab.tables import known, later, moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjlab.tables import Log


@dataclass(frozen=True, slots=True)
class Aim:
    r"""What a contact is for, in currency or in events.

    What comes of a customer is :math:`\sum_i x_i + \sum_e w_e 1[e]`: a column of his purchases and returns within the
    time (or whether the event happens), and what further events are worth, an unsubscription less than nothing.

    Parameters
    ----------
    within : str, default: "30D"
        For how long after the decision.
    column : str or None, default: "margin"
        What is added up over purchases and returns; None counts whether ``event`` happens.
    event : str, default: "purchase"
        What happens, where ``column`` is None.
    worth : mapping of str to float
        Further events within the time and what each is worth, such as ``{"unsubscribed": -2.0}``.
    late : str or None, default: "1D"
        How long after its time an outcome may still become known; nothing is mature before. None: not at all.

    Examples
    --------
    >>> Aim(within="14D", column=None, worth={"unsubscribed": -2.0}).event
    'purchase'
    """

    within: str = "30D"
    column: str | None = "margin"
    event: str = "purchase"
    worth: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    late: str | None = "1D"

    def __post_init__(self) -> None:
        """Check what can be checked without a log."""
        offset(self.within, name="within")
        text(self.event, name="event")
        if self.late is not None:
            offset(self.late, name="late")
        for name, value in self.worth.items():
            finite(value, name=f"worth[{name!r}]")


def came(aim: Aim, log: Log, dates: list[dt.datetime], *, until: dt.datetime) -> pd.Series[float]:
    """Return what came after each date of everybody for whom the time is over by ``until``.

    Indexed by ``as_of`` and ``customer_id``.
    """
    if aim.column is None:
        found = features.outcome(log, aim.event, as_of=dates, within=aim.within, until=until).y
    else:
        found = features.spent(log, column=aim.column, as_of=dates, within=aim.within, until=until).y
    if aim.worth:
        found = found.add(features.outcome(log, dict(aim.worth), as_of=dates, within=aim.within, until=until).y)
    return found


def so_far(aim: Aim, log: Log, dates: list[dt.datetime], age: int) -> pd.Series[float]:
    """Return what had come, and was known, a number of days after each date."""
    import pandas as pd

    short = f"{age}D" if dt.timedelta(days=age) < offset(aim.within, name="within") else aim.within
    aged = [later(one, f"{age}D", log.timezone) for one in dates]
    if not _late(log):
        return came(replace(aim, within=short), log, dates, until=max(aged))
    parts = [
        came(replace(aim, within=short), as_known(log, known_by)[0], [one], until=known_by)
        for one, known_by in zip(dates, aged, strict=True)
    ]
    return pd.concat(parts)


def _late(log: Log) -> bool:
    """Whether anything became known later than it happened."""
    return bool(log.events.select((known(log.events) > pl.col("at")).any()).collect().item())


def closed(aim: Aim, log: Log, as_of: dt.datetime) -> dt.datetime:
    """Return until when everything is known at a date."""
    return as_of if aim.late is None else later(as_of, aim.late, log.timezone, name="late", back=True)


def as_known(log: Log, as_of: str | dt.date) -> tuple[Log, dt.datetime]:
    """Return a log as it stood at a date, and that moment: nothing that happened or became known later."""
    when = moment(as_of, log.timezone)
    return replace(
        log, events=log.events.filter(known(log.events) < when), contacts=log.contacts.filter(pl.col("at") < when)
    ), when
