"""Outside: what went on around a customer, where he was: weather, prices, holidays, competitors."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np
import polars as pl

from cjlab._checks import finite, offset, text
from cjlab.errors import SpecError, TableError
from cjlab.features._learned import learned_at
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import picked
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._plan import Plan
from cjlab.features.reading._rows import require_zones
from cjlab.features.reading._source import Apart
from cjlab.features.reading._where import Where
from cjlab.features.reading._window import begin
from cjlab.tables import known

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.features.reading._rows import Rows
    from cjlab.tables import Log

_STANDS = {"events": "place", "profiles": "value"}  # in which column of a table it stands where he was


@dataclass(frozen=True)
class Outside(Builder):
    r"""A series of the table ``context``, as it was known at the date where the customer was last.

    With :math:`v_1 \dots v_n` the values of the series for his place over the window, in the order of time,
    ``outside_S_W`` is :math:`v_n`, ``outside_S_mean_W`` is :math:`\sum v_i / n`, and ``outside_S_known_W`` is 1. His
    place is the last that his rows name. Where it is unknown, or its series has no value in the window, the series
    that has no place, which is everywhere's, is taken; where there is none either, the first two are ``neutral`` and
    the third is 0: so it is too where the log has no table ``context``. A value for a day to come is not read, though
    it be known; one that was learned again counts as it was known last, and one that is no finite number is none.

    Parameters
    ----------
    series : str
        The ``name`` of the series.
    window : str
        How far back; an older value is not known any more.
    neutral : float
        What stands where nothing is known; :meth:`fitted` takes the mean of the past.
    of : Where, str or tuple of str
        Which rows tell where he was: events by their ``place``, profiles by their ``value``.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time, ``neutral`` no finite number, or rows of contacts are to tell a place.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Outside("weather", window="3D")).names
    ('outside_weather_3D', 'outside_weather_mean_3D', 'outside_weather_known_3D')
    """

    series: str
    window: str = "7D"
    neutral: float = 0.0
    of: Where = Where()  # noqa: RUF009 - it is frozen

    def __post_init__(self) -> None:
        """Check the series, what is neutral, and who tells the place."""
        super().__post_init__()
        text(self.series, name="series")
        offset(self.window, name="window")
        object.__setattr__(self, "neutral", finite(self.neutral, name="neutral"))
        if self.of.table not in _STANDS:
            raise SpecError(f"of is {self.of}, which have no place; give events, or profiles whose value is one")

    def fitted(self, log: Log, as_of: str | dt.date) -> Self:
        """Return the same builder with the mean of the series before a date as what is neutral.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment; nothing at or after it is read.

        Returns
        -------
        Self
            Neutral as it was where the log knows no value of the series.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=5), days=60).log
        >>> cj.features.Outside("weather").fitted(log, "2024-02-20").neutral > 0.5
        True
        """
        around = _around(log, self.series, None, log.moment(as_of))
        values = [value for place in around.values() for value in place]
        if not values:
            return self
        neutral = float(f"{math.fsum(values) / len(values):.6g}")
        return replace(self, neutral=neutral, learned=learned_at(log, as_of, self))

    def columns(self) -> tuple[Column, ...]:
        """Return the last value, the mean, and whether there is any.

        Returns
        -------
        tuple of Column
            Three features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Outside("weather").columns()[2].unit
        '0 or 1'
        """
        made, name, neutral = Around(self.of, self.window, self.series), self.series.replace(" ", "_"), self.neutral
        where, otherwise = f"{self.series} where he was, by {self.of}", f"{neutral:g} where nothing is known"
        return tuple(
            Column(f"outside_{name}{kind}_{self.window}", (made,), formula, unit, what)
            for kind, formula, unit, what in (
                ("", partial(_or_neutral, place=0, neutral=neutral), self.series, f"the last {where}; {otherwise}"),
                ("_mean", partial(_or_neutral, place=1, neutral=neutral), self.series, f"mean {where}; {otherwise}"),
                ("_known", partial(picked, place=2), "0 or 1", f"whether there is a value of {where}"),
            )
        )


def _or_neutral(when: object, numbers: NDArray[np.float64], *, place: int, neutral: float) -> NDArray[np.float64]:
    del when
    return np.where(numbers[:, 2] > 0, numbers[:, place], neutral)


@dataclass(frozen=True)
class Around(Apart):
    """The last value of a series where a customer was, the mean, and whether there is any."""

    where: Where
    window: str
    series: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column in which it stands where he was."""
        return (_STANDS[self.where.table],)

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return 3

    def read(self, rows: Rows, log: Log, *, customers: pl.Series, as_of: Sequence[dt.datetime]) -> NDArray[np.float64]:
        """Find where everybody was at each date, and what is known of there."""
        places = rows.texts[self.columns[0]][1]
        told = np.stack([self._told(log, one, places) for one in as_of])
        if not places:
            return np.tile(told[:, -1], (len(customers), 1))
        last = Cell("recent", self.where, of=self.columns[0], words=places, size=1)
        found = Plan((last,)).read(rows, log, customers=customers, as_of=as_of)[0].reshape(-1, len(as_of))
        where = np.where(np.isnan(found), len(places), found).astype(np.int64)
        return told[np.arange(len(as_of)), where].reshape(-1, self.width)

    def _told(self, log: Log, as_of: dt.datetime, places: Sequence[str]) -> NDArray[np.float64]:
        """Return what is known at a date of each place and, last, of everywhere, ``(places + 1, 3)``."""
        around = _around(log, self.series, begin(self.window, as_of, log.timezone), as_of)
        everywhere = around.get(None, [])
        known = [around.get(place, everywhere) for place in (*places, None)]
        return np.array([[v[-1], math.fsum(v) / len(v), 1.0] if v else [np.nan, np.nan, 0.0] for v in known])


def _around(log: Log, series: str, start: int | None, end: dt.datetime) -> Mapping[str | None, list[float]]:
    """Return the values of a series over a time, as known at its end, in the order of time, for each place."""
    if log.context is None:
        return {}
    _require_series(log.context.collect_schema(), series)
    told = log.context.filter(pl.col("name") == series, known(log.context) < end, pl.col("value").is_finite())
    if start is not None:
        told = told.filter(pl.col("at").dt.timestamp("us") >= start)
    latest = told.select("place", "at", "value", known=known(log.context)).sort("at", "known", "value").collect()
    values = latest.unique(["place", "at"], keep="last", maintain_order=True)
    return dict(values.group_by("place").agg("value").iter_rows())


def _require_series(schema: pl.Schema, series: str) -> None:
    """Refuse a table of which no series can be read."""
    if absent := [name for name in ("at", "place", "name", "value") if name not in schema]:
        who = f"the outside series {series!r}"
        raise TableError(f"context has no column {absent[0]!r}, which {who} asks for; it has {schema.names()}")
    require_zones(schema, "context")
    if not schema["value"].is_numeric():
        raise TableError(f"context.value is {schema['value']}, and a series is made of numbers; give those")
