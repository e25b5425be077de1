"""``cjlab reports``: list the records and rebuild their index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cjlab.cli._answer import Answer, answering, table
from cjlab.errors import CjlabError

if TYPE_CHECKING:
    from cjlab.reports import Record


@click.command()
@click.option(
    "--reports",
    "place",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the records. [default: ./reports]",
)
@answering
def reports(*, place: Path | None) -> Answer:
    """List all records, the latest first, and rebuild the index over them."""
    from cjlab.reports import rebuild, records

    rows = [_row(record) for record in records(place)]
    index = rebuild(place)
    listed = table(rows, empty="no record has been made here yet")
    return Answer(f"{listed}\n{index}", {"index": str(index), "records": rows})


def _row(record: Record) -> dict[str, str]:
    html = str(record.html)
    try:
        manifest = record.manifest()
        made, name, title = str(manifest["made"])[:10], manifest["name"], manifest["title"]
    except (CjlabError, KeyError):  # its files were changed; the others are listed all the same
        made, name = record.folder.name[:10], record.folder.parent.name
        return {"made": made, "name": name, "decision": "unreadable", "title": "", "html": html}
    decision = manifest.get("decision", "") if record.complete else "incomplete"
    return {"made": made, "name": name, "decision": decision, "title": title, "html": html}
