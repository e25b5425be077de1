"""Retention in a loop's home: what is older than a date goes, as far as nothing needs it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from cjlab._checks import offset
from cjlab._durable import held
from cjlab.errors import SpecError
from cjlab.loop.cycle import Cycle
from cjlab.loop.erasure._derived import outdated, remove, sweep
from cjlab.loop.erasure._receipt import Line, Purged, lines_of
from cjlab.loop.erasure._snapshots import drafts, snapshots
from cjlab.tables import Log, later, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjlab.loop.erasure._snapshots import Snapshot


def purge(home: str | Path, before: str | dt.date, *, dry: bool = False) -> Purged:
    """Take what is older than a date out of a loop's home: events and contacts of its log, and whole turns.

    Events and contacts go first (:meth:`cjlab.tables.Log.purge`), then turns that were taken before the date, then
    states, which hold rows of the log, and stored features of before the date; both are made anew when they are needed.
    Whoever was stopped calls it again.

    What rules and aim of ``cycle.toml`` look back at is needed at the next turn: a cap that forgot contacts would let
    too many through. So a date is refused from which the longest cap, cooling-off or time of an outcome reaches beyond
    the last turn, or beyond the last event where there is none. Features need no refusal: the answer says which of them
    see less than they are called, and until when. Versions that learnt from a turn that goes cannot be told from others
    when a customer is erased later: they are then marked ``"training set unknown"``.

    Parameters
    ----------
    home : str or Path
        The home of a loop.
    before : str, datetime.date or datetime.datetime
        The date: a bare one is the brand's local midnight with which it begins.
    dry : bool
        Whether to count only.

    Returns
    -------
    Purged
        What was done, and which features see less.

    Raises
    ------
    SpecError
        When the home is no folder, ``before`` is no date, or a rule still looks back beyond it.
    TableError
        When the log is none, or cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import cjlab as cj
    >>> with TemporaryDirectory() as home:
    ...     world = cj.simulator.World.retail(n_customers=50)
    ...     _ = cj.simulator.simulate(world, days=30).log.write(f"{home}/log")
    ...     done = cj.loop.purge(home, "2024-01-10")
    ...     cj.loop.purge(home, "2024-01-10").lines
    ()
    """
    place = Path(home).expanduser().resolve()
    if not place.is_dir():
        raise SpecError(f"home is {str(home)!r}, which is no folder; give the home of a loop")
    with held(place):
        log = Log.read(place / "log")
        when = moment(before, log.timezone)
        cycle = Cycle.read(place / "cycle.toml") if (place / "cycle.toml").exists() else None
        last = _last(place, log)
        _refuse_needed(cycle, when, last, log.timezone)
        removed = Log.purge(place / "log", when, dry=dry)
        lines = (*lines_of(removed), *_turns(place, when, dry=dry), *_derived(place, when, dry=dry))
    return Purged(lines, when, tuple(_seeing_less(cycle, when, last, log.timezone)), dry)


def _last(place: Path, log: Log) -> dt.datetime | None:
    """Return when the last turn was taken; where there is none, when the last event was."""
    turns = [_taken_at(one) for one in snapshots(place)]
    known = [one for one in turns if one is not None]
    return max(known) if known else log.events.select(pl.col("at").max()).collect().item()


def _taken_at(turn: Snapshot) -> dt.datetime | None:
    said = json.loads((turn.folder / "turn.json").read_bytes()).get("as_of")
    return None if said is None else dt.datetime.fromisoformat(said).astimezone(dt.UTC)


def _refuse_needed(cycle: Cycle | None, when: dt.datetime, last: dt.datetime | None, timezone: str) -> None:
    """Refuse a date beyond which a rule, or an outcome that is not known yet, looks back."""
    if cycle is None or last is None:
        return
    needed = {one.reason: [one.window] for one in cycle.rules.caps}
    needed |= {one.reason: [one.window] for one in cycle.rules.coolings}
    needed[f"an outcome within {cycle.aim.within}"] = [cycle.aim.within, *filter(None, [cycle.aim.late])]
    for what, lengths in needed.items():
        reach = last
        for length in lengths:
            reach = later(reach, length, timezone, back=True)
        if when > reach:
            given, least = _local(when, timezone), _local(reach, timezone)
            advice = "from the last turn; give that or an earlier date"
            raise SpecError(f"before is {given}, and {what} looks back to {least} {advice}")


def _local(when: dt.datetime, timezone: str) -> str:
    return f"{when.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def _turns(place: Path, when: dt.datetime, *, dry: bool) -> Iterator[Line]:
    """Remove turns that were taken before, and what dead removers left of others."""
    for draft in () if dry else drafts(place):
        rmtree(draft)
    for turn in snapshots(place):
        taken = _taken_at(turn)
        if taken is not None and taken < when:
            if not dry:
                _removed(turn.folder)
            yield Line(f"turns/{turn.folder.name}", "removed whole", 1)


def _removed(folder: Path) -> None:
    """Remove a turn: its name goes first, so that no half of it is taken for it."""
    draft = folder.with_name(f".{folder.name.removeprefix('.')}.part")
    folder.rename(draft)
    rmtree(draft)


def _derived(place: Path, when: dt.datetime, *, dry: bool) -> Iterator[Line]:
    if not dry:
        sweep([place])
    for folder in outdated(place, when):
        if not dry:
            remove(folder)
        yield Line(str(folder.relative_to(place)), "removed whole", 1)


def _seeing_less(
    cycle: Cycle | None, when: dt.datetime, last: dt.datetime | None, timezone: str
) -> Iterator[tuple[str, str]]:
    """Go through the features that see less than they are called, and until when."""
    looks = {} if cycle is None else cycle.recipe.describe()["looks_back"].to_dict()
    for feature, length in looks.items():
        until = _until(str(length), when, timezone)
        if until is None or last is None or until > last:
            yield str(feature), "for ever" if until is None else f"until {_local(until, timezone)}"


def _until(length: str, when: dt.datetime, timezone: str) -> dt.datetime | None:
    """Return from when on nothing of before a date is looked back at; None where everything is looked at."""
    try:
        offset(length, name="looks_back")
    except SpecError:
        return None
    return later(when, length, timezone)
