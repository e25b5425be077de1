"""The year of the simulated shop: a sound log with opens by machines, costs, and a scenario without end."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from cjlab.datasets import simulated_shop
from cjlab.errors import SpecError

LOG = simulated_shop(n_customers=500)


def test_the_log_is_sound_and_lasts_fifteen_months() -> None:
    LOG.check(now="2025-06-01").require()
    assert LOG.events.select(pl.col("at").max().dt.date()).collect().item().isoformat() >= "2025-03-30"


def test_it_holds_what_an_audit_needs() -> None:
    opened = LOG.events.filter(pl.col("event") == "opened").collect()
    assert 0 < opened["machine"].sum() < opened.height
    contacts = LOG.contacts.collect()
    assert contacts["cost"].null_count() == 0
    assert set(contacts["campaign"]) == {"newsletter", "catalogue", "best_customers", "sleepers", "endless_day"}


@pytest.mark.parametrize("asked", [{"n_customers": 0}, {"n_customers": 2.5}, {"seed": -1}])
def test_a_wrong_number_is_named(asked: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=f"{next(iter(asked))} is .*; give a whole number"):
        simulated_shop(**asked)
