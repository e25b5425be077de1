"""What is chosen by cross-validation: depth and rounds of the trees, the penalty, the member, and the calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._random import uniform
from cjlab.models.propensity._logistic import logistic
from cjlab.models.propensity._scale import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.models._columns import Columns
    from cjlab.models._folds import Split
    from cjlab.models.propensity._trees import Grower

PENALTIES = (1000.0, 100.0, 10.0, 1.0)
_ROWS = 50_000  # more tell depth and penalty no better, and cost hours


def tuned_on(whose: NDArray[np.generic], key: str) -> NDArray[np.intp]:
    """Return places of the rows by which settings are chosen: all, or those of customers drawn."""
    if len(whose) <= _ROWS:
        return np.arange(len(whose))
    drawn = uniform(f"models/tuned/{key}", whose)
    return np.flatnonzero(drawn <= np.partition(drawn, _ROWS)[_ROWS])


class Tried(NamedTuple):
    """One setting, and the log-odds that it gave customers it had not learnt from."""

    setting: Mapping[str, float]
    logit: NDArray[np.float64]
    loss: float


@dataclass(frozen=True, eq=False)
class Tuning:
    """A table in folds, on which settings are tried.

    Parameters
    ----------
    values, outcome
        ``(n, p)`` coded rows and ``(n,)`` 0 or 1.
    columns
        What the columns are.
    folds
        The splits; every row is judged at most once.
    monotone
        Signs of columns.
    """

    values: NDArray[np.float64]
    outcome: NDArray[np.float64]
    columns: Columns
    folds: Sequence[Split]
    monotone: Mapping[str, int]

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Tell which rows some fold judges."""
        known = np.zeros(len(self.outcome), bool)
        for fold in self.folds:
            known[fold.test] = True
        return known

    def trees(self, growers: Sequence[Grower]) -> Tried:
        """Try each grower in each fold, stopping early in each; return the best with the median of its rounds."""
        return min((self._grown(one) for one in growers), key=lambda tried: tried.loss)

    def _grown(self, grower: Grower) -> Tried:
        values, outcome = self.values, self.outcome
        folds = [
            grower.watched((values[train], outcome[train]), (values[test], outcome[test])) for train, test in self.folds
        ]
        rounds = int(np.median([one.best for one in folds]))
        logit = np.full(len(outcome), np.nan)
        for (_, test), one in zip(self.folds, folds, strict=True):
            logit[test] = one.logit(rounds)
        return Tried({"depth": grower.depth, "rounds": rounds}, logit, self.loss(logit))

    def logistic(self) -> Tried:
        """Try penalties in all folds, from the strongest down to where the loss begins to rise; return the best."""
        paths = [
            logistic(self.values[train], self.outcome[train], self.columns, penalties=PENALTIES, monotone=self.monotone)
            for train, _ in self.folds
        ]
        best = Tried({}, np.empty(0), np.inf)
        for penalty, members in zip(PENALTIES, zip(*paths, strict=True), strict=True):
            logit = np.full(len(self.outcome), np.nan)
            for (_, test), one in zip(self.folds, members, strict=True):
                logit[test] = one.logit(self.values[test])
            tried = Tried({"penalty": penalty}, logit, self.loss(logit))
            if tried.loss > best.loss:
                break
            best = tried
        return best

    def loss(self, logit: NDArray[np.float64]) -> float:
        """Return the mean negative log-likelihood of the rows judged, at their own frequency of the outcome.

        The slope stays as it is, so that what shrinks too much is not taken for what is right.
        """
        known = self.judged
        z = Scale.shifted(logit[known], self.outcome[known]).logit(logit[known])
        return float((np.logaddexp(0, z) - self.outcome[known] * z).mean())

    def scale(self, logit: NDArray[np.float64]) -> Scale:
        """Return the calibration of the rows judged."""
        known = self.judged
        return Scale.learn(logit[known], self.outcome[known])
