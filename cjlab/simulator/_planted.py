"""Every fact that was planted in a world: what is to be found in its logs, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cjlab.simulator._reminders import optima

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjlab.simulator.world import World

_SCHEMA = {
    "kind": pl.String,
    "name": pl.String,
    "on": pl.String,
    "causes": pl.Boolean,
    "day": pl.Int64,
    "size": pl.Float64,
    "until": pl.Int64,
}


class Fact(NamedTuple):
    """A planted fact.

    Parameters
    ----------
    kind, name : str
        What it is, and what it is called.
    on : str
        What it comes with.
    causes : bool
        Whether it changes what people do.
    day : int, optional
        From which day of the run.
    size : float, optional
        How large it is, in the unit of its kind.
    until : int, optional
        Until which day; for good unless given.
    """

    kind: str
    name: str
    on: str
    causes: bool
    day: int | None = None
    size: float | None = None
    until: int | None = None


def planted(world: World) -> pl.DataFrame:
    """Return a row a fact."""
    parts = (_moments, _changes, _contacts, _people, _around, _told)
    rows = [fact for part in parts for fact in part(world)]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _moments(world: World) -> Iterator[Fact]:
    for name, moment in world.moments.items():
        on = f"{moment.after} then {moment.by}" if moment.kind == "handover" else moment.on
        yield Fact(moment.kind, name, on, moment.causes, moment.day or None, moment.share, moment.until)


def _changes(world: World) -> Iterator[Fact]:
    """Yield what changes on a day: regimes, competitors, the launch of a brand."""
    for regime in world.regimes:
        yield Fact("regime", regime.factor, "market", regime.by != 1, regime.day, regime.by, regime.until)
    for name, rival in world.competitors.items():
        acts = any((rival.pull, rival.promotion, rival.leaving))
        yield Fact("competitor", name, "market", acts, rival.day, rival.pull, rival.until)
    if world.launched:
        yield Fact("launch", world.name, "market", causes=True, day=0)


def _contacts(world: World) -> Iterator[Fact]:
    """Yield what contacts do beyond their effect: orders of channels, sleeping dogs, optima, scenarios replayed."""
    for order in world.orders:
        yield Fact("order", f"{order.first} then {order.then}", "contact", order.factor != 1, size=order.factor)
    for action in world.actions:
        for persona in world.personas:
            effect = world.effect(action, persona)
            if effect.desire < 0 or effect.strain > 0:
                yield Fact("sleeping dog", f"{action}: {persona}", "contact", causes=True, size=effect.desire)
    for (action, persona), best in optima(world).items():
        yield Fact("reminders", f"{action}: {persona}", "contact", causes=True, size=float(best))
    for name, block in world.blocks.items():
        weights = world.channels[block.channel].providers
        size = block.share * weights[block.provider] / sum(weights.values())
        on = f"{block.channel}: {block.provider}"
        yield Fact("provider block", name, on, size > 0, block.day, size, block.until)
    for name, habit in world.habits.items():
        kind = "replayed scenario" if habit.targets == "indifferent" else "unlogged targeting"
        yield Fact(kind, name, habit.targets, causes=False, size=habit.share)


def _people(world: World) -> Iterator[Fact]:
    """Yield what some people are: hairpins, indifferent, captive; and rhythms that break."""
    for name, persona in world.personas.items():
        for kind, share in (
            ("hairpin", persona.hairpin),
            ("indifferent", persona.indifferent),
            ("captive", persona.captive),
            ("rhythm break", persona.breaks),
        ):
            if share > 0:
                yield Fact(kind, name, "person", kind != "indifferent", size=share)


def _around(world: World) -> Iterator[Fact]:
    """Yield texts and their signal, new topics, life events, and what insures trips."""
    for name, topic in (world.service.topics if world.service else {}).items():
        yield Fact("text", name, "case_opened", topic.signal > 0, size=topic.signal)
        if topic.since > 0:
            yield Fact("new topic", name, "case_opened", causes=False, day=topic.since, size=topic.share)
    for name, life in world.life.items():
        bends = life.gap != 1 or life.occasions != 1 or life.leaving != 0 or life.ends is not None
        yield Fact("life event", name, "life_event", bends, size=life.leaving)
    for name, risk in (world.trips.risks if world.trips else {}).items():
        yield Fact("trip risk", name, "trip_planned", risk != 0, size=risk)


def _told(world: World) -> Iterator[Fact]:
    """Yield what travels by word of mouth, with what one word that is heeded does."""
    if social := world.social:
        heard = social.hears > 0
        good = any((social.desire, social.attention, social.satisfaction, social.refers))
        bad = heard and social.tells > 0 and social.harm > 0
        yield Fact("word of mouth", "recommendation", "recommendation", heard and good, size=social.desire)
        yield Fact("word of mouth", "complaint", "complaint", bad, size=-social.harm)
        yield Fact("word of mouth", "leaving", "person", bad, size=-social.harm)
