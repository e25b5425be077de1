"""Teaching: a learner is taught decisions, and parts of them to judge the other parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone

from cjlab._random import uniform
from cjlab.errors import EvidenceError, TableError
from cjlab.loop._rule import Crossed
from cjlab.loop.cycle._segments import segments

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cjlab.loop._evidence import Evidence
    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._seen import Flags, Seen
    from cjlab.loop.cycle._serving import Served, Standing
    from cjlab.models import Uplift


def fitted(case: Case, seen: Seen, those: Flags, short: Sequence[str]) -> Uplift:
    """Teach the learner decisions with their chances."""
    own, table = seen.without(those, short), seen.features(case.home, those)
    model: Uplift = clone(case.cycle.learner)
    return model.fit(
        table,
        own.rows["outcome"].to_numpy(np.float64),
        arm=own.rows["arm"].to_numpy(dtype=str),
        control=own.control,
        propensity=own.chances,
        customer=own.rows["customer_id"].to_numpy(),
    )


def judged(case: Case, seen: Seen, those: Flags, short: Sequence[str]) -> Evidence:
    """Return decisions as evidence, in the cycle's segments."""
    cycle, own = case.cycle, seen.without(those, short)
    treated = set(own.rows["arm"]) - {own.control}
    costs = {one.name: one.cost for one in cycle.rules.actions if one.name in treated}
    evidence = own.evidence(seen.features(case.home, those), value=cycle.value, costs=costs)
    if cycle.segment is None:
        return evidence
    rows = own.rows.loc[evidence.X.index]
    return replace(evidence, segment=segments(case.log, cycle.segment, rows))


def crossed(case: Case, seen: Seen, now: Standing, learnt: Flags, short: Sequence[str]) -> tuple[Crossed, ...]:
    """Cut what was learnt from into parts by customer, and teach each part's judge the others.

    None where the cycle asks for none, and none of waves from which the champion learnt: there he knows too much. A
    part that says too little is left out.
    """
    count = case.cycle.folds
    fresh = learnt & ~seen.of_waves(_known(case, seen, now.serving))
    if count == 1 or not fresh.any():
        return ()
    drawn = uniform(f"loop/folds/{case.cycle.terms.salt}/{case.turn.day}", seen.rows["customer_id"].to_numpy())
    part = np.floor(count * drawn)
    return tuple(one for place in range(count) if (one := _part(case, seen, learnt, fresh, part == place, short)))


def _part(case: Case, seen: Seen, learnt: Flags, fresh: Flags, own: Flags, short: Sequence[str]) -> Crossed | None:
    try:
        return Crossed(fitted(case, seen, learnt & ~own, short), judged(case, seen, fresh & own, short))
    except (EvidenceError, TableError):
        return None


def _known(case: Case, seen: Seen, champion: Served | None) -> list[dt.datetime]:
    """Return the waves that the champion learnt from; all, where the turns do not tell."""
    if champion is None:
        return []
    taught = [one.learnt for one in case.before if one.learnt and one.learnt.version == champion.number]
    days = set(taught[-1].turns) if taught else {turn.day for turn in case.before}
    return [at for at, turn in seen.turns.items() if turn.day in days]
