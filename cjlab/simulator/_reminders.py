"""How many reminders are best: what the next one still brings, less what it costs in irritation and in people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.simulator._outside import factors
from cjlab.simulator._tabulated import tabulated
from cjlab.simulator.kernel import FACTORS, STAGES, Person, bear

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

    _Numbers = NDArray[np.float64]

_EVERY = 3  # days between reminders
_MOST = 12
_HORIZON = 180  # days over which orders count
_BORN = 20_000  # of whom those of the persona are looked at
_MONTH = 30.0


def reminders(world: World, action: str, persona: str, *, every: float = _EVERY, most: int = _MOST) -> pd.DataFrame:
    r"""Return what each of a row of messages changes in the orders of a rested person of a persona.

    The *n*-th message, on day :math:`t_n = g(n-1)`, meets :math:`x_n = \delta \sum_{j<n} e^{-gj/r}` exposures and the
    fatigue :math:`f_n = \delta t \sum_{j<n} e^{-gj/d}`. It is opened with :math:`o_n = \delta o (1-w)^{x_n} e^{-\phi
    f_n}`. Opened, it moves desire by :math:`(1-w)^{x_n}` of the planted effect for a half-life, satisfaction until it
    has faded, and strain for good, offers its discount and brings needs forward; delivered, it irritates the tired. The
    log-odds that a need is met here, summed over 180 days, times :math:`p(1-p)` and the needs a day, are orders; to
    them come impulses, and the orders of people who stay or leave for it. All is averaged over people of the persona.

    It is the first order of the effect: paired runs with 0 to 6 reminders agree with it within their error and a third
    of its size, and its best number is as good as theirs within their error.

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
        Indexed by ``n``: ``opens`` (probability), ``gain`` and ``harm`` (orders a person within 180 days), ``net``,
        and the ``total`` of the first *n*. The best number of reminders is where ``total`` is highest.
    """
    return _curve(_People.of(world, persona), action, persona, every * np.arange(most, dtype=float))


def _curve(people: _People, action: str, persona: str, days: _Numbers) -> pd.DataFrame:
    """Return what messages on these days change in people of a persona."""
    import pandas as pd

    opens, moved = _moved(people, action, persona, days)
    brings = np.array([people.orders(one).mean(axis=1) for one in moved])
    gain, harm = brings.clip(min=0).sum(axis=0), -brings.clip(max=0).sum(axis=0)
    columns = {"opens": opens.mean(axis=1), "gain": gain, "harm": harm, "net": gain - harm}
    columns["total"] = np.cumsum(columns["net"])
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(days) + 1, name="n"))


def optima(world: World) -> dict[tuple[str, str], int]:
    """Return the best number of reminders of each marketing action for each persona; 0 where the first one harms."""
    people = {persona: _People.of(world, persona) for persona in world.personas}
    best = {}
    for action, what in world.actions.items():
        for persona in world.personas if what.purpose == "marketing" else ():
            total = _curve(people[persona], action, persona, _EVERY * np.arange(_MOST, dtype=float))["total"].to_numpy()
            best[action, persona] = int(total.argmax()) + 1 if total.max() > 0 else 0
    return best


class _People(NamedTuple):
    """People of one persona: who they are, how often they need something, and how sure they are to come and to stay."""

    world: World
    who: NDArray[np.void]
    p: _Numbers  # that a need is met here
    needs: _Numbers  # a day
    parting: _Numbers  # probability, a day, of leaving
    impulses: _Numbers  # orders a day of what nobody needed
    under: NDArray[np.bool_]

    @classmethod
    def of(cls, world: World, persona: str) -> _People:
        """Let people be born, and take those of a persona."""
        born, tables = np.zeros(_BORN, Person), tabulated(world)
        bear(born, tables, np.uint64(world.seed), np.arange(1, _BORN + 1))
        code, trade, one = list(world.personas).index(persona), world.trade, tables[0]
        who = born[born["persona"] == code]
        pulls = np.log(factors(world, _HORIZON)[:, FACTORS.index("pull")].astype(float)).mean()
        z = one["pull"][code] + one["stage_pull"][who["stage"]] + pulls
        z = z + trade.satisfaction * (who["content"] - 0.5) + trade.loyalty * (who["loyalty"] - 0.5)
        p = 1 / (1 + np.exp(-z))
        needs = np.where(who["gap"] > 0, 1 / np.maximum(who["gap"], 1.0), 0.0)
        under = who["under"] == 1
        away = needs * (1 - p) * trade.defect * np.exp(-trade.defect_satisfaction * (who["content"] - 0.5))
        parting = np.where(under, _leaving(world, persona, who), np.where(who["captive"] == 1, 0.0, away))
        season = factors(world, _HORIZON)[:, FACTORS.index("occasions")].mean(dtype=float)
        impulses = world.personas[persona].impulse * who["occasions"] * season * one["stage_occasions"][who["stage"]]
        return cls(world, who, p, needs, parting, impulses, under)

    def orders(self, moved: _Moved) -> _Numbers:
        """Return orders that come of a change of states, ``(messages, people)``."""
        desire, satisfaction, strain, left = moved.desire, moved.satisfaction, moved.strain, moved.left
        trade, contract = self.world.trade, self.world.contract
        odds = desire + moved.offer + trade.satisfaction * satisfaction - trade.strain * strain
        stay = trade.defect_satisfaction * satisfaction - trade.strain * strain
        if contract:
            bound = contract.satisfaction * satisfaction - contract.strain * strain + desire
            stay = np.where(self.under, bound, stay)
        needed = self.needs * self.p * ((1 - self.p) * odds + self.parting * stay * left)
        sooner = self.needs * self.p * moved.sooner
        return np.asarray(needed + sooner + self.impulses * (desire + moved.attention))


def _leaving(world: World, persona: str, who: NDArray[np.void]) -> _Numbers:
    """Return the probability, a day, that somebody ends his contract."""
    contract = world.contract
    if contract is None:
        return np.zeros(len(who))
    z = -contract.satisfaction * (who["content"] - 0.5) + contract.price * (who["price"] - 0.5)
    bound = (who["captive"] == 1) | (who["committed"] > _HORIZON)
    return np.asarray(world.personas[persona].leaving * np.exp(z) * np.where(bound, contract.bound, 1.0) / _MONTH)


class _Moved(NamedTuple):
    """What messages change in people, each summed over days, ``(messages, people)``, and the days left when it acts."""

    left: _Numbers
    desire: _Numbers | float = 0.0
    offer: _Numbers | float = 0.0
    attention: _Numbers | float = 0.0
    sooner: _Numbers | float = 0.0
    satisfaction: _Numbers | float = 0.0
    strain: _Numbers | float = 0.0


def _moved(people: _People, action: str, persona: str, days: _Numbers) -> tuple[_Numbers, list[_Moved]]:
    """Return opens, and what the message itself, its annoyance and its strain move."""
    world, who = people.world, people.who
    what, effect = world.actions[action], world.effect(action, persona)
    channel, place = world.channels[what.channel], list(world.channels).index(what.channel)
    gaps = np.diff(days, prepend=0.0)
    tired = channel.delivered * channel.tires * _met(gaps, world.fatigue_days)[:, None]
    fresh = _fresh(people, action, gaps)
    reads = channel.delivered * who["opens"][:, place] * (who["indifferent"] == 0)
    opens = np.asarray(reads * fresh * np.exp(-channel.fatigue * tired))
    factor = fresh * who["response"] * _staged(world, action, who)
    felt = opens * factor
    left = (_HORIZON - days)[:, None]
    fades = world.trade.recovery * (1 - np.exp(-left / world.trade.recovery))
    long = np.maximum(left - np.minimum(world.trade.recovery, left / 2), 0.0)
    lasts = felt * what.half_life / math.log(2)
    offered = world.trade.discount * who["price"] * what.discount * _offered(opens, gaps, what.valid_days)
    sooner = what.pulls_forward * opens * factor.clip(0, 1)
    soon = np.maximum(left - what.half_life, 0.0)
    return opens, [
        _Moved(soon, desire=lasts * effect.desire, attention=lasts * effect.attention, offer=offered, sooner=sooner),
        _Moved(long, satisfaction=felt * effect.satisfaction * fades),
        _Moved(long, satisfaction=-channel.delivered * world.irritation * tired * fades + np.zeros_like(felt)),
        _Moved(left / 2, strain=opens * fresh * effect.strain * left),
    ]


def _fresh(people: _People, action: str, gaps: _Numbers) -> _Numbers:
    """Return what repetition leaves of each message, ``(messages, people)``."""
    world, what = people.world, people.world.actions[action]
    exposures = world.channels[what.channel].delivered * _met(gaps, what.recovery)[:, None]
    relevant = people.who["interest"] == (list(world.goods).index(what.category) if what.category else -1)
    return np.asarray((1 - what.wear) ** (exposures * np.where(relevant, 0.5, 1.0)))


def _offered(opens: _Numbers, gaps: _Numbers, valid: float) -> _Numbers:
    """Return the days of a valid offer that each message adds to those of earlier ones, ``(messages, people)``."""
    adds, left = np.zeros_like(opens), np.zeros_like(opens)  # left: chance that the last one read was this one
    ends = np.cumsum(gaps)
    for place, chance in enumerate(opens):
        remains = np.maximum(valid - (ends[place] - ends), 0.0)[:, None]
        adds[place] = chance * (valid - (left * remains).sum(axis=0))
        left *= 1 - chance
        left[place] = chance
    return adds


def _staged(world: World, action: str, who: NDArray[np.void]) -> _Numbers:
    factors_of = np.array([world.actions[action].stages.get(stage, 1.0) for stage in STAGES])
    return np.asarray(factors_of[who["stage"]])


def _met(gaps: _Numbers, days: float) -> _Numbers:
    """Return what is left of all earlier messages at each, ``(n,)``."""
    left = np.zeros(len(gaps))
    for place in range(1, len(gaps)):
        left[place] = (left[place - 1] + 1) * np.exp(-gaps[place] / days)
    return left
