"""How people move through the stages, and the moments on their way."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cjlab.simulator.world._field import Amount, Count, Days, Flag, Name, Number, Share, value


@value
class Move:
    """A step from one stage to another.

    Parameters
    ----------
    start, to : str
        Stages.
    on : str
        The event on which it may be taken.
    share : float
        With which probability.
    """

    start: Name
    to: Name
    on: Name
    share: Share


@value
class Stage:
    """What standing in a stage means.

    Parameters
    ----------
    pull : float
        Added to the log-odds that a need is met here.
    occasions : float
        Factor on occasions.
    """

    pull: Number = 0.0
    occasions: Amount = 1.0


@value
class Moment:
    """Something that may come with an event: a key moment, a friction, a turn, or a decoy that changes nothing.

    Parameters
    ----------
    on : str
        The event it comes with.
    share : float
        With which probability, for a person of middling loyalty.
    loyal : float
        How much more often loyal people pass it: exp(loyal × (loyalty − 1/2)).
    stages : tuple of str
        In which stages; all unless given.
    channel : str, optional
        Where it shows; that of the event unless given.
    order : int, optional
        Only with the person's order of this number (2: after his second purchase).
    by, after : str, optional
        Only where the event comes by this channel; only where the person came by that one within ``within`` days: a
        hand-over between channels.
    within : int
        At most so many days before; 0 for the same day.
    day, until : int
        From which day of the run, and until which; always unless given.
    forgets : bool
        Whether the brand does not know any more who is in the visit, unless he says so again.
    satisfaction, desire, loyalty, strain : float
        What it changes: the first two for a while, the last two for good.
    leaves : float
        Probability of leaving at once.
    kind : {"key", "friction", "handover", "sudden", "accidental", "progressive", "decoy"}
        What it is planted as.
    """

    on: Name
    share: Share
    loyal: Number = 0.0
    stages: tuple[Name, ...] = ()
    channel: Name | None = None
    order: Days | None = None
    by: Name | None = None
    after: Name | None = None
    within: Days = 3
    day: Days = 0
    until: Days | None = None
    forgets: Flag = False
    satisfaction: Number = 0.0
    desire: Number = 0.0
    loyalty: Number = 0.0
    strain: Number = 0.0
    leaves: Share = 0.0
    kind: Literal["key", "friction", "handover", "sudden", "accidental", "progressive", "decoy"] = "key"

    @property
    def causes(self) -> bool:
        """Whether it changes anything."""
        return any((self.satisfaction, self.desire, self.loyalty, self.strain, self.leaves, self.forgets))


@value
class Regime:
    """A change of the whole market from a day on.

    Parameters
    ----------
    day : int
        From which day of the run.
    factor : {"occasions", "needs", "pull", "problems", "leaving", "opens"}
        What changes.
    by : float
        By which factor.
    until : int, optional
        Until which day; for good unless given.
    """

    day: Days
    factor: Literal["occasions", "needs", "pull", "problems", "leaving", "opens"]
    by: float = Field(gt=0, le=1e6, allow_inf_nan=False, strict=True)
    until: Days | None = None


@value
class Observation:
    """What the brand sees of what happens.

    Parameters
    ----------
    known : mapping of str to float
        Share of days on which somebody who comes by a channel is recognised; 1 where not named.
    visitors : float
        Share of those not recognised who still carry a visitor's id (a cookie); the others leave no id.
    late_days : mapping of str to int
        Days after which files of a channel arrive; 0 where not named.
    stale : float
        Share of profiles that have gone out of date.
    shared : float
        Share of people who share a household with another one, and with it every device but their first.
    cookie_days : int
        Days after which a visitor's id is another.
    guesses : float
        Share of links that are a wrong guess (of low confidence).
    unseen : tuple of str
        Events that leave no row.
    """

    known: dict[Name, Share] = Field(default_factory=dict)
    visitors: Share = 0.5
    late_days: dict[Name, Days] = Field(default_factory=dict)
    stale: Share = 0.1
    shared: Share = 0.0
    cookie_days: Count = Field(default=90, le=36_500)
    guesses: Share = 0.03
    unseen: tuple[Name, ...] = ()


MOVES = (
    Move(start="awareness", to="consideration", on="visit", share=0.3),
    Move(start="consideration", to="decision", on="cart", share=0.6),
    Move(start="decision", to="consideration", on="search", share=0.3),
    Move(start="awareness", to="loyalty", on="purchase", share=1.0),
    Move(start="consideration", to="loyalty", on="purchase", share=1.0),
    Move(start="decision", to="loyalty", on="purchase", share=1.0),
    Move(start="lapsed", to="consideration", on="visit", share=0.1),
    Move(start="lapsed", to="loyalty", on="purchase", share=1.0),
    Move(start="loyalty", to="advocacy", on="recommendation", share=0.7),
    Move(start="advocacy", to="loyalty", on="complaint", share=0.8),
)
STAGES = {
    "awareness": Stage(pull=-2.0, occasions=0.5),
    "consideration": Stage(pull=-1.0),
    "decision": Stage(pull=0.5, occasions=1.5),
    "loyalty": Stage(),
    "advocacy": Stage(pull=0.5, occasions=1.2),
    "lapsed": Stage(pull=-2.0, occasions=0.3),
}
