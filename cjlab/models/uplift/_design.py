"""Features as a regression takes them: numbers tamed, categories one column each, all centred and scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models._columns import Columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

    Floats = NDArray[np.float64]

_FLAT = 1e-9  # a column that varies less says nothing
_FEW = 20  # a category of fewer customers has no column of its own


@dataclass(frozen=True, eq=False)
class Design:
    r"""What was learnt of a table: its columns, and where each lies.

    A number becomes :math:`\operatorname{arsinh}((x - \bar x) / s)`: as it is near the mean, its logarithm far away, so
    that one large amount does not carry a line. A missing one lies at the mean, with a column that says so. A category
    has a column; one never seen has none. Every column is then centred and scaled to variance 1, so that one penalty
    means the same to each.

    ``sources`` is (2, columns): the place among the columns learnt, and the category, −1 for the number itself, −2 for
    whether it is missing. ``tame`` is (2, columns learnt), mean and spread; ``scale`` (2, columns) likewise of what is
    made.
    """

    columns: Columns
    sources: NDArray[np.int64]
    tame: Floats
    scale: Floats

    @classmethod
    def learn(cls, X: object) -> tuple[Design, Floats]:
        """Learn from a table; return that, and what becomes of the table, ``(n, columns)``."""
        columns = Columns.learn(X)
        values = columns.coded(X)
        tame = np.stack([_moments(values[:, place]) for place in range(values.shape[1])], axis=1)
        sources = np.array(list(_sources(columns, values)), dtype=np.int64).reshape(-1, 2).T
        bare = cls(columns, sources, tame, np.tile([[0.0], [1.0]], sources.shape[1]))
        made = bare._made(values)
        scale = np.stack([made.mean(axis=0), made.std(axis=0)])
        kept = scale[1] > _FLAT
        found = cls(columns, sources[:, kept], tame, scale[:, kept])
        made = made if kept.all() else made[:, kept]
        made -= found.scale[0]
        made /= found.scale[1]
        return found, made

    @property
    def blanks(self) -> tuple[int, ...]:
        """For each column made, the place of the one that says whether its value is missing; −1 for none."""
        flags = {int(place): column for column, (place, what) in enumerate(self.sources.T) if what == _MISSING}
        return tuple(flags.get(int(place), -1) if what == _NUMBER else -1 for place, what in self.sources.T)

    def of(self, X: object) -> Floats:
        """Return what becomes of a table, ``(n, columns)``."""
        return self._made(self.columns.coded(X))

    def _made(self, values: Floats) -> Floats:
        made = np.empty((len(values), self.sources.shape[1]))
        for column, (place, what) in enumerate(self.sources.T):
            made[:, column] = self._one(values[:, place], int(place), int(what))
        made -= self.scale[0]
        made /= self.scale[1]
        return made

    def _one(self, value: Floats, place: int, what: int) -> Floats:
        if what >= 0:
            return np.asarray(value == what, dtype=np.float64)
        if what == _MISSING:
            return np.isnan(value).astype(np.float64)
        mean, spread = self.tame[:, place]
        found: Floats = np.nan_to_num(np.arcsinh((value - mean) / spread))
        return found

    def _parts(self) -> Mapping[str, Part]:
        return {"columns": self.columns, "sources": self.sources, "tame": self.tame, "scale": self.scale}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Design:
        return cls(parts["columns"], parts["sources"], parts["tame"], parts["scale"])


_NUMBER, _MISSING = -1, -2


def _moments(value: Floats) -> Floats:
    """Return mean and spread of what is known; 0 and 1 where that says nothing."""
    known = value[~np.isnan(value)]
    if not len(known):
        return np.array([0.0, 1.0])
    size = float(np.abs(known).max()) or 1.0  # squares of huge numbers would overflow
    mean, spread = float((known / size).mean()) * size, float((known / size).std()) * size
    return np.array([mean, spread if spread > 1e-12 * abs(mean) and spread > 0 else 1.0])


def _sources(columns: Columns, values: Floats) -> Iterator[tuple[int, int]]:
    for place, kind in enumerate(columns.kinds):
        value = values[:, place]
        if kind == "number":
            yield place, _NUMBER
            if np.isnan(value).any():
                yield place, _MISSING
        elif kind == "category":
            for code in range(len(columns.categories[columns.names[place]])):
                if np.count_nonzero(value == code) >= _FEW:
                    yield place, code
