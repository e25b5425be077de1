"""Whether what the parts of a world say of each other holds."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from cjlab._checks import listed, zone
from cjlab.errors import SpecError
from cjlab.simulator.kernel._sizes import (
    ACTIONS,
    BLOCKS,
    CATEGORIES,
    CHANNELS,
    COMPETITORS,
    DEVICES,
    ERRAND_KINDS,
    HABITS,
    ITEMS,
    LIFE_KINDS,
    MOMENT_KINDS,
    PERSONAS,
    PLACES,
    TOPICS,
    TRANSPORTS,
)
from cjlab.simulator.kernel._vocabulary import EVENTS, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cjlab.simulator.world._world import World


def coherent(world: World) -> None:
    """Check that what the parts of a world say of each other holds."""
    here = f"world {world.name!r}"
    for part, most in _ROOM.items():
        _room(here, part, len(getattr(world, part)), most)
    _room(here, "items", sum(kind.items for kind in world.goods.values()), ITEMS)
    zone(world.timezone, name=f"{here}: timezone")
    _personas(here, world)
    _actions(here, world)
    _around(here, world)
    _market(here, world)
    _journeys(here, world)
    _told_apart(here, world)


_ROOM = {
    "personas": PERSONAS,
    "channels": CHANNELS,
    "goods": CATEGORIES,
    "actions": ACTIONS,
    "life": LIFE_KINDS,
    "moments": MOMENT_KINDS,
    "places": PLACES,
    "errands": ERRAND_KINDS,
    "competitors": COMPETITORS,
    "habits": HABITS,
    "blocks": BLOCKS,
}
_NEEDED = ("personas", "channels", "goods", "places")


def _told_apart(here: str, world: World) -> None:
    """Refuse names by which two things would be told alike in one column of the log."""
    from cjlab.simulator._names import names_of  # it reads worlds, and is above their description

    for column, names in (*names_of(world).items(), ("arm", [*world.actions, "control"])):
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise SpecError(f"{here}: two things are told as {column} {twice!r}; give one of them another name")


def _room(here: str, part: str, count: int, most: int) -> None:
    if count > most:
        raise SpecError(f"{here}: {part} has {count} entries; the kernel has room for {most}")
    if count == 0 and part in _NEEDED:
        raise SpecError(f"{here}: {part} is empty; declare at least one")


def _among(here: str, field: str, names: Iterable[str], allowed: Iterable[str]) -> None:
    known = list(allowed)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; allowed: {listed(known)}"
            raise SpecError(f"{here}: {field} names {name!r}, which this world has not{hint}")


def _weights(here: str, field: str, weights: Mapping[str, float]) -> None:
    if weights and sum(weights.values()) <= 0:
        raise SpecError(f"{here}: {field} are all 0; give at least one weight above 0")


def _personas(here: str, world: World) -> None:
    for name, persona in world.personas.items():
        field = f"personas.{name}"
        _among(here, f"{field}.channels", persona.channels, world.channels)
        _among(here, f"{field}.opens", persona.opens, _carrying(world))
        _among(here, f"{field}.consents", persona.consents, _carrying(world))
        _among(here, f"{field}.interests", persona.interests, world.goods)
        _among(here, f"{field}.stages", persona.stages, STAGES[:-1])
        _room(here, f"{field}.devices", len(persona.devices), DEVICES)
        for weights in ("channels", "devices", "interests", "stages"):
            _weights(here, f"{field}.{weights}", getattr(persona, weights))
        if not persona.channels:
            raise SpecError(f"{here}: {field}.channels is empty; say by which channels they come")
    devices = {device for persona in world.personas.values() for device in persona.devices}
    _room(here, "devices of all personas", len(devices), DEVICES)
    _used(here, world)


def _used(here: str, world: World) -> None:
    """Refuse a channel by which nobody comes, which carries nothing and serves nothing."""
    come = {name for persona in world.personas.values() for name, weight in persona.channels.items() if weight > 0}
    serve = set(world.service.channels) if world.service else set()
    other = {part.channel for part in (world.survey, world.contract) if part}
    other |= {moment.channel for moment in world.moments.values() if moment.channel}
    for name, channel in world.channels.items():
        if not channel.carries and name not in come | serve | other:
            raise SpecError(f"{here}: nobody has channel {name!r}; name it in a persona's channels, or remove it")


def _carrying(world: World) -> list[str]:
    return [name for name, channel in world.channels.items() if channel.carries]


def _actions(here: str, world: World) -> None:
    for name, action in world.actions.items():
        field = f"actions.{name}"
        _among(here, f"{field}.channel", [action.channel], _carrying(world))
        _among(here, f"{field}.effects", [who for who in action.effects if who != "*"], world.personas)
        _among(here, f"{field}.stages", action.stages, STAGES[:-1])
        _among(here, f"{field}.category", [action.category] if action.category else [], world.goods)
        _heard(here, world, name)
    for order in world.orders:
        _among(here, "orders", (order.first, order.then), _carrying(world))
    for name, block in world.blocks.items():
        field = f"blocks.{name}"
        _among(here, f"{field}.channel", [block.channel], _carrying(world))
        _among(here, f"{field}.provider", [block.provider], world.channels[block.channel].providers)
        _span(here, field, block.day, block.until)
    for name, channel in world.channels.items():
        _weights(here, f"channels.{name}.providers", channel.providers)


def _heard(here: str, world: World, action: str) -> None:
    """Refuse a message that nobody could be sent, or would open: it would change nothing, and not say so."""
    sent, people = world.actions[action], world.personas
    who = next(iter(people))
    given = world.consent and world.consent.given
    if sent.purpose == "marketing" and not given and not any(one.consents.get(sent.channel) for one in people.values()):
        raise SpecError(
            f"{here}: actions.{action} goes by {sent.channel!r}, and no persona allows marketing there; say what share"
            f" does, such as personas.{who}.consents = {{ {sent.channel} = 0.7 }}"
        )
    if sent.effects and not any(one.opens for one in people.values()):
        raise SpecError(
            f"{here}: actions.{action} has effects, and no persona opens anything; say what share of messages it opens,"
            f" such as personas.{who}.opens = {{ {sent.channel} = 0.3 }}"
        )


def _around(here: str, world: World) -> None:
    _among(here, "observation.known", world.observation.known, world.channels)
    _among(here, "observation.late_days", world.observation.late_days, world.channels)
    _among(here, "observation.unseen", world.observation.unseen, (*EVENTS, *world.moments))
    _among(here, "survey.channel", [world.survey.channel] if world.survey else [], world.channels)
    _among(here, "contract.channel", [world.contract.channel] if world.contract else [], world.channels)
    if world.service:
        _among(here, "service.channels", world.service.channels, world.channels)
        _weights(here, "service.channels", world.service.channels)
        _room(here, "service.topics", len(world.service.topics), TOPICS)
    if world.consent:
        _among(here, "consent.given", world.consent.given, (*EVENTS, *world.moments))
        _among(here, "consent.withdrawn", world.consent.withdrawn, (*EVENTS, *world.moments))
    _weights(here, "places", world.places)
    if world.points and list(world.points.tiers) != sorted(set(world.points.tiers)):
        raise SpecError(f"{here}: points.tiers is {world.points.tiers}; give rising numbers")
    for kind, life in world.life.items():
        if life.to_age <= life.from_age:
            raise SpecError(f"{here}: life.{kind}.to_age is {life.to_age:g}; it must be above from_age")


def _market(here: str, world: World) -> None:
    """Check trips, competitors, habits and regimes."""
    for name, habit in world.habits.items():
        _among(here, f"habits.{name}.actions", habit.actions, world.actions)
    for name, rival in world.competitors.items():
        _span(here, f"competitors.{name}", rival.day, rival.until)
    for place, regime in enumerate(world.regimes):
        _span(here, f"regimes.{place}", regime.day, regime.until)
    if trips := world.trips:
        _among(here, "trips.insurance", [trips.insurance], world.goods)
        _weights(here, "trips.transports", trips.transports)
        _room(here, "trips.transports", len(trips.transports), TRANSPORTS)
        _among(here, "trips.risks", trips.risks, (*world.goods, *trips.transports))
        if not trips.transports or len(world.goods) == 1:
            raise SpecError(f"{here}: trips needs a transport and, beside insurance, a kind of goods: a country")


def _span(here: str, field: str, day: int, until: int | None) -> None:
    if until is not None and until <= day:
        raise SpecError(f"{here}: {field}.until is {until}; it must be above day, which is {day}")


def _journeys(here: str, world: World) -> None:
    known = (*EVENTS, *world.moments)
    _among(here, "stages", world.stages, STAGES[:-1])
    for move in world.moves:
        _among(here, "moves", (move.start,), STAGES[:-1])
        _among(here, "moves", (move.to,), STAGES[:-1])
        _among(here, "moves.on", (move.on,), known)
    for name, moment in world.moments.items():
        field = f"moments.{name}"
        if name in EVENTS:
            raise SpecError(f"{here}: {field} has the name of an event; choose another")
        _among(here, f"{field}.on", [moment.on], EVENTS)
        _among(here, f"{field}.stages", moment.stages, STAGES[:-1])
        for way in ("channel", "by", "after"):
            _among(here, f"{field}.{way}", [named] if (named := getattr(moment, way)) else [], world.channels)
        _span(here, field, moment.day, moment.until)
        if moment.kind == "handover" and not (moment.by and moment.after):
            raise SpecError(f"{here}: {field} is a hand-over without by or after; name the channels it lies between")
    _reached(here, world)


def _reached(here: str, world: World) -> None:
    """Refuse a stage that is described though no path leads to it."""
    reached = {stage for one in world.personas.values() for stage, weight in one.stages.items() if weight > 0}
    reached |= {"lapsed"} if reached & {"loyalty", "advocacy"} else set()
    while more := {move.to for move in world.moves if move.start in reached and move.share > 0} - reached:
        reached |= more | ({"lapsed"} if more & {"loyalty", "advocacy"} else set())
    named = {stage for moment in world.moments.values() for stage in moment.stages}
    named |= {stage for action in world.actions.values() for stage in action.stages}
    for stage in sorted(named - reached):
        raise SpecError(f"{here}: no path leads to stage {stage!r}; add a move to it, or start a persona there")
