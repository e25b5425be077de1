"""Taking a turn: what it finds, what it does, and in which order, so that whoever dies leaves all of it or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from cjlab.decisions import record
from cjlab.errors import AwayError, RegistryError, SpecError, TurnError
from cjlab.loop._aim import as_known
from cjlab.loop.cycle._case import Case
from cjlab.loop.cycle._deciding import Decided, counted, decided, rows_of
from cjlab.loop.cycle._guard import guarded, measured
from cjlab.loop.cycle._held import as_held
from cjlab.loop.cycle._home import Home, digest
from cjlab.loop.cycle._learning import taught
from cjlab.loop.cycle._notes import Notes
from cjlab.loop.cycle._ramp import climbed
from cjlab.loop.cycle._seen import Seen
from cjlab.loop.cycle._segments import told
from cjlab.loop.cycle._serving import Served, Standing, opened, standing
from cjlab.loop.cycle._turn import FEATURES, TURN, Step, Turn, read, written
from cjlab.loop.registry._moves import RETIREMENT, ROLLBACK
from cjlab.tables import Log, later, moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from cjlab.loop.cycle._cycle import Cycle
    from cjlab.loop.cycle._turn import Shift


def taken(cycle: Cycle, folder: Path, as_of: str | dt.date, *, dry: bool) -> Turn:
    """Take a turn, or return the one that was taken."""
    home = Home.at(folder)
    if as_of is None:
        raise SpecError("as_of is None, and a turn has a date; give one such as '2025-05-31'")
    with home.held():
        log = Log.read(home.log)
        when = moment(as_of, log.timezone)
        day = _named(when, log.timezone)
        if not dry:
            _finished(home, log)
        before = home.turns()
        done = next((turn for turn in before if turn.day == day), None)
        if done is not None:
            return _same(cycle, done)
        _forward(cycle, before, when, day)
        begun = Turn(name=cycle.name, day=day, as_of=when, cycle=cycle.fingerprint, recipe=cycle.recipe.fingerprint)
        turn, made = _thought(Case(cycle, home, as_known(log, when)[0], begun, before, dry), log)
        return replace(turn, dry=True) if dry else _done(home, turn, made)


def _named(when: dt.datetime, timezone: str) -> str:
    """Name a turn by its local day, and by the time where it is not midnight."""
    local = when.astimezone(ZoneInfo(timezone))
    midnight = moment(local.date(), timezone) == when
    return f"{local:%Y-%m-%d}" if midnight else f"{local:%Y-%m-%dT%H%M%S}"


def _same(cycle: Cycle, done: Turn) -> Turn:
    if done.name != cycle.name:
        raise TurnError(f"{done.day} has had its turn, of the cycle {done.name!r}; give {cycle.name!r} its own home")
    return done


def _forward(cycle: Cycle, before: Sequence[Turn], when: dt.datetime, day: str) -> None:
    if before and before[-1].name != cycle.name:
        raise TurnError(f"the turns here are of the cycle {before[-1].name!r}; give {cycle.name!r} its own home")
    if before and before[-1].as_of > when:
        raise TurnError(
            f"{before[-1].day} has had its turn, and {day} lies before it; turns go forward: give a later date"
        )


def _thought(case: Case, log: Log) -> tuple[Turn, Decided]:
    """Find what there is to find, and decide; nothing but a version in the registry is written."""
    if case.cycle.segment is not None:
        told(case.log, case.cycle.segment)
    notes, now = Notes(), standing(case.home, case.cycle.name, case.last)
    if now.away is not None:
        who = f"{now.champion} serves on, as it was known last" if now.champion else "nobody serves"
        notes.step("away", f"{now.away}; {who}, and nothing is learnt or moved")
    seen = Seen.of(case)
    if seen is not None:
        as_held(case, seen)
    now = _learned(case, seen, now, notes)
    fresh = _on_ramp(seen, now)
    pilot = now.champion is None and fresh is None and all(turn.champion is None for turn in case.before)
    made = decided(case, log, now, fresh=fresh, pilot=pilot)
    begun = replace(case.turn, states=seen.states if seen else {}, challenger=fresh.number if fresh else None)
    return _told(case._replace(turn=begun), now, notes, made), made


def _learned(case: Case, seen: Seen | None, now: Standing, notes: Notes) -> Standing:
    """Draw the lessons of what came."""
    if seen is None:
        notes.step("observed", "no decision has been taken yet")
        return now
    notes.step("observed", ", ".join(f"{n:,} decisions are {name}" for name, n in seen.states.items()))
    now = measured(case.cycle, seen, now, notes)
    if now.away is None:
        now = _loaded(case, guarded(case, seen, now, notes), notes)
        now = climbed(case.cycle, seen, now, notes)
    return taught(case, seen, now, notes)


def _loaded(case: Case, now: Standing, notes: Notes) -> Standing:
    """Load the version to which the champion was rolled back."""
    back = next((one.version for one in notes.shifts if one.kind == ROLLBACK), None)
    if back is None:
        return now
    return replace(now, champion=Served(back, opened(case.home).load(case.cycle.name, back)[0]))


def _on_ramp(seen: Seen | None, now: Standing) -> Served | None:
    """Return the version that decides for some customers in this wave: one that has not done so yet."""
    one = now.challenger
    if one is None or (seen is not None and one.number is not None and seen.by(one.number).any()):
        return None
    return one


def _told(case: Case, now: Standing, notes: Notes, made: Decided) -> Turn:
    """Write down what was found and decided."""
    counts, aim, zone = counted(made), case.cycle.aim, case.log.timezone
    who = str(now.serving) if now.serving else "nobody by policy"
    notes.step(
        "decided",
        f"{who}: of {counts['decided']:,} customers {counts['contacted']:,} are contacted, {counts['random']:,} drawn "
        f"by chance, {counts['holdout']:,} held out; cost {counts['cost']:,.2f}, expected {counts['expected']:,.2f}",
    )
    ripe = later(case.turn.as_of, aim.within, zone)
    ripe = ripe if aim.late is None else later(ripe, aim.late, zone)
    notes.step("next", f"these decisions are mature on {ripe.astimezone(ZoneInfo(zone)):%Y-%m-%d}")
    return replace(
        case.turn,
        policy=made.plan.policy_version,
        champion=now.serving.number if now.serving else None,
        stopped=now.champion.number if now.stopped and now.champion else None,
        demoted=now.demoted,
        readings=notes.readings,
        guards=notes.guards,
        gates=notes.gates,
        learnt=notes.learnt,
        shifts=tuple(notes.shifts),
        counts=counts,
        plan=rows_of(made.plan.to_frame()),
        limits=rows_of(made.plan.limits()),
        excluded=rows_of(made.plan.eligibility.to_frame()),
        steps=tuple(notes.steps),
        files={FEATURES: digest(made.features)},
    )


def _done(home: Home, turn: Turn, made: Decided) -> Turn:
    """Do what was decided: seal the turn, record its decisions, move the aliases, publish."""
    home.seal(turn, {FEATURES: made.features}, written(turn))
    record(made.plan, home.log)
    return _completed(home, turn)


def _completed(home: Home, turn: Turn) -> Turn:
    """Make the moves of a turn whose decisions are recorded, each once, and publish it."""
    refused = [said for shift in turn.shifts if (said := _moved(home, turn, shift))]
    if refused:
        turn = replace(turn, steps=(*turn.steps, *(Step("not moved", said) for said in refused)))
        home.amend(turn.day, written(turn))
    home.publish(turn.day)
    return turn


def _moved(home: Home, turn: Turn, shift: Shift) -> str:
    """Make a move; return what is said of it where somebody else has moved the alias meanwhile."""
    registry, by = opened(home), "cycle"
    try:
        if shift.kind == ROLLBACK:
            registry.rollback(turn.name, shift.why, leaving=shift.over, by=by)
        elif shift.kind == RETIREMENT:
            registry.retire(turn.name, shift.alias, shift.why, over=shift.over, by=by)
        elif shift.version is not None:
            registry.promote(turn.name, shift.version, shift.why, alias=shift.alias, over=shift.over, by=by)
    except AwayError:
        raise
    except RegistryError as refused:
        return f"{shift.kind} of {shift.alias}: {refused}"
    return ""


def _finished(home: Home, log: Log) -> None:
    """Finish the turn of somebody who died after its decisions were recorded; forget what was not decided."""
    home.sweep()
    for sealed in home.left():
        turn = read(sealed / TURN)
        if turn.counts.get("decided") and not _recorded(log, turn):
            home.drop(sealed)
        else:
            _completed(home, turn)


def _recorded(log: Log, turn: Turn) -> bool:
    """Tell whether the decisions of a turn are in the log."""
    if "policy_version" not in log.contacts.collect_schema().names():
        return False
    own = (pl.col("policy_version").cast(pl.String) == turn.policy) & (pl.col("at") == turn.as_of)
    return bool(log.contacts.filter(own).head(1).collect().height)
