"""What the codes of a world's rows stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.simulator._assortment import items
from cjlab.simulator._tabulated import devices
from cjlab.simulator.kernel import (
    EVENTS,
    FIRST_ERRAND,
    FIRST_LIFE,
    FIRST_TOPIC,
    FIRST_TRANSPORT,
    MOMENTS,
    REASONS,
)

if TYPE_CHECKING:
    from cjlab.simulator.world import World

_UNHAPPY = ", otherwise I will leave"


def names_of(world: World) -> dict[str, list[str]]:
    """Return the categories of each column of events that has some, by the column's name."""
    return {
        "event": event_names(world),
        "channel": list(world.channels),
        "device": list(devices(world)),
        "item": [name for name, _ in items(world)],
        "offer": list(world.actions) or ["none"],
        "reason": _reasons(world),
        "page": list(world.errands) or ["none"],
        "place": list(world.places),
        "query": list(world.goods),
        "text": _words(world) or ["none"],
    }


def event_names(world: World) -> list[str]:
    """Return every event's name, in the order of its code."""
    spare = [f"unused_{code}" for code in range(len(EVENTS), MOMENTS)]
    return [*EVENTS, *spare, *world.moments]


def _reasons(world: World) -> list[str]:
    made = list(REASONS)
    transports = world.trips.transports if world.trips else ()
    for first, names in (
        (FIRST_TOPIC, world.service.topics if world.service else ()),
        (FIRST_LIFE, [f"life_{name}" for name in world.life]),
        (FIRST_ERRAND, [f"errand_{name}" for name in world.errands]),
        (FIRST_TRANSPORT, [f"by_{name}" for name in transports]),
    ):
        made += [f"unused_{code}" for code in range(len(made), first)] + list(names)
    return made


def _words(world: World) -> list[str]:
    said: list[str] = []
    for name, topic in (world.service.topics if world.service else {}).items():
        words = [*topic.words, *(f"{name} {number}" for number in range(len(topic.words), 4))]
        said += [*words, *(f"{word}{_UNHAPPY}" for word in words)]
    return said
