"""What people's gaps are like: the prior that makes a log's past most likely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import betainc, expit, logsumexp

from cjlab.errors import SpecError
from cjlab.features._recipe import Recipe
from cjlab.features.builders._builder import Builder, Column, When
from cjlab.features.reading._cell import Cell
from cjlab.features.rhythm._habit import Gaps, Prior, grid, likelihood

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_MOST, _FEWEST = 3_000, 20
_Z = np.linspace(-2.5, 2.5, 9)
_LOW, _HIGH = np.array([-1.0, -4.0, -1.6, -3.0, -9.0]), np.array([9.0, 5.0, 4.0, 0.7, 3.0])


@dataclass(frozen=True)
class _Seen(Builder):
    """Gaps and silence, as they are."""

    of: Where

    def columns(self) -> tuple[Column, ...]:
        """Return how many gaps, their sum, that of their logarithms, and the silence."""
        made: dict[str, Callable[[When, Floats], Floats]] = {
            "count": lambda _, x: x[:, 0],
            "total": lambda _, x: x[:, 0] * x[:, 1],
            "logs": lambda _, x: x[:, 3],
            "silence": lambda when, x: when.day - x[:, 5],
        }
        return tuple(Column(name, (Cell("gaps", self.of),), formula, "1", name) for name, formula in made.items())


def seen(log: Log, as_of: str | dt.date, of: Where) -> pd.DataFrame:
    """Return each customer's ``count`` of gaps, their ``total``, ``logs`` and ``silence``, of who has such rows."""
    return Recipe(_Seen(of)).build(log, as_of).dropna()


def fitted_prior(log: Log, as_of: str | dt.date, of: Where) -> Prior:
    """Return the prior under which a log's gaps, and the silence after them, are most likely."""
    frame = seen(log, as_of, of)
    with_gaps = int((frame["count"] > 0).sum())
    if with_gaps < _FEWEST:
        raise SpecError(
            f"rhythm: {with_gaps} customers have a gap between {of} before {as_of}, too few to tell what people are "
            f"like; give at least {_FEWEST}, or the prior's numbers"
        )
    some = frame.iloc[np.unique(np.linspace(0, len(frame) - 1, _MOST).round().astype(int))].to_numpy()
    return likeliest(Gaps(*(np.ascontiguousarray(some[:, place]) for place in range(3))), some[:, 3])


def likeliest(gaps: Gaps, silence: Floats) -> Prior:
    """Return the prior under which gaps and silences (days) are most likely."""
    overall = float(np.log(max(gaps.total.sum() / max(gaps.n.sum(), 1.0), 1.0)))
    start = np.array([overall, 0.0, 0.4, -0.7, -2.0])
    quiet = np.maximum(silence - 0.5, 0.0)

    def unlikely(at: Floats) -> float:
        outside = float(np.sum(np.maximum(at - _HIGH, 0.0) + np.maximum(_LOW - at, 0.0)))
        return -_likely(_prior(np.clip(at, _LOW, _HIGH)), gaps, quiet) + 100.0 * outside

    simplex = np.vstack([start, start + np.eye(5) * 0.7])
    options: Any = {"maxiter": 400, "xatol": 3e-3, "fatol": 1e-2, "initial_simplex": simplex}
    found = minimize(unlikely, start, method="Nelder-Mead", options=options)
    return Prior(*(float(f"{one:.5g}") for one in _prior(np.clip(found.x, _LOW, _HIGH))))


def _prior(at: Floats) -> Prior:
    mean, strength, shape, spread = np.exp(at[:4])
    return Prior(float(mean), 1.0 + float(strength), float(shape), float(spread), float(expit(at[4])))


def _likely(prior: Prior, gaps: Gaps, quiet: Floats) -> float:
    """Return the logarithm of the likelihood: gaps that ended, then the last purchase or a gap that still lasts."""
    shapes, weights = grid(prior, _Z)
    seen = prior.strength + gaps.n[:, None] * shapes
    days = prior.days + shapes * gaps.total[:, None]
    lasts = betainc(seen, shapes, days / (days + shapes * quiet[:, None]))
    after = np.log(prior.dropout + (1.0 - prior.dropout) * lasts)
    each = logsumexp(likelihood(prior, gaps, shapes) + after + np.log(weights), axis=1)
    return float(np.sum(each + gaps.n * np.log1p(-prior.dropout)))
