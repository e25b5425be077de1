"""``cjlab purge``: what is older than a date leaves a loop's home."""

from __future__ import annotations

from pathlib import Path

import click

from cjlab.cli._answer import Answer, answering, table

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--before", required=True, metavar="DATE", help="Events, contacts and turns of before it go.")
@click.option("--home", type=_FOLDER, envvar="CJLAB_HOME", default=".", help="The loop's home. [default: .]")
@click.option("--dry-run", "dry", is_flag=True, help="Count only.")
@answering
def purge(*, before: str, home: Path, dry: bool) -> Answer:
    """Take events, contacts and turns of before a date out of a loop's home, for ever.

    A date beyond which a rule of cycle.toml still looks back is refused. The answer names the features that see less
    than they are called, and until when.
    """
    from cjlab.loop import purge as purged

    found = purged(home, before, dry=dry)
    rows = [one._asdict() for one in found.lines]
    lines = [table(rows, empty="nothing of before it was there")]
    lines += [f"{feature} sees less than it is called, {until}" for feature, until in found.less]
    if dry:
        lines.append("nothing was done yet: this was a dry run")
    value = {"dry": dry, "before": found.before.isoformat(), "done": rows, "less": dict(found.less)}
    return Answer("\n".join(lines), value)
