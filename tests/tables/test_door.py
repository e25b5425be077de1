"""Frames of any kind become the same log; what would lose a value stays as it is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import SpecError, TableError
from cjlab.tables import SCHEMA, Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

UTC = pl.Datetime("us", "UTC")
NAIVE = st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2037, 12, 31))  # noqa: DTZ001 - local times are the point
ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])


def taken(table: str, column: str, values: Any, **options: Any) -> pl.Series:
    """Pass one column through the door."""
    frame = values.rename(column).to_frame() if isinstance(values, pl.Series) else pl.DataFrame({column: values})
    return getattr(Log.of(**{table: frame}, **options), table).collect()[column]


class Stream:
    """What DuckDB and its like hand over: nothing but an Arrow stream, its zone another name of UTC."""

    def __init__(self, frame: pl.DataFrame) -> None:
        times = pl.selectors.datetime(time_zone="UTC")
        self.table = frame.with_columns(times.dt.convert_time_zone("Etc/UTC")).to_arrow()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


KINDS: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "polars, lazy": lambda frame: frame.lazy(),
    "pandas": lambda frame: frame.to_pandas(),
    "pandas on Arrow": lambda frame: frame.to_pandas(use_pyarrow_extension_array=True),
    "arrow": lambda frame: frame.to_arrow(),
    "arrow, chunked": lambda frame: pa.concat_tables([frame[:1].to_arrow(), frame[1:].to_arrow()]),
    "an Arrow stream": Stream,
    "shuffled": lambda frame: frame.sample(fraction=1.0, shuffle=True, seed=1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_frame_does_not_matter(frames: Mapping[str, pl.DataFrame], kind: str) -> None:
    log, same = Log.of(**frames), Log.of(**{name: KINDS[kind](frame) for name, frame in frames.items()})
    assert same.check().ok
    assert same.fingerprint() == log.fingerprint()
    schemas = {name: frame.collect_schema() for name, frame in log.tables.items()}
    assert {name: frame.collect_schema() for name, frame in same.tables.items()} == schemas


def test_the_four_tables_are_always_there_and_companions_are_not() -> None:
    log = Log.of()
    assert set(log.tables) == {"events", "contacts", "customers", "items", "unassigned"}
    assert log.profiles is None
    for name in ("events", "contacts", "customers", "items"):
        schema = getattr(log, name).collect_schema()
        assert {column.name for column in SCHEMA[name].bold} <= set(schema)
        assert all(kind in SCHEMA[name][column].kind.types for column, kind in schema.items())


def test_declared_columns_come_first_in_their_order_and_others_are_kept() -> None:
    frame = pl.DataFrame({"zeal": [1], "channel": ["web"], "aura": [b"x"], "customer_id": [7]})
    assert Log.of(events=frame).events.collect().columns == ["customer_id", "channel", "aura", "zeal"]


@pytest.mark.parametrize(
    ("table", "column", "given_", "type_"),
    [
        ("events", "customer_id", pl.Series([7], dtype=pl.Int32), pl.Int64),
        ("events", "customer_id", pl.Series(["a"], dtype=pl.Categorical), pl.String),
        ("events", "event", pl.Series(["a"], dtype=pl.Enum(["a"])), pl.String),
        ("events", "amount", pl.Series([7], dtype=pl.Int64), pl.Float64),
        ("events", "amount", pl.Series([0.5], dtype=pl.Float32), pl.Float64),
        ("events", "amount", pl.Series([Decimal("12.34")], dtype=pl.Decimal(10, 2)), pl.Float64),
        ("events", "at", pl.Series([0]).cast(pl.Datetime("ns", "Asia/Tokyo")), UTC),
        ("events", "at", pl.Series([0]).cast(pl.Datetime("ms", "UTC")), UTC),
        ("customers", "birth_date", pl.Series([dt.datetime(1980, 2, 29)]), pl.Date),  # noqa: DTZ001 - a birthday
        ("contacts", "propensity", pl.Series([None], dtype=pl.Null), pl.Float64),
        ("contacts", "sent", pl.Series([None], dtype=pl.Null), pl.Boolean),
    ],
)
def test_types_are_taken_where_no_value_is_lost(table: str, column: str, given_: pl.Series, type_: Any) -> None:
    assert taken(table, column, given_.extend_constant(None, 1)).dtype == type_


@pytest.mark.parametrize(
    ("table", "column", "given_"),
    [
        ("contacts", "sent", pl.Series([0, 1])),
        ("events", "amount", pl.Series(["12"])),
        ("events", "amount", pl.Series([Decimal("1.5")], dtype=pl.Decimal(38, 2))),
        ("events", "customer_id", pl.Series([1.5])),
        ("events", "customer_id", pl.Series([7], dtype=pl.UInt64)),
        ("events", "at", pl.Series([dt.datetime(2025, 1, 1)])),  # noqa: DTZ001 - the fault itself
        ("events", "at", pl.Series(["2025-01-01"])),
        ("events", "event", pl.Series([7])),
        ("contacts", "eligible", pl.Series([[0.5, 0.5]])),
        ("contacts", "eligible", pl.Series([{"mail": "half"}])),
    ],
)
def test_other_types_stay_as_they_are(table: str, column: str, given_: pl.Series) -> None:
    assert taken(table, column, given_).dtype == given_.dtype
    assert taken(table, column, given_).equals(given_)


PAIRS = [
    [{"arm": "a", "probability": 0.25}, {"arm": "b", "probability": 0.75}],
    [{"arm": "b", "probability": 1.0}],
    None,
]
MAPPINGS = {
    "pairs": pl.Series(PAIRS),
    "pairs of other names": pl.Series([p and [{"name": q["arm"], "p": q["probability"]} for q in p] for p in PAIRS]),
    "a struct": pl.Series([{"a": 0.25, "b": 0.75}, {"a": None, "b": 1.0}, None]),
    "an Arrow map": pl.DataFrame(
        pa.table(
            {"m": pa.array([[("a", 0.25), ("b", 0.75)], [("b", 1.0)], None], type=pa.map_(pa.string(), pa.float64()))}
        )
    )["m"],
}


@pytest.mark.parametrize("kind", MAPPINGS)
def test_a_mapping_becomes_pairs(kind: str) -> None:
    assert taken("contacts", "eligible", MAPPINGS[kind]).to_list() == PAIRS


def test_dictionaries_of_pandas_become_pairs() -> None:
    frame = pd.DataFrame({"item": ["shoe", "hat"], "attributes": [{"colour": "red", "size": "42"}, {"colour": "blue"}]})
    pairs = Log.of(items=frame).items.collect()["attributes"].to_list()
    assert pairs == [
        [{"name": "colour", "value": "red"}, {"name": "size", "value": "42"}],
        [{"name": "colour", "value": "blue"}],
    ]


def test_pandas_identifiers_with_gaps_are_whole_again() -> None:
    frame = pd.DataFrame({"customer_id": [7, None], "visitor_id": [None, "v"], "contact_id": [None, None]})
    contacts = pd.DataFrame({"contact_id": ["c1"]})
    events = Log.of(events=frame, contacts=contacts).events.collect()
    assert events["customer_id"].to_list() == [7, None]
    assert events.schema["customer_id"] == pl.Int64
    assert events.schema["contact_id"] == pl.String  # as in contacts


def test_a_named_pandas_index_is_a_column() -> None:
    joined = pd.DataFrame({"joined": pd.to_datetime(["2025-01-01"], utc=True)}, index=pd.Index([7], name="customer_id"))
    assert Log.of(customers=joined).customers.collect()["customer_id"].to_list() == [7]


def test_visitors_alone_are_events_of_no_customer() -> None:
    frame = pl.DataFrame({"visitor_id": ["v", None], "event": ["visit", "visit"]})
    log = Log.of(events=frame, customers=pl.DataFrame({"customer_id": ["c"]}))
    assert log.events.collect()["customer_id"].to_list() == [None]
    assert log.events.collect_schema()["customer_id"] == pl.String
    assert log.unassigned.collect().height == 1


@given(NAIVE, ZONES)
def test_assumed_zones_read_local_times_as_python_does(local: dt.datetime, zone: str) -> None:  # PEP 495, fold=0
    expected = local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    assert taken("events", "at", pl.Series([local], dtype=pl.Datetime("us")), assume=zone).to_list() == [expected]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_date_is_its_local_midnight_in_the_assumed_zone(unit: str) -> None:
    expected = [dt.datetime(2025, 4, 30, 22, tzinfo=dt.UTC)]
    day = pl.Series([dt.date(2025, 5, 1)])
    assert taken("profiles", "at", day, assume="Europe/Paris").to_list() == expected
    assert taken("profiles", "at", day.cast(pl.Datetime(unit)), assume="Europe/Paris").to_list() == expected


def test_an_assumed_zone_leaves_times_that_state_theirs() -> None:
    noon = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)
    assert taken("events", "at", pl.Series([noon]), assume="Asia/Tokyo").to_list() == [noon]


@pytest.mark.parametrize(("name", "options"), [("assume", {"assume": "Paris"}), ("timezone", {"timezone": "Paris"})])
def test_an_unknown_zone_is_refused(name: str, options: dict[str, str]) -> None:
    with pytest.raises(SpecError, match=f"{name} is 'Paris'; give a zone of the IANA list"):
        Log.of(**options)


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(TableError, match="contacts is a list; give a pandas, Polars or Arrow frame"):
        Log.of(contacts=[{"contact_id": 1}])


@pytest.mark.parametrize(
    "times",
    [
        [dt.datetime(2025, 5, 1, 8), dt.datetime(2025, 5, 1, 8, tzinfo=dt.UTC)],  # noqa: DTZ001 - the fault itself
        [dt.date(2025, 5, 1), dt.datetime(2025, 5, 1, 8, tzinfo=dt.UTC)],
    ],
)
def test_times_of_two_sorts_are_not_made_one(times: list[dt.date]) -> None:
    frame = pd.DataFrame({"at": pd.Series(times, dtype=object)})
    assert Log.of(profiles=frame).profiles.collect()["at"].to_list() == [time.isoformat() for time in times]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"customer_id": [1, "a"]}), "column 'customer_id' is of type object and holds int, str"),
        (pd.DataFrame({"customer_id": [object(), 1]}), "column 'customer_id' is of type object and holds int, object"),
        (pd.DataFrame({"note": [1j, 2j]}), "column 'note' is of type complex128 and holds complex"),
        (pd.DataFrame([[1, 2]], columns=["at", "at"]), "the list of columns names 'at' more than once"),
        (pd.Series([1, 2]), "events is a Series; give a pandas, Polars or Arrow frame"),
    ],
)
def test_a_column_that_no_type_fits_is_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(TableError, match=message):
        Log.of(events=frame)


def test_an_index_named_as_a_column_is_that_column() -> None:
    frame = pd.DataFrame({"item": ["a", "b"], "price": [1.0, 2.0]}).set_index("item", drop=False)
    assert Log.of(items=frame).items.collect()["item"].to_list() == ["a", "b"]


def test_nothing_is_read_at_the_door(frames: Mapping[str, pl.DataFrame]) -> None:
    def read(_frame: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("read too early")

    items = frames["items"].lazy().map_batches(read, schema=frames["items"].schema)
    assert "items: 2 columns" in repr(Log.of(items=items))
