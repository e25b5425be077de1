"""Word of mouth: who hears from whom, and what it changes."""

from __future__ import annotations

from pydantic import Field

from cjlab.simulator.kernel._sizes import CIRCLE
from cjlab.simulator.world._field import Duration, Number, Share, value


@value
class Social:
    """What people say about the brand to those around them.

    Everybody lives in one circle, whose members are fixed by the seed. Three things are said in it: a satisfied person
    recommends the brand to one member (as often as his persona ``recommends``); whoever complains, and whoever leaves
    of his own will, warns the others. What is said on a day is heard on the next, by those who are there on both.

    Parameters
    ----------
    circle : float
        Mean size of a circle, 1 to 12; no circle has more than 12 members.
    tells : float
        Probability that whoever complains or leaves tells it to each of the others.
    hears : float
        Probability that somebody who is told something heeds it.
    refers : float
        Probability that somebody in awareness, who heeds a recommendation, moves on to consideration.
    desire, attention, satisfaction : float
        What each recommendation that is heeded adds, as an :class:`Effect` does.
    harm : float
        What each warning that is heeded takes from satisfaction.
    half_life : float
        Days after which half of the desire and attention that was stirred has faded.
    """

    circle: float = Field(default=4.0, ge=1, le=CIRCLE, strict=True, allow_inf_nan=False)
    tells: Share = 0.3
    hears: Share = 0.5
    refers: Share = 0.3
    desire: Number = 0.4
    attention: Number = 0.2
    satisfaction: Number = 0.0
    harm: Share = 0.05
    half_life: Duration = 14.0
