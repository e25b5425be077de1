"""What the brand can send, as numbers: channels, their providers, consent, actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.simulator.kernel import EVENTS, MOMENTS, PURPOSES, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

    _Record = Any  # one record of the kernel's tables

_FAR = 2_000_000_000


def edges(weights: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float64]:
    """Cumulate weights over names into edges whose last is 1."""
    shares = np.array([weights.get(name, 0.0) for name in names]) if weights else np.ones(len(names))
    ends: NDArray[np.float64] = np.cumsum(shares) / shares.sum()
    ends[np.flatnonzero(shares)[-1] :] = 1.0
    return ends


def fill(target: NDArray[Any], values: Iterable[float]) -> None:
    """Put values into the first places of a table."""
    numbers = np.fromiter(values, dtype=float)
    target[: len(numbers)] = numbers


def code_of(world: World, event: str) -> int:
    """Return the code of an event or of a moment of the world."""
    return EVENTS.index(event) if event in EVENTS else int(MOMENTS) + list(world.moments).index(event)


def message(one: _Record, world: World) -> None:
    """Fill in what is about messages."""
    _channels(one, world)
    _actions(one, world)
    _consent(one, world)
    _blocks(one, world)


def _channels(one: _Record, world: World) -> None:
    channels = list(world.channels.values())
    one["n_channels"] = len(channels)
    for name in ("delivered", "click", "spam", "unsubscribe", "tires", "answer_hours", "digital"):
        fill(one[name], (getattr(channel, name) for channel in channels))
    fill(one["weight"], (channel.fatigue for channel in channels))
    fill(one["opened_by_machine"], (channel.machine for channel in channels))
    fill(one["known"], (world.observation.known.get(name, 1.0) for name in world.channels))
    one["synergy"] = 1.0
    names = list(world.channels)
    for order in world.orders:
        one["synergy"][names.index(order.first), names.index(order.then)] = order.factor
    one["synergy_days"] = world.order_days


def _actions(one: _Record, world: World) -> None:
    channels, kinds = list(world.channels), list(world.goods)
    actions = list(world.actions.values())
    one["n_actions"] = len(actions)
    fill(one["action_channel"], (channels.index(action.channel) for action in actions))
    costs = (world.channels[action.channel].cost if action.cost is None else action.cost for action in actions)
    fill(one["action_cost"], costs)
    fill(one["action_purpose"], (PURPOSES.index(action.purpose) for action in actions))
    fill(one["action_category"], (kinds.index(action.category) if action.category else -1 for action in actions))
    for name in ("discount", "valid_days", "half_life", "delay", "delayed", "wear", "recovery"):
        fill(one[name], (getattr(action, name) for action in actions))
    fill(one["pulls_forward"], (action.pulls_forward for action in actions))
    for row, (name, action) in enumerate(world.actions.items()):
        effects = [world.effect(name, who) for who in world.personas]
        fill(one["desire"][row], (effect.desire for effect in effects))
        fill(one["attention"][row], (effect.attention for effect in effects))
        fill(one["pleases"][row], (effect.satisfaction for effect in effects))
        fill(one["strains"][row], (effect.strain for effect in effects))
        fill(one["by_stage"][row], (action.stages.get(stage, 1.0) for stage in STAGES))


def last_day(until: int | None) -> int:
    """Return the day until which something lasts, for the kernel."""
    return _FAR if until is None else until


def _consent(one: _Record, world: World) -> None:
    if world.consent:
        one["asks"] = True
        for said in ("given", "withdrawn"):
            for event, share in getattr(world.consent, said).items():
                one[said][code_of(world, event)] = share


def _blocks(one: _Record, world: World) -> None:
    blocks, channels = list(world.blocks.values()), list(world.channels)
    one["n_blocks"] = len(blocks)
    fill(one["block_channel"], (channels.index(block.channel) for block in blocks))
    fill(one["block_share"], (block.share for block in blocks))
    fill(one["block_first"], (block.day for block in blocks))
    fill(one["block_last"], (last_day(block.until) for block in blocks))
    for row, block in enumerate(blocks):
        providers = world.channels[block.channel].providers
        place = list(providers).index(block.provider)
        ends = np.append(0.0, edges(providers, list(providers)))
        one["block_from"][row], one["block_to"][row] = ends[place : place + 2]
