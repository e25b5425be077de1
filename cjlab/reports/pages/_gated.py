"""What a loop asked of its models, and what it did, turn by turn, in the reader's language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.reports.pages._body import Grid

if TYPE_CHECKING:
    from cjlab.loop import Gate, Turn
    from cjlab.reports.pages._looped import Looped

_MONEY = frozenset({"lately", "promise", "value", "contacts pay"})
_SHARES = frozenset({"unsubscribed"})
_CODES = ("not due", "no overlap", "left out", "away", "not moved")


def asked(said: Looped, gates: tuple[Gate, ...]) -> Grid:
    """Return a row a gate: the question, what was found, what was asked for, the verdict."""
    say = said.say
    columns = [started(say(f"cl_column_{name}")) for name in ("asked", "found", "needed", "verdict")]
    return Grid(columns, [_row(said, one) for one in gates], frozenset({1, 2}))


def _row(said: Looped, gate: Gate) -> list[str]:
    say, (kind, _, segment) = said.say, gate.name.partition(" ")
    key = "segment" if kind == "segment" else gate.name.replace(" ", "_")
    found, needed = _size(said, gate, gate.figure), _size(said, gate, gate.threshold)
    if math.isfinite(gate.low) and math.isfinite(gate.high):
        interval = say.between(gate.low, gate.high, lambda end: _size(said, gate, end))
        promise = gate.name == "promise"  # whose interval is of what came
        found = say("cl_found_promise", size=found, interval=interval) if promise else f"{found} ({interval})"
    rule = say(f"cl_rule_{_rule(key)}", size=needed) if math.isfinite(gate.threshold) else say("unknown")
    verdict = say("cl_passed" if gate.passed else "cl_failed")
    return [say(f"cl_gate_{key}", segment=say.quoted(segment)), found, rule, verdict]


def _rule(key: str) -> str:
    """Return how a figure is set beside its threshold."""
    if key in {"segment", "ranking", "contacts_pay"}:
        return "not_below"
    if key in {"fast", "kept", "promise", "unsubscribed"}:
        return "at_most"
    return "above" if key == "value" else "at_least"


def _size(said: Looped, gate: Gate, value: float) -> str:
    """Write a figure of a gate in its unit."""
    say = said.say
    if not math.isfinite(value):
        return say("unknown")
    if value == 0:
        return say.numbers.count(0)
    if gate.name in _MONEY or gate.name.startswith("segment"):
        return say.money(value)
    if gate.name in _SHARES:
        return say.share(value)
    if gate.name in {"data", "unseen"}:
        return say.numbers.count(value)
    units = {"fast": "cl_milliseconds", "kept": "cl_megabytes"}
    coarse = gate.name in units and abs(value) >= 0.1  # noqa: PLR2004 - below it a digit would say nothing
    size = say.numbers.decimal(value, digits=1 if coarse else 4)
    return say(units[gate.name], size=size) if gate.name in units else size


def done(said: Looped, turn: Turn) -> list[str]:
    """Return what a turn found and did, a sentence each."""
    say, made = said.say, []
    for state, key in (("mature", "observed"), ("pending", "pending"), ("censored", "censored")):
        if turn.states.get(state):
            made.append(say(f"cl_did_{key}", **{state: say.numbers.count(turn.states[state])}))
    for one in turn.readings:
        if one.segment == "everybody":
            came = said.with_ends((one.came, one.low, one.high))
            verdict = say(f"cl_verdict_{one.verdict.replace(' ', '_')}")
            told = {"action": said.action(one.action), "promised": say.money(one.promised), "came": came}
            made.append(say("cl_did_measured", verdict=verdict, **told))
    made += [say("cl_did_demoted", action=said.action(name)) for name in turn.demoted]
    made += [say("cl_did_guard", asked=say(f"cl_gate_{_key(one)}"), verdict=_verdict(said, one)) for one in turn.guards]
    made += _learnt(said, turn)
    without = [said.action(name) for name in turn.learnt.without] if turn.learnt else []
    made += [say("cl_did_left_out_named", actions=say.joined(without))] if without else []
    codes = {one.code for one in turn.steps} - ({"left out"} if without else set())
    made += [say(f"cl_did_{_key_of(code)}") for code in _CODES if code in codes]
    return made


def _learnt(said: Looped, turn: Turn) -> list[str]:
    """Say what was learnt, and which names were moved."""
    say, made = said.say, []
    if turn.learnt is not None:
        rows, waves = say.numbers.count(turn.learnt.rows), say.numbers.count(len(turn.learnt.turns))
        made.append(say("cl_did_learnt", version=_named(turn.learnt.version), rows=rows, waves=waves))
        failed = [one for one in turn.gates if not one.passed]
        if failed:
            key = "segment" if failed[0].name.startswith("segment") else _key(failed[0])
            asked_for = say(f"cl_gate_{key}", segment=say.quoted(failed[0].name.partition(" ")[2]))
            made.append(say("cl_did_kept", version=_named(turn.learnt.version), asked=asked_for))
            made += _provable(said, failed[0])
    made += [
        say(f"cl_did_{one.kind}_{one.alias}", version=_named(one.version), over=_named(one.over)) for one in turn.shifts
    ]
    if turn.stopped is not None:
        made.append(say("cl_did_stopped", version=_named(turn.stopped)))
    return made


def _provable(said: Looped, gate: Gate) -> list[str]:
    """Say what gain so many decisions could have shown: not to have passed is not to be useless."""
    least = gate.provable(said.cycle.confidence) if gate.name == "value" else math.nan
    return [said.say("cl_did_provable", least=said.say.money(least))] if least > gate.threshold else []


def _verdict(said: Looped, gate: Gate) -> str:
    return said.say("cl_passed" if gate.passed else "cl_failed")


def _key(gate: Gate) -> str:
    return _key_of(gate.name)


def _key_of(name: str) -> str:
    return name.replace(" ", "_")


def _named(version: int | None) -> str:
    return "–" if version is None else str(version)
