"""A persona: a kind of person, with what each of them has of his own."""

from __future__ import annotations

from pydantic import Field

from cjlab.simulator.world._field import Amount, Count, Number, Pause, Positive, Share, Shares, Spread, Weights, value


@value
class Persona:
    """A kind of person. Where a number has a spread, each person has his own, drawn once around it.

    Parameters
    ----------
    share : float
        Weight of this persona among all.
    occasions : float
        Probability that such a person looks at the market on a day.
    occasions_spread : float
        Standard deviation of its logarithm from person to person.
    gap : float
        Mean days between two needs of a person: his own purchase rhythm. 0: needs never arise by themselves.
    gap_spread : float
        Standard deviation of its logarithm from person to person.
    regularity : int
        Shape of the Erlang law of a person's gaps: 1 is as irregular as chance, 6 a habit.
    pull : float
        Share of needs met by this brand when nothing speaks for or against it.
    impulse : float
        Probability of a purchase on an occasion, without a need.
    basket : float
        How large the person's purchases are, as a multiple of list prices; his own is spread around it.
    basket_spread : float
        Standard deviation of its logarithm.
    loyalty, price, satisfaction : float
        Medians of attachment, price sensitivity and usual satisfaction, 0 to 1.
    loyalty_spread : float
        Standard deviation of attachment on the logit scale.
    response, response_spread : float
        Mean and standard deviation of a person's own multiplier of every effect; below 0 it turns it round.
    channels : mapping of str to float
        By which channels they come by themselves, as weights.
    devices : mapping of str to float
        Which devices they use, as weights.
    interests : mapping of str to float
        Which categories they care for, as weights; all alike unless given.
    opens : mapping of str to float
        Share of a fresh message that they open, by channel that carries contacts.
    consents : mapping of str to float
        Share who allow marketing, by channel.
    machine : float
        Share whose e-mails are opened by a machine, whatever they do.
    indifferent : float
        Share who never open anything.
    hairpin : float
        Share whose journeys turn back and forth.
    breaks : float
        How often a year the person's rhythm breaks; the first break counts.
    break_factor : float
        By what the gaps are then multiplied.
    stages : mapping of str to float
        Where they stand when they join, as weights over the stages.
    age, age_spread : float
        Years, normal, kept within 18 and 95.
    problems : float
        Problems a year.
    leaving : float
        Probability of leaving a contract in a month, by will, at ordinary satisfaction.
    missing : float
        Probability of missing a payment.
    recommends : float
        Probability that a satisfied one recommends the brand after a purchase.
    captive : float
        Share who stay whatever they feel.
    """

    share: Positive
    occasions: Share = 0.1
    occasions_spread: Spread = 0.5
    gap: Pause = 45.0
    gap_spread: Spread = 0.4
    regularity: Count = Field(default=2, le=40)
    pull: Share = 0.6
    impulse: Share = 0.01
    basket: Positive = 1.0
    basket_spread: Spread = 0.4
    loyalty: Share = 0.5
    loyalty_spread: Spread = 0.8
    price: Share = 0.5
    satisfaction: Share = 0.7
    response: Number = 1.0
    response_spread: Spread = 0.3
    channels: Weights
    devices: Weights = Field(default_factory=lambda: {"mobile": 0.6, "desktop": 0.4})
    interests: Weights = Field(default_factory=dict)
    opens: Shares = Field(default_factory=dict)
    consents: Shares = Field(default_factory=dict)
    machine: Share = 0.0
    indifferent: Share = 0.0
    hairpin: Share = 0.0
    breaks: Amount = 0.0
    break_factor: Positive = 2.0
    stages: Weights = Field(default_factory=lambda: {"loyalty": 1.0})
    age: Pause = 45.0
    age_spread: Pause = 14.0
    problems: Amount = 0.2
    leaving: Share = 0.01
    missing: Share = 0.02
    recommends: Share = 0.05
    captive: Share = 0.0
