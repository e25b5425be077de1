"""``cjlab reports``: list the records and rebuild their index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cjlab.cli._answer import Answer, answering, table

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
    manifest = record.manifest()
    return {
        "made": str(manifest["made"])[:10],
        "name": manifest["name"],
        "decision": manifest.get("decision", "") if record.complete else "incomplete",
        "title": manifest["title"],
        "html": str(record.html),
    }
