"""The base of customers, counted again in plain Python, against published figures, and by simulation."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.features.views._bands import banded, concentration

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.features import Base
    from cjlab.tables import Log

END = "2025-03-01"


@cache
def shop() -> Log:
    return cj.datasets.simulated_shop(n_customers=600, seed=5)


@cache
def found() -> Base:
    return cj.features.Base.of(shop(), END)


@cache
def bought() -> dict[tuple[int, str], tuple[dt.datetime, float]]:
    """Read each order in plain Python: its first local moment and its amount."""
    zone, made = ZoneInfo(shop().timezone), dict[tuple[int, str], tuple[dt.datetime, float]]()
    end = dt.datetime.fromisoformat(END).replace(tzinfo=zone)
    for row in shop().events.filter(pl.col("event") == "purchase").collect().iter_rows(named=True):
        if row["customer_id"] is None or (row["known_at"] or row["at"]) >= end or row["at"] >= end:
            continue
        at, key = row["at"].astimezone(zone), (row["customer_id"], row["order_id"])
        before = made.get(key, (at, 0.0))
        made[key] = (min(at, before[0]), before[1] + (row["amount"] or 0.0))
    return made


def test_orders_buyers_and_sales_are_those_of_plain_python() -> None:
    orders = Counter(who for who, _ in bought())
    assert (found().buyers, found().orders) == (len(orders), len(bought()))
    assert found().sales == pytest.approx(sum(amount for _, amount in bought().values()))
    assert found().per_buyer[0] == pytest.approx(len(bought()) / len(orders))
    assert found().basket[0] == pytest.approx(found().sales / found().orders)
    assert found().spent[0] == pytest.approx(found().sales / found().buyers)
    once = binomtest(sum(n == 1 for n in orders.values()), len(orders))
    ends = once.proportion_ci(method="wilson")
    assert found().once == pytest.approx((once.statistic, ends.low, ends.high))


def test_weekdays_and_hours_are_local() -> None:
    grid = np.zeros((7, 24), int)
    for at, _ in bought().values():
        grid[at.weekday(), at.hour] += 1
    assert (found().hours == grid).all()


def test_the_best_tenth_is_that_of_a_sorted_list() -> None:
    spent: Counter[int] = Counter()
    for (who, _), (_, amount) in bought().items():
        spent[who] += amount
    values = sorted(spent.values(), reverse=True)
    tenth, rest = divmod(len(values), 10)
    part = (sum(values[:tenth]) + rest / 10 * values[tenth]) / sum(values)
    assert found().top[0] == pytest.approx(part)
    assert found().top[1] < part < found().top[2]
    curve = found().curve
    assert curve["part"].is_monotonic_increasing
    assert curve["part"].iloc[[0, -1]].tolist() == pytest.approx([0.0, 1.0])


def test_the_interval_of_the_best_tenth_covers_the_truth() -> None:
    covered = 0
    rng = np.random.default_rng(0)
    shape = 4.0  # of Pareto: the best tenth brings 0.1 ** (1 - 1 / shape)
    truth = 0.1 ** (1 - 1 / shape)
    runs = 100
    for seed in range(runs):
        (_, low, high), _ = concentration(rng.pareto(shape, 600) + 1, seed=seed)
        covered += low <= truth <= high
    assert binomtest(covered, runs, 0.95).pvalue > 0.001


def test_months_count_only_whole_ones_and_new_ones_once() -> None:
    months = defaultdict[Any, set[int]](set)
    first: dict[int, Any] = {}
    for (who, _), (at, _) in sorted(bought().items(), key=lambda one: one[1][0]):
        month = at.date().replace(day=1)
        months[month].add(who)
        first.setdefault(who, month)
    table = found().months
    assert table["customers"].tolist() == [len(months[month]) for month in sorted(months)]
    assert table["new"].sum() == found().buyers
    cut = cj.features.Base.of(shop(), "2025-02-15")
    assert len(cut.months) == len(table) - 1


def test_who_comes_back_is_counted_among_those_followed_long_enough() -> None:
    zone = ZoneInfo(shop().timezone)
    end, start = dt.datetime.fromisoformat(END).replace(tzinfo=zone), found().since
    orders = defaultdict[int, list[dt.datetime]](list)
    for (who, _), (at, _) in bought().items():
        orders[who].append(at.astimezone(dt.UTC))
    line = found().again[(found().again["line"] == "early") & (found().again["period"] == 3)].iloc[0]
    early = [sorted(one) for one in orders.values() if (min(one) - start).days < 90]
    followed = [one for one in early if (end - one[0]).days // 30 >= 3]
    back = [any(60 <= (at - one[0]).days < 90 for at in one[1:]) for one in followed]
    assert (line["customers"], line["share"]) == (len(back), pytest.approx(np.mean(back)))


def test_scores_are_those_of_rfm() -> None:
    assert found().rfm["customers"].sum() == found().buyers
    assert found().rfm["part"].sum() == pytest.approx(1.0)
    last = defaultdict[int, list[dt.datetime]](list)
    for (who, _), (at, _) in bought().items():
        last[who].append(at)
    counts = sorted(len(one) for one in last.values())
    n = len(counts)
    score = Counter(1 + 5 * counts.index(one) // n for one in counts)
    assert found().rfm.groupby("frequency")["customers"].sum().to_dict() == score


def test_bands_hold_their_upper_edge() -> None:
    table = banded([0.0, 30.0, 30.5, 90.0, 400.0, float("nan")], (0.0, 30.0, 90.0))
    assert table["customers"].tolist() == [2, 2, 1]
    assert table["share"].tolist() == pytest.approx([0.4, 0.4, 0.2])


def test_nothing_after_the_date_changes_anything() -> None:
    cut = dt.datetime.fromisoformat(END).replace(tzinfo=ZoneInfo(shop().timezone)).astimezone(dt.UTC)
    events = shop().events.filter(pl.max_horizontal("at", "known_at") < cut)
    past = cj.features.Base.of(replace(shop(), events=events), END)
    for name in ("last", "often", "gaps", "channels", "words", "months", "curve", "again", "rfm"):
        assert getattr(found(), name).equals(getattr(past, name)), name
    assert past.to_frame().equals(found().to_frame())


def test_the_public_figures_of_online_retail_are_found(data: Path) -> None:
    assert data
    base = cj.features.Base.of(cj.datasets.online_retail())
    assert (base.customers, base.buyers, base.orders) == (4372, 4339, 18536)  # as everybody counts this file
    assert base.sales == pytest.approx(8_911_407.90, abs=0.01)
    assert base.field == "country"
    assert base.words["customers"].iloc[0] == 3950
    assert base.hours[5].sum() == 0  # no order on any Saturday


def test_without_amounts_nothing_is_said_of_money() -> None:
    bare = replace(shop(), events=shop().events.drop("amount"))
    base = cj.features.Base.of(bare, END)
    assert not base.money
    assert np.isnan([*base.top, *base.basket, *base.spent]).all()
    assert not len(base.curve)
    assert base.rfm["part"].isna().all()


def test_what_cannot_be_asked_is_named() -> None:
    with pytest.raises(SpecError, match=r"log is 3; give a cj\.tables\.Log"):
        cj.features.Base.of(3)  # type: ignore[arg-type]
    with pytest.raises(EvidenceError, match="nobody bought before 2024-01-01"):
        cj.features.Base.of(shop(), "2024-01-01")


def test_a_life_is_all_that_is_known_of_one_customer() -> None:
    life = cj.features.Chronicle.of(shop(), as_of=END)
    zone = ZoneInfo(shop().timezone)
    end = dt.datetime.fromisoformat(END).replace(tzinfo=zone)
    mine = [
        row
        for row in shop().events.collect().iter_rows(named=True)
        if str(row["customer_id"]) == life.customer and max(row["at"], row["known_at"] or row["at"]) < end
    ]
    days = {(row["at"].astimezone(zone).date() - life.start).days for row in mine if row["event"] == "purchase"}
    assert set(life.events.filter(event="purchase")["day"]) == days
    people = {str(row["contact_id"]) for row in mine if row["event"] == "opened" and not row["machine"]}
    assert life.contacts["answer"].is_in(["opened", "clicked", "redeemed", "unsubscribed"]).sum() >= len(people) > 0
    assert 0 < life.days <= 425
    assert cj.features.Chronicle.of(shop(), int(life.customer), END).events.equals(life.events)
    with pytest.raises(EvidenceError, match="the log has no row of customer 'nobody'"):
        cj.features.Chronicle.of(shop(), "nobody")


def test_who_is_drawn_is_of_the_middle_fifth_and_nobody_else_matters() -> None:
    log = shop()
    each, orders = Counter[int](), defaultdict[int, set[str]](set)
    for row in log.events.collect().iter_rows(named=True):
        if row["event"] == "purchase" and row["customer_id"] is not None:
            each[row["customer_id"]] += row["amount"]
            orders[row["customer_id"]].add(row["order_id"])
    again = [one for one, ordered in orders.items() if len(ordered) > 1]
    ranked = sorted(again, key=lambda one: each[one])
    middle = set(ranked[2 * len(ranked) // 5 : -(-3 * len(ranked) // 5)])
    drawn = [cj.features.Chronicle.of(log, seed=seed) for seed in range(40)]
    assert {int(one.customer) for one in drawn} <= middle
    assert {one.among for one in drawn} == {len(middle)}
    assert len({one.customer for one in drawn}) > 20
    turned = replace(log, events=log.events.reverse())
    assert cj.features.Chronicle.of(turned, seed=3).customer == drawn[3].customer
    assert cj.features.Chronicle.of(log, drawn[3].customer).among == 0


def test_who_is_drawn_of_those_without_amounts_has_as_many_orders_as_most() -> None:
    log = replace(shop(), events=shop().events.drop("amount").with_columns(pl.col("customer_id").cast(pl.String)))
    life = cj.features.Chronicle.of(replace(log, contacts=log.contacts.with_columns(pl.col("customer_id").cast(str))))
    orders = shop().events.filter(pl.col("event") == "purchase", pl.col("customer_id").is_not_null())
    counts = orders.group_by("customer_id").agg(n=pl.col("order_id").n_unique()).collect()["n"]
    mine = orders.filter(pl.col("customer_id").cast(str) == life.customer).select(pl.col("order_id").n_unique())
    assert counts.quantile(0.4, "lower") <= mine.collect().item() <= counts.quantile(0.6, "higher")


def test_nobody_is_drawn_where_nobody_bought() -> None:
    with pytest.raises(EvidenceError, match="nobody bought before 2024-01-01, so nobody is in the middle"):
        cj.features.Chronicle.of(shop(), as_of="2024-01-01")
    with pytest.raises(SpecError, match="seed is -1"):
        cj.features.Chronicle.of(shop(), seed=-1)
