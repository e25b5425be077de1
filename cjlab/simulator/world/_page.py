"""The page of a world: who is there, what can be sent, what is planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cjlab.simulator.world._persona import Persona
    from cjlab.simulator.world._world import World

_NOBODY = "–"


def page(world: World) -> str:
    """Write what a world holds as Markdown, with the tables that the pages of packaged worlds have."""
    people = [
        (
            name,
            f"{_share(world, persona):.0%}",
            ", ".join(way for way, weight in persona.channels.items() if weight > 0),
            _planted(persona),
        )
        for name, persona in world.personas.items()
    ]
    sent = [(name, action.channel, *_moved(world, name)) for name, action in world.actions.items()]
    kinds = list(dict.fromkeys(moment.kind for moment in world.moments.values()))
    moments = [(kind, ", ".join(name for name, one in world.moments.items() if one.kind == kind)) for kind in kinds]
    parts = [
        f"# {world.title}\n\n{world.n_customers:,} people from {world.start:%Y-%m-%d} on, seed {world.seed}.",
        _table("Who is there", ("persona", "share", "comes by", "what is planted"), people),
        _table("What the brand can send", ("action", "channel", "moves most", "harms"), sent),
        _table("What is planted", ("kind", "moments"), moments),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _table(title: str, columns: Sequence[str], rows: Sequence[Iterable[str]]) -> str:
    if not rows:
        return ""
    lines = [f"## {title}", "", _line(columns), "|" + "---|" * len(columns), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _share(world: World, persona: Persona) -> float:
    return persona.share / sum(one.share for one in world.personas.values())


def _planted(persona: Persona) -> str:
    shares = {"hairpins": persona.hairpin, "indifferent": persona.indifferent, "captive": persona.captive}
    said = [f"{name} {share:.0%}" for name, share in shares.items() if share > 0]
    said += [f"rhythm breaks {persona.breaks:g} a year"] if persona.breaks > 0 else []
    return ", ".join(said) or _NOBODY


def _moved(world: World, action: str) -> tuple[str, str]:
    """Name whom an action makes most inclined to buy, and all those whom it puts off or drives away."""
    effects = {name: world.effect(action, name) for name in world.personas}
    most = max(effects, key=lambda name: effects[name].desire)
    harmed = [name for name, one in effects.items() if one.desire < 0 or one.strain > 0]
    return most if effects[most].desire > 0 else _NOBODY, ", ".join(harmed) or _NOBODY
