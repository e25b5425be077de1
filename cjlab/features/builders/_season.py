"""Spend over time: its trend, its seasons, and what models of customer value read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import offset, one_of, whole
from cjlab.features.builders._builder import Builder, Column, When
from cjlab.features.builders._purchases import PURCHASE, called
from cjlab.features.reading._cell import NUMBERS, Cell
from cjlab.features.reading._source import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cjlab.features.reading._where import Where

    Floats = NDArray[np.float64]

_WORDS = {
    "hour": tuple(f"{hour:02}" for hour in range(24)),
    "weekday": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
}


@dataclass(frozen=True)
class Trend(Builder):
    r"""Where spend is going: its slope over equal bins back from the date, and its change.

    Bin *i* of ``bins`` holds rows of age from :math:`i` to :math:`i + 1` times ``bin``, exclusive of the end; bins
    count that lie wholly after the first such row, *m* of them, at most ``bins``. The slope is that of least squares of
    the
    sum :math:`y_i` on time, :math:`\sum (\bar i - i)(y_i - \bar y) / \sum (i - \bar i)^2`; the change is that of the
    recent half (*m* halved, rounded down) against as many bins before it:
    :math:`(\text{recent} - \text{earlier}) / (|\text{recent}| + |\text{earlier}|)`, from −1 to 1.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    number : str, optional
        What is added up: ``"amount"`` unless given.
    bin : str
        How long a bin is.
    bins : int
        How many, from 2.
    name : str, optional
        What its columns begin with.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When a bin is no length of time, or there is no such number.

    Examples
    --------
    >>> import cjlab as cj
    >>> [column.name for column in cj.features.Trend().columns()]
    ['trend_amount_purchase_slope', 'trend_amount_purchase_change']
    """

    of: Where = PURCHASE
    number: str = "amount"
    bin: str = "30D"
    bins: int = 6
    name: str | None = None

    def __post_init__(self) -> None:
        """Check the bins."""
        super().__post_init__()
        one_of(self.number, NUMBERS, name="number")
        offset(self.bin, name="bin")
        whole(self.bins, name="bins", least=2, most=1_000)

    def columns(self) -> tuple[Column, ...]:
        """Return the slope and the change.

        Returns
        -------
        tuple of Column
            Two features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Trend().columns()[0].unit
        'amount a bin of 30D, a bin'
        """
        begin = self.name or called(f"trend_{self.number}", self.of)
        cells = (Cell("first_at", self.of), Cell("ages", self.of, each=self.number, size=self.bins, span=self.bin))
        young, what = "fewer than two bins since the first", f"{self.number} of {self.of}"
        unit = f"{self.number} a bin of {self.bin}, a bin"
        slope = Column(f"{begin}_slope", cells, self._of(_slope), unit, f"slope of {what}", young)
        missing = f"{young}, or nothing in either half"
        change = Column(f"{begin}_change", cells, self._of(_change), "-1 to 1", f"change of {what}", missing)
        return slope, change

    def _of(self, formula: Callable[[Floats, Floats], Floats]) -> Callable[[When, Floats, Floats], Floats]:
        length = offset(self.bin, name="bin").total_seconds() * 1e6

        def made(when: When, first: Floats, bins: Floats) -> Floats:
            lived = np.minimum(np.nan_to_num((when.as_of - first) // length), self.bins)
            return np.where(lived >= 2, formula(lived, bins), np.nan)  # noqa: PLR2004 - a slope takes two

        return made


@dataclass(frozen=True)
class Season(Builder):
    """When he does it: the share of his rows by weekday, month or hour of the brand's clocks.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    by : {"weekday", "month", "hour"}
        Of what.
    window : str, optional
        How far back; everything unless given.
    name : str, optional
        What its columns begin with.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When it is by something else.

    Examples
    --------
    >>> import cjlab as cj
    >>> [column.name for column in cj.features.Season().columns()][:2]
    ['season_purchase_mon', 'season_purchase_tue']
    """

    of: Where = PURCHASE
    by: str = "weekday"
    window: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """Check by what."""
        super().__post_init__()
        one_of(self.by, CLOCK, name="by")

    def columns(self) -> tuple[Column, ...]:
        """Return one column a weekday, month or hour; they add up to 1.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Season(by="month").columns())
        12
        """
        begin, cell = (
            self.name or called("season", self.of, self.window),
            Cell("by", self.of, of=self.by, window=self.window),
        )
        return tuple(
            Column(
                f"{begin}_{word}", (cell,), _share(place), "share", f"{self.of} by {self.by}: {word}", "there is none"
            )
            for place, word in enumerate(_WORDS[self.by])
        )


@dataclass(frozen=True)
class Value(Builder):
    """What models of customer value read (Fader, Hardie & Lee 2005, doi:10.1287/mksc.1040.0098), in weeks.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    name : str, optional
        What its columns begin with.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Examples
    --------
    >>> import cjlab as cj
    >>> [column.name for column in cj.features.Value().columns()][:2]
    ['value_purchase_frequency', 'value_purchase_recency']
    """

    of: Where = PURCHASE
    name: str | None = None

    def columns(self) -> tuple[Column, ...]:
        """Return five columns, of local days with such rows.

        ``_frequency`` (*x*), how many such days came after the first; ``_recency`` (*t_x*), weeks from the first to the
        last; ``_age`` (*T*), weeks from the first to the last whole day before the date; ``_mean``, the mean over the
        days of what was spent on each (the first included); ``_repeat_mean`` (*z*), that over the days after the first,
        which models of spend read, and 0 where there is none.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Value().columns()[2].unit
        'weeks'
        """
        begin, gaps = self.name or called("value", self.of), Cell("gaps", self.of)
        total, later = (Cell(how, self.of, of="amount") for how in ("sum", "later_sum"))
        never = "it never happened"
        return (
            Column(f"{begin}_frequency", (gaps,), lambda _, x: x[:, 0], "days", f"repeated {self.of}"),
            Column(f"{begin}_recency", (gaps,), lambda _, x: (x[:, 5] - x[:, 6]) / 7, "weeks", "first to last", never),
            Column(f"{begin}_age", (gaps,), lambda w, x: (w.day - 1 - x[:, 6]) / 7, "weeks", "first to now", never),
            Column(f"{begin}_mean", (gaps, total), _daily, "amount", f"mean amount a day of {self.of}", never),
            Column(
                f"{begin}_repeat_mean", (gaps, later), _repeated, "amount", f"the same of repeated {self.of}", never
            ),
        )


def _slope(lived: Floats, bins: Floats) -> Floats:
    index = np.arange(bins.shape[1])
    there = index < lived[:, None]
    middle = (lived - 1.0) / 2.0
    apart = np.where(there, middle[:, None] - index, 0.0)
    slope: Floats = np.add.reduce((apart * bins).T.copy()) / np.add.reduce((apart**2).T.copy())
    return slope


def _change(lived: Floats, bins: Floats) -> Floats:
    half, index = lived[:, None] // 2, np.arange(bins.shape[1])
    recent = np.add.reduce(np.where(index < half, bins, 0.0).T.copy())
    earlier = np.add.reduce(np.where((index >= half) & (index < 2 * half), bins, 0.0).T.copy())
    change: Floats = (recent - earlier) / (np.abs(recent) + np.abs(earlier))
    return change


def _share(place: int) -> Callable[[When, Floats], Floats]:
    return lambda _, counts: counts[:, place] / counts.sum(axis=1)


def _daily(when: When, gaps: Floats, total: Floats) -> Floats:
    del when
    return np.where(np.isnan(gaps[:, 5]), np.nan, total / (gaps[:, 0] + 1.0))


def _repeated(when: When, gaps: Floats, later: Floats) -> Floats:
    del when
    return np.where(np.isnan(gaps[:, 5]), np.nan, later[:, 0] / np.maximum(gaps[:, 0], 1.0))
