"""Next offers: by hand, what is owned or gone is never offered, ahead of popularity where something is to be known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

import cjlab as cj
from benchmarks.proof import offered
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models import NextOffer
from cjlab.models.offers._bought import Bought, purchases
from cjlab.models.offers._choice import Weights, _curved
from cjlab.models.offers._taste import Taste
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

WHEN = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def log() -> Log:
    return offered.drawn(0, strength=1.5)


@pytest.fixture(scope="module")
def model(log: Log) -> NextOffer:
    profile = cj.features.Recipe(cj.features.Declared("tribe", offered.TRIBES))
    return NextOffer(profile=profile, within="30D").fit(log, as_of=offered.AS_OF)


def small() -> Bought:
    rows = pl.DataFrame(
        {
            "customer_id": [1, 1, 2, 2, 3],
            "at": [WHEN - dt.timedelta(days=day) for day in (1, 8, 1, 1, 15)],
            "item": ["a", "b", "a", "c", "b"],
        }
    ).with_columns(known=pl.col("at"))
    return Bought.read(rows, WHEN, items=["a", "b", "c"])


def test_tastes_by_hand() -> None:
    bought = small()
    taste = Taste.learn(bought, None, (), half_life=7.0)
    usual = np.array([3, 3, 2]) / 8  # how many bought it, and one more
    assert_allclose(taste.usual, usual)
    lately = np.array([2 * 0.5 ** (1 / 7), 0.5 ** (8 / 7) + 0.5 ** (15 / 7), 0.5 ** (1 / 7)]) + usual
    assert_allclose(taste.popular, np.log(lately / lately.sum()))
    both = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    beside = (both + 10 * usual) / (both.sum(axis=1, keepdims=True) + 10)
    assert_allclose(taste.beside, beside, rtol=1e-6)
    first = taste.association(bought, np.array([0]))[0]
    assert_allclose(first, np.log((beside[0] + beside[1]) / 2 / usual), rtol=1e-5)


def test_who_bought_nothing_hears_nothing_of_associations() -> None:
    known = small()
    taste = Taste.learn(known, None, (), half_life=7.0)
    empty = Bought(np.array([9]), known.items, *(np.zeros(0, dtype=np.int64),) * 2, np.zeros(0))
    assert taste.association(empty, np.array([0])).tolist() == [[0.0, 0.0, 0.0]]


def test_weights_of_choices_are_recovered_and_their_slope_is_right() -> None:
    draw = np.random.default_rng(0)
    x, there = draw.normal(size=(4_000, 12, 2)), np.ones((4_000, 12), dtype=bool)
    chosen = (x @ [1.0, -0.5] + draw.gumbel(size=(4_000, 12))).argmax(axis=1)
    rows = np.arange(4_000)
    x[rows, 0], x[rows, chosen] = x[rows, chosen].copy(), x[rows, 0].copy()
    found = Weights.learn(("one", "other"), x, there, rows)
    frame = found.to_frame()
    assert ((frame["low"] < [1.0, -0.5]) & (frame["high"] > [1.0, -0.5])).all()
    assert_allclose(found.values, [1.0, -0.5], atol=0.08)
    at, step = np.array([0.3, 0.2]), np.eye(2) * 1e-5
    slope = [(_curved(x, there, at + one)[0] - _curved(x, there, at - one)[0]) / 2e-5 for one in step]
    assert_allclose(_curved(x, there, at)[1], slope, rtol=1e-5)


def test_a_planted_profile_is_found_and_none_is_invented() -> None:
    found, none = (offered.profiled(0, strength=strength).to_frame().set_index("method") for strength in (1.5, 0.0))
    assert found.loc["without profile", "ahead_low"] > 0
    assert not none.loc["without profile", "ahead_low"] > 0
    assert found.loc["popularity", "ahead_low"] > 0


def test_the_profile_weighs_what_it_should(model: NextOffer) -> None:
    weights = model.weights.to_frame().set_index("ingredient")
    assert weights.loc["tribe", "low"] > 0.5
    assert model.plain.names == ("popularity", "association")


def test_what_he_has_is_not_offered_and_what_he_may_have_again_is(log: Log, model: NextOffer) -> None:
    owned = purchases(log, of="purchase", per="item").filter(pl.col("at") < pl.lit(WHEN) - pl.duration(hours=1))
    pairs = set(zip(owned["customer_id"], owned["item"], strict=True))
    frame = model.suggest(log, as_of="2024-07-01", k=5).to_frame()
    assert len(frame) == 5 * owned["customer_id"].n_unique()
    assert not set(zip(frame["customer_id"], frame["item"], strict=True)) & pairs
    again = NextOffer(again=True, within="30D").fit(log, as_of="2024-07-01")
    told = again.suggest(log, as_of="2024-07-01", k=5).to_frame()
    assert set(zip(told["customer_id"], told["item"], strict=True)) & pairs


def test_chances_fall_and_add_up(log: Log, model: NextOffer) -> None:
    offers = model.suggest(log, as_of="2024-07-01", customers=[5, 3], k=40)
    assert offers.customers.tolist() == [5, 3]
    assert (np.diff(offers.chance, axis=1) <= 1e-12).all()
    assert_allclose(offers.chance.sum(axis=1), 1.0)
    owned = purchases(log, of="purchase", per="item").filter(pl.col("at") < WHEN, pl.col("customer_id") == 5)["item"]
    assert set(offers.because[0][offers.items[0] != ""]) <= set(owned)
    assert (offers.items[0] == "").sum() == owned.n_unique()


def test_what_is_out_of_stock_or_not_available_is_not_offered(log: Log, model: NextOffer) -> None:
    from dataclasses import replace

    begin = WHEN - dt.timedelta(days=30)
    states = pl.DataFrame(
        {
            "item": ["item 00", "item 00", "item 01", "item 01", "item 02"],
            "at": [begin, WHEN - dt.timedelta(days=1), begin, WHEN + dt.timedelta(days=1), begin],
            "place": ["here", "here", "here", "here", "there"],
            "stock": [5.0, 0.0, 5.0, 0.0, 0.0],
        }
    )
    stocked = replace(log, item_states=states.lazy())
    everything = set(model.suggest(stocked, as_of="2024-07-01", k=40).to_frame()["item"])
    assert everything == set(model.items) - {"item 00", "item 02"}  # item 01 runs out later
    some = model.suggest(stocked, as_of="2024-07-01", available=["item 01", "item 02", "unheard of"]).to_frame()
    assert set(some["item"]) == {"item 01"}
    with pytest.raises(SpecError, match=r"nothing of what is available is known and in stock; .* such as 'item 00'"):
        model.suggest(stocked, as_of="2024-07-01", available=["item 02"])


def test_nothing_at_or_after_the_date_is_read(log: Log, model: NextOffer) -> None:
    from dataclasses import replace

    cut = replace(log, events=log.events.filter(pl.col("at") < WHEN))
    profile = cj.features.Recipe(cj.features.Declared("tribe", offered.TRIBES))
    other = NextOffer(profile=profile, within="30D").fit(cut, as_of=offered.AS_OF)
    assert other.suggest(cut, as_of="2024-07-01").to_frame().equals(model.suggest(log, as_of="2024-07-01").to_frame())


def test_what_was_known_late_is_not_read(log: Log) -> None:
    from dataclasses import replace

    late = pl.when(pl.col("customer_id") < 1_000).then(WHEN).otherwise(pl.col("at"))
    told = replace(log, events=log.events.with_columns(known_at=late))
    gone = replace(log, events=log.events.filter(pl.col("customer_id") >= 1_000))
    one, other = (NextOffer(within="30D").fit(some, as_of="2024-07-01") for some in (told, gone))
    found = one.suggest(told, as_of="2024-07-01").to_frame()
    assert found.equals(other.suggest(gone, as_of="2024-07-01").to_frame())
    with pytest.raises(SpecError, match="who is one person in this log was learned of links as of 2024-07-02"):
        one.suggest(replace(log, learned=WHEN + dt.timedelta(days=1)), as_of="2024-07-01")


def test_offers_are_ahead_of_what_is_popular_in_a_real_shop(data: Path) -> None:
    del data
    shop = cj.datasets.online_retail()
    found = NextOffer().fit(shop, as_of="2011-11-11").judge(shop, as_of="2011-11-11").to_frame().set_index("method")
    assert found.loc["popularity", "ahead_low"] > 0
    assert found.loc["item to item", "ahead_low"] > 0
    assert found.loc["model", "hit"] > 1.2 * found.loc["popularity", "hit"]


def test_a_stored_model_offers_the_same(log: Log, model: NextOffer, tmp_path: Path) -> None:
    again = cj.models.load(cj.models.save(model, tmp_path / "offers"))
    assert again.suggest(log, as_of="2024-07-01").to_frame().equals(model.suggest(log, as_of="2024-07-01").to_frame())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"per": "brand"}, "per is 'brand'; allowed: 'item' or 'category'"),
        ({"within": "a month"}, "within is 'a month'"),
        ({"least": 0}, "least is 0; give a whole number from 1"),
        ({"again": 1}, "again is 1; give true or false"),
    ],
)
def test_settings_out_of_range_are_refused(log: Log, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        NextOffer(**settings).fit(log, as_of="2024-07-01")


def test_what_cannot_be_learned_of_is_refused(log: Log) -> None:
    with pytest.raises(TableError, match="items have no column 'category'"):
        NextOffer(per="category").fit(log, as_of="2024-07-01")
    with pytest.raises(EvidenceError, match="no 'subscription' of an item whose item is known"):
        NextOffer(of="subscription").fit(log, as_of="2024-07-01")
    with pytest.raises(EvidenceError, match="0 kinds were bought by 5 customers or more before 2023-12-02"):
        NextOffer(within="30D").fit(log, as_of="2024-01-01")
    with pytest.raises(EvidenceError, match="choices were made within the last horizon"):
        NextOffer(within="1h").fit(log, as_of="2024-07-01")
    with pytest.raises(SpecError, match="this NextOffer is not fitted"):
        NextOffer().suggest(log, as_of="2024-07-01")
    with pytest.raises(TableError, match="events have no column 'item'"):
        NextOffer().fit(Log.of(), as_of="2024-07-01")


def test_a_customer_stands_once(log: Log, model: NextOffer) -> None:
    with pytest.raises(SpecError, match="customers names somebody more than once"):
        model.suggest(log, as_of="2024-07-01", customers=[1, 1])
    with pytest.raises(SpecError, match="customers are of type String, and those of the log of Int64"):
        model.suggest(log, as_of="2024-07-01", customers=["1"])
    for date, nobody in (("2024-07-01", []), ("2023-01-01", None)):
        with pytest.raises(SpecError, match="customers is empty"):
            model.suggest(log, as_of=date, customers=nobody)


def test_a_stranger_is_offered_what_is_popular(log: Log) -> None:
    model = NextOffer(within="30D").fit(log, as_of="2024-07-01")
    offers = model.suggest(log, as_of="2024-07-01", customers=[10**6])
    popular = np.array(model.items)[np.argsort(-model.taste.popular)[:3]]
    assert offers.items[0].tolist() == popular.tolist()
    assert offers.because[0].tolist() == ["", "", ""]
