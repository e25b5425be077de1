"""Waves of decisions drawn with a known truth: a policy, a random slice of it, a control, and what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from cjlab.loop import Observed, Reading, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXPLORED, CONTROL = 0.05, 0.1
SAID = (
    "Waves of 6,000 decisions: a policy that means an action for some, 5 % explored, 10 % of those meant withheld as "
    "control, margins skewed, effects different for every customer. The truth is the mean effect on those the action "
    "was meant for; one reading of each wave."
)


class Wave(NamedTuple):
    """Decisions and what came of them, and what each action truly changed for those it was meant for."""

    observed: Observed
    truth: Mapping[str, float]

    def read(self) -> Iterator[tuple[Reading, float]]:
        """Measure every action, beside the truth."""
        for one in measure(self.observed).readings:
            yield one, self.truth[one.action]


def wave(
    seed: int,
    *,
    actions: tuple[str, ...],
    customers: int = 6_000,
    effects: Mapping[str, float] | None = None,
    promised: Mapping[str, float] | None = None,
    best: bool = False,
) -> Wave:
    """Draw a wave: margins are skewed, effects differ by customer, the policy knows part of that.

    ``effects`` gives an action one effect on everybody; ``best`` lets the policy choose those who buy most.
    """
    drawn = np.random.default_rng(seed)
    habit, taste = drawn.normal(size=customers), drawn.normal(size=customers)
    own = {name: 0.8 * taste * (-1) ** place + 0.2 for place, name in enumerate(actions)}
    own |= {name: np.full(customers, value) for name, value in (effects or {}).items()}
    wanted = np.column_stack(
        [habit if best else own[name] * 0 + 0.8 * taste * (-1) ** k for k, name in enumerate(actions)]
    )
    names = np.array([*actions, "none"])
    meant = np.where(wanted.max(axis=1) > 0, wanted.argmax(axis=1), len(actions))
    chances = np.full((customers, len(names)), EXPLORED / len(names))
    chances[np.arange(customers), meant] += (1 - EXPLORED) * (1 - CONTROL)
    chances[:, -1] += (1 - EXPLORED) * CONTROL
    got = (drawn.uniform(size=customers)[:, None] > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)
    added = np.column_stack([*[own[name] for name in actions], np.zeros(customers)])
    outcome = drawn.gamma(0.4, 5.0, customers) * np.exp(0.5 * habit) + added[np.arange(customers), got]
    score = np.array([(promised or {}).get(name, 0.7) for name in names])[got]
    rows = pd.DataFrame(
        {
            "customer_id": np.arange(customers),
            "arm": names[got],
            "intended": names[meant],
            "slice": "policy",
            "state": "mature",
            "score": score,
            "cost": 0.05,
            "outcome": outcome,
        }
    )
    order = np.argsort(names)
    table = pd.DataFrame(chances[:, order], columns=names[order])
    truth = {name: float(own[name][meant == k].mean()) for k, name in enumerate(actions)}
    return Wave(Observed(rows, table, "none"), truth)


def experiments(runs: int) -> Iterator[Rate]:
    """Count how often the interval of what an action changed holds the truth: one wave of each of many runs."""
    for actions, best in ((("mail",), False), (("mail",), True), (("mail", "call"), False)):
        read = [pair for seed in range(runs) for pair in list(wave(seed, actions=actions, best=best).read())[:1]]
        held = np.array([one.low <= truth <= one.high for one, truth in read])
        where = f"{len(actions)} actions" if len(actions) > 1 else "1 action"
        where += ", meant for the best customers" if best else ", meant for those it moves"
        yield Rate.of("95 % interval of what an action changed holds the truth", where, held, 0.95)
