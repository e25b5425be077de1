"""``cjlab models``, ``promote``, ``rollback``: which versions there are, who serves, and since when."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cjlab.cli._answer import Answer, answering, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.loop import Move, Registry, Version

_ALIASES = click.Choice(["champion", "challenger", "shadow"])
_MOVED = "{kind} of {name}: the {alias} is now {after} (before: {before})"


def _in_a_registry(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command say which registry, and where its files are."""
    where = "A folder, or the address of a database or an MLflow server."
    add = click.option("--registry", envvar="CJLAB_REGISTRY", default="registry", show_default=True, help=where)
    files = click.option("--artifacts", envvar="CJLAB_ARTIFACTS", help="The folder of the models' files, if not there.")
    return add(files(function))


def _opened(registry: str, artifacts: str | None) -> Registry:
    from cjlab.loop import Registry

    return Registry(registry, artifacts)


@click.command()
@click.argument("name", required=False)
@_in_a_registry
@click.option("--history", is_flag=True, help="List every move of the model's aliases instead; needs NAME.")
@answering
def models(*, name: str | None, registry: str, artifacts: str | None, history: bool) -> Answer:
    """List the versions of the model NAME, or of all models, with the names they serve under."""
    opened = _opened(registry, artifacts)
    if history:
        if name is None:
            raise click.UsageError("--history is of one model: write cjlab models NAME --history")
        rows = [_moved(move) for move in opened.history(name).moves]
        return Answer(table(rows, empty=f"no alias of {name!r} was ever moved"), rows)
    versions = [_version(one) for one in opened.versions(name).rows]
    columns = ["name", "version", "aliases", "model", "registered"]
    columns += ["erased"] if any(row["erased"] for row in versions) else []
    shown = [{key: row[key] for key in columns} for row in versions]
    return Answer(table(shown, empty="no version has been registered here yet"), versions)


@click.command()
@click.argument("name")
@click.argument("version", type=int)
@_in_a_registry
@click.option("--why", required=True, help="Why; it stands in the history.")
@click.option("--alias", type=_ALIASES, default="champion", show_default=True, help="Which name it is to serve under.")
@click.option("--over", type=int, help="The version that must have the name now; if it is another, nothing is moved.")
@answering
def promote(
    *, name: str, version: int, registry: str, artifacts: str | None, why: str, alias: str, over: int | None
) -> Answer:
    """Give VERSION of the model NAME the name of champion, or another."""
    return _told(name, _opened(registry, artifacts).promote(name, version, why, alias=alias, over=over))


@click.command()
@click.argument("name")
@_in_a_registry
@click.option("--why", required=True, help="Why; it stands in the history.")
@click.option("--leaving", type=int, help="The version that is to go; asked twice, nothing is moved twice.")
@answering
def rollback(*, name: str, registry: str, artifacts: str | None, why: str, leaving: int | None) -> Answer:
    """Make the version champion of the model NAME again that was it before."""
    return _told(name, _opened(registry, artifacts).rollback(name, why, leaving=leaving))


def _told(name: str, move: Move) -> Answer:
    value = {"name": name, **_moved(move)}
    said = {key: "none" if one is None else one for key, one in value.items()}
    return Answer(_MOVED.format(**said), value)


def _moved(move: Move) -> dict[str, object]:
    return asdict(move) | {"at": move.at.isoformat(timespec="seconds")}


def _version(one: Version) -> dict[str, object]:
    times = {"registered": one.registered.isoformat(timespec="seconds"), "confirmed": one.confirmed.isoformat()}
    rest = asdict(one) | times | {"aliases": ", ".join(one.aliases)}
    return {"name": rest.pop("name"), "version": rest.pop("number"), **rest}
