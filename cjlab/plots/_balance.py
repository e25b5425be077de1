"""How alike the groups were before the test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.errors import EvidenceError
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._told import Told
from cjlab.plots._words import Words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.experiments import Readout

_ALIKE = 10.0  # per cent of a standard deviation


def balance(readout: Readout, *, language: str = "en") -> go.Figure:
    r"""Draw how far each arm and the control were apart before the contact, trait by trait.

    Parameters
    ----------
    readout : Readout
        A test read out, whose declaration names traits to balance.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The standardised differences in per cent of a standard deviation, between dotted lines at ±10 %.

    Raises
    ------
    EvidenceError
        When no trait was compared.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjlab as cj
    >>> from cjlab.experiments import Arm, Experiment, Metric
    >>> parts = {"arms": (Arm(name="none"), Arm(name="mail")), "balance": ("age",), "control": "none", "horizon": "7D"}
    >>> visit = Metric(name="visit", kind="share", event="visit", role="primary")
    >>> test = Experiment(name="spring", question="Does a mail bring visits?", metrics=(visit,), **parts)
    >>> rows = {"customer_id": range(4), "arm": ["none", "mail"] * 2, "visit": [0, 1, 1, 1], "age": [30, 31, 50, 47]}
    >>> cj.plots.balance(test.read_out_rows(pd.DataFrame(rows))).layout.meta["cjlab"]["table"]["rows"][0][1:]
    ['39.000', '40.000', '−7.8\xa0%']
    """
    words, found = Words(readout, language), readout.soundness.balance
    if not found:
        raise EvidenceError(
            f"experiment {readout.experiment.name!r} names no trait to balance; list fields of profiles under balance"
        )
    numbers = words.voice.numbers

    def write(size: float, digits: int) -> str:
        sign = "+" if math.isfinite(size) and round(size, digits) > 0 else ""
        return f"{sign}{numbers.share(size / 100, digits=digits)}"

    named = [f"{started(words.voice.trait(one.trait))} · {words.head(one.arm)}" for one in found]
    sizes = [100 * one.difference for one in found]
    rows = [
        Row(name, drawn, drawn, drawn, write(size, 1), ink="bad" if abs(size) > _ALIKE else "accent")
        for name, size in zip(named, sizes, strict=True)
        for drawn in [size if math.isfinite(size) else None]
    ]
    chart = Intervals(rows, words.say("axis_balance"), write, limits=(-_ALIKE, _ALIKE))
    return chart.figure(
        Told(
            finding=_found(words),
            columns=[words.say(key) for key in ("trait", "mean", "mean_control", "apart")],
            rows=[
                [name, numbers.decimal(one.mean, digits=3), numbers.decimal(one.mean_control, digits=3), row.text]
                for name, one, row in zip(named, found, rows, strict=True)
            ],
            summary=words.say("numbers"),
        )
    )


def _found(words: Words) -> str:
    """Name the largest difference that is known, and say whether it is small enough."""
    sound = words.readout.soundness
    if not sound.compared:
        return words.say("not_compared")
    largest = max(sound.compared, key=lambda one: abs(one.difference))
    return words.say(
        "alike_before" if sound.alike else "unlike_before",
        size=words.voice.numbers.share(abs(largest.difference), digits=1),
        trait=words.voice.trait(largest.trait),
        limit=words.voice.numbers.share(_ALIKE / 100, digits=0),
    )
