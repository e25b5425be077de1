"""Where no contact changes anything, every policy gives the same purchases."""

from __future__ import annotations

import polars as pl
import pytest

from cjlab.simulator import Everyone, Nobody, World, simulate
from cjlab.simulator._stretch import people_of


@pytest.mark.parametrize("name", ["retail", "telecom", "insurance", "travel", "car_brand"])
def test_without_effects_no_purchase_depends_on_messages(name: str) -> None:
    """An opened message that stirs nothing leaves what a moment has stirred to fade at its own pace."""
    world = getattr(World, name)(n_customers=3_000).without_effects()
    policies = (Nobody(), Everyone(every=1, consent=False))
    runs = [simulate(world, policy, days=60).written for policy in policies]
    rows = [run.events.with_columns(who=pl.Series(people_of(run.events_at))) for run in runs]
    bought = [
        part.filter(pl.col("event").cast(pl.String) == "purchase").select("who", "at", "item", "amount")
        for part in rows
    ]
    assert bought[0].height > 100
    assert runs[0].contacts.height == 0 < runs[1].contacts.height
    assert bought[0].equals(bought[1])
