"""The guardrails of a champion: what came of his contacts, action by action and over everybody."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjlab import metrics, statistics
from cjlab.errors import EvidenceError, TableError
from cjlab.loop._aim import came, closed
from cjlab.loop._gate import Gate
from cjlab.loop._measure import measure
from cjlab.loop.registry._moves import ROLLBACK

if TYPE_CHECKING:
    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._cycle import Cycle
    from cjlab.loop.cycle._notes import Notes
    from cjlab.loop.cycle._seen import Flags, Seen
    from cjlab.loop.cycle._serving import Served, Standing

_UNSUBSCRIBED = "unsubscribed"


def measured(cycle: Cycle, seen: Seen, now: Standing, notes: Notes) -> Standing:
    """Measure what the champion's actions changed, and demote those that missed their aim."""
    own = np.zeros(len(seen.rows), bool) if now.serving is None else _lately(cycle, seen, now.serving)
    if now.serving is None or not own.any():
        notes.step("measured", "nothing: no decision of a champion is mature")
        return now
    found = measure(seen.in_currency(own), least=cycle.least, confidence=cycle.confidence)
    notes.readings = found.readings
    for one in found.readings:
        notes.step("measured", f"{one.action!r} of {now.serving}: {one.verdict}; {one.said}")
    new = [name for name in found.missed if name not in now.demoted]
    for name in new:
        notes.step("demoted", f"{name!r} missed its aim; until a new version is proven only the random slice gives it")
    return replace(now, demoted=(*now.demoted, *new))


def guarded(case: Case, seen: Seen, now: Standing, notes: Notes) -> Standing:
    """Ask the champion's guardrails, and go back to the version before him where one is broken."""
    champion, cycle = now.serving, case.cycle
    if champion is None:
        return now
    own = _lately(cycle, seen, champion)
    if (waves := seen.rows["at"][own].nunique()) < cycle.patience:
        notes.step("guarded", f"not asked yet: {waves} of {cycle.patience} waves of {champion} are mature")
        return now
    notes.guards = tuple(_asked(case, seen, own))
    for one in notes.guards:
        notes.step("guarded", one.said)
    broken = [one.said for one in notes.guards if not one.passed]
    return _back(now, champion, broken[0], notes) if broken else now


def _back(now: Standing, champion: Served, why: str, notes: Notes) -> Standing:
    """Go back to the version before, or to nobody."""
    if now.earlier is None:
        notes.step("stopped", f"{champion} decides no more, and there is none before it: {why}")
        return replace(now, stopped=True)
    notes.move(ROLLBACK, "champion", now.earlier, over=champion.number, why=why)
    notes.step("rolled back", f"from {champion} to version {now.earlier}: {why}")
    return replace(now, champion=None, demoted=())


def _asked(case: Case, seen: Seen, own: Flags) -> list[Gate]:
    asked = [_paid(case.cycle, seen, own & seen.drawn)]
    if case.cycle.unsubscribed is not None:
        asked.append(_left(case, seen, own, most=case.cycle.unsubscribed))
    return asked


def _paid(cycle: Cycle, seen: Seen, those: Flags) -> Gate:
    """Ask whether what the champion meant to send surely brings less than it costs."""
    rows, control = seen.rows[those], seen.observed.control
    try:
        found = metrics.compare(
            "policy_value",
            rows["intended"].to_numpy(dtype=str),
            np.full(len(rows), control),
            outcome=seen.net[those],
            arm=rows["arm"].to_numpy(dtype=str),
            propensity=seen.observed.chances[those],
            customer=rows["customer_id"].to_numpy(),
            confidence=cycle.confidence,
        )
    except (EvidenceError, TableError) as refused:
        return Gate("contacts pay", math.nan, math.nan, math.nan, 0.0, passed=True, said=f"not known: {refused}")
    said = (
        f"its contacts bring {found.estimate:+.4g} ({found.low:+.4g} to {found.high:+.4g}) a customer after costs; "
        "the high end may not lie below 0"
    )
    return Gate("contacts pay", found.estimate, found.low, found.high, 0.0, passed=not found.high < 0, said=said)


def _left(case: Case, seen: Seen, those: Flags, *, most: float) -> Gate:
    """Ask whether surely too many unsubscribe after a contact."""
    rows, aim = seen.rows[those & (seen.rows["arm"] != seen.observed.control).to_numpy(bool)], case.cycle.aim
    dates = sorted(rows["at"].drop_duplicates().dt.to_pydatetime())
    if not dates:
        nan, said = math.nan, "nobody was contacted, and so nobody unsubscribed"
        return Gate(_UNSUBSCRIBED, nan, nan, nan, most, passed=True, said=said)
    until = closed(aim, case.log, case.turn.as_of)
    found = came(replace(aim, column=None, event=_UNSUBSCRIBED, worth={}), case.log, dates, until=until)
    gone = found[found > 0].index
    left = pd.MultiIndex.from_arrays(
        [pd.DatetimeIndex(gone.get_level_values(0)).tz_convert("UTC"), gone.get_level_values(1)]
    )
    share = float(pd.MultiIndex.from_arrays([pd.DatetimeIndex(rows["at"]), rows["customer_id"]]).isin(left).mean())
    sample = statistics.Sample(len(rows), share, share * (1 - share))
    estimate, low, high = map(float, statistics.level(sample, kind="share", confidence=case.cycle.confidence))
    said = f"{estimate:.4f} ({low:.4f} to {high:.4f}) of its contacts end in an unsubscription; {most:g} is allowed"
    return Gate(_UNSUBSCRIBED, estimate, low, high, most, passed=not low > most, said=said)


def _lately(cycle: Cycle, seen: Seen, one: Served) -> Flags:
    """Return the mature decisions of a version in its last waves: what came long ago tells little of today."""
    own = seen.mature & seen.by(one.number or 0)
    return own & seen.of_waves(seen.moments(own)[-cycle.patience :])
