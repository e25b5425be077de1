"""What is sold, how it is bought, and what comes with it."""

from __future__ import annotations

from pydantic import Field

from cjlab.simulator.world._field import Amount, Count, Days, Duration, Flag, Number, Positive, Share, Spread, value


@value
class Category:
    """A kind of goods.

    Parameters
    ----------
    items : int
        How many items it has.
    price : float
        Median list price of an item.
    price_spread : float
        Standard deviation of its logarithm from item to item.
    margin : float
        Margin on the list price.
    outage : float
        Share of weeks in which an item is not there.
    durable : bool
        Whether it is a product whose use is followed.
    """

    items: Count = Field(default=12, le=200)
    price: Positive = 25.0
    price_spread: Spread = 0.4
    margin: Share = 0.4
    outage: Share = 0.02
    durable: Flag = False


@value
class Trade:
    """How people look, buy, receive, return, and turn away.

    Parameters
    ----------
    views, lines : float
        Mean pages viewed a visit; mean further lines of an order.
    lines_spread : float
        Standard deviation, from person to person, of the logarithm of his further lines.
    lines_uneven : float
        How much a person's orders differ in lines: the power of an exponential draw, 1 for the exponential law itself,
        less for orders that are more alike.
    thinning : float
        How much less of each thing is taken in an order of many lines: pieces are multiplied by lines to the power of
        minus this.
    order_spread : float
        Standard deviation of the logarithm of how much a person takes, from one of his orders to the next.
    search, favourite, cart : float
        Probability of each, a visit.
    laps : float
        Probability that somebody who needs something comes, looks, and sleeps on it: how often evaluation and
        consideration turn in a circle is a geometric number, ``laps / (1 - laps)`` on average, of at most eight.
    hairpin_laps, turn_back : float
        The same for people whose journeys turn back and forth; how often they leave a cart to search again.
    switches : float
        Share of visits on another device than the usual one.
    faithful : float
        Share of choices within a person's own interest.
    promotion, promotion_discount : float
        Share of weeks in which an item's price is lower; by how much.
    returns : float
        Share of lines that come back, after ``return_days``.
    return_days : int
        Days after which they do.
    delivery_days, late_days : float
        Mean days to a delivery; mean further days of a late one.
    late : float
        Share of late deliveries.
    late_harm, prompt_joy, outage_harm : float
        What each does to satisfaction (the first and the last take away).
    satisfaction, loyalty, discount, strain, tier : float
        How strongly each bears on the log-odds that a need is met here.
    defect : float
        Probability that somebody whose need was met elsewhere stays there, at middling satisfaction.
    defect_satisfaction : float
        How strongly satisfaction bears on its logarithm.
    lapse : int
        After how many needs in a row met elsewhere a customer has lapsed.
    recovery : float
        Days after which 1/e of a change of satisfaction is left.
    """

    views: Amount = 4.0
    lines: Amount = 0.6
    lines_spread: Spread = 0.0
    lines_uneven: Spread = 1.0
    thinning: Share = 0.0
    order_spread: Spread = 0.0
    search: Share = 0.3
    favourite: Share = 0.05
    cart: Share = 0.1
    laps: Share = 0.15
    hairpin_laps: Share = 0.65
    turn_back: Share = 0.6
    switches: Share = 0.25
    faithful: Share = 0.6
    promotion: Share = 0.1
    promotion_discount: Share = 0.2
    returns: Share = 0.05
    return_days: Days = 12
    delivery_days: Duration = 3.0
    late_days: Duration = 5.0
    late: Share = 0.08
    late_harm: Amount = 0.2
    prompt_joy: Amount = 0.03
    outage_harm: Amount = 0.08
    satisfaction: Number = 2.0
    loyalty: Number = 2.0
    discount: Number = 3.0
    strain: Number = 1.0
    tier: Number = 0.1
    defect: Share = 0.04
    defect_satisfaction: Number = 3.0
    lapse: Count = 3
    recovery: Duration = 60.0


@value
class Points:
    """A loyalty programme.

    Parameters
    ----------
    per_unit : float
        Points a currency unit.
    tiers : tuple of float
        Points from which each tier is reached, rising.
    """

    per_unit: Amount = 1.0
    tiers: tuple[Positive, ...] = Field(default=(), max_length=6)


@value
class Use:
    """How a durable product is used.

    Parameters
    ----------
    starts : float
        Share of products that are put to use.
    days : float
        Mean days between uses.
    fades : float
        Probability, a use, that it was the last.
    fails : float
        Probability, a use, of a breakdown, which opens a case.
    joy : float
        What the first use adds to satisfaction; a breakdown takes twice as much.
    """

    starts: Share = 0.8
    days: Duration = 7.0
    fades: Share = 0.02
    fails: Share = 0.005
    joy: Amount = 0.05
