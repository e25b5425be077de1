"""What a budget of contacts finds, costs and brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._shares import Speech, records
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.metrics import Budget


def at_budget(budget: Budget, *, currency: str | None = None, language: str = "en") -> go.Figure:
    r"""Draw the share found of those to whom it happens, one interval a budget, with all of its numbers as a table.

    Parameters
    ----------
    budget : Budget
        What ``cj.metrics.at_budget`` found.
    currency : str, optional
        The currency's ISO 4217 code, such as ``"EUR"``; without it cost and net are not told.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval a share contacted.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.at_budget([1, 0, 1, 0] * 20, [4, 3, 2, 1] * 20, shares=[0.25, 0.5])
    >>> cj.plots.at_budget(found).layout.meta["cjlab"]["table"]["rows"][1]
    ['50\xa0%', '40', '20', '50\xa0%', '34.9\xa0% to 65.1\xa0%', '50\xa0%', '1.00']
    """
    speech = Speech(language)
    table = records(budget)
    lines = [
        Row(
            speech.say("contact_share", share=speech.share(row["share"])),
            100 * row["recall"],
            100 * row["recall_low"],
            100 * row["recall_high"],
            f"{speech.share(row['recall'])} ({speech.ends(row['recall_low'], row['recall_high'], speech.share)})",
        )
        for row in table
    ]
    keys = ["share_contacted", "customers", "found", "share_found", "interval_any", "share_right", "lift"]
    last = table[-1]
    finding = speech.say(
        "budget_finds",
        share=speech.share(last["share"]),
        found=speech.share(last["recall"]),
        interval=speech.ends(last["recall_low"], last["recall_high"], speech.share),
    )
    return Intervals(lines, speech.say("axis_found"), speech.per_cent).figure(
        Told(
            finding=finding,
            columns=[speech.say(key) for key in keys + ([] if currency is None else ["cost", "net_after"])],
            rows=[_told(row, speech, currency) for row in table],
            summary=speech.say("numbers"),
        )
    )


def _told(row: dict[str, float], speech: Speech, currency: str | None) -> list[str]:
    cells = [
        speech.share(row["share"]),
        speech.numbers.count(row["contacted"]),
        speech.numbers.customers(round(row["found"])),
        speech.share(row["recall"]),
        speech.ends(row["recall_low"], row["recall_high"], speech.share),
        speech.share(row["precision"]),
        speech.numbers.decimal(row["lift"], digits=2),
    ]
    if currency is None:
        return cells

    def money(value: float) -> str:
        return speech.numbers.money(value, currency, digits=0)

    net = f"{money(row['net'])} ({speech.ends(row['net_low'], row['net_high'], money)})"
    return [*cells, money(row["cost"]), net]
