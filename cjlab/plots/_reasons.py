"""Reasons: what the score of a customer is made of, and by which signs many of them are at the top."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cjlab._checks import whole
from cjlab._display import started
from cjlab.errors import EvidenceError, SpecError
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._levels import Level, levels
from cjlab.plots._shares import Speech
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import plotly.graph_objects as go

    from cjlab.models import Reasons

_INKS: Final = ("muted", "accent")


class _Step(NamedTuple):
    """From one log-odds to the next, both less those of the mean customer."""

    name: str
    start: float
    end: float

    @property
    def adds(self) -> float:
        """What it adds."""
        return self.end - self.start


def reasons(
    told: Reasons, *, place: int = 0, most: int = 6, words: Mapping[str, str] | None = None, language: str = "en"
) -> go.Figure:
    """Draw how a customer's chance comes about, topic by topic, from that of the mean customer.

    Each line begins where the one above it ended; what is left when the strongest topics are told stands in one line of
    its own, and the last goes from the mean customer to this one: together they are the score. The axis is that of
    log-odds, on which topics add up, with chances written at its ticks. It shows one customer, so it is no part of a
    page.

    Parameters
    ----------
    told : Reasons
        What :func:`cjlab.models.reasons` said.
    place : int, default: 0
        Whose: his place among those that were asked about.
    most : int, default: 6
        How many topics stand apart, the strongest first.
    words : mapping of str to str, optional
        How topics are called; unless given, by their names.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The chart.

    Raises
    ------
    SpecError
        When there is no such place, or the language is not known.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> model = cj.models.Churn("logistic").fit(X, X["complaints"] + np.arange(300) % 5 > 6)
    >>> figure = cj.plots.reasons(cj.models.reasons(model, X.loc[[8]]))
    >>> [row[0] for row in figure.layout.meta["cjlab"]["table"]["rows"]]
    ['Complaints', 'Together']
    """
    whole(place, name="place", least=0)
    if place >= len(told.score):
        raise SpecError(
            f"place is {place}, and reasons were told of {len(told.score):,} customers, the first of them 0"
        )
    speech, names = Speech(language), words or {}
    steps = list(_steps(told, place, whole(most, name="most", least=1), speech, names))

    def chance(less_the_mean: float) -> float:
        return 1 / (1 + math.exp(-(told.mean + less_the_mean)))

    def tick(value: float, digits: int) -> str:
        del digits
        return speech.share(chance(value))

    rows = [
        Row(one.name, one.end, min(one.start, one.end), max(one.start, one.end), _factor(one, speech), _ink(one))
        for one in steps
    ]
    whom, usual = speech.share(chance(steps[-1].end)), speech.share(chance(0.0))
    rows[-1] = rows[-1]._replace(text=whom)
    finding = speech.say("reasons_found", chance=whom, usual=usual, name=steps[0].name)
    cells = [[one.name, _factor(one, speech), speech.share(chance(one.end))] for one in steps]
    columns = [speech.say(key) for key in ("topic", "odds_factor", "chance_so_far")]
    shown = Told(finding, columns, cells, speech.say("numbers"))
    return Intervals(rows, speech.say("axis_reasons", usual=usual), tick, (steps[-1].end,)).figure(shown)


def _steps(told: Reasons, place: int, most: int, speech: Speech, names: Mapping[str, str]) -> Iterator[_Step]:
    """Yield the strongest topics, what is left, and all of it together."""
    adds, at = told.adds[place], 0.0
    order = np.argsort(-np.abs(adds), kind="stable")
    for topic in order[:most]:
        name = told.topics[topic]
        yield _Step(started(names.get(name, name)), at, at := at + float(adds[topic]))
    total = float(adds.sum())
    if len(order) > most:
        yield _Step(speech.say("reasons_rest", count=speech.numbers.count(len(order) - most)), at, total)
    yield _Step(speech.say("reasons_together"), 0.0, total)


def _factor(one: _Step, speech: Speech) -> str:
    """Write by which factor the odds are multiplied."""
    return f"× {speech.numbers.decimal(math.exp(one.adds), digits=2)}"


def _ink(one: _Step) -> str:
    return _INKS[one.adds > 0]


def first_reasons(told: Reasons, *, words: Mapping[str, str] | None = None, language: str = "en") -> go.Figure:
    """Draw by which topic customers are at risk first of all.

    Parameters
    ----------
    told : Reasons
        What :func:`cjlab.models.reasons` said.
    words : mapping of str to str, optional
        How topics are called; unless given, by their names.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The share of customers whose first reason each topic is; of a topic of fewer than 11 customers no more is told.

    Raises
    ------
    EvidenceError
        When nobody has a reason.
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> model = cj.models.Churn("logistic").fit(X, X["complaints"] + np.arange(300) % 5 > 6)
    >>> figure = cj.plots.first_reasons(cj.models.reasons(model, X))
    >>> figure.layout.meta["cjlab"]["table"]["rows"][0][0]
    'Complaints'
    """
    speech, names, first = Speech(language), words or {}, told.first()
    if not len(first):
        raise EvidenceError("nobody has a reason: no topic raises a score; there is nothing to draw")
    nan = math.nan
    lines = [
        Level(names.get(topic, topic), count, share, nan, nan)
        for topic, count, share in zip(first["topic"], first["customers"], first["share"], strict=True)
    ]
    finding = speech.say("first_found", name=started(lines[0].name), share=speech.share(lines[0].estimate))
    return levels(lines, axis=speech.say("axis_first"), finding=finding, language=language)
