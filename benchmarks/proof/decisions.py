"""What the decision rule does in worlds whose truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.experiments import Arm, Experiment, Metric, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

CUSTOMERS = 12_000
ALPHA = 0.05
_EXPERIMENT = Experiment(
    name="proof",
    question="Does it work?",
    control="none",
    horizon="14D",
    arms=(Arm(name="none"), Arm(name="a", cost=0.01), Arm(name="b", cost=0.01)),
    metrics=(
        Metric(name="order", kind="share", event="purchase", role="primary"),
        Metric(name="spend", kind="sum", event="purchase", of="amount", currency=True),
        Metric(name="complaint", kind="share", event="complaint", role="guardrail", goal="down", margin=0.01),
    ),
    value=Value(metric="spend", margin=0.4),
)


def worlds(tests: int) -> Iterator[Rate]:
    """Read out whole tests: nothing works; one arm works and pays; one harms; one works and breaks its guardrail."""
    nothing = [_verdicts(seed, order={}, complaint={}) for seed in range(tests)]
    where = f"3 arms, {CUSTOMERS:,} customers"
    deployed = [any(one is Verdict.DEPLOY for one in arms) for arms in nothing]
    yield Rate.of("an arm is deployed that does nothing", where, np.asarray(deployed), ALPHA, kind="at_most")
    works = [_verdicts(seed, order={"a": 0.03}, complaint={})[0] is Verdict.DEPLOY for seed in range(tests)]
    yield Rate.of("an arm is deployed that adds 3 points and pays", where, np.asarray(works), 0.8, kind="at_least")
    harms = [_verdicts(seed, order={"a": -0.02}, complaint={})[0] is Verdict.DEPLOY for seed in range(tests)]
    yield Rate.of("an arm is deployed that takes 2 points away", where, np.asarray(harms), ALPHA / 2, kind="at_most")
    breaks = [_verdicts(seed, order={"a": 0.03}, complaint={"a": 0.01})[0] is Verdict.DEPLOY for seed in range(tests)]
    yield Rate.of("an arm is deployed whose harm is its margin", where, np.asarray(breaks), ALPHA / 2, kind="at_most")


def _verdicts(seed: int, *, order: dict[str, float], complaint: dict[str, float]) -> tuple[Verdict, ...]:
    draw = np.random.default_rng([21, seed])
    arm = draw.integers(0, 3, CUSTOMERS)
    names = np.asarray([one.name for one in _EXPERIMENT.arms])
    orders = draw.random(CUSTOMERS) < 0.10 + np.asarray([order.get(name, 0.0) for name in names])[arm]
    complains = draw.random(CUSTOMERS) < 0.01 + np.asarray([complaint.get(name, 0.0) for name in names])[arm]
    rows = pl.DataFrame(
        {
            "customer_id": np.arange(CUSTOMERS),
            "arm": names[arm],
            "order": orders.astype(float),
            "spend": orders * draw.lognormal(3.0, 0.6, CUSTOMERS),
            "complaint": complains.astype(float),
        }
    )
    return tuple(one.verdict for one in _EXPERIMENT.read_out_rows(rows).decision.arms)
