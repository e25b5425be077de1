"""The interactions of customers in their order, and what was known of them at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab.models.interactions._read import coded

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.models.interactions._read import Labels

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

DAY = 86_400_000_000  # µs
FIRST = -1  # the gap before the first interaction of all
NOTHING = -1  # the label of what did not come


class Next(NamedTuple):
    """What came next after a moment, ``(n,)`` each: the code of its label, and days until it or until nothing came."""

    label: Codes
    days: Floats

    @property
    def came(self) -> NDArray[np.bool_]:
        """To whom anything came."""
        return np.asarray(self.label != NOTHING)


@dataclass(frozen=True, eq=False)
class Course:
    """Interactions by customer, time and label; those of one label at one moment are one.

    ``labels`` is what the codes mean; ``whose`` are places among ``customers``, ``at`` and ``known`` (from when on it
    was) are in microseconds.
    """

    customers: NDArray[Any]
    labels: Labels
    whose: Codes
    label: Codes
    at: Codes
    known: Codes

    @classmethod
    def read(cls, rows: pl.DataFrame, labels: Labels) -> Course:
        """Put interactions in their order."""
        told = coded(rows, labels)
        ids = told["customer_id"]
        whose = np.cumsum((ids != ids.shift(1)).fill_null(value=False).to_numpy()).astype(np.int64)
        label, at, known = (told[name].to_numpy() for name in ("label", "at", "known"))
        once = np.ones(len(at), dtype=bool)
        once[1:] = (np.diff(whose) != 0) | (np.diff(at) != 0) | (np.diff(label) != 0)
        who = ids.unique(maintain_order=True).to_numpy()
        return cls(who, labels, whose[once], label[once], at[once], known[once])

    def before(self, when: int) -> Past:
        """Return what was known before a moment, of customers of whom something was."""
        kept = np.flatnonzero(self.known < when)
        whose = self.whose[kept]
        new = np.ones(len(whose), dtype=bool)
        new[1:] = np.diff(whose) != 0
        places = np.cumsum(new) - 1
        return Past(when, len(self.labels), whose[new], places, self.label[kept], self.at[kept])

    def after(self, past: Past, span: int) -> Next:
        """Return what came next to the customers of a past, within a span of its moment."""
        later = np.flatnonzero((self.at >= past.moment) & (self.at < past.moment + span))
        who, first = np.unique(self.whose[later], return_index=True)
        row = np.full(len(self.customers), NOTHING)
        row[who] = later[first]
        found = row[past.customers]
        came = found != NOTHING
        label, days = np.full(len(found), NOTHING), np.full(len(found), span / DAY)
        label[came] = self.label[found[came]]
        days[came] = (self.at[found[came]] - past.moment) / DAY
        return Next(label, days)


@dataclass(frozen=True, eq=False)
class Past:
    """What was known of customers before a moment (µs): their interactions, the last of each customer last.

    ``customers`` are places in a course, ``whose`` places among these; there are ``kinds`` labels.
    """

    moment: int
    kinds: int
    customers: Codes
    whose: Codes
    label: Codes
    at: Codes

    def chunks(self, size: int) -> Iterator[Past]:
        """Yield the past of some customers after those of others."""
        for start in range(0, len(self.customers), size):
            places = np.arange(start, min(start + size, len(self.customers)))
            here = slice(*np.searchsorted(self.whose, [start, start + size]))
            rows = (self.whose[here] - start, self.label[here], self.at[here])
            yield Past(self.moment, self.kinds, self.customers[places], *rows)

    def among(self, places: Codes) -> Past:
        """Return the past of some customers, in rising order of their places."""
        new = np.full(len(self.customers), -1)
        new[places] = np.arange(len(places))
        kept = np.flatnonzero(new[self.whose] >= 0)
        rows = (new[self.whose[kept]], self.label[kept], self.at[kept])
        return Past(self.moment, self.kinds, self.customers[places], *rows)

    @cached_property
    def starts(self) -> Codes:
        """The place of each customer's first interaction."""
        return np.searchsorted(self.whose, np.arange(len(self.customers))).astype(np.int64)

    @cached_property
    def ends(self) -> Codes:
        """The place of each customer's last interaction."""
        return np.append(self.starts[1:], len(self.whose)) - 1

    @property
    def last(self) -> Codes:
        """The label of each customer's last interaction."""
        return self.label[self.ends]

    @property
    def second(self) -> Codes:
        """The label of the last but one, or as many as there are labels where there is none."""
        return np.where(self.ends > self.starts, self.label[np.maximum(self.ends - 1, 0)], self.kinds)

    @property
    def silence(self) -> Codes:
        """For how long (µs) customers have been silent."""
        return self.moment - self.at[self.ends]

    @cached_property
    def gap(self) -> Codes:
        """The time (µs) since the interaction before, −1 of the first."""
        made = np.diff(self.at, prepend=0)
        made[self.starts] = FIRST
        return made

    @cached_property
    def ago(self) -> Floats:
        """How many days ago each was."""
        return (self.moment - self.at) / DAY

    def counts(self, weights: Floats | None = None, kept: Codes | slice = slice(None)) -> Floats:
        """Return how often each customer had each label, of some rows, ``(n, labels)``."""
        n = len(self.customers)
        code = self.whose[kept] * self.kinds + self.label[kept]
        return np.bincount(code, weights, n * self.kinds).reshape(n, self.kinds).astype(np.float64)
