"""The test in the simulated shop: a sound log, split as it says, with effects that the simulator knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cjlab.datasets import simulated_test
from cjlab.errors import SpecError
from cjlab.experiments import Experiment

DECLARED = Path(__file__).parents[2] / "notebooks" / "experiments" / "simulated.toml"
LOG = simulated_test(n_customers=3_000)


def test_the_log_is_sound() -> None:
    LOG.check(now="2024-06-01", arms=["control", "reminder", "discount"]).require()


def test_each_customer_is_drawn_once_with_a_third_each() -> None:
    contacts = LOG.contacts.collect()
    assert contacts["customer_id"].is_unique().all()
    assert contacts["propensity"].to_numpy() == pytest.approx(1 / 3)
    assert contacts.filter(~pl.col("sent"))["arm"].unique().to_list() == ["control"]
    assert contacts["arm"].value_counts()["count"].min() > 0.28 * contacts.height


def test_its_declaration_reads_it() -> None:
    readout = Experiment.read(DECLARED).read_out(LOG)
    assert readout.soundness.enrolment.total == LOG.contacts.collect().height
    assert readout.effect("unsubscribed", "discount").level > 0


@pytest.mark.parametrize("asked", [{"n_customers": 0}, {"n_customers": 2.5}, {"seed": -1}])
def test_a_wrong_number_is_named(asked: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=f"{next(iter(asked))} is .*; give a whole number"):
        simulated_test(**asked)
