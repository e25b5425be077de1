"""``cjlab erase``: customers leave a loop's home, and the records that name them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from cjlab.cli._answer import Answer, answering, table

if TYPE_CHECKING:
    from cjlab.loop import Erasure
    from cjlab.reports import Withdrawn
    from cjlab.tables import Key

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("customers", nargs=-1, metavar="ID…")
@click.option("--home", type=_FOLDER, envvar="CJLAB_HOME", default=".", help="The loop's home. [default: .]")
@click.option("--from", "listed", type=click.File(), help="A file of identifiers, one a line; - is the standard input.")
@click.option("--key", type=click.Path(dir_okay=False), help="File of the key. [default: CJLAB_ERASURE_KEY holds it]")
@click.option("--also", type=_FOLDER, multiple=True, help="Another folder of stored features and states.")
@click.option("--reports", type=_FOLDER, help="Folder of the records; those that name them are removed whole.")
@click.option("--dry-run", "dry", is_flag=True, help="Count only.")
@answering
def erase(
    *,
    customers: tuple[str, ...],
    home: Path,
    listed: TextIO | None,
    key: str | None,
    also: tuple[Path, ...],
    reports: Path | None,
    dry: bool,
) -> Answer:
    """Take the customers with these identifiers out of everything in a loop's home, for ever.

    What is left is a tombstone under the key, by which rows that bring them back are refused. Versions of models that
    learnt from them are marked. The answer says what was done, where, and to how much, and names nobody. Identifiers on
    a command line may be seen by others on the machine, and stay in the shell's history: give them in a file.
    """
    from cjlab.loop import erase as erased

    given = [*customers, *(line.strip() for line in listed or () if line.strip())]
    if not given:
        raise click.UsageError("nobody is named: write cjlab erase ID, or cjlab erase --from FILE")
    found = erased(home, given, key=_key(key), also=also, dry=dry)
    return _told(found, _withdrawn(given, reports, dry=dry))


def _key(file: str | None) -> Key:
    from cjlab.tables import Key

    return Key.read(file) if file is not None else Key.from_environment("CJLAB_ERASURE_KEY")


def _withdrawn(given: list[str], reports: Path | None, *, dry: bool) -> Withdrawn | None:
    from cjlab.reports import withdraw

    return withdraw(given, reports=reports, dry=dry) if reports is not None else None


def _told(found: Erasure, withdrawn: Withdrawn | None) -> Answer:
    rows: list[dict[str, object]] = [one._asdict() for one in found.lines]
    unsearched = 0
    if withdrawn is not None:
        unsearched = withdrawn.unsearched
        folders = [f"{one.folder.parent.name}/{one.folder.name}" for one in withdrawn.records]
        rows += [{"where": f"reports/{name}", "what": "removed whole", "number": 1} for name in folders]
    lines = [table(rows, empty="nothing of theirs was there")]
    if unsearched:
        lines.append(f"records were not looked through for {unsearched} identifiers: they are too short to be told")
    if found.shared:
        lines.append(f"visitors shared with others: {found.shared}; rows of nobody under them stay")
    if found.dry:
        lines.append("nothing was done yet: this was a dry run")
    value = {"dry": found.dry, "customers": found.customers, "shared": found.shared, "unsearched": unsearched}
    return Answer("\n".join(lines), {**value, "done": rows})
