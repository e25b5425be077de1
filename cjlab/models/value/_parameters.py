"""Parameters of a model with their intervals, and what follows from them for customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import within
from cjlab._display import Shown
from cjlab.errors import EvidenceError, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.value._maximum import Maximum

    Floats = NDArray[np.float64]

_POOR = 0.25  # standard deviation of a logarithm from which its normal law is not trusted
_STEP = 1e-4


class Limits(NamedTuple):
    """The ends of a parameter's interval, and by what they were found."""

    low: float
    high: float
    by: str


@dataclass(frozen=True, eq=False, repr=False)
class Parameters(Shown):
    """Parameters above 0, each with its interval.

    Intervals are normal in the logarithm; where its standard deviation is above 0.25, or a parameter runs to 0 or
    without end, they are those of the profile likelihood.

    Parameters
    ----------
    names : tuple of str
        What they are called.
    estimates : ndarray
        ``(k,)``.
    covariance : ndarray
        Of their logarithms, ``(k, k)``.
    limits : mapping of str to tuple
        The ends of each, and "normal" or "profile".
    confidence : float
        Of the intervals.

    Examples
    --------
    >>> import cjlab as cj
    >>> fitted = cj.models.BetaGeometric().fit(cj.datasets.cdnow_summary())
    >>> [round(float(one), 3) for one in fitted.parameters.estimates]
    [0.243, 4.414, 0.793, 2.426]
    """

    names: tuple[str, ...]
    estimates: Floats
    covariance: Floats
    limits: Mapping[str, tuple[float, float, str]]
    confidence: float

    @classmethod
    def of(cls, top: Maximum, units: Mapping[str, float], *, confidence: float) -> Parameters:
        """Return the parameters at the top, each in its unit."""
        from scipy.stats import chi2

        scale = np.array(list(units.values()))
        drop = float(chi2.ppf(confidence, 1)) / 2
        estimates, spread = np.exp(top.point) * scale, np.sqrt(np.diag(top.covariance))
        limits = {}
        for place, (name, unit) in enumerate(units.items()):
            poor = spread[place] > _POOR or bool(top.edged[place])
            reach = np.sqrt(2 * drop) * spread[place]
            ends = top.profile(place, drop=drop) if poor else (top.point[place] - reach, top.point[place] + reach)
            low, high = (float(np.exp(end)) * unit for end in ends)
            limits[name] = Limits(low, high, "profile" if poor else "normal")
        return cls(tuple(units), estimates, top.covariance, limits, confidence)

    def to_frame(self) -> pd.DataFrame:
        """Return a row a parameter.

        Returns
        -------
        pandas.DataFrame
            ``parameter``, ``estimate``, ``low``, ``high`` and ``by`` (what the interval was found by).

        Examples
        --------
        >>> import cjlab as cj
        >>> fitted = cj.models.BetaGeometric().fit(cj.datasets.cdnow_summary())
        >>> fitted.parameters.to_frame()["by"].tolist()
        ['normal', 'normal', 'normal', 'profile']
        """
        import pandas as pd

        rows = [
            (name, float(value), *self.limits[name]) for name, value in zip(self.names, self.estimates, strict=True)
        ]
        return pd.DataFrame(rows, columns=["parameter", "estimate", "low", "high", "by"])

    def slopes(self, told: Callable[[Floats], Floats]) -> Floats:
        """Return how what is told of the parameters changes with their logarithms, ``(k, …)``."""
        moves = np.eye(len(self.names)) * _STEP
        return np.array([self._told(told, move) - self._told(told, -move) for move in moves]) / (2 * _STEP)

    def _told(self, told: Callable[[Floats], Floats], move: Floats) -> Floats:
        return told(self.estimates * np.exp(move))

    def _parts(self) -> dict[str, Any]:
        limits = {name: list(ends) for name, ends in self.limits.items()}
        learned = {"estimates": self.estimates, "covariance": self.covariance, "confidence": self.confidence}
        return {"names": list(self.names), "limits": limits, **learned}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Parameters:
        limits = {name: Limits(*ends) for name, ends in parts["limits"].items()}
        learned = (parts["estimates"], parts["covariance"], limits, parts["confidence"])
        return cls(tuple(parts["names"]), *learned)

    def spread(self, told: Callable[[Floats], Floats]) -> Floats:
        """Return the standard deviation of what is told of the parameters, by the delta method."""
        slopes = self.slopes(told)
        return np.asarray(np.sqrt(np.einsum("i...,ij,j...->...", slopes, self.covariance, slopes)))


class Band(NamedTuple):
    """Numbers of customers with the ends of their intervals, ``(n,)`` each."""

    estimate: Floats
    low: Floats
    high: Floats


def banded(estimate: Floats, spread: Floats, *, confidence: float, share: bool = False) -> Band:
    """Return the interval of what is above 0, normal in its logarithm; of a share, in its log odds."""
    reach = quantile(confidence) * spread
    with np.errstate(divide="ignore", invalid="ignore"):
        if share:
            odds, width = estimate / (1 - estimate), np.exp(reach / (estimate * (1 - estimate)))
            low, high = odds / width / (1 + odds / width), 1 / (1 + 1 / (odds * width))
            certain = (estimate <= 0) | (estimate >= 1)
        else:
            width = np.exp(reach / estimate)
            low, high = estimate / width, estimate * width
            certain = estimate <= 0
    return Band(estimate, np.where(certain, estimate, low), np.where(certain, estimate, high))


def quantile(confidence: float) -> float:
    """Return how many standard deviations an interval reaches to each side."""
    from scipy.stats import norm

    return float(norm.ppf((1 + within(confidence, 0, 1, name="confidence", open_ends=True)) / 2))


def weeks_of(horizon: str) -> float:
    """Return how many weeks an offset such as ``"52W"`` or ``"365D"`` has."""
    from cjlab._checks import offset

    return offset(horizon, name="within").total_seconds() / (7 * 86_400)


def require_fitted(given: object, name: str) -> None:
    """Refuse what has not been fitted."""
    if not hasattr(given, "parameters"):
        raise SpecError(f"this {name} is not fitted; call fit(table) first")


def require_mean(shape: float, q: float) -> None:
    """Refuse a mean that is not there."""
    if shape <= 1:
        raise EvidenceError(
            f"q is {q:.3g}: spend a time varies so much between customers that its mean is without end "
            "for those who came once; leave out the few who spend most, or look at those who came back only"
        )
