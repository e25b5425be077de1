"""Service, surveys, contracts, life: what goes on around buying."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cjlab.simulator.world._field import (
    Amount,
    Count,
    Days,
    Flag,
    Name,
    Number,
    Pause,
    Positive,
    Sentence,
    Share,
    Weights,
    value,
)


@value
class Topic:
    """What a case can be about.

    Parameters
    ----------
    share : float
        Weight among topics.
    signal : float
        What such a case adds to the strain on the relationship; 0: its text says nothing of leaving.
    since : int
        From which day of the run it is known; before, such cases are about the first topic.
    words : tuple of str
        How people put it; where the topic has a signal and they are unhappy, they add that they might leave.
    """

    share: Positive
    signal: Amount = 0.0
    since: Days = 0
    words: tuple[Sentence, ...] = Field(default=(), max_length=4)


@value
class Service:
    """What happens when something goes wrong.

    Parameters
    ----------
    channels : mapping of str to float
        Where cases are opened, as weights.
    topics : mapping of str to Topic
        What they are about.
    days : float
        Mean days to an answer.
    first_time : float
        Share resolved at the first attempt.
    waiting : float
        Mean seconds of waiting.
    harm, joy : float
        What a problem takes from satisfaction, and what its end gives back.
    complains : float
        Probability of a complaint after a failed attempt.
    promises, promise_days, kept : float, int, float
        Share of cases with a promise; days until it is due; share that is kept.
    kept_joy, broken_harm : float
        What a promise kept gives, and one broken takes.
    """

    channels: Weights
    topics: dict[Name, Topic] = Field(default_factory=lambda: {"other": Topic(share=1.0)})
    days: Pause = 2.0
    first_time: Share = 0.75
    waiting: Amount = 180.0
    harm: Amount = 0.15
    joy: Amount = 0.08
    complains: Share = 0.3
    promises: Share = 0.2
    promise_days: Days = 5
    kept: Share = 0.8
    kept_joy: Amount = 0.04
    broken_harm: Amount = 0.2


@value
class Survey:
    """A question after deliveries, answered on 0 to 10.

    Parameters
    ----------
    channel : str
        Through which it is answered.
    share : float
        Share of deliveries after which it is asked.
    days : int
        Days after the delivery.
    answers : float
        Share who answer at middling satisfaction.
    extremes : float
        How much more the very happy and the very unhappy answer (log-rate per point of distance).
    noise : float
        Standard deviation of an answer around satisfaction, on 0 to 1.
    """

    channel: Name
    share: Share = 0.5
    days: Days = 3
    answers: Share = 0.2
    extremes: Amount = 1.5
    noise: Amount = 0.08


@value
class Contract:
    """A contract with bills.

    Parameters
    ----------
    fee : float
        Monthly fee of an ordinary person.
    margin : float
        Margin on it.
    commitment : int
        Days during which leaving is made hard.
    renews : bool
        Whether a commitment starts anew when it ends.
    grace : int
        Days to pay.
    arrears : int
        Missed payments in a row that end the contract.
    channel : str
        Of bills and payments.
    starts : float
        Share of those who join as customers who already have one.
    bound : float
        Factor on leaving while committed.
    notice : int
        Days from asking for the end to the end; who is moved to stay meanwhile may take it back.
    dunning : float
        Factor on missed payments within 30 days of an opened dunning letter.
    satisfaction, price, strain : float
        How strongly each bears on the logarithm of leaving.
    """

    channel: Name
    fee: Positive = 30.0
    margin: Share = 0.5
    commitment: Count = Field(default=365, le=36_500)
    renews: Flag = False
    grace: Days = 14
    arrears: Count = Field(default=3, le=24)
    starts: Share = 1.0
    bound: Share = 0.15
    notice: Days = 0
    dunning: Share = 0.6
    satisfaction: Number = 4.0
    price: Number = 1.0
    strain: Number = 1.5


@value
class LifeEvent:
    """Something in a person's life that bends what he does.

    Parameters
    ----------
    rate : float
        How often a year at the ages ``from_age`` to ``to_age``.
    from_age, to_age : float
        Years.
    days : int
        How long it bends hazards.
    gap, occasions : float
        Factors on the gaps between needs and on occasions meanwhile.
    leaving : float
        Added to the logarithm of leaving a contract meanwhile.
    ends : {"moved", "died"}, optional
        Whether it ends the relationship, and how.
    told : float
        Share who tell the brand.
    """

    rate: Amount
    from_age: Amount = 18.0
    to_age: Positive = 120.0
    days: Days = 180
    gap: Positive = 1.0
    occasions: Positive = 1.0
    leaving: Number = 0.0
    ends: Literal["moved", "died"] | None = None
    told: Share = 0.3


@value
class Errand:
    """What people come for when they want to buy nothing.

    Parameters
    ----------
    rate : float
        How often a year.
    journey : {"assistance", "management", "payment"}
        Which purpose it serves.
    views : float
        Mean pages beyond the first.
    done : float
        Share that is brought to its end.
    """

    rate: Positive
    journey: Literal["assistance", "management", "payment"] = "management"
    views: Amount = 1.0
    done: Share = 0.85
