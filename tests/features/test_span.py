"""How long a while is where the clocks change."""

from __future__ import annotations

import datetime as dt

import pytest

from cjlab.features._span import later

BEFORE = dt.datetime(2024, 3, 31, 0, 30, tzinfo=dt.UTC)  # half an hour before Paris puts its clocks forward


@pytest.mark.parametrize(
    ("length", "hours"), [("90min", 1.5), ("2h", 2.0), ("1D", 23.0), ("1W", 7 * 24 - 1.0)], ids=str
)
def test_minutes_and_hours_pass_and_days_are_the_calendars(length: str, hours: float) -> None:
    end = later(BEFORE, length, "Europe/Paris")
    assert end - BEFORE == dt.timedelta(hours=hours)
    assert later(end, length, "Europe/Paris", back=True) == BEFORE
