"""What something changes for each kind of customer, in truth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import Numbers, Wording, joined, started
from cjlab.errors import EvidenceError
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.simulator import Split

_SHARES = frozenset({"purchase", "unsubscribed"})
_MONEY = frozenset({"amount", "margin", "net", "cost"})


def split(split: Split, *, language: str = "en", currency: str = "EUR") -> go.Figure:
    """Draw true differences for all customers and by group, each with its interval.

    Parameters
    ----------
    split : Split
        Differences of one outcome, by group.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: "EUR"
        In what amounts are written, an ISO 4217 code.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval a group: shares in points, all else per 1,000 customers.

    Raises
    ------
    EvidenceError
        When no group has two customers.
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=20)
    >>> effects = run.effect_of("discount", day=10, within=14, replicates=20)
    >>> figure = cj.plots.split(effects.by(run.truth.personas(effects.customers)))
    >>> figure.layout.meta["cjlab"]["table"]["rows"][0][0]
    'All customers'
    """
    say, numbers = Wording.of("cjlab.plots", language), Numbers(language)
    shares, money = split.outcome in _SHARES, split.outcome in _MONEY
    factor = 100.0 if shares else 1000.0
    drawn = [one for one in split.groups if math.isfinite(one.low)]
    if not drawn:
        raise EvidenceError("no group has two customers; an interval needs two")

    def write(value: float, digits: int = 2 if shares else 0) -> str:
        if money:
            return numbers.money(value, currency, digits=digits, signed=True)
        return numbers.decimal(value, digits=digits, signed=True)

    def named(name: str) -> str:
        return say.texts.get(f"persona_{name}", name.replace("_", " ")) if name else say("all")

    def interval(low: float, high: float) -> str:
        return numbers.interval(factor * low, factor * high, write=write)

    rows = [
        Row(
            started(named(one.name)),
            factor * one.estimate,
            factor * one.low,
            factor * one.high,
            f"{write(factor * one.estimate)} ({interval(one.low, one.high)})",
            "muted" if one.name else "accent",
        )
        for one in drawn
    ]
    unit = say("split_points" if shares else "split_thousand")
    outcome = say(f"split_{split.outcome}")
    table = [
        [
            started(named(one.name)),
            numbers.customers(one.customers),
            write(factor * one.estimate),
            interval(one.low, one.high),
        ]
        for one in drawn
    ]
    groups = [one for one in drawn if one.name]
    what = started(outcome)
    clear = {
        "split_up": [named(one.name) for one in groups if one.low > 0],
        "split_down": [named(one.name) for one in groups if one.high < 0],
        "split_open": [named(one.name) for one in groups if one.low <= 0 <= one.high],
    }
    found = [
        say(f"{key}_all", what=what)
        if len(names) == len(groups) > 1
        else say(key, what=what, groups=joined(names, language=language))
        for key, names in clear.items()
        if names
    ]
    columns = [say(key) for key in ("group", "customers", "difference")]
    columns.append(say("interval", confidence=numbers.share(0.95, digits=0)))
    return Intervals(rows, f"{outcome}, {unit}", write).figure(
        Told(finding=" ".join(filter(None, found)), columns=columns, rows=table, summary=say("numbers"))
    )
