"""What personas are told apart by: columns as people read them, and as distances are measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab.errors import EvidenceError
from cjlab.models.uplift._design import Design

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_WHOLE = 1e-9


class Split(NamedTuple):
    """What a rule asks of one column.

    ``kind`` is "number" or "whole" (it lies above ``low``, and not above ``high``), "is" or "is not" (a ``word``),
    "known" or "unknown".
    """

    name: str
    kind: str
    low: float
    high: float
    word: str = ""

    @property
    def said(self) -> str:
        """It as a person would say it."""
        if self.kind in {"number", "whole"}:
            return f"{self.name} {_between(self.low, self.high, whole=self.kind == 'whole')}"
        return f"{self.name} {self.kind} {self.word}".rstrip()


@dataclass(frozen=True, eq=False)
class Asked:
    """Columns that splits may ask, each a number, "is it this category", or "is it missing".

    ``whole`` tells which numbers are whole ones.
    """

    design: Design
    whole: NDArray[np.bool_]

    @classmethod
    def learn(cls, X: object) -> tuple[Asked, Floats, Floats]:
        """Learn columns; return them, what is asked of each customer and what is told of him, ``(n, d)`` each.

        What is told is on one scale: numbers tamed (as far as their mean and spread, their logarithm beyond) with
        variance 1. The categories of one column together, and what has but two values, count 2 / π: as much as one
        split takes of a normal number, for one split takes all of them.
        """
        design, told = Design.learn(X)
        if not design.sources.shape[1]:
            raise EvidenceError("X has nothing that differs between customers; give features that do")
        asked = cls(design, np.zeros(0, dtype=bool)).of(X)
        whole = np.array([(one == np.floor(one)).all() for one in asked.T], dtype=bool)
        return cls(design, whole), asked, told * _scales(design, asked)

    def of(self, X: object) -> Floats:
        """Return what is asked of each customer, ``(n, d)``; a missing number lies at the mean."""
        values = self.design.columns.coded(X)
        made = [self._one(values[:, place], int(place), int(kind)) for place, kind in self.design.sources.T]
        return np.column_stack(made)

    def _one(self, values: Floats, place: int, kind: int) -> Floats:
        if kind >= 0:
            return np.asarray(values == kind, dtype=np.float64)
        missing = np.isnan(values)
        if kind == -1:
            return np.where(missing, self.design.tame[0, place], values)
        return missing.astype(np.float64)

    def split(self, column: int, low: float, high: float) -> Split:
        """Return between what a column lies: above the first, up to the second."""
        place, kind = (int(one) for one in self.design.sources[:, column])
        name = self.design.columns.names[place]
        if kind >= 0:
            word = self.design.columns.categories[name][kind]
            return Split(name, "is" if low >= 0 else "is not", low, high, str(word))
        if kind != -1:
            return Split(name, "unknown" if low >= 0 else "known", low, high)
        return Split(name, "whole" if self.whole[column] else "number", low, high)

    def _parts(self) -> Mapping[str, Any]:
        return {"design": self.design, "whole": self.whole}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Asked:
        return cls(**parts)


def _scales(design: Design, asked: Floats) -> Floats:
    """Return by what each column is multiplied."""
    places, kinds = design.sources
    many = np.array([np.sum((places == place) & (kinds >= 0)) if kind >= 0 else 1 for place, kind in design.sources.T])
    split = np.array([len(np.unique(one)) <= 2 for one in asked.T])  # noqa: PLR2004 - yes and no
    return np.asarray(np.sqrt(np.where(split, 2 / np.pi, 1.0) / np.maximum(many, 1)))


def _between(low: float, high: float, *, whole: bool) -> str:
    """Say an interval that is open below and closed above."""
    if whole:
        least = low + 1
        if low == -np.inf:
            return f"{high:g}" if abs(high) < _WHOLE else f"at most {high:g}"
        return f"{least:g} or more" if high == np.inf else f"{least:g}" if least == high else f"{least:g} to {high:g}"
    if low == -np.inf:
        return f"up to {high:g}"
    return f"above {low:g}" if high == np.inf else f"above {low:g}, up to {high:g}"
