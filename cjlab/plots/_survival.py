"""Survival: how many are still there after a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._checks import text
from cjlab._display import started
from cjlab.errors import SpecError
from cjlab.plots._courses import Axis, Course, courses
from cjlab.plots._shares import Speech

if TYPE_CHECKING:
    import plotly.graph_objects as go

_INKS: Final = ("accent", "muted", "good", "bad")
_NAMED: Final = 8  # times beside which there is room for a number


def survival(stay: Any, *, unit: str, low: Any = None, high: Any = None, language: str = "en") -> go.Figure:  # noqa: ANN401 - any table
    r"""Draw how many of some groups are still there after a time.

    Parameters
    ----------
    stay : pandas.DataFrame
        A row a group, by its name, and a column a time, rising: ``share`` of what :meth:`cjlab.models.Survival.stay`
        returned. At most four groups.
    unit : str
        Of time, in the reader's language, such as ``"months"``.
    low, high : pandas.DataFrame, optional
        The ends of the interval of each share, likewise.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        A line a group, with a band where intervals are given.

    Raises
    ------
    SpecError
        When there are no groups or more than four, fewer than two times, times do not rise, a share lies outside 0 to 1
        or rises, an end has other groups or times or lies on the wrong side, or the language is not known.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> stay = pd.DataFrame({0: [1.0, 1.0], 6: [0.7, 0.9], 12: [0.5, 0.8]}, index=["by the month", "by the year"])
    >>> cj.plots.survival(stay, unit="months").layout.meta["cjlab"]["finding"]
    'After 12 months, 50\xa0% of “by the month” are still there, and 80\xa0% of “by the year”.'
    """
    speech = Speech(language)
    times, shares = _checked(stay)
    text(unit, name="unit")
    names = [str(name) for name in stay.index]
    last = speech.numbers.trimmed(speech.numbers.decimal(times[-1], digits=1))
    told = [(speech.share(shares[place, -1]), speech.say("quoted", name=name)) for place, name in enumerate(names)]
    finding = speech.say("stay_found", time=f"{last} {unit}", share=told[0][0], name=told[0][1])
    finding += "".join(speech.say("stay_and", share=share, name=name) for share, name in told[1:])
    kept = np.unique(np.linspace(0, len(times) - 1, min(_NAMED, len(times))).round().astype(int))
    marks = {times[place]: speech.numbers.trimmed(speech.numbers.decimal(times[place], digits=1)) for place in kept}
    ends = _ends(stay, low, high)
    lines = [
        Course(started(name), times, shares[place].tolist(), *ends[place], _INKS[place])
        for place, name in enumerate(names)
    ]
    across = Axis(started(unit), marks)
    return courses(lines, across=across, upwards=speech.say("axis_stay"), finding=f"{finding}.", language=language)


def _ends(stay: Any, low: Any, high: Any) -> list[tuple[list[float], list[float]]]:  # noqa: ANN401 - any tables
    """Return the ends of each group's shares; none where none are given."""
    if low is None and high is None:
        return [([], [])] * len(stay)
    for name, one, side in (("low", low, 1), ("high", high, -1)):
        if one is None or not one.index.equals(stay.index) or not one.columns.equals(stay.columns):
            raise SpecError(f"{name} has other groups or times than stay; give both ends of the interval of each share")
        if (side * (stay.to_numpy(float) - one.to_numpy(float)) < 0).any():
            raise SpecError(f"{name} lies on the wrong side of stay; give the ends of the interval of each share")
    return list(zip(low.to_numpy(float).tolist(), high.to_numpy(float).tolist(), strict=True))


def _checked(stay: Any) -> tuple[list[float], np.ndarray[Any, np.dtype[np.float64]]]:  # noqa: ANN401 - any table
    times, shares = [float(one) for one in stay.columns], stay.to_numpy(float)
    if not 1 <= len(shares) <= len(_INKS):
        raise SpecError(f"stay has {len(shares):,} rows; give one to {len(_INKS)} groups, such as means by group")
    if len(times) < 2 or (np.diff(times) <= 0).any():  # noqa: PLR2004 - a line needs two points
        raise SpecError(f"the columns of stay are the times {times}; give at least two, rising")
    if not ((shares >= 0) & (shares <= 1)).all() or (np.diff(shares, axis=1) > 0).any():
        raise SpecError("stay holds what is no share still there; give shares from 0 to 1 that do not rise with time")
    return times, shares
