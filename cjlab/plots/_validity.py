"""What a simulated log has in common with a real one, each distance against its tolerance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjlab._display import Numbers, Wording, joined, started
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.simulator import Validity
    from cjlab.simulator.judging import Judged

_INKS = {"holds": "good", "does not hold": "bad", "not known": "muted"}
_CHANCE = 0.5


def validity(validity: Validity, *, language: str = "en") -> go.Figure:
    """Draw how far each margin of a simulated log lies from the real one, as a multiple of its tolerance.

    Parameters
    ----------
    validity : Validity
        A simulated log held against a real one.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval a margin, green where it holds and red where it does not; the dotted line is the tolerance. The
        classifier is drawn by how far it lies above chance. What the simulated log has nothing of has no interval.

    Raises
    ------
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=300, seed=7)
    >>> found = cj.simulator.validity(cj.simulator.simulate(world, days=90).log, world.but(seed=8))
    >>> table = cj.plots.validity(found).layout.meta["cjlab"]["table"]
    >>> table["columns"][0], len(table["rows"]) == len(found.judged)
    ('Margin', True)
    """
    say, numbers = Wording.of("cjlab.plots", language), Numbers(language)
    rows = [_row(one, say, numbers) for one in validity.judged]
    told = Told(
        finding=" ".join(_found(validity, say, language)),
        columns=[say(f"validity_{name}") for name in ("margin", "distance", "interval", "tolerance", "own", "verdict")],
        rows=[_cells(one, say, numbers) for one in validity.judged],
        summary=say("numbers"),
    )
    return Intervals(
        rows, say("validity_axis"), lambda size, digits: numbers.decimal(size, digits=digits), (1.0,)
    ).figure(told)


def margin(name: str, *, language: str = "en") -> str:
    """Say the name of a margin in the reader's language.

    Parameters
    ----------
    name : str
        A margin of a validity.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    str
        Its words; what stands behind a comma is a channel, and stays as it is where there is no word for it.

    Raises
    ------
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.plots.margin("events a customer-week, web", language="fr")
    'événements par client et semaine, site'
    """
    return _said(name, Wording.of("cjlab.plots", language))


def _said(name: str, say: Wording) -> str:
    known = say.texts.get(f"margin_{_key(name)}")
    if known:
        return known
    head, _, rest = name.partition(", ")
    told = say.texts.get(f"channel_{rest}", rest)
    return f"{say.texts.get(f'margin_{_key(head)}', head)}{', ' if rest else ''}{told}"


def _key(name: str) -> str:
    return re.sub(r"\W+", "_", name)


def _row(one: Judged, say: Wording, numbers: Numbers) -> Row:
    label, ink = started(_said(one.name, say)), _INKS[one.verdict]
    if one.n_simulated == 0:
        return Row(label, None, None, None, say("validity_absent"), ink)
    start = _CHANCE if one.kind == "classifier" else 0.0
    ends = [(end - start) / max(one.tolerance - start, 1e-9) for end in (one.distance, one.low, one.high)]
    text = f"{_distance(one.distance, numbers)} ({_interval(one, numbers)})"
    return Row(label, ends[0], ends[1], ends[2], text, ink)


def _distance(value: float, numbers: Numbers) -> str:
    return numbers.decimal(value, digits=3)


def _interval(one: Judged, numbers: Numbers) -> str:
    return numbers.interval(one.low, one.high, write=lambda value: _distance(value, numbers))


def _cells(one: Judged, say: Wording, numbers: Numbers) -> list[str]:
    absent = one.n_simulated == 0
    return [
        started(_said(one.name, say)),
        say("validity_absent") if absent else _distance(one.distance, numbers),
        "" if absent else _interval(one, numbers),
        _distance(one.tolerance, numbers),
        _distance(one.own, numbers),
        say(f"verdict_{_key(one.verdict)}"),
    ]


def _found(validity: Validity, say: Wording, language: str) -> list[str]:
    """Say which margins hold, which do not, and of which nothing is known."""
    groups = {"validity_holds": validity.holds, "validity_fails": validity.fails, "validity_unknown": validity.unknown}
    said = {key: [say("quoted", name=_said(name, say)) for name in names] for key, names in groups.items() if names}
    return [say(key, count=len(names), margins=joined(names, language=language)) for key, names in said.items()]
