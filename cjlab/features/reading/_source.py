"""What a feature is made of: rows of a table, and numbers that are had of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from cjlab.features.reading._where import FLAGS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features.reading._rows import Rows
    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

    Reading = Callable[[Sequence[str]], NDArray[np.float64]]

CLOCK: Final = {"hour": 24, "weekday": 7, "month": 12}
"""What a row's time says on the brand's clocks and calendar, and how many there are of each."""


class Source(ABC):
    """Rows, how far back, which of their columns, and how many numbers come of them for a customer and a date."""

    where: Where
    window: str | None

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns that are read of the rows."""

    @property
    @abstractmethod
    def width(self) -> int:
        """How many numbers there are."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns of the table that must be there: those by which rows are found, and those that are read.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Cell("sum", cj.features.Where("purchase", machine=False), of="amount").needed
        ('event', 'machine', 'amount')
        """
        flags = (name for name in FLAGS if getattr(self.where, name) is not None)
        return (*self.where.words, *flags, *(name for name in self.columns if name not in CLOCK))

    @property
    def looks_back(self) -> str:
        """How far back it looks, in words."""
        return self.window or "everything"


class Apart(Source):
    """What is not added up in the compiled pass, but worked out beside it, of the same rows.

    Where ``dated`` is true its numbers may change from one date to the next though no row came or left its window.
    """

    dated: bool = True

    @abstractmethod
    def read(self, rows: Rows, log: Log, *, customers: pl.Series, as_of: Sequence[dt.datetime]) -> NDArray[np.float64]:
        """Return its numbers, ``(customers × dates, width)``, the dates of a customer together.

        Parameters
        ----------
        rows : Rows
            Those of its table; what is at or after a date, or was known then, is there too.
        log : Log
            The shard.
        customers : polars.Series
            Whose numbers are asked for, rising.
        as_of : sequence of datetime.datetime
            The dates, rising.
        """
