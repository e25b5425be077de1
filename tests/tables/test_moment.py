"""A bare date is local midnight; a time says its zone; anything else is refused by name."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import SpecError
from cjlab.tables import later, moment

ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
NOON = dt.datetime(2025, 5, 31, 12, tzinfo=dt.UTC)
MIDNIGHT_IN_PARIS = dt.datetime(2025, 5, 30, 22, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "as_of",
    [
        "2025-05-31",
        " 2025-05-31 ",
        "2025-05-31T00:00",
        dt.date(2025, 5, 31),
        dt.datetime(2025, 5, 31),  # noqa: DTZ001 - midnight without a zone is how pandas writes a date
        pd.Timestamp("2025-05-31"),
    ],
)
def test_a_bare_date_is_midnight_where_the_brand_lives(as_of: Any) -> None:
    assert moment(as_of, "Europe/Paris") == MIDNIGHT_IN_PARIS


@pytest.mark.parametrize(
    "as_of",
    [
        "2025-05-31T12:00Z",
        "2025-05-31T14:00:00+02:00",
        NOON,
        NOON.astimezone(ZoneInfo("Asia/Tokyo")),
        pd.Timestamp("2025-05-31T12:00Z"),
        pd.Timestamp("2025-05-31T12:00:00.000000999Z"),
    ],
)
def test_a_time_with_its_zone_is_that_moment_in_utc(as_of: Any) -> None:
    when = moment(as_of, "Europe/Paris")
    assert when == NOON
    assert type(when) is dt.datetime
    assert when.tzinfo is dt.UTC


@given(st.dates(dt.date(1970, 1, 2), dt.date(2037, 12, 30)), ZONES)
def test_days_follow_each_other_without_gap(day: dt.date, zone: str) -> None:
    start, end = moment(day, zone), moment(day + dt.timedelta(days=1), zone)
    assert dt.timedelta(hours=22) < end - start < dt.timedelta(hours=26)
    assert start.astimezone(ZoneInfo(zone)).date() == day


def test_midnight_that_the_clock_skips_is_the_instant_of_the_skip() -> None:  # Beirut, 2024-03-31: 00:00 became 01:00
    assert moment("2024-03-31", "Asia/Beirut") == dt.datetime(2024, 3, 30, 22, tzinfo=dt.UTC)


def test_none_stays_none() -> None:
    assert moment(None, "Europe/Paris") is None


@pytest.mark.parametrize("as_of", ["2025-05-31 18:00", dt.datetime(2025, 5, 31, 18)])  # noqa: DTZ001 - the fault itself
def test_a_time_without_a_zone_is_refused(as_of: Any) -> None:
    with pytest.raises(SpecError, match=r"does not say its zone; give a date such as '2025-05-31' or a time"):
        moment(as_of, "Europe/Paris")


@pytest.mark.parametrize("as_of", ["yesterday", "2025-02-30", "", 20250531, True, pd.NaT, ["2025-05-31"]])
def test_nonsense_is_refused(as_of: Any) -> None:
    with pytest.raises(SpecError, match=r"is no date; give a date such as '2025-05-31'"):
        moment(as_of, "Europe/Paris")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", None])
def test_an_unknown_zone_is_refused(zone: Any) -> None:
    with pytest.raises(SpecError, match=r"timezone is .*; give a zone of the IANA list, such as 'Europe/Paris'"):
        moment("2025-05-31", zone)


BEFORE = dt.datetime(2024, 3, 31, 0, 30, tzinfo=dt.UTC)  # half an hour before Paris puts its clocks forward


@pytest.mark.parametrize(
    ("length", "hours"), [("90min", 1.5), ("2h", 2.0), ("1D", 23.0), ("1W", 7 * 24 - 1.0)], ids=str
)
def test_minutes_and_hours_pass_and_days_are_the_calendars(length: str, hours: float) -> None:
    end = later(BEFORE, length, "Europe/Paris")
    assert end - BEFORE == dt.timedelta(hours=hours)
    assert later(end, length, "Europe/Paris", back=True) == BEFORE


def test_a_length_that_leads_out_of_the_calendar_is_refused() -> None:
    with pytest.raises(SpecError, match="30D after 9999-12-20 is no date"):
        later(dt.datetime(9999, 12, 20, tzinfo=dt.UTC), "30D", "UTC")
