"""The member of boosted trees: XGBoost on coded columns, categories and missing values as they come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._threads import threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import xgboost
    from numpy.typing import NDArray

    from cjlab.models._columns import Columns
    from cjlab.models._kinds import Part

_PATIENCE = 50  # rounds without gain after which a fold stops
_ROWS = 262_144  # rows of a block that is scored at once
_FIXED = {
    "tree_method": "hist",
    "min_child_weight": 5,
    "subsample": 0.8,
    "colsample_bytree": 0.8,
    "reg_lambda": 1.0,
    "base_score": 0.5,
}
_LOSS = {"binary:logistic": "logloss", "survival:cox": "cox-nloglik"}


@dataclass(frozen=True)
class Trees:
    """A booster, in xgboost's own bytes.

    Parameters
    ----------
    stored : bytes
        What ``Booster.save_raw("ubj")`` gave.
    kinds : tuple of str
        ``"c"`` for a category, ``"q"`` for a number, in the order of the columns.
    """

    stored: bytes
    kinds: tuple[str, ...]

    @cached_property
    def _booster(self) -> xgboost.Booster:
        import xgboost

        booster = xgboost.Booster({"nthread": threads()})
        booster.load_model(bytearray(self.stored))
        return booster

    def logit(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``(n,)`` log-odds of coded rows."""
        found = np.empty(len(values))
        for rows, block in self._blocks(values):
            found[rows] = self._booster.predict(block, output_margin=True)
        return found

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``(n, p + 1)``: what each column adds to the log-odds of the mean customer, which stand last.

        These are the Shapley values of the trees (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9), to float32.
        """
        found = np.empty((len(values), values.shape[1] + 1))
        for rows, block in self._blocks(values):
            found[rows] = self._booster.predict(block, pred_contribs=True)
        return found

    def _blocks(self, values: NDArray[np.float64]) -> Iterator[tuple[slice, xgboost.DMatrix]]:
        import xgboost

        for first in range(0, len(values), _ROWS):
            rows = slice(first, first + _ROWS)
            yield rows, xgboost.DMatrix(values[rows], feature_types=list(self.kinds), enable_categorical=True)

    def _parts(self) -> Mapping[str, Part]:
        return {"stored": self.stored, "kinds": list(self.kinds)}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Trees:
        return cls(parts["stored"], tuple(parts["kinds"]))


@dataclass(frozen=True)
class Grower:
    """How trees are grown: on these columns, so deep, in such steps, under such constraints."""

    columns: Columns
    depth: int
    rate: float
    rounds: int
    monotone: Mapping[str, int]
    seed: int
    objective: str = "binary:logistic"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Tell xgboost what each column is."""
        return tuple("c" if kind == "category" else "q" for kind in self.columns.kinds)

    @property
    def settings(self) -> dict[str, Any]:
        """Say it in xgboost's words."""
        own: dict[str, Any] = {"objective": self.objective, "eval_metric": _LOSS[self.objective]}
        own |= {"max_depth": self.depth, "eta": self.rate, "seed": self.seed, "nthread": threads()}
        signs = tuple(self.monotone.get(name, 0) for name in self.columns.names)
        return _FIXED | own | ({"monotone_constraints": signs} if any(signs) else {})

    def grow(self, values: NDArray[np.float64], outcome: NDArray[np.float64], rounds: int) -> Trees:
        """Grow so many trees."""
        import xgboost

        booster = xgboost.train(self.settings, self._matrix(values, outcome), rounds)
        return Trees(bytes(booster.save_raw("ubj")), self.kinds)

    def watched(
        self,
        train: tuple[NDArray[np.float64], NDArray[np.float64]],
        test: tuple[NDArray[np.float64], NDArray[np.float64]],
    ) -> Watched:
        """Grow until customers kept apart gain no more."""
        import xgboost

        learnt = self._matrix(*train)
        judged = self._matrix(*test, like=learnt)
        booster = xgboost.train(
            self.settings,
            learnt,
            self.rounds,
            evals=[(judged, "apart")],
            early_stopping_rounds=_PATIENCE,
            verbose_eval=False,
        )
        return Watched(booster, judged, booster.best_iteration + 1)

    def _matrix(
        self, values: NDArray[np.float64], outcome: NDArray[np.float64], *, like: xgboost.QuantileDMatrix | None = None
    ) -> xgboost.QuantileDMatrix:
        import xgboost

        return xgboost.QuantileDMatrix(
            values, outcome, feature_types=list(self.kinds), enable_categorical=True, ref=like
        )


@dataclass(frozen=True)
class Watched:
    """Trees grown beside customers kept apart, and the round that was best for these."""

    booster: xgboost.Booster
    apart: xgboost.QuantileDMatrix
    best: int

    def logit(self, rounds: int) -> NDArray[np.float64]:
        """Return the log-odds of those kept apart after so many rounds, or as many as there are."""
        last = min(rounds, self.booster.num_boosted_rounds())
        return np.asarray(self.booster.predict(self.apart, output_margin=True, iteration_range=(0, last)), np.float64)
