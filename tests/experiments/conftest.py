"""A small declared test that many tests begin from."""

from __future__ import annotations

import pytest

from cjlab.experiments import Arm, Experiment, Metric, Value


@pytest.fixture(scope="session")
def experiment() -> Experiment:
    """Two mails against none; visits decide, complaints guard, spend pays."""
    return Experiment(
        name="spring",
        question="Does a mail bring visits?",
        control="none",
        horizon="14D",
        arms=(Arm(name="none"), Arm(name="a", cost=0.1), Arm(name="b", cost=0.2)),
        metrics=(
            Metric(name="visit", kind="share", event="visit", role="primary"),
            Metric(name="spend", kind="sum", event="purchase", of="amount", currency=True),
            Metric(name="complaint", kind="share", event="complaint", role="guardrail", goal="down", margin=0.01),
        ),
        value=Value(metric="spend", margin=0.5),
    )
