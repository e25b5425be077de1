"""What cannot be built is refused by name, and what can, has the value that is documented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cjlab.errors import EvidenceError, SpecError, TableError, UnheardWarning
from cjlab.features import (
    RFM,
    Activity,
    Affinity,
    Builder,
    Cell,
    Column,
    DeviceAffinity,
    Engagement,
    Frequency,
    Hops,
    Interests,
    Monetary,
    Pressure,
    Recency,
    Recipe,
    Satisfaction,
    Sequence,
    Service,
    State,
    Tenure,
    Where,
    outcome,
    spent,
    training_set,
)
from cjlab.tables import Log
from tests.features.drawn import ITEMS, ZONE, contacts, context, events, profiles
from tests.features.samples import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

DATE = "2024-04-10"
RECIPE = Recipe(Recency(), Frequency(window="30D"), Monetary(), Tenure())


@dataclass(frozen=True)
class Own(Builder):
    """A builder of one's own."""

    def columns(self) -> tuple[Column, ...]:
        """Count what nobody does."""
        return (Column("own", (Cell("count", Where("own")),), lambda _, n: n, "rows", "how often"),)


EVERY = [pytest.param(builder, id=kind) for kind, samples in SAMPLES.items() for builder in samples[:1]]


def log_of(rows: int = 40, **tables: Any) -> Log:
    """Draw a log."""
    draw = np.random.default_rng(7)
    made = {"events": events(draw, rows), "contacts": contacts(draw, rows), "profiles": profiles(draw, rows)}
    return Log.of(**{**made, "context": context(draw, rows), "items": ITEMS, "timezone": ZONE, **tables})


def test_an_event_that_the_log_does_not_have_counts_nothing_and_is_told_to() -> None:
    recipe = Recipe(Recency("purchas"), Frequency("purchas", name="times"))
    says = (
        r"^feature 'recency_purchas' asks for the event 'purchas', which the log never has, at any date: it is 0 or "
        r"missing for everybody, for that; it has 'purchase'\. Mend the name, or leave it where nobody has done it yet$"
    )
    with pytest.warns(UnheardWarning, match=says) as told:
        made = recipe.build(log_of(), DATE)
    assert [Path(one.filename).name for one in told] == ["test_bad_input.py"]
    assert made["times"].eq(0).all()
    assert made["recency_purchas"].isna().all()
    assert recipe.describe().loc["recency_purchas", "missing"] != "never missing"


@pytest.mark.parametrize(
    ("builder", "column", "unheard"),
    [
        (Frequency(("visit", "visits")), "event", "visits"),
        (Sequence(("visit", "purchas")), "event", "purchas"),
        (Interests(("shoes",), events=("view", "visit"), weights=(1.0, 2.0)), "event", "view"),
        (Own(), "event", "own"),
        (Frequency(Where("visit", channel="webb")), "channel", "webb"),
        (Frequency(Where(table="contacts", channel="emial")), "channel", "emial"),
        (Engagement(("email", "smss")), "channel", "smss"),
        (Affinity(("emial", "sms")), "channel", "emial"),
        (Pressure(("email", "lettr")), "channel", "lettr"),
        (Hops(channels=("web", "ap"), devices=("desktop", "phone")), "channel", "ap"),
        (Hops(channels=("web", "store"), devices=("desktop", "mobil")), "device", "mobil"),
        (DeviceAffinity(("desktop", "mobil")), "device", "mobil"),
        (Recency(Where("visit", device="mobil")), "device", "mobil"),
    ],
)
def test_a_word_that_was_named_and_is_never_heard_of_is_told(
    builder: Builder, column: str, unheard: str, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    log = log_of()
    stored = log.write(tmp_path / "log", shards=2)
    doors: tuple[Callable[[], object], ...] = (
        lambda: Recipe(builder).build(log, DATE),
        lambda: Recipe(builder).build(stored, DATE),
        lambda: Recipe(builder).store(stored, DATE, folder=tmp_path / "stored"),
        lambda: State.of(Recipe(builder), stored, DATE, folder=tmp_path / "state"),
    )
    for door in doors:
        with pytest.warns(
            UnheardWarning, match=f"asks for the {column} '{unheard}', which the log never has, at any date"
        ):
            door()
    with pytest.raises(EvidenceError, match=f"asks for the {column} '{unheard}', which the log never has"):
        training_set(log, Recipe(builder), "visit", as_of="2024-03-20", within="7D")
    assert not recwarn.list


def test_what_nobody_named_may_be_silent() -> None:
    log = log_of(events=log_of().events.filter(pl.col("event").is_in(["visit", "purchase"])))
    learned = replace(Frequency("gone"), learned=dt.datetime(2024, 3, 1, tzinfo=dt.UTC))
    Recipe(*(builder for builder in (Activity(), Engagement(), Service(), Satisfaction(), learned))).build(log, DATE)
    Recipe(Frequency("gone")).build(log_of(events=log.events.clear()), DATE)
    late = Recipe(Frequency("visit")).build(log, "2024-02-25")  # all visits come later
    assert late.eq(0).all(axis=None)


def test_an_outcome_that_is_never_heard_of_is_told() -> None:
    log = log_of()
    given: dict[str, Any] = {"as_of": "2024-03-20", "within": "7D"}
    says = "the outcome asks for the event 'vist', which the log never has, at any date: it comes of nobody; it has 'v"
    with pytest.warns(UnheardWarning, match=says):
        assert not outcome(log, event={"vist": 1.0, "purchase": 2.0}, **given).y.isin([1.0, 3.0]).any()
    with pytest.warns(UnheardWarning, match=says):
        assert spent(log, of="vist", **given).y.eq(0).all()
    with pytest.raises(EvidenceError, match=says):
        training_set(log, RECIPE, partial(outcome, event="vist"), **given)


def test_a_column_that_the_log_does_not_have_is_named() -> None:
    log = log_of(events=log_of().events.drop("margin"))
    with pytest.raises(
        TableError, match=r"events have no column 'margin', which feature 'margin_purchase' asks for; they have"
    ):
        Recipe(Monetary(number="margin")).build(log, DATE)
    with pytest.raises(SpecError, match=r"number is 'weight'; allowed: 'amount', 'quantity'"):
        Monetary(number="weight")
    with pytest.raises(SpecError, match=r"contacts have no column 'event'; a filter on them can name"):
        Where("visit", table="contacts")


@pytest.mark.parametrize("number", [np.inf, -np.inf])
def test_a_number_without_end_is_named_with_its_row(number: float, tmp_path: Path) -> None:
    at = [dt.datetime(2024, 3, day, 12, tzinfo=dt.UTC) for day in (1, 2, 3, 20)]
    rows = pl.DataFrame({"customer_id": ["a", "b", "b", "b"], "at": at, "amount": [1.0, 2.0, number, number]})
    bought = rows.with_columns(event=pl.lit("purchase"), channel=pl.lit("web"))
    says = (
        rf"^events\.amount is {number} in the row of customer 'b' at 2024-03-03T12:00:00\.000000 UTC, which feature 'am"
    )
    log = Log.of(events=bought)
    for one in (log, log.write(tmp_path / "log", shards=2)):
        with pytest.raises(TableError, match=says):
            Recipe(Recency(), Monetary()).build(one, DATE)
        with pytest.raises(TableError, match=says.replace("feature 'am", "feature 'mon")):
            RFM.fitted(one, DATE)
    assert Recipe(Monetary()).build(log, "2024-03-03").to_numpy().tolist() == [[1.0, 1.0], [2.0, 2.0]]  # not yet
    visits = Log.of(events=bought.with_columns(event=pl.lit("visit")))
    assert Recipe(Monetary(), Frequency("visit")).build(visits, DATE)["amount_purchase"].eq(0).all()


@pytest.mark.parametrize("column", ["at", "customer_id"])
def test_rows_without_a_time_or_an_owner_are_named(column: str) -> None:
    log = log_of(events=log_of().events.rename({column: "other"}))
    with pytest.raises(TableError, match=rf"events have no column '{column}', which every feature asks for; they have"):
        RECIPE.build(log, DATE)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            pd.DataFrame({"customer_id": [1]}),
            r"^log is a pandas\.DataFrame; make a log of it first: .*Log\.of\(events=…\)$",
        ),
        (pl.LazyFrame({"customer_id": [1]}), r"^log is a polars\.LazyFrame; make a log of it first"),
        ("/data/log", r"^log is '/data/log'; read the folder first: cj\.tables\.Log\.read\('/data/log'\)$"),
        (Path("/data/log"), r"Log\.read\('/data/log'\)$"),
        (None, r"^log is None; give a cj\.tables\.Log$"),
    ],
)
def test_what_is_no_log_is_told_how_to_become_one(given: Any, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        RECIPE.build(given, DATE)


def test_what_is_no_builder_is_told_what_to_give() -> None:
    with pytest.raises(SpecError, match=r"is none; write Recency\(…\)$"):
        Recipe(Recency)  # type: ignore[arg-type] # the point
    with pytest.raises(SpecError, match=r"is none; give them one by one: Recipe\(\*builders\)$"):
        Recipe([Recency(), Tenure()])  # type: ignore[arg-type] # the point
    with pytest.raises(SpecError, match=r"'tenure' is none; give cj.features.Recency\(…\)$"):
        Recipe("tenure")  # type: ignore[arg-type] # the point


def test_a_filter_shows_what_was_said() -> None:
    assert repr(Where("visit", machine=False)) == "Where(event='visit', machine=False)"
    assert repr(Where(("visit", "view"), channel="web")) == "Where(event=['visit', 'view'], channel='web')"
    assert eval(repr(Recency())) == Recency()  # noqa: S307 - what is shown can be typed


@pytest.mark.parametrize("window", ["30 days", "30", "P30D", "-30D", "0D", "1.5D", "30d", 30, dt.timedelta(days=30)])
def test_a_look_back_that_is_none_is_named(window: Any) -> None:
    with pytest.raises(SpecError, match=r"window is .*; give a whole number above 0 and a unit, such as '30D'"):
        Cell("count", Where("visit"), window=window)


def test_two_columns_of_one_name_are_named() -> None:
    with pytest.raises(SpecError, match="two features are called 'recency_purchase'; give one of their"):
        Recipe(Recency(), Frequency(), Recency())


@pytest.mark.parametrize("as_of", ["2000-01-01", "0001-03-02", ["2000-01-01", "2001-01-01"]])
def test_before_the_log_begins_there_is_nobody(as_of: Any) -> None:
    made = RECIPE.build(log_of(), as_of)
    assert made.empty
    assert tuple(made.columns) == RECIPE.names
    assert made.index.nlevels == 1 + isinstance(as_of, list)


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        (None, "as_of is None; give a date such as"),
        ([None], r"as_of is \[None\]; give dates such as"),
        (20240401, "as_of is 20240401; give a date such as"),
        ([], "as_of is empty; give at least one date"),
        ("0001-01-02", "window is '30D', and 30D before .*01-01 is no date; give another"),
        ("soon", "'soon' is no date; give a date such as"),
        ("2024-04-01 12:00", "'2024-04-01 12:00' does not say its zone; give a date such as"),
        (dt.datetime(2024, 4, 1, 12), r"datetime.datetime\(2024, 4, 1, 12, 0\) does not say its zone"),  # noqa: DTZ001 - that it has none is the point
    ],
)
def test_a_date_that_is_none_is_named(as_of: Any, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        RECIPE.build(log_of(), as_of)


@pytest.mark.parametrize("column", ["at", "known_at", "due_at"])
def test_times_without_a_zone_are_named(column: str) -> None:
    naive = log_of().events.with_columns(pl.col(column).dt.replace_time_zone(None))
    lateness = Recipe(Recency(), Monetary(number="lateness_d", name="late"))
    with pytest.raises(TableError, match=rf"events\.{column} has no time zone; say where clocks stood: Log.of\("):
        lateness.build(log_of(events=naive), DATE)
    assert len(lateness.build(log_of(events=naive, assume="UTC"), DATE))


@pytest.mark.parametrize("builder", EVERY)
def test_an_empty_log_has_nobody(builder: Builder) -> None:
    empty = {name: getattr(log_of(), name).clear() for name in ("events", "contacts", "profiles", "context")}
    made = Recipe(builder).build(log_of(**empty), DATE)
    assert made.empty
    assert tuple(made.columns) == Recipe(builder).names


@pytest.mark.parametrize("builder", EVERY)
def test_a_customer_without_rows_has_what_is_documented(builder: Builder) -> None:
    joined = pl.DataFrame({"customer_id": [99], "joined": [dt.datetime(2024, 1, 1, tzinfo=dt.UTC)]})
    made = Recipe(builder).build(log_of(customers=joined), DATE).loc[99]
    for column in builder.columns():
        assert column.missing != "never missing" or not np.isnan(made[column.name]), column.name
        assert not np.isinf(made[column.name]), column.name


WORDS = tuple(f"c{number}" for number in range(100_000))


@pytest.fixture(scope="module")
def wide() -> Log:
    """Make a log in which there are a hundred thousand categories, each of one item."""
    rows = np.arange(200_000)
    at = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    seen = pl.DataFrame({"customer_id": rows % 1_000, "item": rows % 100_000}).with_columns(
        at=pl.lit(at), event=pl.lit("view"), channel=pl.lit("web"), page="p" + pl.col("item").cast(pl.String)
    )
    return Log.of(events=seen, items=pl.DataFrame({"item": range(100_000), "category": WORDS}))


@dataclass(frozen=True)
class _Pages(Builder):
    """How many different pages, and items."""

    def columns(self) -> tuple[Column, ...]:
        """Return two columns."""
        return tuple(
            Column(of, (Cell("distinct", Where("view"), of=of),), lambda _, n: n, of, of) for of in ("page", "item")
        )


def test_a_column_of_a_hundred_thousand_words_is_read(wide: Log) -> None:
    made = Recipe(Interests(WORDS[:300]), Sequence(("view",), 2), _Pages()).build(wide, DATE)
    assert made[["page", "item"]].eq(100).all(axis=None)
    told = made.filter(regex=r"^interest_c\d+$").sum(axis=1)
    np.testing.assert_allclose(told[:300], 1.0)
    assert made["interest_top"].isna().sum() == 700


def test_more_words_to_tell_apart_than_there_may_be_are_refused() -> None:
    with pytest.raises(SpecError, match="the builders make 10,003 features, of at most 10,000; tell fewer words"):
        Recipe(Interests(WORDS[:10_001], events=("view",), weights=(1.0,)))
    with pytest.raises(SpecError, match="the builders make 15,001 features, of at most 10,000"):
        Recipe(Affinity(WORDS[:5_000]))
    with pytest.raises(SpecError, match="cell 'by': words are 100,000, of at most 10,000; name the most frequent"):
        Cell("by", Where("view"), of="page", words=WORDS)
    assert Sequence(WORDS).columns()[0].name == "step_1"
