"""Channels, and what the brand can do through them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cjlab.simulator.world._field import (
    Amount,
    Days,
    Duration,
    Flag,
    Name,
    Number,
    Pause,
    Share,
    Shares,
    Weights,
    value,
)


@value
class Channel:
    """A way between the brand and a person.

    Parameters
    ----------
    carries : bool
        Whether the brand can send contacts through it.
    digital : bool
        Whether a device is used, and pages are viewed.
    delivered : float
        Share of contacts that arrive.
    click : float
        Share of opened contacts that are clicked.
    spam, unsubscribe : float
        Probability, per contact received by a rested person, of a report as spam and of an unsubscription.
    tires : float
        What one contact adds to the person's fatigue with the channel.
    fatigue : float
        How strongly fatigue lowers opening: the probability is multiplied by exp(−fatigue × tiredness).
    answer_hours : float
        Mean hours until a contact is opened.
    machine : bool
        Whether privacy proxies open what comes through it.
    cost : float
        Cost of one contact, in currency units.
    providers : mapping of str to float
        By which providers people have it, as weights; they are told in profiles.
    """

    carries: Flag = False
    digital: Flag = True
    delivered: Share = 0.98
    click: Share = 0.15
    spam: Share = 0.0002
    unsubscribe: Share = 0.002
    tires: Amount = 1.0
    fatigue: Amount = 0.15
    answer_hours: Pause = 2.0
    machine: Flag = False
    cost: Amount = 0.0
    providers: Weights = Field(default_factory=dict)


@value
class Block:
    """A provider that lets nothing of the brand through: what is sent to its people bounces.

    Parameters
    ----------
    channel, provider : str
        Whose.
    day : int
        From which day of the run.
    until : int, optional
        Until which day; for good unless given.
    share : float
        Share of the provider's people who are concerned, the same ones all the time.
    """

    channel: Name
    provider: Name
    day: Days = 0
    until: Days | None = None
    share: Share = 1.0


@value
class Consent:
    """How consent to marketing changes after people have joined, beside the unsubscriptions of messages.

    What is said on a day holds from the next one, and is an event of its own: ``subscribed`` or ``unsubscribed`` in the
    channel that it is about, without a contact.

    Parameters
    ----------
    given : mapping of str to float
        By event at which the person is known, such as ``purchase``: the probability that he allows a channel that he
        has not allowed so far, if anybody of his persona does.
    withdrawn : mapping of str to float
        By event, such as ``complaint``: the probability that he withdraws whatever he allowed.
    """

    given: Shares = Field(default_factory=dict)
    withdrawn: Shares = Field(default_factory=dict)


@value
class Effect:
    """What a contact that was opened changes in a person.

    Parameters
    ----------
    desire : float
        Added to the log-odds that his next needs are met here, and to the logarithm of impulse purchases.
    attention : float
        Added to the logarithm of his occasions.
    satisfaction : float
        Added to his satisfaction.
    strain : float
        Added to what strains the relationship: above 0 it drives people away (a sleeping dog is woken).
    """

    desire: Number = 0.0
    attention: Number = 0.0
    satisfaction: Number = 0.0
    strain: Number = 0.0


@value
class Action:
    """Something the brand can send.

    Parameters
    ----------
    channel : str
        Through which channel.
    purpose : {"marketing", "service", "dunning", "survey"}
        What for.
    cost : float, optional
        Cost of one, in currency units; the channel's unless given.
    discount : float
        Share taken off every purchase while the offer is valid.
    valid_days : int
        How long an offer is valid.
    category : str, optional
        What it is about; to people interested in it, it wears out half as fast.
    effects : mapping of str to Effect
        By persona; ``"*"`` for all that are not named.
    stages : mapping of str to float
        Multiplies the effect in a stage; 1 where not named.
    half_life : float
        Days after which half of what it stirred has faded.
    delay : int
        Days after which the delayed share of its desire acts.
    delayed : float
        That share.
    wear : float
        Share of opening and effect that each exposure takes away.
    recovery : float
        Days after which 1/e of past exposures still wear.
    pulls_forward : float
        Days by which the next need comes sooner.
    """

    channel: Name
    purpose: Literal["marketing", "service", "dunning", "survey"] = "marketing"
    cost: Amount | None = None
    discount: Share = 0.0
    valid_days: Days = 14
    category: Name | None = None
    effects: dict[Name, Effect] = Field(default_factory=dict)
    stages: dict[Name, Number] = Field(default_factory=dict)
    half_life: Duration = 7.0
    delay: Days = 0
    delayed: Share = 0.0
    wear: Share = 0.1
    recovery: Duration = 60.0
    pulls_forward: Pause = 0.0


@value
class Order:
    """What a contact does more, or less, when it follows another channel's.

    Parameters
    ----------
    first, then : str
        Channels.
    factor : float
        Multiplies the effect of the second.
    """

    first: Name
    then: Name
    factor: Number
