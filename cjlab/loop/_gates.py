"""The questions that are asked of a challenger, one function each."""

from __future__ import annotations

import math
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab import metrics, models
from cjlab._checks import within
from cjlab.errors import CjlabError, EvidenceError
from cjlab.loop._evidence import drawn, pair, part
from cjlab.loop._gate import Gate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from cjlab.loop._evidence import Evidence
    from cjlab.loop._rule import Foretells, Rule
    from cjlab.metrics import Difference

_FEW = 200  # rows of a segment below which nothing is said of it
_SCORED = 15  # single customers scored, for the time that one takes
_SHOWN = 1_000  # rows on which a stored model must say the same


@dataclass(frozen=True, slots=True)
class Limits:
    """What a challenger may take and promise.

    Parameters
    ----------
    milliseconds : float, default: 100.0
        For one customer, the median of several.
    megabytes : float, default: 200.0
        Of the stored model.
    promise : float, default: 2.0
        How many times the high end of what came it may have promised.

    Examples
    --------
    >>> Limits(milliseconds=5.0).megabytes
    200.0
    """

    milliseconds: float = 100.0
    megabytes: float = 200.0
    promise: float = 2.0

    def __post_init__(self) -> None:
        """Check the limits."""
        for name in ("milliseconds", "megabytes", "promise"):
            within(getattr(self, name), 0, math.inf, name=name, open_ends=True)


def unseen(learnt_until: dt.datetime | None, since: dt.datetime | None) -> Gate:
    """Ask whether it learnt from nothing that it is judged on."""
    if since is None or learnt_until is None:
        said = "not asked: it is not said from when to when the model learnt, or when the evidence begins"
        return Gate("unseen", math.nan, math.nan, math.nan, 0.0, passed=True, said=said)
    days = (since - learnt_until).total_seconds() / 86_400
    said = f"it learnt until {learnt_until:%Y-%m-%d}; these decisions begin on {since:%Y-%m-%d}"
    return Gate("unseen", days, math.nan, math.nan, 0.0, passed=days >= 0, said=said)


def kept(challenger: Any, known: Evidence, limits: Limits) -> Gate:  # noqa: ANN401 - whatever wants to be kept
    """Ask whether it can be stored, read again and says the same."""
    some = known.X.iloc[:_SHOWN]
    try:
        with tempfile.TemporaryDirectory() as folder:
            stored = models.save(challenger, Path(folder) / "challenger")
            size = sum(one.stat().st_size for one in stored.rglob("*") if one.is_file()) / 1e6
            again = models.load(stored).predict(some)
    except CjlabError as refused:
        return Gate("kept", math.nan, math.nan, math.nan, limits.megabytes, passed=False, said=str(refused))
    same = bool(np.array_equal(again.to_numpy(), challenger.predict(some).to_numpy()))
    told = "says the same when read again" if same else "says something else when read again"
    said = f"{size:.1f} MB of {limits.megabytes:g} allowed, and {told}"
    return Gate("kept", size, math.nan, math.nan, limits.megabytes, passed=same and size <= limits.megabytes, said=said)


def fast(challenger: Foretells, known: Evidence, limits: Limits) -> Gate:
    """Ask how long one customer takes."""
    taken = []
    for place in range(min(_SCORED, known.n)):
        one = known.X.iloc[[place]]
        started = time.perf_counter()
        challenger.predict(one)
        taken.append(time.perf_counter() - started)
    middle = 1_000 * float(np.median(taken))
    said = f"{middle:.1f} ms a customer, of {limits.milliseconds:g} allowed"
    passed = middle <= limits.milliseconds
    return Gate("fast", middle, math.nan, math.nan, limits.milliseconds, passed=passed, said=said)


def ranking(new: Rule, old: Rule, known: Evidence, confidence: float) -> Gate:
    """Ask whether it ranks surely worse for some arm."""
    sure = _shared(confidence, len(known.treated))
    found = {arm: _ranked(new, old, pair(known, arm), arm, sure) for arm in known.treated}
    worst = min(found, key=lambda arm: found[arm].high)
    said = f"Qini of {worst!r}: {_told(found[worst])} beside the champion's; its high end may not lie below 0"
    one = found[worst]
    return Gate("ranking", one.estimate, one.low, one.high, 0.0, passed=not one.high < 0, said=said)


def _ranked(new: Rule, old: Rule, known: Evidence, arm: Any, confidence: float) -> Difference:  # noqa: ANN401 - its name
    """Compare how two rules rank those who could have received an arm, or none."""
    return metrics.compare(
        "qini",
        new.effects[arm].loc[known.X.index].to_numpy(),
        old.effects[arm].loc[known.X.index].to_numpy(),
        outcome=known.outcome,
        control=known.control,
        treated=arm,
        confidence=confidence,
        **drawn(known),
    )


def stood(new: Rule, known: Evidence, limits: Limits, confidence: float) -> Gate:
    """Ask whether what it promised came."""
    nobody = np.full(known.n, known.control, dtype=known.arm.dtype)
    try:
        came = between(new.arms, nobody, known, confidence)
    except EvidenceError as refused:
        return Gate("promise", new.promised, math.nan, math.nan, math.nan, passed=False, said=str(refused))
    most = limits.promise * max(came.high, 0.0)
    said = (
        f"it promised {new.promised:.4g} a customer after costs; {_told(came)} came, and at most {most:.4g} was allowed"
    )
    return Gate("promise", new.promised, came.low, came.high, most, passed=new.promised <= most, said=said)


def lately(new: Rule, old: Rule, known: Evidence, confidence: float) -> Gate:
    """Ask whether it would bring no less where it learnt nothing: a worth that is of the past is none."""
    try:
        found = between(new.arms, old.arms, known, confidence)
    except EvidenceError as refused:
        return Gate("lately", math.nan, math.nan, math.nan, 0.0, passed=False, said=f"not known: {refused}")
    said = f"{_told(found)} a customer beside the champion on the latest decisions; it may not lie below 0"
    return Gate("lately", found.estimate, found.low, found.high, 0.0, passed=found.estimate >= 0, said=said)


def segments(new: Rule, old: Rule, known: Evidence, confidence: float) -> Iterator[Gate]:
    """Ask for every segment that is large enough whether it would bring surely less there."""
    if known.segment is None:
        return
    names, codes = np.unique(known.segment.astype(str), return_inverse=True)
    large = [code for code in range(len(names)) if (codes == code).sum() >= _FEW]
    for code in large:
        own = codes == code
        try:
            found = between(new.arms[own], old.arms[own], part(known, own), _shared(confidence, len(large)))
        except EvidenceError:
            continue  # too few were contacted as either would: nothing is known, and nothing is said
        said = f"{str(names[code])!r}: {_told(found)} a customer beside the champion; its high end may not lie below 0"
        name = f"segment {names[code]}"
        yield Gate(name, found.estimate, found.low, found.high, 0.0, passed=not found.high < 0, said=said)


def worth(new: Rule, old: Rule, known: Evidence, *, margin: float, confidence: float) -> Gate:
    """Ask whether it would bring more than the champion by more than the margin."""
    try:
        found = between(new.arms, old.arms, known, confidence)
    except EvidenceError as refused:
        return Gate("value", math.nan, math.nan, math.nan, margin, passed=False, said=f"not known: {refused}")
    said = f"{_told(found)} a customer beside the champion; its low end must lie above {margin:g}"
    return Gate("value", found.estimate, found.low, found.high, margin, passed=found.low > margin, said=said)


def between(one: object, other: object, known: Evidence, confidence: float) -> Difference:
    """Compare what two rules would bring on the same rows, contacts paid."""
    return metrics.compare("policy_value", one, other, outcome=known.net, confidence=confidence, **drawn(known))


def _shared(confidence: float, comparisons: int) -> float:
    return 1 - (1 - confidence) / comparisons


def _told(found: Difference) -> str:
    return f"{found.estimate:+.4g} ({found.low:+.4g} to {found.high:+.4g})"
