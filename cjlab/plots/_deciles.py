"""The effect in parts of a ranking."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from cjlab._checks import one_of
from cjlab._display import LEAST
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._shares import Speech, records
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

    from cjlab.metrics import Deciles


def uplift_by_decile(
    deciles: Deciles, *, unit: Literal["share", "number"] = "share", language: str = "en"
) -> go.Figure:
    r"""Draw the effect in each part of a ranking, the highest scores first.

    Parameters
    ----------
    deciles : Deciles
        What ``cj.metrics.uplift_by_decile`` found.
    unit : {"share", "number"}, default: "share"
        Whether outcomes are shares, whose differences are points, or numbers.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval a group; red where it lies below zero. Of fewer than 11 customers no more is told than that.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.uplift_by_decile(
    ...     [1, 1, 0, 0, 1, 0, 1, 0] * 6, [8, 7, 6, 5, 4, 3, 2, 1] * 6, arm=list("aaccaacc") * 6, control="c",
    ...     propensity={"a": 0.5, "c": 0.5}, groups=2
    ... )
    >>> cj.plots.uplift_by_decile(found).layout.meta["cjlab"]["table"]["rows"][1][2:5]
    ['50\xa0%', '50\xa0%', '0.0']
    """
    one_of(unit, ("share", "number"), name="unit")
    speech, factor = Speech(language), 100.0 if unit == "share" else 1.0
    table = records(deciles)

    def write(value: float) -> str:
        return speech.numbers.decimal(factor * value, digits=1, signed=True)

    level = (
        speech.share
        if unit == "share"
        else speech.fitting(row[name] for row in table for name in ("treated", "control"))
    )
    lines = [_line(row, speech, write, factor) for row in table]
    ends = table[0], table[-1]
    first, last = ((write(row["effect"]), speech.ends(row["low"], row["high"], write)) for row in ends)
    finding = speech.say("first_last", first=first[0], first_ends=first[1], last=last[0], last_ends=last[1])
    columns = ("group", "customers", "level", "level_control", "difference", "interval_any")
    axis = "axis_effect_share" if unit == "share" else "axis_effect_number"
    return Intervals(lines, speech.say(axis), speech.decimal).figure(
        Told(
            finding=finding,
            columns=[speech.say(key) for key in columns],
            rows=[[line.label, *_cells(row, speech, level, write)] for line, row in zip(lines, table, strict=True)],
            summary=speech.say("numbers"),
        )
    )


def _few(row: dict[str, float]) -> bool:
    return row["n"] < LEAST or not math.isfinite(row["effect"])


def _line(row: dict[str, float], speech: Speech, write: Callable[[float], str], factor: float) -> Row:
    label = speech.say("ranked_group", place=speech.numbers.count(row["group"]))
    if _few(row):
        return Row(label, None, None, None, speech.numbers.customers(math.floor(row["n"])))
    ink = "good" if row["low"] > 0 else "bad" if row["high"] < 0 else "muted"
    told = f"{write(row['effect'])} ({speech.ends(row['low'], row['high'], write)})"
    return Row(label, factor * row["effect"], factor * row["low"], factor * row["high"], told, ink)


def _cells(
    row: dict[str, float], speech: Speech, level: Callable[[float], str], write: Callable[[float], str]
) -> list[str]:
    count = speech.numbers.customers(math.floor(row["n"]))
    if _few(row):
        return [count, "", "", "", ""]
    levels = level(row["treated"]), level(row["control"])
    return [count, *levels, write(row["effect"]), speech.ends(row["low"], row["high"], write)]
