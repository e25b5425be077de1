"""Alarms of a loop: what is wrong, by which figure, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cjlab._checks import listed
from cjlab.loop._measure import MISSED
from cjlab.loop._waves import shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from cjlab.loop._drift import Drifted
    from cjlab.loop._measure import Measured


class Alarm(NamedTuple):
    """Something that is wrong with a loop.

    Parameters
    ----------
    code : str
        Which kind: ``"holdout"``, ``"explored"``, ``"feed"``, ``"promise"``, ``"calibration"``, ``"contacted"`` or
        ``"drift"``.
    wave : str
        The day of the wave, or ``"all"``.
    figure : float
        By which figure one sees it.
    said : str
        What is wrong.
    do : str
        What to do.

    Examples
    --------
    >>> Alarm("feed", "2025-03-01", 900, "what came of 900 cannot be known", "ask who feeds the log").code
    'feed'
    """

    code: str
    wave: str
    figure: float
    said: str
    do: str


def alarmed(
    waves: pd.DataFrame, measured: Measured, slope: dict[str, float], drifted: Drifted | None, *, level: float
) -> tuple[Alarm, ...]:
    """Return the alarms, the gravest first."""
    found = [
        *_holdout(waves, level),
        *_explored(waves, level),
        *_feed(waves),
        *_promise(measured),
        *_calibration(slope),
        *_contacted(waves),
        *_drift(drifted),
    ]
    return tuple(found)


def _day(wave: pd.Series) -> str:
    return f"{wave['at']:%Y-%m-%d}"


def _holdout(waves: pd.DataFrame, level: float) -> Iterator[Alarm]:
    back = "stop contacting them, and find which rules decided: a holdout that was contacted measures nothing more"
    for _, one in waves[waves["held_wrongly"] > 0].iterrows():
        said = f"{one['held_wrongly']:,} of the holdout were decided on"
        yield Alarm("holdout", _day(one), float(one["held_wrongly"]), said, back)
    more = "compare the rules in force with those agreed on; without a holdout nobody knows what all contacts change"
    for (_, one), p in zip(waves.iterrows(), shared(waves["held_p"].to_numpy()), strict=True):
        if p < level:
            said = f"{one['held']:.2%} of the decisions are on the holdout, at most {one['held_high']:.2%} by chance"
            yield Alarm("holdout", _day(one), float(one["held"]), f"{said}; more was agreed", more)


def _explored(waves: pd.DataFrame, level: float) -> Iterator[Alarm]:
    do = "look at who writes decisions: logged chances that are not true make every estimate wrong"
    for (_, one), p in zip(waves.iterrows(), shared(waves["explored_p"].to_numpy()), strict=True):
        if p < level:
            said = f"{one['explored']:.2%} were explored, not what the terms say"
            yield Alarm("explored", _day(one), float(one["explored"]), said, do)
    last = waves.iloc[-1]
    if last["explored"] == 0:
        do = "set terms.explore: without it nothing can be learnt"
        yield Alarm("explored", _day(last), 0.0, "nobody was explored", do)


def _feed(waves: pd.DataFrame) -> Iterator[Alarm]:
    do = "ask who feeds the log; until then learn from none of these"
    for _, one in waves[waves["censored"] > 0].iterrows():
        of = f"{one['censored']:,} of {one['decisions']:,} decisions"
        said = f"what came of {of} cannot be known, though their time is over"
        yield Alarm("feed", _day(one), float(one["censored"]), said, do)


def _promise(measured: Measured) -> Iterator[Alarm]:
    for one in measured.readings:
        if one.verdict == MISSED:
            do = f"give {one.action!r} by the random slice alone until it is shown to pay again"
            yield Alarm("promise", "all", one.high, f"{one.action!r} missed its aim: {one.said}", do)


def _calibration(slope: dict[str, float]) -> Iterator[Alarm]:
    low, high = slope["slope_low"], slope["slope_high"]
    if high < 1 or low > 1:
        said = f"where one more was promised {slope['slope']:.2f} more came ({low:.2f} to {high:.2f})"
        yield Alarm("calibration", "all", slope["slope"], said, "learn anew, and judge it by a challenge")


def _contacted(waves: pd.DataFrame) -> Iterator[Alarm]:
    last = waves.iloc[-1]
    if last["contacted"] in (0.0, 1.0):
        said = "everybody was contacted" if last["contacted"] else "nobody was contacted"
        do = "look at scores and costs: a model that sees no difference is of no use"
        yield Alarm("contacted", _day(last), float(last["contacted"]), said, do)


def _drift(drifted: Drifted | None) -> Iterator[Alarm]:
    if drifted is not None and drifted.moved:
        psi, low, high = (float(drifted.features[name][drifted.moved[0]]) for name in ("psi", "psi_low", "psi_high"))
        far = f"{psi:.2f} ({low:.2f} to {high:.2f}; {drifted.tolerance:g} is allowed)"
        said = f"{listed(drifted.moved)} moved since the model learnt, the first by {far}"
        do = "find out whether customers changed or the data; then learn anew"
        yield Alarm("drift", "all", psi, said, do)
