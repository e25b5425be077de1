"""What the closed loop brings beside other ways to decide: figures over seeds, paired, and their bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import t as student

from benchmarks.page import table
from benchmarks.proof import turns
from benchmarks.proof.section import Section
from benchmarks.proof.turns import ARMS, BEFORE, DAYS, RETAIL, STEADY, TELECOM, TURNS, WANDERING, Lived

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

GAIN, LOSS = 0.05, 0.02
NAMES = {
    "closed": "the closed loop",
    "first": "its first model for ever, no random slice",
    "retrained": "that model retrained without chances or a random slice",
    "everyone": "everyone who may be contacted",
    "oracle": "an oracle",
}
COLUMNS = ("market", "who decides", "net value a customer", "95 % interval over seeds", "seeds")
SAID = (
    f"{turns.CUSTOMERS:,} customers, {TURNS} turns of {DAYS} days behind {BEFORE} days without contacts, one "
    "action (an e-mail), everybody in the same holdout of 3 %. Net value is margin less the cost of contacts, "
    "beside contacting no one, of the same people with the same draws; a customer, over all turns. The loop: "
    "`Uplift()` on 8 features, half of the customers drawn until a first version has passed (so that a quarter is "
    "contacted, while *everyone* contacts all from the first turn on), 4 % from then on, judged on the last "
    "mature wave, taught the six before, no ramp; the share and the wave were chosen on seeds 100 to 102, which "
    "are not among these. The oracle contacts each persona whose mean effect at that turn, over four futures of "
    "everybody, pays. *Retail* and *telecom* are the packaged worlds. In the *shop whose mails are read* 90 % "
    "open what they are sent, and a mail makes three kinds of persons buy more and the faithful less; where "
    f"*effects wander* they are turned round with turn {turns.WANDER + 1} of {TURNS}. Where no version passed its "
    "gates, the first three ways are one."
)
CHANGING, STAYING = (RETAIL, TELECOM, WANDERING), (RETAIL, TELECOM, STEADY)


class Mean(NamedTuple):
    """A mean over seeds with the ends of its 95 % interval (Student's); NaN ends of one seed."""

    estimate: float
    low: float
    high: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Mean:
        """Return the mean."""
        mean, n = float(values.mean()), len(values)
        half = float(student.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
        return cls(mean, mean - half, mean + half)

    def __str__(self) -> str:
        """Write it."""
        return f"{self.estimate:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


def told(found: Mapping[str, Sequence[Lived]]) -> Section:
    """Write what was lived, and hold it to the bars."""
    rows = [row for name, runs in found.items() for row in _rows(name, runs)]
    bars = [_gained(name, runs) for name, runs in found.items() if name in CHANGING]
    bars += [_lost(name, runs) for name, runs in found.items() if name in STAYING]
    seconds = np.mean([one.seconds for runs in found.values() for one in runs])
    served = "; ".join(
        f"{name}: {sum(one.versions > 0 for one in runs)} of {len(runs)} seeds" for name, runs in found.items()
    )
    lines = [SAID, table(COLUMNS, rows), *(said for said, _ in bars)]
    lines += [
        f"A version passed its gates and served in: {served}. One seed of one market took {seconds:.0f} CPU seconds."
    ]
    return Section("\n\n".join(lines), sum(not held for _, held in bars))


def _rows(name: str, runs: Sequence[Lived]) -> list[tuple[str, ...]]:
    rows = []
    for arm in ARMS:
        mean = Mean.of(np.array([one.worth[arm] for one in runs]))
        ends = "–" if np.isnan(mean.low) else f"{mean.low:.3f} to {mean.high:.3f}"
        rows.append((name, NAMES[arm], f"{mean.estimate:.3f}", ends, str(len(runs))))
    return rows


def _gained(name: str, runs: Sequence[Lived]) -> tuple[str, bool]:
    """Hold the loop to the first model and a twentieth more."""
    closed, first = _arm(runs, "closed"), _arm(runs, "first")
    more = Mean.of(closed - (1 + GAIN) * first)
    held = bool(more.low >= 0)
    verdict = "holds" if held else "**not shown**" if more.high >= 0 else "**does not hold**"
    said = f"In {name}: the loop beside the first model and {GAIN:.0%} more: {more} a customer"
    return f"{said} (bar: the interval lies above 0: {verdict}).", held


def _lost(name: str, runs: Sequence[Lived]) -> tuple[str, bool]:
    """Hold what the random slice costs to a fiftieth of what the oracle brings."""
    lost = Mean.of(_arm(runs, "first") - _arm(runs, "closed"))
    most = LOSS * float(_arm(runs, "oracle").mean())
    held = bool(lost.high <= most)
    said = f"In {name}: what the first model brings more than the loop: {lost} a customer"
    verdict = "holds" if held else "**does not hold**"
    return f"{said} (bar: at most {most:.3f}, {LOSS:.0%} of the oracle's, at the high end: {verdict}).", held


def _arm(runs: Sequence[Lived], arm: str) -> NDArray[np.float64]:
    return np.array([one.worth[arm] for one in runs])
