"""Social signals: what a customer says of the brand where others hear it, and to how many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._checks import flag, texts
from cjlab.errors import EvidenceError, SpecError
from cjlab.features._builder import Builder, Column
from cjlab.features._cell import Cell
from cjlab.features._estimates import share
from cjlab.features._formulas import counted, distinct, silence
from cjlab.features._recipe import Recipe
from cjlab.features._where import Where

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from cjlab.features._builder import When
    from cjlab.tables import Log


@dataclass(frozen=True)
class Social(Builder):
    """Recommendations, what he says and likes where others see it, and whether he is one of the silent who only like.

    Of the window: ``social_W`` counts rows on social channels; ``said_W`` acts by which he says something, and
    ``liked_W`` those by which he only agrees; ``passive_W`` is 1 where he liked and said nothing, 0 where he said
    something, NaN where he did neither. ``recommended_W`` counts recommendations, ``recommended_to_W`` the different
    people to whom (``other_customer_id``), ``days_since_recommended`` days of 24 hours since the last, of any time.
    What others say to him lies in their rows, and is not read.

    Parameters
    ----------
    window : str
        How far back.
    says, likes, recommends : tuple of str
        The events that are such acts; what recommends is said too.
    channels : tuple of str
        The channels that are social.
    reach : bool
        Whether to read to whom he recommends.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time, or there is nothing to say, like, or recommend.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Social("90D", reach=False)).names[:4]
    ('social_90D', 'said_90D', 'liked_90D', 'passive_90D')
    """

    window: str = "365D"
    says: tuple[str, ...] = ("review", "comment", "share", "mention", "post")
    likes: tuple[str, ...] = ("like", "follow")
    recommends: tuple[str, ...] = ("recommendation",)
    channels: tuple[str, ...] = ("social",)
    reach: bool = True

    def __post_init__(self) -> None:
        """Check the acts and the channels."""
        super().__post_init__()
        for name in ("says", "likes", "recommends", "channels"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
            if not getattr(self, name):
                raise SpecError(f"{name} is empty; name at least one")
        flag(self.reach, name="reach")

    def columns(self) -> tuple[Column, ...]:
        """Return counts, whether he is passive, and his recommendations.

        Returns
        -------
        tuple of Column
            Seven features; six where it is not read to whom he recommends.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Social().columns())
        7
        """
        span, told = self.window, Where(self.recommends)
        says, likes = Where(tuple(dict.fromkeys((*self.says, *self.recommends)))), Where(self.likes)
        both = tuple(Cell("count", one, window=span) for one in (says, likes))
        what, missing = "whether he liked and said nothing", "he neither said nor liked anything"
        made = (
            counted(f"social_{span}", Where(channel=self.channels), span, "rows on social channels"),
            counted(f"said_{span}", says, span, f"rows by which he said something: {says}"),
            counted(f"liked_{span}", likes, span, f"rows by which he agreed: {likes}"),
            Column(f"passive_{span}", both, _passive, "0 or 1", what, missing),
            counted(f"recommended_{span}", told, span, "recommendations"),
            silence("days_since_recommended", told, "days since his last recommendation", "he recommended to nobody"),
        )
        people = distinct(f"recommended_to_{span}", told, "other_customer_id", span, "people to whom he recommended")
        return (*made, people) if self.reach else made


def _passive(when: When, said: NDArray[np.float64], liked: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    return np.where(said > 0, 0.0, np.where(liked > 0, 1.0, np.nan))


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
