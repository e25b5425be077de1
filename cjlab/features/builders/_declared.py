"""Declared: what a customer said of himself, or others of him, and how old that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import text, texts
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import same, silence
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When


@dataclass(frozen=True)
class Declared(Builder):
    """A field of the profiles, as it was known at the date.

    ``F_known`` is 1 where the field was ever told, else 0, and ``F_age`` is the days of 24 hours since it last was.
    With ``values``, ``F`` is the place of the last value among them, 0 for the first, and −1 for any other; of several
    values told at one moment, the one that is named counts. Without, ``F`` is the last value that is a number.

    Parameters
    ----------
    field : str
        Which field.
    values : tuple of str
        The words that are told apart; none for a number.
    sources : tuple of str
        Who told it: ``"declared"``, ``"observed"``, ``"inferred"``, ``"bought"``; whoever unless given.
    name : str, optional
        What the features are called; the field, with ``_`` for blanks, unless given.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Declared("place", ("north", "south"))).names
    ('place_known', 'place', 'place_age')
    """

    field: str
    values: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    name: str | None = None

    def __post_init__(self) -> None:
        """Check the field, the values and the sources."""
        super().__post_init__()
        text(self.field, name="field")
        if self.name is not None:
            text(self.name, name="name")
        for name in ("values", "sources"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))

    def columns(self) -> tuple[Column, ...]:
        """Return whether it is known, what it is, and how old that is.

        Returns
        -------
        tuple of Column
            Three features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Declared("income").columns()[2].unit
        'days'
        """
        name, source = self.name or self.field.replace(" ", "_"), self.sources or None
        told = Where(table="profiles", field=self.field, source=source)
        ever, last = Cell("count", told), Cell("last_at", told)
        missing = "it was never told"
        known = Column(f"{name}_known", (ever,), _ever, "0 or 1", f"whether {self.field} was ever told")
        age = silence(f"{name}_age", told, f"days since {self.field} was last told", missing)
        if not self.values:
            number = Cell("last", told, of="value")
            what = f"the last {self.field} that is a number"
            return (known, Column(name, (number,), same, self.field, what, "no number was ever told"), age)
        mine = Where(table="profiles", field=self.field, source=source, value=self.values)
        code = Cell("recent", mine, of="value", words=self.values, size=1)
        named = ", ".join(f"{place} {word}" for place, word in enumerate(self.values))
        cells = (code, Cell("last_at", mine), last)
        return (known, Column(name, cells, _place, "code", f"{self.field}: {named}, -1 another", missing), age)


def _ever(when: When, times: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    return (times > 0).astype(float)


def _place(
    when: When, code: NDArray[np.float64], mine: NDArray[np.float64], last: NDArray[np.float64]
) -> NDArray[np.float64]:
    del when
    return np.where(np.isnan(last), np.nan, np.where(mine == last, code, -1.0))
