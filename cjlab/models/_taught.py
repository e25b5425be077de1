"""What a model learnt from, as its card tells."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from cjlab.models._kinds import Part


@dataclass(frozen=True)
class Taught:
    """What a model learnt from, in a few numbers; a model stored before this was kept says 0 rows.

    Parameters
    ----------
    rows, customers : int
        How many.
    share : float
        Of rows with the outcome; NaN where there is no such thing.
    dates : tuple of str
        The first and the last date, where rows had dates; one, where they were of one.
    """

    rows: int = 0
    customers: int = 0
    share: float = nan
    dates: tuple[str, ...] = ()

    def _parts(self) -> Mapping[str, Part]:
        return dict(vars(self))

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Taught:
        return cls(**{**parts, "dates": tuple(parts["dates"])})


def day(moment: dt.datetime, timezone: str) -> dt.date:
    """Return the brand's own day of a moment."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def days(dates: Iterable[object] | None) -> tuple[str, ...]:
    """Return the first and the last of some dates as days; one where they are the same, none where there are none."""
    found = sorted({str(one)[:10] for one in dates} if dates is not None else ())
    return tuple(dict.fromkeys([found[0], found[-1]])) if found else ()
