"""Markets drawn with known effects, in which challengers can be judged by what they would truly bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cjlab.loop import Evidence
from cjlab.models import Uplift, whom

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = {"none": 0.5, "mail": 0.5}
COST = 0.3


class Market(NamedTuple):
    """Customers of a randomised mailing, with the true effect on each."""

    X: pd.DataFrame
    outcome: NDArray[np.float64]
    arm: NDArray[np.str_]
    effect: NDArray[np.float64]

    def worth(self, model: Any) -> float:
        """Return what a model's contacts would truly bring a customer, after costs."""
        chosen = whom(model.predict(self.X), control="none", costs={"mail": COST}).customers["arm"] == "mail"
        return float(((self.effect - COST) * chosen.to_numpy()).mean())


def market(seed: int, *, customers: int) -> Market:
    """Draw a market: who likes the mail is told by two of six features, who buys by a third."""
    drawn = np.random.default_rng(seed)
    X = pd.DataFrame(drawn.normal(size=(customers, 6)), columns=list("abcdef"))
    effect = (0.8 * X["a"] + 0.4 * X["b"]).to_numpy()
    arm = np.where(drawn.uniform(size=customers) < HALF["mail"], "mail", "none")
    outcome = 1.0 + X["c"].to_numpy() + (arm == "mail") * effect + drawn.normal(0, 2.0, customers)
    return Market(X, outcome, arm, effect)


def learnt(own: Market, columns: str = "abcdef") -> Uplift:
    """Return the default model of a market, from some of its features."""
    return Uplift().fit(own.X[list(columns)], own.outcome, arm=own.arm, control="none", propensity=HALF)


def known(own: Market, **more: Any) -> Evidence:
    """Return a market as evidence, in two segments."""
    segment = np.where(own.X["d"] > 0, "north", "south")
    return Evidence(own.X, own.outcome, own.arm, "none", HALF, costs={"mail": COST}, segment=segment, **more)
