"""``cjlab cycle``: one turn of the loop, for a scheduler."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from cjlab.cli._answer import Answer, answering

_SPEC = "cycle.toml"


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--as-of", metavar="DATE", help="The date of the turn, or a time with its offset. [default: today]")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done; nothing is registered, moved or written.")
@answering
def cycle(*, home: Path, as_of: str | None, dry: bool) -> Answer:
    """Take one turn of the loop in HOME: observe, measure, learn, challenge, decide, write down.

    HOME holds cycle.toml, which declares the loop, and the stored log; the registry and the turns are made there. A
    date has one turn: called again, that turn is told and nothing is done twice. One that was killed is finished.
    """
    from cjlab.loop import Cycle
    from cjlab.tables import Log

    declared = Cycle.read(home / _SPEC)
    if as_of is None:
        as_of = _today(Log.read(home / "log").timezone) if (home / "log").is_dir() else ""
    turn = declared.turn(home, as_of, dry=dry)
    value = {**turn.plain, "folder": None if dry else str(home / "turns" / turn.day), "dry": dry}
    return Answer(f"{turn.day}{' (nothing was done)' if dry else ''}\n{turn.said}", value)


def _today(timezone: str) -> str:
    from zoneinfo import ZoneInfo

    return dt.datetime.now(tz=ZoneInfo(timezone)).date().isoformat()
