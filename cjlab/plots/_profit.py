"""What treating more and more customers brings in money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.plots._curve import Curve, Line
from cjlab.plots._shares import Speech, rows
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

    from cjlab.metrics import Estimate, Profit


def profit_curve(profit: Profit, *, currency: str, today: Profit | None = None, language: str = "en") -> go.Figure:
    r"""Draw the net money that treating the best-predicted share brings, and what today's rule would bring.

    Parameters
    ----------
    profit : Profit
        What ``cj.metrics.profit_curve`` found.
    currency : str
        The currency's ISO 4217 code, such as ``"EUR"``.
    today : Profit, optional
        The same of today's rule, on the same rows.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The curve with its band, the planned share as a point, and today's curve where there is one.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.profit_curve(
    ...     [1, 0, 0, 0], [0.4, 0.3, 0.02, 0.01], arm=list("acac"), control="c", propensity=[0.5] * 4, value=10, cost=1
    ... )
    >>> cj.plots.profit_curve(found, currency="EUR").layout.meta["cjlab"]["finding"].partition(" (")[0]
    'Treating the 50\xa0% for whom a gain is predicted brings €18 on these 4 customers'
    """
    speech = Speech(language)

    def money(value: float) -> str:
        return speech.numbers.money(value, currency, digits=0)

    def tick(value: float, digits: int) -> str:
        return speech.numbers.money(value, currency, digits=digits)

    lines = [_line(profit, speech, money, "by_score", "accent")]
    lines += [] if today is None else [_line(today, speech, money, "today_rule", "muted", band=False)]
    table, columns = rows(profit.curve, speech, money), ["share_treated", "by_score", "interval_any"]
    if today is not None:
        beside = rows(today.curve, speech, money)
        table, columns = [[*row, other[1]] for row, other in zip(table, beside, strict=True)], [*columns, "today_rule"]
    spot = (profit.planned_share, profit.planned.estimate, speech.say("planned")) if profit.planned_share else None
    return Curve(lines, speech.across("axis_treated"), speech.say("axis_net_all"), tick, spot).figure(
        Told(
            finding=_found(profit, speech, money),
            columns=[started(speech.say(key)) for key in columns],
            rows=table,
            summary=speech.say("numbers"),
        )
    )


def _line(
    profit: Profit, speech: Speech, money: Callable[[float], str], label: str, ink: str, *, band: bool = True
) -> Line:
    curve = profit.curve
    told = [
        speech.say("treated_brings", share=speech.share(share, 0), net=money(net))
        for share, net in zip(curve.share, curve.estimate, strict=True)
    ]
    low, high = (list(curve.low), list(curve.high)) if band else ([], [])
    return Line(list(curve.share), list(curve.estimate), told, speech.say(label), ink, low, high)


def _found(profit: Profit, speech: Speech, money: Callable[[float], str]) -> str:
    def told(one: Estimate) -> dict[str, str]:
        return {"net": money(one.estimate), "interval": speech.ends(one.low, one.high, money)}

    everyone = speech.say("everyone_brings", **told(profit.everyone))
    if not profit.planned_share:
        return f"{speech.say('nobody_planned')} {everyone}"
    customers = speech.numbers.count(profit.n)
    planned = speech.say(
        "planned_brings", share=speech.share(profit.planned_share), customers=customers, **told(profit.planned)
    )
    return f"{planned} {everyone}"
