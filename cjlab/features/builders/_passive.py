"""The share of those who only like among all who are heard of where others see it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from cjlab.errors import EvidenceError
from cjlab.features._estimates import share
from cjlab.features._recipe import Recipe
from cjlab.features.builders._social import Social

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.tables import Log


class Passive(NamedTuple):
    """The share of those who only like among those who say or like something, and the ends of its interval.

    Parameters
    ----------
    customers : int
        Who said or liked something.
    passive : int
        Who liked, and said nothing.
    share, low, high : float
        The share of the latter, and the ends of Wilson's 95 % interval.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Passive(10, 9, 0.9, 0.6, 0.98).share
    0.9
    """

    customers: int
    passive: int
    share: float
    low: float
    high: float


def passive(log: Log, as_of: str | dt.date, social: Social | None = None) -> Passive:
    """Return what part of the customers who are heard of where others see it only likes, and never says a word.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date or text
        The moment; nothing at or after it, or known later, is read.
    social : Social, optional
        What counts as saying and liking, and how far back.

    Returns
    -------
    Passive
        How many said or liked something, how many of them only liked, and the share with its interval. The nine in ten
        that are often named (Nielsen 2006) are a line to hold it against.

    Raises
    ------
    EvidenceError
        When nobody said or liked anything: the log has no social signals.

    Examples
    --------
    >>> import datetime as dt, polars as pl, cjlab as cj
    >>> acts = {"customer_id": [1, 2, 3, 3], "event": ["like", "like", "like", "review"], "channel": "social"}
    >>> log = cj.tables.Log.of(events=pl.DataFrame(acts).with_columns(at=pl.datetime(2024, 1, 1)), assume="UTC")
    >>> cj.features.passive(log, "2024-02-01").share
    0.666...
    """
    asked = replace(social or Social(), reach=False)
    told = Recipe(asked).build(log, as_of)[f"passive_{asked.window}"].dropna()
    if not len(told):
        raise EvidenceError(
            f"nobody said or liked anything in the {asked.window} before {as_of}, so nobody is passive: the log has no "
            f"events {', '.join((*asked.says, *asked.recommends, *asked.likes))}; give a Social with those it has"
        )
    return Passive(len(told), int(told.sum()), *share(told))
