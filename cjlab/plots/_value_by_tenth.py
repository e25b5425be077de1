"""What customers were expected to spend beside what they spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.plots._curve import Across, Curve, Line
from cjlab.plots._shares import Speech, records
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.models.value import Judged


def value_by_tenth(judged: Judged, *, currency: str, language: str = "en") -> go.Figure:
    """Draw what was expected of each tenth of the customers beside what they spent.

    Parameters
    ----------
    judged : Judged
        What ``cj.models.CustomerValue.judge`` found.
    currency : str
        An ISO 4217 code, such as ``"EUR"``.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        What was spent, with its band, and what was expected.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> table = cj.datasets.cdnow_summary()
    >>> judged = cj.models.CustomerValue(within="39W").fit(table).judge(table, pd.Series(25.0, index=table.index))
    >>> cj.plots.value_by_tenth(judged, currency="USD").layout.meta["cjlab"]["table"]["rows"][9][1]
    '$34,192'
    """
    speech, rows = Speech(language), records(judged)
    places = [row["tenth"] for row in rows]

    def money(value: float) -> str:
        return speech.numbers.money(value, currency, digits=0)

    told = [
        speech.say(
            "tenth_told", place=round(row["tenth"]), expected=money(row["expected"]), happened=money(row["happened"])
        )
        for row in rows
    ]
    low, high = ([row["expected"] * row[end] for row in rows] for end in ("low", "high"))
    lines = [
        Line(places, [row["happened"] for row in rows], told, speech.say("was_spent").lower(), low=low, high=high),
        Line(places, [row["expected"] for row in rows], told, speech.say("expected").lower(), "muted"),
    ]
    across = Across(speech.say("axis_tenths"), (1.0, 10.0), places, [speech.numbers.count(one) for one in places])
    upwards = speech.say("axis_spend", currency=currency)
    cells = [
        [
            speech.say("tenth_of", place=round(row["tenth"])),
            *(money(row[name]) for name in ("expected", "happened")),
            speech.ends(one, other, money),
            speech.numbers.customers(round(row["customers"])),
        ]
        for row, one, other in zip(rows, low, high, strict=True)
    ]
    columns = [speech.say(key) for key in ("tenth", "expected", "was_spent", "interval_any", "customers")]
    return Curve(lines, across, upwards, speech.decimal).figure(
        Told(_finding(judged, speech, currency), columns, cells, speech.say("numbers"))
    )


def _finding(judged: Judged, speech: Speech, currency: str) -> str:
    """Say whether the total lay where the forecast said that it would."""
    total, spent = judged.total, float(judged.happened.sum())

    def money(value: float) -> str:
        return speech.numbers.money(value, currency, digits=0)

    low, high = float(total.low), float(total.high)
    held = low <= spent <= high
    return speech.say(
        "forecast_held" if held else "forecast_missed",
        happened=money(spent),
        expected=money(float(total.estimate)),
        interval=speech.ends(low, high, money),
        apart=speech.share(abs(judged.ratio - 1)),
    )
