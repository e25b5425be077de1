"""What lies outside: competitors, trips, and whom the brand has written to so far."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cjlab.simulator.world._field import Count, Days, Duration, Name, Number, Positive, Share, Weights, value


@value
class Competitor:
    """Another brand, whose promotions are weeks of a dated path that no customer moves.

    Parameters
    ----------
    day : int
        From which day of the run it is there.
    until : int, optional
        Until which day; for good unless given.
    pull : float
        What it takes, while it is there, from the log-odds that a need is met here.
    promotions : float
        Share of weeks in which it has a promotion.
    promotion : float
        What a promotion takes further.
    leaving : float
        What a promotion adds to the logarithm of leaving.
    poaches : float
        Share of those who leave by will, while it is there, who go to it.
    """

    day: Days = 0
    until: Days | None = None
    pull: Number = 0.0
    promotions: Share = 0.2
    promotion: Number = 0.3
    leaving: Number = 0.2
    poaches: Share = 0.2


@value
class Trips:
    """Trips: every need is a trip, planned with a country (a kind of goods) and a transport, then booked.

    Parameters
    ----------
    insurance : str
        The kind of goods that insures trips; all other kinds are countries.
    transports : mapping of str to float
        How people go, as weights.
    ahead, lead : float
        Mean days from the plan to the booking; mean days from the plan to the departure.
    cover : float
        Share of trips insured here when nothing speaks for or against it.
    risks : mapping of str to float
        Added to its log-odds, by country and by transport.
    """

    insurance: Name
    transports: Weights
    ahead: Duration = 5.0
    lead: Duration = 45.0
    cover: float = Field(default=0.15, strict=True, gt=0, lt=1)
    risks: dict[Name, Number] = Field(default_factory=dict)


@value
class Habit:
    """Whom the brand has written to so far: a plan that logs no probability.

    Parameters
    ----------
    actions : tuple of str
        What is sent, one after the other: a scenario that begins anew when it has ended.
    every : int
        Days from one decision to the next.
    share : float
        Share of those who fit that are written to.
    targets : {"all", "best", "riskiest", "renewing", "indifferent"}
        Whom: all, those who spent most, those who have not bought for long, those whose commitment ends within
        ``silent`` days, or those who never react.
    spent : float
        Who has spent as much is among the best.
    silent : int
        Who has not bought for as many days is among the riskiest; who has opened nothing for as many, indifferent.
    consent : bool
        Whether consent is respected.
    """

    actions: tuple[Name, ...] = Field(min_length=1)
    every: Count = 14
    share: Share = 0.8
    targets: Literal["all", "best", "riskiest", "renewing", "indifferent"] = "all"
    spent: Positive = 300.0
    silent: Days = 60
    consent: bool = True
