"""The moment that a date means: midnight where the brand lives."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, overload

from cjlab import _checks
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import pandas as pd

_GIVE = "give a date such as '2025-05-31' or a time with its offset such as '2025-05-31T18:00:00+02:00'"


@overload
def moment(as_of: None, timezone: str) -> None: ...
@overload
def moment(as_of: str | dt.date | dt.datetime | pd.Timestamp, timezone: str) -> dt.datetime: ...
def moment(as_of: str | dt.date | dt.datetime | pd.Timestamp | None, timezone: str) -> dt.datetime | None:
    """Moment in UTC that a date or a time means to a brand.

    A bare date is its local midnight, the first instant of that day in ``timezone``; where the clock skips midnight,
    it is the instant of the skip. A time without an offset is refused, unless it is midnight, which is
    how pandas writes a date.

    Parameters
    ----------
    as_of : str, datetime.date, datetime.datetime, pandas.Timestamp or None
        A date, a time with its offset, either of them as ISO 8601 text, or None.
    timezone : str
        The brand's zone, such as ``"Europe/Paris"``.

    Returns
    -------
    datetime.datetime or None
        The moment in UTC, to the microsecond; None stays None.

    Raises
    ------
    SpecError
        When ``as_of`` is no date, lacks its offset, or ``timezone`` is unknown.

    Examples
    --------
    >>> moment("2025-05-31", "Europe/Paris")
    datetime.datetime(2025, 5, 30, 22, 0, tzinfo=datetime.timezone.utc)
    >>> moment("2025-05-31T18:00+02:00", "UTC")
    datetime.datetime(2025, 5, 31, 16, 0, tzinfo=datetime.timezone.utc)
    """
    home = zone(timezone)
    if as_of is None:
        return None
    when = _datetime(as_of)
    if when.tzinfo is None and when.time() != dt.time.min:
        raise SpecError(f"{as_of!r} does not say its zone; {_GIVE}")
    try:
        return (when if when.tzinfo else when.replace(tzinfo=home)).astimezone(dt.UTC)
    except OverflowError:  # a zone away from the first or the last day of the calendar
        raise SpecError(f"{as_of!r} lies outside the calendar in UTC; {_GIVE}") from None


def later(moment: dt.datetime, length: str, timezone: str, *, name: str = "within", back: bool = False) -> dt.datetime:
    """Moment a while later, or earlier, on the brand's clocks: days and weeks are the calendar's, hours are hours.

    Parameters
    ----------
    moment : datetime.datetime
        From when on, in UTC.
    length : str
        How long: ``"30D"``, ``"2W"``, ``"12h"``, ``"30min"``.
    timezone : str
        The brand's zone.
    name : str, default: "within"
        What an error calls the length.
    back : bool, default: False
        Whether it is earlier that is asked for.

    Returns
    -------
    datetime.datetime
        The moment in UTC.

    Raises
    ------
    SpecError
        When ``length`` is none, or leads out of the calendar.

    Examples
    --------
    The clocks of Paris go forward in the night to 30 March:

    >>> later(moment("2025-03-29", "Europe/Paris"), "2D", "Europe/Paris")
    datetime.datetime(2025, 3, 30, 22, 0, tzinfo=datetime.timezone.utc)
    """
    passed = _checks.offset(length, name=name) * (-1 if back else 1)
    try:
        if length.endswith(("h", "min")):
            return moment + passed
        return (moment.astimezone(zone(timezone)) + passed).astimezone(dt.UTC)
    except OverflowError:
        way = "before" if back else "after"
        raise SpecError(
            f"{name} is {length!r}, and {length} {way} {moment:%Y-%m-%d} is no date; give another"
        ) from None


def zone(name: str, *, says: str = "timezone") -> ZoneInfo:
    """Return the time zone of that name."""
    return _checks.zone(name, name=says)


def _datetime(as_of: object) -> dt.datetime:
    if isinstance(as_of, str):
        return _read(as_of)
    if isinstance(as_of, dt.datetime) and as_of == as_of:  # noqa: PLR0124 - pandas' NaT is a datetime that differs from itself
        return as_of.to_pydatetime(warn=False) if hasattr(as_of, "to_pydatetime") else as_of
    if isinstance(as_of, dt.date) and not isinstance(as_of, dt.datetime):
        return dt.datetime.combine(as_of, dt.time.min)
    raise SpecError(f"{as_of!r} is no date; {_GIVE}")


def _read(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise SpecError(f"{text!r} is no date; {_GIVE}") from error
