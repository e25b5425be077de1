"""``cjlab data``: the public data sets, and where each lies."""

from __future__ import annotations

import click

from cjlab.cli._answer import Answer, answering, table


@click.command()
@answering
def data() -> Answer:
    """List the data sets that cjlab knows, and where their files were found."""
    from cjlab.datasets import catalogue

    rows = catalogue().to_frame().to_dict("records")
    short = [{"name": row["name"], "rows": f"{row['rows']:,} {row['of']}", "found": row["found"]} for row in rows]
    return Answer(table(short, empty="no data set is known"), rows)
