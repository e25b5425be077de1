"""Two runs of the same people, customer by customer, against sums over their tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from cjlab.errors import SpecError, TableError
from cjlab.simulator import Everyone, Nobody, World, simulate

WORLD = World.retail(n_customers=500, seed=8)
RUN = simulate(WORLD, Nobody(), days=70)
OFTEN = RUN.branch(20, Everyone(("text", "discount"), every=4))
COMPARED = OFTEN.against(RUN, since=20)


def test_totals_are_those_of_the_tables() -> None:
    since = pl.datetime(2024, 1, 20, 23, time_unit="us", time_zone="UTC")  # midnight in Paris
    rows = OFTEN.events.filter(pl.col("at") >= since).with_columns(pl.col("event").cast(pl.String))
    bought = rows.filter(pl.col("event") == "purchase")
    worth = rows.filter(pl.col("event").is_in(["purchase", "return"]))
    sent = OFTEN.contacts.filter("sent")
    cost, margin = sent["cost"].sum(), worth["margin"].sum()
    totals = {
        "orders": bought["order_id"].n_unique(),
        "amount": worth["amount"].sum(),
        "margin": margin,
        "cost": cost,
        "net": margin - cost,
        "unsubscribed": rows.filter(pl.col("event") == "unsubscribed")["customer_id"].n_unique(),
        "contacts": sent.height,
    }
    assert COMPARED.this.sum(axis=1) == pytest.approx(list(totals.values()))
    assert not COMPARED.other[3].any()


def test_intervals_are_those_of_paired_differences() -> None:
    frame = COMPARED.to_frame().set_index("outcome")
    gap = COMPARED.this[4] - COMPARED.other[4]
    low, high = stats.t.interval(0.95, len(gap) - 1, gap.mean(), stats.sem(gap))
    assert frame.loc["net", ["difference", "low", "high"]].tolist() == pytest.approx([gap.mean(), low, high])
    assert frame.loc["net", "this"] - frame.loc["net", "other"] == pytest.approx(gap.mean())


def test_pairs_say_more_than_strangers() -> None:
    """The shared draws take most of the variance away."""
    this, other = COMPARED.this[0], COMPARED.other[0]
    assert np.var(this - other) < 0.5 * (np.var(this) + np.var(other))


def test_groups_add_up_to_all() -> None:
    split = COMPARED.by(RUN.truth.personas(COMPARED.customers), "net")
    everybody, *groups = split.groups
    assert [one.name for one in groups] == sorted(WORLD.personas)
    assert sum(one.customers for one in groups) == everybody.customers == 500
    assert sum(one.customers * one.estimate for one in groups) == pytest.approx(500 * everybody.estimate)
    gap = COMPARED.this[4] - COMPARED.other[4]
    assert everybody.lose == pytest.approx((gap < 0).mean())
    assert "faithful" in split._repr_html_()


def test_a_group_of_one_has_no_interval() -> None:
    labels = np.array(["a", *["b"] * 499])
    alone = COMPARED.by(labels).groups[1]
    assert alone.customers == 1
    assert np.isnan(alone.low)


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda: OFTEN.against(simulate(WORLD, days=9)), SpecError, "give a run of the same world over 70 days"),
        (lambda: OFTEN.against(7), SpecError, "other is 7; give a run of the same world"),
        (lambda: OFTEN.against(RUN, since=71), SpecError, "day is 71; give a whole number from 0 to 70"),
        (lambda: COMPARED.by(["a"]), TableError, r"labels has shape \(1,\) for 500 customers; give one label each"),
        (lambda: COMPARED.by(COMPARED.customers, "sales"), SpecError, "outcome is 'sales'; allowed: 'orders'"),
        (lambda: RUN.truth.personas(np.array([501])), TableError, "customers names 501, whom the run has not"),
    ],
)
def test_a_wrong_question_is_named(ask: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        ask()


def test_what_is_known_shows_itself_in_a_terminal_too() -> None:
    """No result writes its arrays out: a line that says how large it is, and the table that a notebook shows."""
    run = simulate(World.retail(n_customers=300, seed=7), days=30)
    effects = run.effect_of("text", 10, 14, replicates=3)
    split = effects.by(run.truth.personas(effects.customers))
    for shown in (run.against(run), effects, split, run.truth):
        assert repr(shown) == f"{type(shown).__name__}\n{shown.to_frame().to_string(index=False)}"
    assert repr(run.world).startswith("World('retail', 300 customers, seed 7; personas: 5, ")
    assert repr(run.life(3)).startswith("Life(customer 3, ")
