"""What a model of value missed a horizon ago: learned then, applied now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROUNDS = 100
_LEAST = 100
_MOST = 20.0


@dataclass(frozen=True, eq=False)
class Correction:
    r"""What came of what was expected, a horizon ago.

    .. math:: E[\text{spent}] = e^{c_0} N^{c_1} M^{c_2}

    with *N* the purchases and *M* the spend a time that the model expected. The coefficients solve the score equations
    of Poisson regression, so that the totals agree; their covariance is the sandwich, which does not believe in Poisson
    (Gourieroux, Monfort & Trognon 1984, doi:10.2307/1913472).
    """

    coefficients: Floats
    covariance: Floats
    dispersion: float
    missed: float

    @classmethod
    def learn(cls, purchases: Floats, mean: Floats, happened: Floats, *, unsure: float = 0.0) -> Correction:
        """Learn of customers what came of what was expected, ``(n,)`` each.

        ``unsure`` is the variance of the logarithm of what was expected of all: what was wrong by chance then would be
        put right now, where it is not.
        """
        told = (purchases > 0) & (mean > 0)
        if told.sum() < _LEAST or not happened[told].sum() > 0:
            raise EvidenceError(
                f"{int(told.sum())} customers had bought a horizon ago; what the model misses is learned of at least "
                f"{_LEAST} who then spent something: leave look_back out, or give a longer log"
            )
        x, y = _design(purchases[told], mean[told]), np.maximum(happened[told], 0.0)
        found = _climbed(x, y)
        expected = np.exp(x @ found)
        bread = np.linalg.inv(x.T @ (x * expected[:, None]))
        scores = x * (y - expected)[:, None]
        dispersion = float(((y - expected) ** 2).sum() / expected.sum())
        missed = float(happened[told].sum() / (purchases * mean)[told].sum())
        covariance = bread @ (scores.T @ scores) @ bread
        covariance[0, 0] += unsure
        return cls(found, covariance, dispersion, missed)

    def applied(self, purchases: Floats, mean: Floats) -> Floats:
        """Return what will be spent, ``(n,)``."""
        return _applied(self.coefficients, purchases, mean)

    def spread(self, purchases: Floats, mean: Floats) -> Floats:
        """Return the standard deviation of the logarithm of what is expected of each, ``(n,)``."""
        x = _design(purchases, mean)
        return np.asarray(np.sqrt(np.einsum("ni,ij,nj->n", x, self.covariance, x)))

    def slope(self, purchases: Floats, mean: Floats, weights: Floats) -> Floats:
        """Return how a weighted total changes with the coefficients, ``(3,)``."""
        return np.asarray(_design(purchases, mean).T @ (weights * self.applied(purchases, mean)))

    def _parts(self) -> Mapping[str, Any]:
        return {
            "coefficients": self.coefficients,
            "covariance": self.covariance,
            "dispersion": self.dispersion,
            "missed": self.missed,
        }

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Correction:
        return cls(**parts)


def _design(purchases: Floats, mean: Floats) -> Floats:
    tiny = np.finfo(np.float64).tiny
    logs = [np.log(np.maximum(one, tiny)) for one in (purchases, mean)]
    return np.column_stack([np.ones(len(purchases)), *logs])


def _applied(coefficients: Floats, purchases: Floats, mean: Floats) -> Floats:
    expected = np.exp(_design(purchases, mean) @ coefficients)
    return np.where((purchases > 0) & (mean > 0), expected, 0.0)


def _climbed(x: Floats, y: Floats) -> Floats:
    """Solve the score equations by Newton's steps, none of them long."""
    found = np.array([np.log(y.sum() / np.exp(x[:, 1] + x[:, 2]).sum()), 1.0, 1.0])
    for _ in range(_ROUNDS):
        expected = np.exp(np.minimum(x @ found, _MOST + np.log(y.max())))
        step = np.linalg.solve(x.T @ (x * expected[:, None]), x.T @ (y - expected))
        found = found + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:  # noqa: PLR2004 - of logarithms
            return found
    raise EvidenceError("what the model missed a horizon ago follows no law that can be found; leave look_back out")
