"""Customers at two dates, and how far a feature lies apart between them, with what chance alone would make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ONE: Final = np.ones((1, 1), np.float32)
_MOST: Final = 20_000  # customers whose distances are resampled


class Pair(NamedTuple):
    """Two dates of the same customers: whose each row is, whether it is of the second, and how customers are drawn."""

    built: pd.DataFrame
    who: NDArray[np.int64]
    second: NDArray[np.bool_]
    weights: NDArray[np.float32]
    coins: NDArray[np.bool_]
    chosen: NDArray[np.bool_]

    @classmethod
    def of(cls, built: pd.DataFrame, replicates: int, seed: int = 0) -> Pair:
        """Return customers by number, drawn with their coins."""
        import pandas as pd

        dates = built.index.get_level_values(0)
        who, people = pd.factorize(built.index.get_level_values(1))
        kept = np.zeros(len(people), bool)
        kept[np.unique(np.linspace(0, len(people) - 1, min(len(people), _MOST)).round().astype(int))] = True
        n, rng = int(kept.sum()), np.random.default_rng(seed)
        place = np.cumsum(kept) - 1
        weights = rng.multinomial(n, np.full(n, 1 / n), size=replicates).astype(np.float32)
        return cls(built, place[who], dates == dates.max(), weights, rng.random((replicates, n)) < 0.5, kept[who])  # noqa: PLR2004 - a coin

    def far(self, feature: str) -> tuple[float, float, float, float]:
        """Return distance, ends of its interval, and floor; NaN where a date has nobody with the feature."""
        values = self.built[feature].to_numpy(np.float64)
        known = ~np.isnan(values)
        if not (known & self.second).any() or not (known & ~self.second).any():
            return (float("nan"),) * 4
        found = np.abs(_apart(_ONE, _Rows.of(values[known], self.second[known]))).max()
        there = known & self.chosen
        rows, who = _Rows.of(values[there], self.second[there]), self.who[there]
        drawn = np.abs(_apart(self.weights[:, who], rows) - _apart(_ONE, rows)).max(axis=1)
        chance = np.abs(_apart(_ONE, rows, self.coins[:, who])).max(axis=1)
        reach, floor = np.nanquantile(drawn, 0.95), np.nanquantile(chance, 0.95)
        return float(found), float(max(0.0, found - reach)), float(min(1.0, found + reach)), float(floor)


class _Rows(NamedTuple):
    """Rows in the order of a feature's values."""

    order: NDArray[np.int64]
    second: NDArray[np.bool_]
    ends: NDArray[np.bool_]

    @classmethod
    def of(cls, values: Floats, second: NDArray[np.bool_]) -> _Rows:
        """Sort rows, and mark the last of each value."""
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        return cls(order, second[order], np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)])


def _apart(weights: NDArray[np.float32], rows: _Rows, swapped: NDArray[np.bool_] | None = None) -> Floats:
    """Return the difference of cumulated shares at each value, ``(draws, values)``, rows weighed, dates swapped."""
    heavy = weights[:, rows.order] if weights.shape[1] > 1 else np.broadcast_to(weights, (1, len(rows.order)))
    second = rows.second if swapped is None else rows.second ^ swapped[:, rows.order]
    late, early = np.where(second, heavy, np.float32(0)), np.where(second, np.float32(0), heavy)
    with np.errstate(divide="ignore", invalid="ignore"):
        late = late.cumsum(axis=1, dtype=np.float64) / late.sum(axis=1, dtype=np.float64, keepdims=True)
        early = early.cumsum(axis=1, dtype=np.float64) / early.sum(axis=1, dtype=np.float64, keepdims=True)
    return np.asarray((late - early)[:, rows.ends])
