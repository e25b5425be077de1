"""How likely histories are under BG/NBD: those that are alike are counted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models.value._history import History

    Floats = NDArray[np.float64]


class _Coded(NamedTuple):
    """Numbers of which many are alike: those that differ, and which of them each row has."""

    values: Floats
    place: NDArray[np.intp]

    @classmethod
    def of(cls, numbers: Floats) -> _Coded:
        values, place = np.unique(numbers, return_inverse=True)
        return cls(values, place)

    def each(self, numbers: Floats) -> Floats:
        return np.asarray(numbers[self.place])


@dataclass(frozen=True, eq=False)
class Counts:
    r"""Histories that differ, and how many customers have each; times in units of their mean age.

    The log-likelihood of one is (Fader, Hardie & Lee 2005, doi:10.1287/mksc.1040.0098, equation 6)

    .. math:: \ln \frac{\Gamma(r+x)\,\alpha^r}{\Gamma(r)} + \ln \frac{B(a, b+x)}{B(a, b)}
              + \ln\left[(\alpha+T)^{-(r+x)} + 1_{x>0} \frac{a}{b+x-1} (\alpha+t_x)^{-(r+x)}\right].
    """

    many: Floats
    x: _Coded
    last: _Coded
    age: _Coded
    unit: float

    @classmethod
    def of(cls, history: History) -> Counts:
        """Count histories that are alike."""
        import polars as pl

        unit = float(history.age.mean()) or 1.0
        rows = pl.DataFrame({"x": history.frequency, "last": history.recency, "age": history.age})
        alike = rows.group_by("x", "last", "age").len().sort("x", "last", "age")
        x, last, age, many = (alike[name].cast(pl.Float64).to_numpy() for name in ("x", "last", "age", "len"))
        return cls(many, _Coded.of(x), _Coded.of(last / unit), _Coded.of(age / unit), unit)

    @property
    def customers(self) -> float:
        """How many customers there are."""
        return float(self.many.sum())

    def log_likelihood(self, logs: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood of ln r, ln α, ln a, ln b (times in units), and its gradient."""
        from scipy.special import digamma, gammaln

        r, alpha, a, b = np.exp(logs)
        x, seen, n = self.x.values, np.bincount(self.x.place, self.many), self.customers
        again = x > 0
        late, end = np.log(alpha + self.last.values), np.log(alpha + self.age.values)
        odds = np.where(again, np.log(a) - np.log(np.where(again, b + x - 1, 1.0)), -np.inf)
        often = self.x.each(r + x)
        late, end = self.last.each(late), self.age.each(end)
        gone = self.x.each(odds) + often * (end - late)  # log odds of having left
        value = (
            seen @ (gammaln(r + x) + gammaln(b + x) - gammaln(a + b + x))
            + n * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b))
            + self.many @ (np.logaddexp(0.0, gone) - often * end)
        )
        left = self.many / (1.0 + np.exp(-np.clip(gone, -700, 700))) * self.x.each(again.astype(np.float64))
        stayed = self.many - left
        by_x = np.bincount(self.x.place, left)
        rate = stayed @ (often / (alpha + self.age.each(self.age.values)))
        rate += left @ (often / (alpha + self.last.each(self.last.values)))
        slopes = np.array(
            [
                seen @ digamma(r + x) + n * (np.log(alpha) - digamma(r)) - stayed @ end - left @ late,
                n * r / alpha - rate,
                n * digamma(a + b) - seen @ digamma(a + b + x) + by_x.sum() / a,
                n * (digamma(a + b) - digamma(b))
                + seen @ (digamma(b + x) - digamma(a + b + x))
                - by_x @ (1.0 / np.where(again, b + x - 1, 1.0)),
            ]
        )
        return float(value), slopes * np.exp(logs)

    def shifted(self, value: float) -> float:
        """Return the log-likelihood in the table's own units of time."""
        return value - float(self.many @ self.x.each(self.x.values)) * float(np.log(self.unit))
