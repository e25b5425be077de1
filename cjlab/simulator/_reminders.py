"""How many reminders are best: what the next one still does, less what it costs in fatigue and irritation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.simulator.world import World

_EVERY = 3  # days between reminders
_MOST = 12
_HORIZON = 180.0  # days over which what is for good counts


def reminders(world: World, action: str, persona: str, *, every: float = _EVERY, most: int = _MOST) -> pd.DataFrame:
    r"""Return what each of a row of messages does to a rested person in the middle of a persona.

    The *n*-th message meets :math:`x_n = \sum_{j<n} e^{-gj/r}` exposures and the fatigue
    :math:`f_n = t \sum_{j<n} e^{-gj/d}`. It is opened with :math:`o\,(1-w)^{x_n} e^{-\phi f_n}`, and opened it moves
    the log-odds that a need is met here by :math:`(1-w)^{x_n}` of the planted effect, for a half-life. Against it stand
    the irritation of the tired, which fades as satisfaction does, strain, and the messages that somebody who
    unsubscribes will never read, one a month.

    Parameters
    ----------
    world : World
        The market.
    action, persona : str
        What is sent, to whom.
    every : float
        Days between two messages, :math:`g`.
    most : int
        How many messages are looked at.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``n``: ``opens`` (probability), ``gain`` and ``harm`` (log-odds × days), ``net``, and
        the ``total`` of the first *n*. The best number of reminders is where ``total`` is highest.
    """
    import pandas as pd

    what, who = world.actions[action], world.personas[persona]
    channel, effect = world.channels[what.channel], world.effect(action, persona)
    before = np.arange(most)
    exposures = _left(before, every / what.recovery)
    tired = channel.tires * _left(before, every / world.fatigue_days)
    fresh = (1 - what.wear) ** exposures
    reads = channel.delivered * who.opens.get(what.channel, 0.0) * (1 - who.indifferent)
    opens = reads * fresh * np.exp(-channel.fatigue * tired)
    felt = opens * fresh * who.response
    gain = felt * effect.desire * what.half_life / math.log(2) + _lasting(world) * felt * effect.satisfaction
    harm = channel.delivered * world.irritation * tired * _lasting(world)
    harm = harm + opens * fresh * effect.strain * world.trade.strain * _HORIZON
    harm = harm + channel.delivered * channel.unsubscribe * (1 + tired) * max(gain[0], 0.0) * _HORIZON / 30
    net = gain - harm
    columns = {"opens": opens, "gain": gain, "harm": harm, "net": net, "total": np.cumsum(net)}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, most + 1, name="n"))


def optima(world: World) -> dict[tuple[str, str], int]:
    """Return the best number of reminders of each marketing action for each persona; 0 where the first one harms."""
    best = {}
    for action, what in world.actions.items():
        for persona in world.personas if what.purpose == "marketing" else ():
            total = reminders(world, action, persona)["total"].to_numpy()
            best[action, persona] = int(total.argmax()) + 1 if total.max() > 0 else 0
    return best


def _left(before: np.ndarray, rate: float) -> np.ndarray:
    """Return what is left of all earlier messages, each faded by how long ago it was, ``(n,)``."""
    return np.array([np.exp(-rate * np.arange(1, count + 1)).sum() for count in before])


def _lasting(world: World) -> float:
    """Return what a point of satisfaction is worth in log-odds × days until it has faded."""
    return world.trade.satisfaction * world.trade.recovery
