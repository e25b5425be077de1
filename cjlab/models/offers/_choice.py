"""How much each thing that speaks for an item weighs: learned of what was chosen among all that could be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._display import Shown
from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROUNDS, _HALVED = 50, 30
_CLOSE = 1e-8
_LEAST = 100
_REACH = 1.959964  # of a normal law, 95 %


@dataclass(frozen=True, eq=False, repr=False)
class Weights(Shown):
    r"""Weights of a conditional logit (McFadden 1974) and their covariance.

    The chance that *i* is chosen is :math:`e^{w'x_i} / \sum_j e^{w'x_j}`; what was not chosen is sampled evenly, which
    leaves the weights what they are. The covariance is the sandwich, by customer.
    """

    names: tuple[str, ...]
    values: Floats
    covariance: Floats

    @classmethod
    def learn(
        cls, names: tuple[str, ...], x: Floats, there: NDArray[np.bool_], customer: NDArray[np.int64], /
    ) -> Weights:
        """Learn of ``x`` (choices, items, ingredients), the chosen item first, of items that were ``there``."""
        if len(x) < _LEAST:
            raise EvidenceError(
                f"{len(x)} choices were made within the last horizon; how offers weigh is learned of at least {_LEAST}"
                ": give a longer within, or a longer log"
            )
        found, (value, slope, bent, scores) = np.zeros(len(names)), _curved(x, there, np.zeros(len(names)))
        for _ in range(_ROUNDS):
            step = np.linalg.solve(bent, slope)
            if slope @ step < _CLOSE:
                break
            for _ in range(_HALVED):
                tried = _curved(x, there, found + step)
                if tried[0] >= value:
                    break
                step = step / 2
            found, (value, slope, bent, scores) = found + step, tried
        of_each = np.zeros((int(customer.max()) + 1, len(names)))
        np.add.at(of_each, customer, scores)
        bread = np.linalg.inv(bent)
        return cls(names, found, bread @ (of_each.T @ of_each) @ bread)

    def to_frame(self) -> pd.DataFrame:
        """Return how much each thing weighs, with its 95 % interval.

        Returns
        -------
        pandas.DataFrame
            ``ingredient``, ``weight`` (1: as its share says; 0: not at all), ``low`` and ``high``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=1_000), days=150).log
        >>> told = cj.models.NextOffer().fit(log, as_of="2024-05-01").weights.to_frame()
        >>> bool((told["low"] < told["weight"]).all())
        True
        """
        import pandas as pd

        reach = _REACH * np.sqrt(np.diag(self.covariance))
        ends = {"low": self.values - reach, "high": self.values + reach}
        return pd.DataFrame({"ingredient": list(self.names), "weight": self.values, **ends})

    def _parts(self) -> Mapping[str, Any]:
        return {"names": list(self.names), "values": self.values, "covariance": self.covariance}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Weights:
        return cls(tuple(parts["names"]), parts["values"], parts["covariance"])


def _curved(x: Floats, there: NDArray[np.bool_], weights: Floats) -> tuple[float, Floats, Floats, Floats]:
    """Return log-likelihood, slope and curvature, with a prior of variance 1, and the score of each choice."""
    line = np.where(there, x @ weights, -np.inf)
    most = line.max(axis=1, keepdims=True)
    odds = np.exp(line - most)
    whole = odds.sum(axis=1, keepdims=True)
    shares = odds / whole
    mean = np.einsum("nc,ncd->nd", shares, x)
    scores = x[:, 0] - mean
    flat = x.reshape(-1, x.shape[2])
    bent = flat.T @ (flat * shares.reshape(-1, 1)) - mean.T @ mean + np.eye(len(weights))
    value = float((line[:, 0] - most[:, 0] - np.log(whole[:, 0])).sum() - weights @ weights / 2)
    return value, scores.sum(axis=0) - weights, bent, scores
