"""Loops that do what was agreed, and loops of which one thing is broken by a stated size: who raises which alarm."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from cjlab.decisions import Holdout, Terms
from cjlab.loop import Observed, drift, monitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cjlab.loop import Monitored

TERMS, HELD = Terms("spring", explore=0.1, control=0.1), Holdout(0.05, "2025", dt.date(2025, 1, 1))
KINDS: Final = ("holdout", "explored", "feed", "promise", "calibration", "contacted", "drift")
SAID = (
    "Loops of three waves of 2,000 decisions, the last of them not mature: a mail, 10 % explored, 10 % of those meant "
    "withheld as control, 5 % held out; what was promised of each customer came, and two features are drawn anew from "
    "one population. The error is shared among the kinds of alarm that chance can raise. Below: loops of which one "
    "thing is broken, and how often the alarm of that kind is raised."
)


class Looped(NamedTuple):
    """Decisions of a few waves, what was promised of each, and features at learning and now."""

    seen: Observed
    scores: pd.DataFrame
    before: pd.DataFrame
    now: pd.DataFrame

    def monitored(self, **other: Any) -> Monitored:  # noqa: ANN401 - any parameter of monitor
        """Look after them."""
        return monitor(self.seen, **{"terms": TERMS, "holdouts": [HELD], "scores": self.scores} | other)

    @property
    def alarms(self) -> set[str]:
        """Kinds of alarm that are raised, features looked at too."""
        return {one.code for one in self.monitored(drifted=drift(self.before, self.now)).alarms}

    def but(self, **columns: Any) -> Looped:  # noqa: ANN401 - any column of decisions
        """Return them with columns of decisions changed."""
        return self._replace(seen=Observed(self.seen.rows.assign(**columns), self.seen.chances, self.seen.control))


def looped(
    seed: int, *, waves: int = 3, size: int = 2_000, explore: float = 0.1, kept: float = 1.0, moved: float = 0.0
) -> Looped:
    """Play waves in which a mail does what was promised, times ``kept``, and features move by so many deviations."""
    drawn = np.random.default_rng(seed)
    n = waves * size
    who = np.tile(np.arange(size), waves)
    at = np.repeat([pd.Timestamp("2025-01-01", tz="UTC") + pd.Timedelta(days=30 * one) for one in range(waves)], size)
    held, promised = HELD.holds(who), drawn.normal(1.0, 2.0, n)
    random = (drawn.uniform(size=n) < explore) & ~held
    meant = np.where(promised > 0, "mail", "none")
    chance = explore / 2 + (1 - explore) * np.where(promised > 0, 0.9, 0.0)
    own = np.where(random, drawn.uniform(size=n) < 0.5, (promised > 0) & (drawn.uniform(size=n) < 0.9)) & ~held
    rows = pd.DataFrame(
        {
            "customer_id": who,
            "at": at,
            "arm": np.where(own, "mail", "none"),
            "intended": np.where(held, "none", meant),
            "slice": np.select([held, random, own == (promised > 0)], ["holdout", "random", "policy"], "control"),
            "state": np.where(np.arange(n) < n - size, "mature", "pending"),
            "score": np.where(own, promised, 0.0),
            "cost": np.where(own, 0.05, 0.0),
            "outcome": drawn.normal(4.0, 2.0, n) + kept * promised * own,
        },
        index=pd.RangeIndex(n, name="decision_id"),
    )
    chances = pd.DataFrame({"mail": np.where(held, 0.0, chance), "none": np.where(held, 1.0, 1 - chance)}, rows.index)
    before, now = (pd.DataFrame(drawn.normal(size=(size, 2)), columns=["taste", "age"]) for _ in range(2))
    scores = pd.DataFrame({"mail": promised}, rows.index)
    return Looped(Observed(rows, chances, "none"), scores, before, now.assign(taste=now["taste"] + moved))


def _last(one: Looped) -> pd.Series[bool]:
    return one.seen.rows["at"] == one.seen.rows["at"].max()


def _contacted_holdout(seed: int) -> Looped:
    one = looped(seed)
    rows = one.seen.rows
    some = _last(one) & (rows["slice"] == "holdout") & (rows["customer_id"] % 10 == 0)
    return one.but(slice=rows["slice"].mask(some, "policy"))


def _fed_late(seed: int) -> Looped:
    one = looped(seed)
    rows = one.seen.rows
    return one.but(state=rows["state"].mask((rows["state"] == "mature") & (rows["customer_id"] % 100 == 0), "censored"))


def _nobody(seed: int) -> Looped:
    one = looped(seed)
    return one.but(arm=one.seen.rows["arm"].mask(_last(one), "none"))


BROKEN: Final[Mapping[str, tuple[str, Callable[[int], Looped], float]]] = {
    "a tenth of the holdout was decided on in the last wave": ("holdout", _contacted_holdout, 1.0),
    "7 % were explored instead of 10 %": ("explored", lambda seed: looped(seed, explore=0.07), 0.9),
    "of 1 % of the mature decisions nothing was fed": ("feed", _fed_late, 1.0),
    "a fifth of what was promised came": ("promise", lambda seed: looped(seed, kept=0.2), 0.9),
    "half of what was promised came": ("calibration", lambda seed: looped(seed, kept=0.5), 0.9),
    "nobody was contacted in the last wave": ("contacted", _nobody, 1.0),
    "a feature moved by half a standard deviation": ("drift", lambda seed: looped(seed, moved=0.5), 0.9),
}


def experiments(sound: int, broken: int) -> Iterator[Rate]:
    """Count alarms of sound loops, and how often what is broken is seen."""
    found = [looped(seed).alarms for seed in range(sound)]
    yield Rate.of("any alarm", "a sound loop", np.array([bool(one) for one in found]), 0.05, kind="at_most")
    counts = Counter(code for one in found for code in one)
    for code in KINDS:
        yield Rate(f"an alarm: {code}", "a sound loop", counts[code], sound, 0.05, kind="at_most")
    for what, (code, played, bar) in BROKEN.items():
        seen = np.array([code in played(seed).alarms for seed in range(broken)])
        yield Rate.of(f"an alarm: {code}", what, seen, bar, kind="at_least")
