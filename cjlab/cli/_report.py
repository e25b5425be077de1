"""``cjlab report``: run a notebook into a record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cjlab.cli._answer import Answer, answering, table
from cjlab.cli._given import from_file, pairs

if TYPE_CHECKING:
    from cjlab.reports import Record

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@click.option("-p", "given", metavar="KEY=VALUE", multiple=True, callback=pairs, help="A parameter; may be repeated.")
@click.option("--params", type=_FILE, help="Parameters from a TOML, JSON or YAML file; -p counts before it.")
@click.option("--notebooks", type=_FOLDER, help="Folder of the notebooks. [default: ./notebooks]")
@click.option("--reports", type=_FOLDER, help="Folder of the records. [default: ./reports]")
@click.option("--again", is_flag=True, help="Run although there is a record with this key.")
@click.option("--parameters", "listing", is_flag=True, help="List what the notebook can be given, and run nothing.")
@answering
def report(
    *,
    name: str,
    given: dict[str, str],
    params: Path | None,
    notebooks: Path | None,
    reports: Path | None,
    again: bool,
    listing: bool,
) -> Answer:
    """Run the notebook NAME and publish its record.

    NAME is "experiment" for notebooks/40_experiment.ipynb. Parameters are checked against the notebook's own
    declaration before anything runs. With the same notebook, values, data and code, the record that is there is
    returned.
    """
    from cjlab.reports import parameters, run

    declared = parameters(name, notebooks=notebooks)
    if listing:
        rows = declared.to_frame().to_dict("records")
        return Answer(table(rows, empty=f"notebook {name!r} has no parameters"), rows)
    values = (from_file(params) if params else {}) | declared.parse(given)
    return told(run(name, notebooks=notebooks, reports=reports, again=again, **values))


def told(record: Record) -> Answer:
    """Say where a record is, and what it decided."""
    manifest = record.manifest()
    decision = manifest.get("decision", "")
    value = {
        "folder": str(record.folder),
        "html": str(record.html),
        "key": record.folder.name,
        "title": manifest["title"],
        "decision": decision,
    }
    return Answer("\n".join(filter(None, [decision, str(record.html)])), value)
