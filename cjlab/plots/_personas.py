"""Personas: how many customers and how much of the margin each has, and what each answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import LEAST, Parts, started
from cjlab.errors import EvidenceError
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._parts import Part, parts
from cjlab.plots._shares import Speech
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import plotly.graph_objects as go

    from cjlab.models import Gallery

_RARE = 0.05


def personas(gallery: Gallery, *, names: Mapping[str, str] | None = None, language: str = "en") -> go.Figure:
    r"""Draw which share of the past year's margin each persona brought, beside its share of the customers.

    Parameters
    ----------
    gallery : Gallery
        What ``cj.models.Gallery.of`` found.
    names : mapping of str to str, optional
        What personas are called; their rules unless given.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One row a persona: the share of margin (of sales where the log tells no margin) with its interval, and a stroke
        at the share of customers.

    Raises
    ------
    EvidenceError
        When the log tells no sales.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
    >>> len(cj.plots.personas(found).layout.meta["cjlab"]["table"]["rows"]) == len(found.lines)
    True
    """
    speech, called = Speech(language), names or {}
    if not gallery.brought:
        raise EvidenceError("the log tells no sales, so that personas have no share of them; there is nothing to draw")
    lines = gallery.lines.sort_values("part", ascending=False, kind="stable").to_dict("index")
    rows = [
        Part(called.get(str(name), str(name)), *(float(one[key]) for key in Part._fields[1:]))
        for name, one in lines.items()
    ]
    axis = speech.say(f"axis_parts_{gallery.brought}")
    columns = [speech.say(one) for one in ("persona", "customers", "share_customers", f"share_{gallery.brought}")]
    return parts(rows, speech, axis=axis, columns=[*columns, speech.say("interval_any")], finding="personas_found")


def answers(gallery: Gallery, *, names: Mapping[str, str] | None = None, language: str = "en") -> go.Figure:
    """Draw by how much more customers of each persona act after a contact, as a randomised test measured it.

    Parameters
    ----------
    gallery : Gallery
        What ``cj.models.Gallery.of`` found, of a log with a test.
    names : mapping of str to str, optional
        What personas are called; their rules unless given.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One row a persona, and one for all: the difference in points with its interval.

    Raises
    ------
    EvidenceError
        When nothing was drawn by lot.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.models.Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D")
    >>> cj.plots.answers(found).layout.meta["cjlab"]["table"]["rows"][0][0]
    'All customers'
    """
    speech, called = Speech(language), names or {}
    if gallery.tried is None:
        raise EvidenceError("no contact was drawn by lot, so that nobody knows what personas answer")
    effects = gallery.tried.effects
    order = [effects.index[-1], *effects.index[:-1]]
    told = {str(name): effects.loc[[name]].to_dict("records")[0] for name in order}
    labels = {name: speech.say("all") if name == order[0] else called.get(name, name) for name in told}
    every, *groups = (float(one["customers"]) for one in told.values())
    counts = [speech.numbers.customers(round(every)), *speech.numbers.parts(groups)]
    rows = [
        _row(labels[name], count if not may else "", one, speech, muted=name == order[0])
        for (name, one), count, may in zip(told.items(), counts, [every >= LEAST, *Parts.of(groups).told], strict=True)
    ]
    cells = [[row.label, count, row.text] for row, count in zip(rows, counts, strict=True)]
    finding = speech.say("answers_differ" if gallery.tried.p < _RARE else "answers_alike")
    columns = [speech.say(one) for one in ("persona", "customers", "difference")]
    shown = Told(finding, columns, cells, speech.say("numbers"))
    return Intervals(rows, speech.say("axis_answers"), _ticks(speech)).figure(shown)


def _ticks(speech: Speech) -> Callable[[float, int], str]:
    return lambda value, digits: speech.numbers.decimal(value, digits=digits, signed=True)


def _row(label: str, instead: str, one: Mapping[object, float], speech: Speech, *, muted: bool) -> Row:
    """Return a row; what is said instead of an effect that may not be told, or is not known."""
    name = started(label)
    if instead or not math.isfinite(one["effect"]):
        return Row(name, None, None, None, instead or speech.numbers.customers(round(one["customers"])))

    def write(value: float) -> str:
        return speech.numbers.decimal(100 * value, digits=1, signed=True)

    text = f"{write(one['effect'])} ({speech.ends(one['low'], one['high'], write)})"
    return Row(name, 100 * one["effect"], 100 * one["low"], 100 * one["high"], text, "muted" if muted else "accent")
