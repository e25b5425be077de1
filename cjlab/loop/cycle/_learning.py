"""Learning: whether a new version is due, what it is taught, and what it must pass."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from cjlab._checks import listed
from cjlab.errors import EvidenceError, TableError, TurnError
from cjlab.loop._challenge import challenge
from cjlab.loop._drift import drift
from cjlab.loop._measure import MISSED
from cjlab.loop.cycle._fitting import crossed, fitted, judged
from cjlab.loop.cycle._ramp import promoted
from cjlab.loop.cycle._serving import Served, opened
from cjlab.loop.cycle._turn import Learnt
from cjlab.loop.cycle._versions import registered
from cjlab.loop.registry import MARKS
from cjlab.loop.registry._moves import PROMOTION
from cjlab.tables import later

if TYPE_CHECKING:
    from cjlab.loop._challenge import Challenge
    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._cycle import Cycle
    from cjlab.loop.cycle._notes import Notes
    from cjlab.loop.cycle._seen import Flags, Seen
    from cjlab.loop.cycle._serving import Standing
    from cjlab.loop.cycle._turn import Turn
    from cjlab.models import Uplift

LEAST = 30.0
"""How many evenly weighted decisions of an arm there must be at least."""


class Split(NamedTuple):
    """Decisions to learn from, and decisions to be judged on."""

    learnt: Flags
    judged: Flags
    since: dt.datetime
    short: tuple[str, ...]


def taught(case: Case, seen: Seen, now: Standing, notes: Notes) -> Standing:
    """Learn a new version where that is due, challenge the champion, and let it on the ramp if it passed."""
    cycle = case.cycle
    try:
        why = _undue(case, seen, now, notes)
        if why:
            notes.step("not due", why)
            return now
        split = _split(cycle, seen, now, notes)
        model = fitted(case, seen, split.learnt, split.short)
    except (EvidenceError, TableError) as refused:
        notes.step("no overlap", f"nothing is learnt, and the champion stays: {refused}")
        return now
    found = _challenged(case, seen, now, model, split)
    notes.gates = found.gates
    names = tuple(seen.turns[one].day for one in seen.moments(split.learnt))
    learnt = Learnt(None, names, int(split.learnt.sum()), int(seen.teachable.sum()), split.short)
    if not case.dry:
        learnt = learnt._replace(version=registered(case, model, found, learnt))
    notes.learnt, one = learnt, Served(learnt.version, model)
    notes.step("learnt", f"{one}, from {learnt.rows:,} decisions of {len(names)} waves, {names[0]} to {names[-1]}")
    return _placed(cycle, now, one, found, notes)


def _placed(cycle: Cycle, now: Standing, one: Served, found: Challenge, notes: Notes) -> Standing:
    """Give a version that was challenged its place."""
    if not found.promoted:
        notes.step("kept", f"{one} is not let in, and what serves stays: {found.reason}")
        return now
    if cycle.ramp is None:
        return promoted(now, one, notes, why=found.reason)
    notes.move(PROMOTION, "challenger", one.number, over=None, why=found.reason)
    notes.step("ramp", f"{one} decides for {cycle.ramp:.0%} of the customers for one wave: {found.reason}")
    return replace(now, challenger=one)


def _undue(case: Case, seen: Seen, now: Standing, notes: Notes) -> str:
    """Say why nothing is learnt now; nothing where it is due."""
    if now.away is not None:
        return f"the registry is away: {now.away}"
    if now.challenger is not None:
        return f"{now.challenger} is on its way, and one at a time is tried"
    waves, held = len(seen.waves), case.cycle.held
    if waves <= held:
        other = len(seen.mature_waves) - waves
        rest = f", and {other} were decided on features of another recipe" if other else ""
        return f"{waves} waves are mature{rest}; {held} are kept to judge on, and one more is needed to learn from"
    _judgeable(case.cycle, seen)
    return _early(case, seen, now, notes)


def _early(case: Case, seen: Seen, now: Standing, notes: Notes) -> str:
    """Say why it is too early to learn again; nothing where it is time, or something has happened since."""
    cycle, last = case.cycle, next((one for one in reversed(case.before) if one.learnt), None)
    new = int(seen.teachable.sum()) - (last.learnt.mature if last and last.learnt else 0)
    if new < cycle.enough:
        return f"{max(new, 0):,} decisions became mature since it last learnt; it waits for {cycle.enough:,}"
    if last is None or any(one.verdict == MISSED for one in notes.readings):
        return ""
    again = later(last.as_of, cycle.every, case.log.timezone, name="every")
    if again <= case.turn.as_of:
        return ""
    if now.champion is not None and _tainted(case, now.champion, last):
        notes.step(
            "erased", f"{now.champion} was trained on somebody who was erased since, so it learns before its time"
        )
        return ""
    moved = _moved(case, last)
    if not moved:
        return f"it learnt on {last.day}, and learns again from {again:%Y-%m-%d} on; no feature has moved since"
    notes.step("drift", f"{listed(moved[:5])} moved since it learnt on {last.day}, so it learns before its time")
    return ""


def _tainted(case: Case, champion: Served, last: Turn) -> bool:
    """Tell whether the champion learnt from somebody erased, and nothing was learnt without him yet."""
    learnt = last.learnt.version if last.learnt else None
    marked = {one.number for one in opened(case.home).versions(case.cycle.name).rows if one.erased == MARKS[0]}
    return champion.number in marked and learnt in marked


def _moved(case: Case, last: Turn) -> tuple[str, ...]:
    """Return the features that have moved between the last wave that was learnt from and the last that was decided."""
    learnt = next((one for one in case.before if last.learnt and one.day == last.learnt.turns[-1]), None)
    if learnt is None or case.last is None or not case.last.recipe == learnt.recipe == case.turn.recipe:
        return ()
    return drift(case.home.features(learnt), case.home.features(case.last), confidence=case.cycle.confidence).moved


def _split(cycle: Cycle, seen: Seen, now: Standing, notes: Notes) -> Split:
    """Part the mature waves, if what was drawn in them is enough; actions of which it is not are left out."""
    last, before = seen.waves[-cycle.held :], seen.waves[: -cycle.held]
    learnt = seen.teachable & seen.of_waves(before[-(cycle.memory or len(before)) :])
    short = _short(seen, learnt)
    left = [name for name in seen.observed.chances.columns if name not in short]
    given = set() if now.serving is None else set(seen.rows["intended"][seen.by(now.serving.number or 0)])
    if seen.observed.control in short or len(left) == 1 or given & set(short):
        raise EvidenceError(f"{'; '.join(short.values())}; wait, or explore more")
    for said in short.values():
        notes.step("left out", f"{said}, so the new version is not taught it")
    known = ~seen.rows["arm"].isin(list(short)).to_numpy(bool)
    return Split(learnt & known, seen.teachable & seen.of_waves(last) & known, last[0], tuple(short))


def _judgeable(cycle: Cycle, seen: Seen) -> None:
    """Refuse waves to judge on in which nothing was left to chance."""
    for one in seen.waves[-cycle.held :]:
        if not (seen.teachable & seen.of_waves([one])).any():
            raise EvidenceError(
                f"the wave of {seen.turns[one].day} was decided without chance, and nothing can be judged on it; let a "
                "random slice be drawn (terms.explore)"
            )


def _short(seen: Seen, learnt: Flags) -> dict[str, str]:
    """Say of which arms decisions tell too little."""
    rows, chances, found = seen.rows[learnt], seen.observed.chances[learnt], {}
    for name in chances.columns:
        weight = 1 / chances[name][rows["arm"] == name].to_numpy()
        effective = weight.sum() ** 2 / (weight**2).sum() if len(weight) else 0.0
        if effective < LEAST:
            found[str(name)] = (
                f"{name!r} was given by chance to {len(weight):,} of {len(rows):,} decisions, worth {effective:.0f} "
                f"evenly weighted ones, and {LEAST:.0f} are needed"
            )
    return found


def _challenged(case: Case, seen: Seen, now: Standing, model: Uplift, split: Split) -> Challenge:
    """Ask whether the new version may serve."""
    cycle = case.cycle
    evidence, parts = judged(case, seen, split.judged, split.short), crossed(case, seen, now, split.learnt, split.short)
    treated = {name for known in (evidence, *(one.evidence for one in parts)) for name in known.treated}
    last = seen.moments(split.learnt)[-1] + dt.timedelta(microseconds=1)
    try:
        return challenge(
            now.rule(sorted(treated)),
            model,
            evidence,
            crossed=parts,
            margin=cycle.margin,
            learnt_until=last,
            limits=cycle.limits,
            confidence=cycle.confidence,
        )
    except OSError as full:  # it is stored once, to be read again
        raise TurnError(
            f"{tempfile.gettempdir()} cannot be written ({full.strerror}); free space there, and call the turn again"
        ) from full
