"""Which share of the margin each tier of customers brings, beside its share of the customers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cjlab._display import started
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._shares import Speech
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go

    from cjlab.models import Portfolio

    Line = dict[str, float]

_LEAST = 11  # what fewer customers bring is not told


def tiers(portfolio: Portfolio, *, language: str = "en") -> go.Figure:
    r"""Draw which share of the expected margin each tier brings, beside its share of the customers.

    Parameters
    ----------
    portfolio : Portfolio
        What ``cj.models.Portfolio.of`` found.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One row a tier, the best first: the share of the margin with its interval, and a stroke at the share of the
        customers.

    Raises
    ------
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample())
    >>> cj.plots.tiers(found).layout.meta["cjlab"]["table"]["rows"][0][:3]
    ['Gold', '117', '5.0\xa0%']
    """
    speech = Speech(language)
    table = [(str(name), _line(one)) for name, one in portfolio.tiers[::-1].to_dict("index").items()]
    rows = [_row(name, one, speech) for name, one in table]
    columns = [speech.say(key) for key in ("tier", "customers", "share_customers", "share_margin", "interval_any")]
    cells = [_cells(name, one, speech) for name, one in table]
    told = Told(_found(table, speech), columns, cells, speech.say("numbers"))
    return Intervals(rows, speech.say("axis_tiers"), speech.per_cent).figure(told)


def called(tier: str, speech: Speech) -> str:
    """Say a tier in the reader's language where the catalogue has it."""
    return started(speech.known(f"tier_{tier}", tier))


def _line(one: Mapping[Any, Any]) -> Line:
    return {name: float(one[name]) for name in ("customers", "share", "part", "part_low", "part_high")}


def _row(name: str, one: Line, speech: Speech) -> Row:
    if one["customers"] < _LEAST:
        return Row(called(name, speech), None, None, None, speech.numbers.customers(round(one["customers"])))
    part, low, high = (100 * one[end] if math.isfinite(one[end]) else None for end in ("part", "part_low", "part_high"))
    beside = speech.ends(one["part_low"], one["part_high"], speech.bare)
    said = f"{speech.numbers.share(one['part'], digits=1)} ({beside})" if beside else speech.share(one["part"])
    return Row(called(name, speech), part, low, high, said, other=100 * one["share"])


def _cells(name: str, one: Line, speech: Speech) -> list[str]:
    count = speech.numbers.customers(round(one["customers"]))
    if one["customers"] < _LEAST:
        return [called(name, speech), count, "", "", ""]
    shares = [speech.numbers.share(one[key], digits=1) for key in ("share", "part")]
    return [called(name, speech), count, *shares, speech.ends(one["part_low"], one["part_high"], speech.bare)]


def _found(table: list[tuple[str, Line]], speech: Speech) -> str:
    """Say of the best tier that is told which share it has of both."""
    best = next((one for _, one in table if one["customers"] >= _LEAST), None)
    if best is None:
        return speech.say("tiers_few")
    shares = {key: speech.numbers.share(best[key], digits=1) for key in ("share", "part")}
    beside = speech.ends(best["part_low"], best["part_high"], speech.bare)
    return speech.say("tiers_found" if beside else "tiers_found_open", interval=beside, **shares)
