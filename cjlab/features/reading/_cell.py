"""Cells: what one pass over a customer's rows adds up. A feature is a formula of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cjlab._checks import listed, offset, shown
from cjlab.errors import SpecError
from cjlab.features.reading._source import CLOCK, Source

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.features.reading._source import Reading
    from cjlab.features.reading._where import Where

NUMBERS: Final = (
    "amount",
    "quantity",
    "margin",
    "discount",
    "score",
    "duration_s",
    "cost",
    "propensity",
    "lateness_d",
    "value",
    "confidence",
)
"""What can be added up; ``lateness_d`` is the days from ``due_at`` to ``at``, ``value`` a profile's, if a number."""
IDS: Final = (
    "item",
    "order_id",
    "contract_id",
    "case_id",
    "contact_id",
    "session",
    "query",
    "text",
    "other_customer_id",
)
PLACES: Final = (
    "event",
    "channel",
    "device",
    "place",
    "page",
    "reason",
    "offer",
    "item",
    "category",
    "query",
    "text",
    "value",
)
MOST: Final = 10_000
"""How many numbers or features there may be: one a word, where words are told apart."""

SLOTS: Final = {
    "count": 1,
    "sum": 1,
    "least": 1,
    "most": 1,
    "first_at": 1,
    "last_at": 1,
    "first": 1,
    "last": 1,
    "days": 2,
    "sessions": 2,
    "decayed": 2,
    "gaps": 8,
    "latest_gaps": 0,
    "later_sum": 2,
    "moments": 3,
    "changes": 2,
    "recent": 0,
    "ages": 0,
    "by": 0,
    "distinct": 1,
}
"""What can be added up of rows, and in how many numbers; 0: as many as ``size`` or the words say."""
_OF_NUMBER = {"sum", "later_sum", "least", "most", "first", "last", "moments"}
_MAYBE_NUMBER = {"decayed", "ages", "by"}
_OF_CODE = {"changes", "recent", "by", "distinct"}


@dataclass(frozen=True)
class Cell(Source):
    """Something that is added up over a customer's rows in the order of time.

    Parameters
    ----------
    how : str
        One of ``SLOTS``.
    where : Where
        Of which rows.
    of : str, optional
        Of which column: a number for sums and the like, of which "later_sum" leaves out the first local day; words or
        ids for changes, recent ones, and distinct ones.
    window : str, optional
        How far back, such as ``"90D"``; everything unless given. Days and weeks are those of the brand's calendar.
    each : str, optional
        For "by" and "decayed" and "ages": the number that is added instead of 1.
    words : tuple of str
        For "by", "recent" and "changes": the words that are told apart, each by its place; others are left out.
    size : int
        For "recent" and "latest_gaps": how many, the latest first; for "ages": how many bins.
    span : str, optional
        For "sessions": the pause that ends one; for "decayed": the half-life; for "ages": how long a bin is.
    reading : callable, optional
        For sums and the like, of a column of words: makes a number of each, NaN for none. It is called with words of
        which none stands twice, and can be hashed.

    Raises
    ------
    SpecError
        When it cannot be.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Cell("sum", cj.features.Where("purchase"), of="amount", window="90D").width
    1
    """

    how: str
    where: Where
    of: str | None = None
    window: str | None = None
    each: str | None = None
    words: tuple[str, ...] = ()
    size: int = 0
    span: str | None = None
    reading: Reading | None = None

    def __post_init__(self) -> None:
        """Check that what is asked for can be added up."""
        if self.how not in SLOTS:
            raise SpecError(f"cell: how is {shown(self.how)}; allowed: {listed(SLOTS)}")
        if self.window is not None:
            offset(self.window, name="window")
        if self.span is not None:
            offset(self.span, name="span")
        self._require_numbers()
        if self.how in _OF_CODE and self.of not in {*PLACES, *IDS, *CLOCK}:
            raise SpecError(f"cell {self.how!r}: of is {shown(self.of)}; allowed: {listed((*PLACES, *IDS, *CLOCK))}")
        if self.each is not None and (self.how not in _MAYBE_NUMBER or self.each not in NUMBERS):
            raise SpecError(f"cell {self.how!r}: each is {shown(self.each)}; allowed: {listed(NUMBERS)}")
        if self.how in {"by", "recent", "changes"} and self.of not in CLOCK and not self.words:
            raise SpecError(f"cell {self.how!r}: words is empty; name those that are told apart")
        if self.how == "by" and len(self.words) > MOST:
            raise SpecError(f"cell 'by': words are {len(self.words):,}, of at most {MOST:,}; name the most frequent")
        if self.how in {"recent", "ages", "latest_gaps"} and self.size < 1:
            raise SpecError(f"cell {self.how!r}: size is {self.size}; give at least 1")
        if self.how in {"sessions", "decayed", "ages"} and self.span is None:
            raise SpecError(f"cell {self.how!r}: span is missing; give a length of time such as '30D'")

    def _require_numbers(self) -> None:
        """Refuse a column that holds no numbers, and of which none are read."""
        numbers = NUMBERS if self.reading is None else (*PLACES, *IDS)
        if self.how in _OF_NUMBER and self.of not in numbers:
            raise SpecError(f"cell {self.how!r}: of is {shown(self.of)}; allowed: {listed(numbers)}")
        if self.reading is not None and self.how not in _OF_NUMBER:
            raise SpecError(f"cell {self.how!r}: a reading is for {listed(sorted(_OF_NUMBER))}")

    @property
    def width(self) -> int:
        """How many numbers it takes.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Cell("gaps", cj.features.Where("purchase")).width
        8
        """
        if self.how == "by":
            return CLOCK.get(self.of or "", len(self.words))
        if self.how == "latest_gaps":
            return self.size + 1
        return SLOTS[self.how] or self.size

    @property
    def number(self) -> str | None:
        """The column of the number that is added, if any.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Cell("count", cj.features.Where("visit")).number is None
        True
        """
        return self.of if self.how in _OF_NUMBER else self.each

    @property
    def code(self) -> str | None:
        """The column of the words or ids that are told apart, if any.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Cell("distinct", cj.features.Where("purchase"), of="item").code
        'item'
        """
        return self.of if self.how in _OF_CODE else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read of the rows.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Cell("decayed", cj.features.Where("visit"), each="amount", span="30D").columns
        ('amount',)
        """
        return tuple(name for name in (self.number, self.code) if name is not None)

    @property
    def looks_back(self) -> str:
        """How far back it looks, in words.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Cell("count", cj.features.Where("visit")).looks_back
        'everything'
        """
        return self.window or self.span or "everything"

    @property
    def length(self) -> dt.timedelta | None:
        """How far back it looks.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Cell("count", cj.features.Where("visit"), window="2W").length.days
        14
        """
        return None if self.window is None else offset(self.window, name="window")
