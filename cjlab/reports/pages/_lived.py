"""Rows, tables and the chart of the page of the closed loop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cjlab._display import Parts, started
from cjlab.reports.pages._body import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.loop import Reading, Turn, Wave
    from cjlab.reports.pages._looped import Looped


def entries(said: Looped) -> list[dict[str, object]]:
    """Every number, with its interval."""
    made: list[dict[str, object]] = []
    for one in said.brought.waves:
        for metric, ends in (
            ("net", (one.net, one.low, one.high)),
            ("total", (one.total, one.total_low, one.total_high)),
        ):
            made.append(_entry("wave", metric, one.decisions, ends) | {"at": one.at.isoformat()})
    for reading in said.turn.readings:
        ends = (reading.came, reading.low, reading.high)
        own = {"arm": reading.action, "segment": reading.segment, "promised": reading.promised}
        made.append(_entry("action", "came", reading.contacted, ends) | own)
    return made + [
        _entry("gate", gate.name, 0, (gate.figure, gate.low, gate.high)) | {"passed": gate.passed}
        for gate in said.turn.gates
    ]


def course(said: Looped, known: Sequence[Wave]) -> Any:  # noqa: ANN401 - a plotly figure
    """Draw what all turns brought together."""
    from cjlab.plots import Axis, Course, courses

    say = said.say
    number = {turn.as_of: place for place, turn in enumerate(said.turns.rows, start=1)}
    places = [float(number[one.at]) for one in known]
    names = {place: say.numbers.count(place) for place in places}
    middle, low, high = ([getattr(one, f"total{end}") for one in known] for end in ("", "_low", "_high"))
    line = Course(say("cl_total"), places, middle, low, high)
    upwards = say("cl_axis") if say.unit else say("cl_axis_plain")
    finding = say("cl_history_found", **said.words)
    axis = Axis(say("cl_column_day"), names)
    return courses(
        [line], across=axis, upwards=upwards, finding=finding, unit=say.unit or "number", language=say.language
    )


def promise(said: Looped, one: Reading) -> list[str]:
    """Return a row of what an action promised and what came."""
    say = said.say
    came = said.with_ends((one.came, one.low, one.high))
    verdict = say(f"cl_verdict_{one.verdict.replace(' ', '_')}")
    name, many = started(one.action.replace("_", " ")), say.numbers.customers(one.contacted)
    return [name, many, say.money(one.promised), came, say.money(one.cost), verdict]


def sent(said: Looped, rows: Sequence[Any]) -> list[list[str]]:
    """Return a row an action of what is sent; of one whose count is hidden nothing else is told, either."""
    say = said.say
    told = Parts.of([row["sent"] for row in rows]).told
    counts = say.numbers.parts([row["sent"] for row in rows])
    return [
        [_named(said, row), count, *_sent_of(said, row, told=one)]
        for row, count, one in zip(rows, counts, told, strict=True)
    ]


def _named(said: Looped, row: Any) -> str:  # noqa: ANN401 - a mapping of a plan's row
    action = started(str(row["action"]).replace("_", " "))
    return said.say("cl_action", action=action, channel=said.say.channel(row["channel"]))


def _sent_of(said: Looped, row: Any, *, told: bool) -> list[str]:  # noqa: ANN401 - a mapping of a plan's row
    """Return by whom an action's contacts were chosen, how many more were withheld, its cost and its forecast."""
    say = said.say
    withheld = say.numbers.customers(int(row["withheld"]))
    if not told:
        return [say("v_hidden"), say("v_hidden"), withheld, say("v_hidden"), say("v_hidden")]
    by = say.numbers.parts([row[name] for name in ("by_policy", "at_random")])
    return [*by, withheld, say.money(row["cost"] or 0.0), say.money(row["expected"] or 0.0)]


def kept(said: Looped, row: Any) -> list[str]:  # noqa: ANN401 - a mapping of an exclusion
    """Return a row of who is kept back."""
    say, reason = said.say, str(row["reason"])
    name = started(str(row["action"]).replace("_", " "))
    return [name, say.word("kept", reason.replace(" ", "_")), say.numbers.customers(int(row["customers"]))]


def lived(said: Looped, turn: Turn, wave: Wave | None) -> list[str]:
    """Return a row of a turn."""
    say, counts = said.say, turn.counts
    version = say("cl_nobody") if turn.champion is None else str(turn.champion)
    share = counts.get("random", 0) / counts["decided"] if counts.get("decided") else 0.0
    came = say("cl_pending") if wave is None else said.with_ends((wave.net, wave.low, wave.high))
    moved = [say(f"cl_event_{one.kind}_{one.alias}", version=one.version or one.over) for one in turn.shifts]
    if turn.learnt is not None and not moved:
        moved = [say("cl_event_kept", version=turn.learnt.version)]
    many = say.numbers.customers(int(counts.get("contacted", 0)))
    cost = say.money(counts.get("cost", 0.0))
    day = f"{said.turns.rows.index(turn) + 1}. {said.date(turn.day)}"
    return [day, version, many, say.share(share), cost, came, "; ".join(moved) or "–"]


def grid(said: Looped, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid:
    """Return a table; what is no number stands on the left."""
    words = {"reason", "verdict", "event"}
    right = frozenset(place for place, name in enumerate(names) if place and name not in words)
    return Grid([started(said.say(f"cl_column_{name}")) for name in names], rows, right)


def _entry(kind: str, metric: str, n: int, ends: Sequence[float]) -> dict[str, object]:
    known = [float(one) if math.isfinite(one) else None for one in ends]
    return {"kind": kind, "metric": metric, "n": n} | dict(zip(("estimate", "low", "high"), known, strict=True))
