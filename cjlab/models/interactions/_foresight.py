"""What was learned, put to use: chances of labels and laws of waiting times of customers with a past."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.metrics import calibration
from cjlab.models.interactions._compared import Measured
from cjlab.models.interactions._expected import Expected
from cjlab.models.interactions._law import Law

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.metrics import Calibration
    from cjlab.models.interactions._course import Course, Next, Past
    from cjlab.models.interactions._order import Order
    from cjlab.models.interactions._pace import Pace
    from cjlab.models.interactions._read import Labels
    from cjlab.models.offers._choice import Weights

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

_THREE = 3
_CHUNK = 10_000


class Foresight(NamedTuple):
    """What follows what and how much that weighs; when, likewise."""

    order: Order
    choice: Weights
    pace: Pace
    wait: Weights

    def chances(self, past: Past) -> Floats:
        """Return the chance of each label of what comes next, ``(n, labels)``."""
        line = sum(weight * block for weight, block in zip(self.choice.values, self.order.blocks(past), strict=True))
        odds = np.exp(line - np.max(line, axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def law(self, past: Past) -> Law:
        """Return the law of how long it takes."""
        return Law.of(self.pace.horizon, 0.5 * (1 + np.tanh(self.pace.blocks(past) @ self.wait.values / 2)))

    def simpler(self, past: Past) -> dict[str, Law]:
        """Return such laws by what came after earlier dates, by everybody's gaps, and by his own."""
        gaps = self.pace.everybody(past)
        chances = {
            "all at such dates": np.broadcast_to(self.pace.base, gaps.shape),
            "all gaps": gaps,
            "own gaps": self.pace.own(past, gaps, 1.0),
        }
        return {name: Law.of(self.pace.horizon, chance) for name, chance in chances.items()}


def foretold(
    foresight: Foresight, course: Course, past: Past, *, k: int, interval: float, order: NDArray[np.intp]
) -> Expected:
    """Return what is foretold, some thousand customers at a time, in an order of their places."""
    ends, made = ((1 - interval) / 2, 0.5, (1 + interval) / 2), []
    for some in past.chunks(_CHUNK):
        chances, law = foresight.chances(some), foresight.law(some)
        top = best(chances, k)
        days = np.column_stack([law.quantile(end) for end in ends])
        made.append((top, np.take_along_axis(chances, top, axis=1), law.within[:, -1], days))
    place, chance, soon, days = (np.concatenate(one)[order] for one in zip(*made, strict=True))
    return Expected(course.customers[order], course.labels, place, chance, soon, days)


def best(chances: Floats, k: int) -> Codes:
    """Return the places of the likeliest labels, ``(n, k)``; the rest of all labels, which stands last, is none."""
    return np.argsort(-chances[:, :-1], axis=1, kind="stable")[:, :k].astype(np.int64)


def what(foresight: Foresight, past: Past, came: Next, labels: Labels) -> tuple[tuple[Measured, ...], Calibration]:
    """Measure what and where, of customers to whom something came."""
    some = np.flatnonzero(came.came)
    asked, truth = past.among(some), came.label[some]
    chances = {"model": foresight.chances(asked)} | foresight.order.chains(asked)
    made = [_measured("hit", chances, truth, 1), _measured("hit of three", chances, truth, _THREE)]
    for name, side in (("what", 0), ("where", 1)):
        sides = {label[side]: None for label in labels[:-1]}
        code = {label: place for place, label in enumerate(sides)}
        of = np.array([*(code[label[side]] for label in labels[:-1]), len(code)])
        folded = {method: one @ np.eye(len(code) + 1)[of] for method, one in chances.items()}
        made.append(_measured(name, folded, of[truth], 1))
    likely = {method: one for method, one in chances.items() if method != "his last"}  # which gives no chances
    rows = np.arange(len(truth))
    losses = np.column_stack([-np.log(one[rows, truth]) for one in likely.values()])
    first = best(chances["model"], 1)[:, 0]
    calibrated = calibration((first == truth).astype(np.int64), chances["model"][rows, first])
    return (*made, Measured("log loss", tuple(likely), losses)), calibrated


def _measured(measure: str, chances: Mapping[str, Floats], truth: Codes, k: int) -> Measured:
    hits = [(best(one, k) == truth[:, None]).any(axis=1) for one in chances.values()]
    return Measured(measure, tuple(chances), np.column_stack(hits).astype(np.float64))


def when(foresight: Foresight, past: Past, came: Next, *, interval: float, seed: int) -> Sequence[Measured]:
    """Measure when, of all customers."""
    laws = {"model": foresight.law(past)} | foresight.simpler(past)
    ends, horizon = ((1 - interval) / 2, (1 + interval) / 2), foresight.pace.horizon
    places = [law.place(came.days, came.came, np.random.default_rng([61, seed])) for law in laws.values()]
    values = {
        "crps": [law.crps(came.days) for law in laws.values()],
        "days off": [np.abs(np.minimum(law.quantile(0.5), horizon) - came.days) for law in laws.values()],
        "covered": [(ends[0] <= place) & (place <= ends[1]) for place in places],
    }
    return [Measured(name, tuple(laws), np.column_stack(one).astype(np.float64)) for name, one in values.items()]
