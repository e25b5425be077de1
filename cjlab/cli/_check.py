"""``cjlab check``: what is wrong with a log."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from cjlab.cli._answer import REFUSED, Answer, answering


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--now", type=click.DateTime(), help="What counts as future, in UTC. [default: now]")
@answering
def check(*, folder: Path, now: dt.datetime | None) -> Answer:
    """Check the log in FOLDER: that its files are as they were written, then every rule of its tables.

    A damaged file is named; so is every broken rule, with table, column, count and first offenders.
    """
    from cjlab.tables import Log

    moment = now.replace(tzinfo=dt.UTC) if now else dt.datetime.now(tz=dt.UTC)
    findings = Log.verify(folder).check(now=moment)
    rows = findings.to_frame().to_dict("records")
    if findings.ok:
        return Answer(f"{folder}: nothing found", rows)
    return Answer("\n".join(str(row["message"]) for row in rows), rows, REFUSED)
