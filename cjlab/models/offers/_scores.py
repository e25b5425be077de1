"""Items scored for customers, a few thousand at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.errors import EvidenceError
from cjlab.models.offers._bought import Bought
from cjlab.models.offers._choice import Weights
from cjlab.models.offers._offers import Offers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.models.offers._profile import Profile
    from cjlab.models.offers._taste import Taste

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_CHUNK = 1_000
_CHOICES, _OTHERS = 10_000, 200


@dataclass(frozen=True, eq=False)
class Scores:
    """What customers had bought at a moment, and what speaks for each item then.

    ``values`` is (n, columns): the value of each column of the profile.
    """

    bought: Bought
    taste: Taste
    profile: Profile | None
    values: Codes | None
    again: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What speaks for an item."""
        own = ("habit",) if self.again else ()
        return ("popularity", "association", *own, *(() if self.profile is None else self.profile.columns.names))

    def blocks(self, rows: Codes) -> list[Floats]:
        """Return what speaks for each item, for some customers, ``(rows, m)`` each, in the order of the names."""
        shape = (len(rows), len(self.bought.items))
        made = [np.broadcast_to(self.taste.popular, shape), self.taste.association(self.bought, rows)]
        if self.again:
            made.append(self._owned(rows).astype(np.float64))
        if self.values is not None:
            made += [told[self.values[rows, column]] for column, told in enumerate(self.taste.alike)]
        return made

    def _owned(self, rows: Codes) -> NDArray[np.bool_]:
        return np.asarray(self.bought.grid()[rows].toarray() > 0)

    def chunks(self) -> Iterator[Codes]:
        """Yield customers, a few thousand at a time."""
        places = np.arange(len(self.bought.customers))
        for start in range(0, len(places), _CHUNK):
            yield places[start : start + _CHUNK]

    def weighed(self, rows: pl.DataFrame, then: dt.datetime, now: dt.datetime, *, seed: int) -> tuple[Weights, Weights]:
        """Learn the weights of what customers chose between two moments, and those without the profile."""
        came = Bought.read(
            rows.filter(pl.col("at") >= then), now, items=self.bought.items, customers=self.bought.customers
        )
        owned = self.bought.grid().tocsr()
        new = np.ones(len(came.item), dtype=bool) if self.again else ~_has(owned, came.customer, came.item)
        customer, item = came.customer[new], came.item[new]
        draw = np.random.default_rng([53, seed])
        if len(item) > _CHOICES:
            kept = np.sort(draw.choice(len(item), _CHOICES, replace=False))
            customer, item = customer[kept], item[kept]
        others = draw.integers(0, len(self.bought.items), (len(item), min(_OTHERS, 4 * len(self.bought.items))))
        asked = np.column_stack([item, others])
        chosen = came.grid().tocsr()
        flat = np.repeat(customer, asked.shape[1])
        taken = _has(chosen, flat, asked.ravel()) | (not self.again) & _has(owned, flat, asked.ravel())
        there = ~taken.reshape(asked.shape)
        there[:, 0] = True
        x, plain = self._gathered(customer, asked), len(self.names) - len(self.taste.alike)
        whole = Weights.learn(self.names, x, there, customer)
        return whole, whole if not self.taste.alike else Weights.learn(
            self.names[:plain], x[:, :, :plain], there, customer
        )

    def _gathered(self, customer: Codes, asked: Codes) -> Floats:
        """Return what speaks for the items that are asked for, ``(choices, items, ingredients)``."""
        made = np.empty((*asked.shape, len(self.names)))
        who, place = np.unique(customer, return_inverse=True)
        for start in range(0, len(who), _CHUNK):
            mine = np.flatnonzero((place >= start) & (place < start + _CHUNK))
            for number, block in enumerate(self.blocks(who[start : start + _CHUNK])):
                made[mine, :, number] = block[place[mine, None] - start, asked[mine]]
        return made

    def best(self, weights: Weights, there: NDArray[np.bool_], k: int) -> Offers:
        """Return the best offers of what can be had."""
        names = np.array([*self.bought.items, ""])
        tops, chances, reasons = [], [], []
        for rows in self.chunks():
            line = self._line(rows, weights, there)
            top, chance = _top(line, k)
            tops.append(top)
            chances.append(chance)
            reasons.append(np.where(top < len(self.bought.items), self._because(rows, top), len(self.bought.items)))
        if not tops:
            raise EvidenceError("nobody is asked for who could be offered anything; give customers")
        return Offers(
            self.bought.customers, names[np.concatenate(tops)], np.concatenate(chances), names[np.concatenate(reasons)]
        )

    def _line(self, rows: Codes, weights: Weights, there: NDArray[np.bool_]) -> Floats:
        line = sum(weight * block for weight, block in zip(weights.values, self.blocks(rows), strict=True))
        return self._masked(np.asarray(line), rows, there)

    def _masked(self, line: Floats, rows: Codes, there: NDArray[np.bool_]) -> Floats:
        barred = np.broadcast_to(~there, line.shape)
        return np.where(barred if self.again else barred | self._owned(rows), -np.inf, line)

    def _because(self, rows: Codes, top: Codes) -> Codes:
        """Return the code of what he bought that speaks most for each offer; beyond all where he bought nothing."""
        nothing = len(self.bought.items)
        starts = np.searchsorted(self.bought.customer, np.stack([rows, rows + 1]))
        made = np.full(top.shape, nothing, dtype=np.int64)
        for place, (start, end) in enumerate(starts.T):
            own = self.bought.item[start:end]
            if len(own):
                speaks = self.taste.beside[np.ix_(own, np.minimum(top[place], nothing - 1))]
                made[place] = own[np.argmax(speaks, axis=0)]
        return made

    def hits(
        self, weights: tuple[Weights, Weights], came: Bought, there: NDArray[np.bool_], k: int
    ) -> tuple[tuple[str, ...], NDArray[np.bool_], NDArray[Any]]:
        """Return by which methods offers were made, whether one of each was bought, ``(n, methods)``, and by whom."""
        made: list[NDArray[np.bool_]] = []
        who: list[Codes] = []
        names: tuple[str, ...] = ()
        cosine = _cosine(self.bought)
        for rows in self.chunks():
            bought = came.grid()[rows].toarray() > 0
            open_ = np.isfinite(self._masked(np.zeros(bought.shape), rows, there))
            asked = (bought & open_).any(axis=1)
            methods = self._methods(rows, weights, cosine)
            names = tuple(methods)
            tops = [_places(np.where(open_, line, -np.inf), k) for line in methods.values()]
            wide = np.column_stack([bought & open_, np.zeros(len(rows), dtype=bool)])
            found = [np.take_along_axis(wide, top, axis=1).any(axis=1) for top in tops]
            made.append(np.column_stack(found)[asked])
            who.append(rows[asked])
        if not made:
            return names, np.zeros((0, 0), dtype=bool), self.bought.customers[:0]
        return names, np.concatenate(made), self.bought.customers[np.concatenate(who)]

    def _methods(self, rows: Codes, weights: tuple[Weights, Weights], cosine: Floats) -> dict[str, Floats]:
        blocks = self.blocks(rows)
        lines = [
            np.asarray(sum(weight * block for weight, block in zip(one.values, blocks, strict=False)))
            for one in weights
        ]
        made = {
            "model": lines[0],
            "popularity": np.asarray(blocks[0]),
            "item to item": np.asarray(self.bought.grid()[rows] @ cosine),
            "association": blocks[1] + np.log(self.taste.usual),
        }
        return made if self.profile is None else made | {"without profile": lines[1]}


def _has(grid: Any, rows: Codes, columns: Codes) -> NDArray[np.bool_]:  # noqa: ANN401 - a sparse matrix
    """Return whether there is something at each place of a sparse matrix."""
    width = grid.shape[1]
    held = np.repeat(np.arange(grid.shape[0]), np.diff(grid.indptr)) * width + grid.indices
    return np.isin(rows * width + columns, held)


def _cosine(bought: Bought) -> Floats:
    grid = bought.grid()
    both = (grid.T @ grid).toarray()
    size = np.sqrt(np.maximum(np.diag(both), 1.0))
    made = both / size / size[:, None]
    np.fill_diagonal(made, 0.0)
    return np.asarray(made)


def _top(line: Floats, k: int) -> tuple[Codes, Floats]:
    """Return the places of the best, and their part of all that can be had; beyond all where there are fewer."""
    width, order = line.shape[1], _places(line, k)
    best = np.take_along_axis(line, order, axis=1)
    most = best[:, :1]
    with np.errstate(invalid="ignore"):
        whole = np.exp(line - most).sum(axis=1, keepdims=True)
        chance = np.exp(best - most) / whole
    there = np.isfinite(best)
    places, chances = np.where(there, order, width), np.where(there, chance, 0.0)
    pad = ((0, 0), (0, max(k - order.shape[1], 0)))
    return np.pad(places, pad, constant_values=width), np.pad(chances, pad)


def _places(line: Floats, k: int) -> Codes:
    """Return the places of the best, the best first, equal ones as they stand."""
    if k >= line.shape[1]:
        return np.argsort(-line, axis=1, kind="stable")
    some = np.sort(np.argpartition(-line, k - 1, axis=1)[:, :k], axis=1)
    order = np.argsort(-np.take_along_axis(line, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)
