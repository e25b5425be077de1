"""A plan of offers: who may be contacted, what was taken unasked, what it replaces, and whether there is enough."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import proportion_confint

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.models import NextOffer, OfferPlan
from cjlab.models.offers._bought import stocked
from cjlab.models.offers._stock import brought, described, stock
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

WHEN = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)


@cache
def shop() -> Log:
    return cj.datasets.simulated_shop(n_customers=1_500, seed=1)


@cache
def plan() -> OfferPlan:
    return OfferPlan.of(shop())


def small(**tables: pl.DataFrame) -> Log:
    events = pl.DataFrame(
        {
            "customer_id": [1, 1, 1, 2, 2],
            "at": [WHEN - dt.timedelta(days=day) for day in (9, 9, 5, 3, -1)],
            "event": "purchase",
            "channel": "web",
            "item": ["a", "a", "b", "a", "a"],
            "amount": [2.0, 4.0, 5.0, 10.0, 99.0],
        }
    )
    return Log.of(**({"events": events} | tables))


def test_what_a_purchase_brings_is_that_of_all_bought_of_it_at_once() -> None:
    assert brought(small(), WHEN, of="purchase", per="item", rate=0.5) == ({"a": 4.0, "b": 2.5}, False)  # 6 and 10
    told = small().events.with_columns(margin=pl.col("amount") / 5).collect()
    assert brought(small(events=told), WHEN, of="purchase", per="item", rate=0.5) == ({"a": 1.6, "b": 1.0}, True)
    silent = told.with_columns(margin=pl.lit(None, pl.Float64))
    assert brought(small(events=silent), WHEN, of="purchase", per="item", rate=0.5) == ({"a": 4.0, "b": 2.5}, False)
    assert brought(small(events=told.drop("amount")), WHEN, of="purchase", per="item", rate=0.5) is None
    items = pl.DataFrame({"item": ["a", "b"], "category": ["x", "x"]})
    made = brought(small(items=items), WHEN, of="purchase", per="category", rate=1.0)
    assert made == ({"x": pytest.approx(7.0)}, False)  # 6, 5 and 10


def test_stock_is_that_of_the_last_count_of_each_place() -> None:
    states = pl.DataFrame(
        {
            "item": ["a", "a", "a", "a", "b"],
            "at": [WHEN - dt.timedelta(days=day) for day in (9, 2, 4, -1, 3)],
            "place": ["here", "here", "there", "here", "here"],
            "stock": [5.0, 3.0, 4.0, 50.0, -1.0],
        }
    )
    assert stock(small(item_states=states), WHEN, per="item") == {"a": 7.0, "b": 0.0}
    items = pl.DataFrame({"item": ["a", "b"], "category": ["x", "x"]})
    assert stock(small(item_states=states, items=items), WHEN, per="category") == {"x": 7.0}
    assert stock(small(), WHEN, per="item") is None
    assert stock(small(item_states=states.drop("stock")), WHEN, per="item") is None


def test_of_states_of_one_moment_the_lowest_counts_and_what_tells_no_stock_does_not() -> None:
    told = [("a", 2, 6.0), ("a", 2, 4.0), ("a", 1, None), ("b", 2, 0.0), ("b", 1, None), ("c", 1, None)]
    rows = [(item, WHEN - dt.timedelta(days=day), many) for item, day, many in told]
    log = small(item_states=pl.DataFrame(rows, schema=["item", "at", "stock"], orient="row"))
    assert stock(log, WHEN, per="item") == {"a": 4.0, "b": 0.0}
    assert stocked(log, WHEN, ("a", "b", "c", "d"), per="item").tolist() == [True, False, True, True]


def test_stock_that_became_known_later_is_not_read() -> None:
    day, later = WHEN - dt.timedelta(days=1), WHEN + dt.timedelta(days=1)
    states = pl.DataFrame({"item": ["a", "a"], "at": [day, day], "known_at": [day, later], "stock": [5.0, 2.0]})
    assert stock(small(item_states=states), WHEN, per="item") == {"a": 5.0}


def test_items_are_called_as_they_are_described() -> None:
    items = pl.DataFrame(
        {"item": ["a", "b"], "attributes": [[{"name": "description", "value": "A mug"}], [{"name": "x", "value": "y"}]]}
    )
    assert described(small(items=items)) == {"a": "A mug"}
    assert described(small()) == {}


def test_offers_go_to_who_bought_and_allows_it() -> None:
    made, log = plan(), shop()
    bought = log.events.filter(pl.col("event") == "purchase", pl.col("item").is_not_null(), pl.col("at") < made.as_of)
    known = set(bought.select("customer_id").drop_nulls().unique().collect()["customer_id"])
    last = log.consents.filter(pl.col("at") < made.as_of).sort("at", maintain_order=True)
    allows = last.group_by("customer_id", "channel", maintain_order=True).last().filter(pl.col("granted")).collect()
    assert made.known == len(known)
    assert set(made.offers.customers.tolist()) == known & set(allows["customer_id"])
    everyone = OfferPlan.of(replace(log, consents=None))
    assert (len(everyone.offers.customers), everyone.consents) == (len(known), False)
    with pytest.raises(EvidenceError, match="granted 'dunning'; name another purpose"):
        OfferPlan.of(log, consent="dunning")


def test_what_was_taken_is_of_all_who_were_offered_anything() -> None:
    made = plan()
    count, n = int(made.hits.hits[:, 0].sum()), made.hits.offered
    taken = made.taken()
    assert_allclose([taken.low, taken.high], proportion_confint(count, n, method="wilson"))
    assert_allclose(taken.estimate, count / n)
    parts = [made.taken(segment=place) for place in range(3)]
    assert_allclose(sum(part.estimate * n_ for part, n_ in zip(parts, made.all_offered, strict=True)), count)
    assert made.all_offered.sum() == n
    whole = np.zeros(n)
    whole[: len(made.hits.hits)] = made.hits.hits[:, 0].astype(float) - made.hits.hits[:, 1]
    assert_allclose(made.ahead.estimate, whole.mean())
    assert_allclose(made.ahead.high - made.ahead.estimate, 1.96 * whole.std(ddof=1) / np.sqrt(n), rtol=2e-3)


def test_what_is_judged_was_learned_of_nothing_later() -> None:
    made = plan()
    then = made.as_of - dt.timedelta(days=28)
    again = (
        NextOffer().fit(shop(), as_of=then + dt.timedelta(hours=1)).judge(shop(), as_of=then + dt.timedelta(hours=1))
    )
    assert again.hits.shape == made.hits.hits.shape  # Paris put its clocks forward in between
    assert (again.hits == made.hits.hits).all()


def test_what_is_expected_adds_up_and_is_held_against_stock() -> None:
    made = plan()
    cover = made.cover()
    assert_allclose(cover["expected"].sum(), made.taken().estimate * len(made.offers.customers))
    assert cover["first"].sum() == len(made.offers.customers)
    assert cover["customers"].is_monotonic_decreasing
    assert made.stock is not None
    assert (cover["stock"] == [made.stock[item] for item in cover["item"]]).all()
    assert (cover["stock"] > 0).all()
    assert made.brings is not None
    assert (cover["brings"] == [made.brings[item] for item in cover["item"]]).all()
    today = made.cover("popularity")
    assert_allclose(today["expected"].sum(), made.taken("popularity").estimate * len(made.offers.customers))
    assert set(today["item"]) == set(made.popular.items.ravel()) - {""}
    with pytest.raises(SpecError, match="method is 'luck'"):
        made.cover("luck")


def test_today_offers_what_is_popular_and_not_his_yet() -> None:
    made = plan()
    order = np.array(made.model.items)[np.argsort(-made.model.taste.popular, kind="stable")]
    held = [item for item in order if (made.stock or {}).get(item, 1) > 0]
    assert set(made.popular.items[:, 0]) <= set(held[:30])
    assert 0 < made.changed <= 1
    same = replace(made, popular=made.offers)
    assert same.changed == 0


def test_offers_are_made_for_each_of_them(tmp_path: Path) -> None:
    frame = plan().to_frame()
    assert frame.groupby("customer_id").size().max() == 3
    assert set(frame["segment"]) == {"lately", "a while ago", "long ago"}
    cj.models.save(plan().model, tmp_path / "offers")


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(SpecError, match="margin is 2; give a number from 0 to 1"):
        OfferPlan.of(shop(), margin=2)
    with pytest.raises(SpecError, match="k is 0; give a whole number from 1 to 100"):
        OfferPlan.of(shop(), k=0)
