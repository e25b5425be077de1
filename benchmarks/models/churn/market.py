"""A simulated market in which contracts end: what the default recipe saw of it, and what was true on the day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.models.churn.truth import truth
from cjlab.features import Recipe, churned, training_set
from cjlab.models import Churn
from cjlab.simulator import RandomContacts, World, simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.models.churn.truth import Truth

    Floats = NDArray[np.float64]

BEGIN: Final = dt.date(2024, 1, 1)
DATES: Final = ("2024-06-01", "2024-09-01", "2024-12-01", "2025-03-01")
WITHIN: Final = 90
WORLDS: Final = {"telecom": World.telecom, "insurance": World.insurance}
_RATE, _DAYS = 0.03, 530


class Market(NamedTuple):
    """Who was judged on the day: what was seen of him, what came, what was foretold, what was true."""

    world: World
    model: Churn
    X: pd.DataFrame
    outcome: Floats
    score: Floats
    truth: Truth


def market(name: str, *, seed: int, customers: int) -> Market:
    """Simulate a packaged world, learn of three dates, and foretell everybody at the fourth."""
    made, policy = WORLDS[name](n_customers=customers, seed=seed), RandomContacts(rate=_RATE)
    log = simulate(made, policy, days=_DAYS).log
    rows = training_set(log, Recipe.default(log, DATES[0]), churned, as_of=list(DATES), within=f"{WITHIN}D")
    dates = rows.X.index.get_level_values("as_of")
    late = np.asarray(dates == dates.max())
    day = (dt.date.fromisoformat(DATES[-1]) - BEGIN).days
    people = simulate(made, policy, days=day).truth.people
    places = pd.Series(np.arange(len(people)), index=people["customer"])
    mine = people[places.loc[rows.X.index.get_level_values("customer_id")[late]].to_numpy()]
    model = Churn(within=f"{WITHIN}D").fit(rows.X[~late], rows.y[~late])
    score = model.predict_proba(rows.X[late])[:, 1]
    outcome = rows.y[late].to_numpy()
    found = truth(made, mine, day=day, within=WITHIN)
    return Market(made, model, rows.X[late], outcome, score, found)
