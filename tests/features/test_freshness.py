"""How old what is known is, and who speaks up where others hear it: as plain Python has them, with intervals."""

from __future__ import annotations

import datetime as dt
import statistics
from typing import Any

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.proportion import proportion_confint

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.features import Freshness, Recipe, Social, freshness, passive
from cjlab.tables import Log, arranged, moment
from tests.features.drawn import DATES, ZONE, events, profiles

DATE = "2024-04-10"
DAY = dt.timedelta(days=1)


def known(log: Log, table: str, as_of: dt.datetime) -> list[dict[str, Any]]:
    """Return the rows of a table that were known at a date."""
    rows = arranged(getattr(log, table).collect(), table).to_dicts()
    return [row for row in rows if max(row["at"], row["known_at"] or row["at"]) < as_of]


@pytest.mark.parametrize("sources", [(), ("declared",)])
def test_ages_equal_plain_python(sources: tuple[str, ...]) -> None:
    draw = np.random.default_rng(3)
    log = Log.of(events=events(draw, 60), profiles=profiles(draw, 25), timezone=ZONE)
    made = Recipe(Freshness(("place", "income"), ("10D", "30D"), sources)).build(log, DATES)
    for (stamp, customer), line in made.iterrows():
        as_of = stamp.to_pydatetime().astimezone(dt.UTC)
        stale, untold = 0, 0
        for field, limit in (("place", 10), ("income", 30)):
            told = [
                row["at"]
                for row in known(log, "profiles", as_of)
                if row["customer_id"] == customer
                and row["field"] == field
                and (not sources or row["source"] in sources)
            ]
            age = (as_of - told[-1]) / DAY if told else np.nan
            np.testing.assert_allclose(line[f"{field}_days"], age, rtol=1e-12)
            assert line[f"{field}_stale"] == float(age > limit) or not told
            assert np.isnan(line[f"{field}_stale"]) == (not told)
            stale, untold = stale + (age > limit), untold + (not told)
        assert line["fields_stale"] == stale
        assert line["fields_untold"] == untold


def test_what_is_as_old_as_its_limit_is_not_stale_yet() -> None:
    at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    told = pl.DataFrame({"customer_id": [1], "field": "place", "at": at, "value": "north", "source": "declared"})
    log = Log.of(events=pl.DataFrame({"customer_id": [1], "at": at, "event": "visit", "channel": "web"}), profiles=told)
    recipe = Recipe(Freshness(("place",), ("10D",)))
    assert recipe.build(log, at + 10 * DAY).loc[1].tolist() == [10.0, 0.0, 0.0, 0.0]
    assert recipe.build(log, at + 10 * DAY + dt.timedelta(microseconds=1)).loc[1, "place_stale"] == 1.0


def test_the_report_counts_customers_and_has_wilsons_interval() -> None:
    draw = np.random.default_rng(5)
    log = Log.of(events=events(draw, 60), profiles=profiles(draw, 25), timezone=ZONE)
    made = freshness(log, DATE, limits={"place": "20D"})
    assert made.index.tolist() == ["income", "place"]
    assert made["limit"].tolist() == ["365D", "20D"]
    as_of = moment(DATE, ZONE)
    last: dict[int, dt.datetime] = {}
    for row in known(log, "profiles", as_of):
        if row["field"] == "place":
            last[row["customer_id"]] = row["at"]
    ages = [(as_of - at) / DAY for at in last.values()]
    line = made.loc["place"]
    assert line["customers"] == len(Recipe(Freshness(("place",))).build(log, DATE))
    assert line["told"] == len(ages)
    assert line["stale"] == sum(age > 20 for age in ages)
    assert line["median_age"] == pytest.approx(statistics.median(ages))
    assert line["oldest"] == pytest.approx(max(ages))
    for count, of, kind in (("told", "customers", "told"), ("stale", "told", "stale")):
        low, high = proportion_confint(line[count], line[of], method="wilson")
        assert line[f"{kind}_low"] == pytest.approx(low, abs=1e-9)
        assert line[f"{kind}_high"] == pytest.approx(high, abs=1e-9)


def test_the_report_reads_nothing_at_or_after_the_date() -> None:
    draw = np.random.default_rng(5)
    told = profiles(draw, 40)
    late = (pl.col("at") >= moment(DATES[1], ZONE)) | (pl.col("known_at") >= moment(DATES[1], ZONE)).fill_null(False)  # noqa: FBT003 - polars has it so
    seen = events(draw, 40)
    whole, past = (
        freshness(Log.of(events=seen, profiles=rows, timezone=ZONE), DATES[1]) for rows in (told, told.filter(~late))
    )
    assert whole.equals(past)
    later = told.with_columns(field=pl.when(late).then(pl.lit("secret")).otherwise("field"))
    assert freshness(Log.of(events=seen, profiles=later, timezone=ZONE), DATES[1]).equals(past)


def test_a_log_without_profiles_and_one_without_a_field_yet() -> None:
    draw = np.random.default_rng(1)
    log = Log.of(events=events(draw, 5), timezone=ZONE)
    with pytest.raises(TableError, match=r"the log has no profiles, so that no field can be old; give Log.of\("):
        freshness(log, DATE)
    early = freshness(Log.of(events=events(draw, 5), profiles=profiles(draw, 5), timezone=ZONE), "2023-01-01")
    assert early.empty
    assert early.columns[0] == "limit"


def test_a_field_that_one_source_never_told_is_untold() -> None:
    draw = np.random.default_rng(1)
    log = Log.of(events=events(draw, 30), profiles=profiles(draw, 30), timezone=ZONE)
    line = freshness(log, DATE, sources=("bought",)).loc["place"]
    assert line[["told", "stale"]].tolist() == [0, 0]
    assert np.isnan(line["stale_share"])
    assert np.isnan(line["median_age"])


def test_fields_of_a_simulated_market() -> None:
    log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200, seed=1), days=60).log
    made = freshness(log, "2024-02-20")
    assert set(made.index) == set(log.profiles.select("field").unique().collect().to_series())
    assert made["told_share"].between(0.5, 1.0).all()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Freshness(()), "fields is empty; name those whose age is asked for"),
        (lambda: Freshness(("a", "b"), ("1D",)), "limits are 1 for 2 fields; give one each"),
        (lambda: Freshness(("a",), ("30 days",)), "limits is '30 days'; give a whole number above 0"),
        (lambda: Social(says=()), "says is empty; name at least one"),
        (lambda: Social("-3D"), "window is '-3D'; give a whole number above 0"),
        (lambda: Social(reach=1), "reach is 1; give true or false"),
    ],
)
def test_what_cannot_be_is_named(make: Any, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        make()


def test_limits_of_a_field_that_nobody_told_are_named() -> None:
    draw = np.random.default_rng(1)
    log = Log.of(events=events(draw, 30), profiles=profiles(draw, 30), timezone=ZONE)
    with pytest.raises(SpecError, match=r"limits names 'height', which nobody told before 2024-04-10; told are"):
        freshness(log, DATE, limits={"height": "3D"})


SOCIAL = Social("30D", ("search",), ("visit",), ("clicked",), ("app", "web"))


def test_social_signals_equal_plain_python() -> None:
    for seed in range(4):
        log = Log.of(events=events(np.random.default_rng(seed), 80), timezone=ZONE)
        made, as_of = Recipe(SOCIAL).build(log, DATE), moment(DATE, ZONE)
        start = moment("2024-03-11", ZONE)
        for customer, line in made.iterrows():
            ever = [row for row in known(log, "events", as_of) if row["customer_id"] == customer]
            rows = [row for row in ever if row["at"] >= start]
            told = [row for row in rows if row["event"] == "clicked"]
            said, liked = (sum(row["event"] in words for row in rows) for words in ({"search", "clicked"}, {"visit"}))
            assert line["social_30D"] == sum(row["channel"] in {"app", "web"} for row in rows)
            assert (line["said_30D"], line["liked_30D"], line["recommended_30D"]) == (said, liked, len(told))
            assert line["recommended_to_30D"] == len({row["other_customer_id"] for row in told} - {None})
            np.testing.assert_equal(line["passive_30D"], 0.0 if said else 1.0 if liked else np.nan)
            last = [row["at"] for row in ever if row["event"] == "clicked"][-1:]
            np.testing.assert_allclose(line["days_since_recommended"], (as_of - last[0]) / DAY if last else np.nan)


def test_the_passive_share_is_counted_with_its_interval() -> None:
    log = Log.of(events=events(np.random.default_rng(2), 9), timezone=ZONE)
    told = Recipe(SOCIAL).build(log, DATE)["passive_30D"].dropna()
    found = passive(log, DATE, SOCIAL)
    assert (found.customers, found.passive) == (len(told), told.sum())
    low, high = proportion_confint(found.passive, found.customers, method="wilson")
    assert (found.low, found.share, found.high) == pytest.approx((low, told.mean(), high), abs=1e-9)


def test_without_social_signals_nobody_is_called_passive() -> None:
    log = Log.of(events=events(np.random.default_rng(2), 30), timezone=ZONE)
    with pytest.raises(EvidenceError, match="nobody said or liked anything in the 365D before 2024-04-10, so"):
        passive(log, DATE)


def test_recommendations_of_a_simulated_market_are_read() -> None:
    world = cj.simulator.World.retail(n_customers=300, seed=1, social={"circle": 6.0})
    log = cj.simulator.simulate(world, days=200).log
    made = Recipe(Social()).build(log, "2024-07-25")
    told = log.events.filter(pl.col("event") == "recommendation", pl.col("other_customer_id").is_not_null())
    pairs = told.select("customer_id", "other_customer_id").drop_nulls().unique().collect().height
    assert pairs > 10
    assert made["recommended_to_365D"].sum() == pairs
