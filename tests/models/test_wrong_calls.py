"""What is asked wrongly is refused by name: the argument, its value, what is allowed, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import CjlabError, EvidenceError, SpecError, TableError

if TYPE_CHECKING:
    from collections.abc import Callable

N = 240
DRAWN = np.random.default_rng(0)
X = pd.DataFrame(
    {"visits": DRAWN.poisson(3, N).astype(float), "zone": DRAWN.choice(["n", "s"], N)},
    index=pd.Index(np.arange(N) + 1_000, name="customer_id"),
)
Y = pd.Series((X["visits"] + DRAWN.normal(0, 2, N) > 4).astype(float), index=X.index)
ARM = pd.Series(DRAWN.choice(["none", "mail"], N), index=X.index)
TRIAL: dict[str, Any] = {"arm": ARM, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
TIME = pd.Series(DRAWN.exponential(30, N) + 1, index=X.index)
PLAIN = X.reset_index(drop=True)
LAZY = pl.from_pandas(X.reset_index()).lazy()


def propensity(**settings: Any) -> cj.models.Propensity:
    return cj.models.Propensity("logistic", folds=2, **settings)


def survival() -> cj.models.Survival:
    return cj.models.Survival(rounds=3, folds=2)


def effects() -> pd.DataFrame:
    return pd.DataFrame({"mail": np.ones(N)}, index=X.index)


WRONG: dict[str, tuple[Callable[[], object], type[CjlabError], str]] = {
    "a path for a table": (lambda: propensity().fit("X.csv", Y), TableError, "X is a str; give a table, one row a"),
    "one column for a table": (lambda: propensity().fit(X["visits"], Y), TableError, "X is a Series; give a table"),
    "numbers in a line": (lambda: propensity().fit(np.arange(N), Y), TableError, "1D array instead: Reshape your data"),
    "a dict for a table": (lambda: cj.models.Uplift().fit({"a": 1}, Y, **TRIAL), TableError, "X is a dict; give a tab"),
    "an outcome not known": (lambda: propensity().fit(X, Y.replace(1, np.nan)), TableError, "missing in .* rows, firs"),
    "labels in two columns": (lambda: propensity().fit(X, np.c_[Y, Y]), TableError, r"shape \(240, 2\).*two labels a"),
    "amounts as labels": (lambda: propensity().fit(X, TIME), TableError, "continuous.*give one of two labels a row"),
    "a name for labels": (lambda: propensity().fit(X, "bought"), TableError, r"shape \(\) and X has 240 rows"),
    "labels in another order": (lambda: propensity().fit(X, Y[::-1]), TableError, "y and X do not have the same rows"),
    "labels reversed without a name": (
        lambda: propensity().fit(PLAIN, Y.reset_index(drop=True)[::-1]), TableError, r"give y.reindex\(X.index\)"
    ),
    "outcomes reversed without a name": (
        lambda: cj.models.Uplift().fit(PLAIN, Y.reset_index(drop=True)[::-1], arm=ARM.to_numpy(), control="none"),
        TableError,
        "y and X do not have the same rows in the same order",
    ),
    "no customer": (lambda: propensity().fit(X, Y, groups=[None] * N), TableError, "customer_id, is missing in 240 ro"),
    "no dates": (lambda: propensity().fit(X, Y, at=["soon"] * N), TableError, "at holds what is no date.*'2025-05-31'"),
    "one depth": (lambda: cj.models.Propensity(depths=3).fit(X, Y), SpecError, r"depths is 3; .* such as \(3, 6\)"),  # type: ignore[arg-type] # that is the point
    "a word for a seed": (lambda: propensity(seed="a").fit(X, Y), SpecError, "seed is 'a'; give a whole number"),
    "signs without columns": (lambda: propensity(monotone=["visits"]).fit(X, Y), SpecError, "monotone is .'visits'.;"),
    "a word for a model": (lambda: cj.models.judge("logistic", X, Y), SpecError, "model is 'logistic'; give a classif"),
    "a class for a model": (lambda: cj.models.judge(cj.models.Churn, X, Y), SpecError, "give a classifier, such as"),
    "no chances to judge": (lambda: cj.models.judge(cj.models.Uplift(), X, Y), SpecError, r"model is Uplift\(\); give"),
    "times as text": (lambda: survival().fit(X, TIME.astype(str), left=Y), TableError, "time is of type .*such as da"),
    "times with a unit": (
        lambda: survival().fit(X, pd.to_timedelta(TIME, unit="D"), left=Y), TableError, "time is of type timedelta64"
    ),
    "times in another order": (lambda: survival().fit(X, TIME[::-1], left=Y), TableError, "time and X do not have the"),
    "one time asked": (
        lambda: survival().fit(X, TIME, left=Y).predict(X, at=30),  # type: ignore[arg-type] # that is the point
        SpecError,
        "at is 30; give a list of times",
    ),
    "another model's groups": (
        lambda: cj.models.score_groups(propensity(), X, Y, **TRIAL),  # type: ignore[arg-type] # that is the point
        SpecError,
        "model is a Propensity; give one of the class Uplift",
    ),
    "contenders without names": (
        lambda: cj.models.choose(X, Y, contenders=[cj.models.Uplift()], **TRIAL),  # type: ignore[arg-type] # likewise
        SpecError,
        "contenders is .*; give models by name",
    ),
    "effects of Polars": (
        lambda: cj.models.whom(pl.from_pandas(effects()), control="none"),
        TableError,
        "effects is a DataFrame; give a frame of pandas",
    ),
    "a table for a log": (lambda: cj.models.Forecast.of(X), TableError, "log is a DataFrame; give one of the class L"),
    "a table for a log of offers": (
        lambda: cj.models.NextOffer().fit(X, as_of="2024-06-01"),
        TableError,
        "log is a DataFrame; give one of the class Log",
    ),
    "scores as text": (
        lambda: cj.metrics.roc(Y, pd.Series(TIME).astype(str).astype(object)),
        TableError,
        "score holds text, such as '.*'; give numbers",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", list(WRONG))
def test_it_is_refused_by_name(wrong: str) -> None:
    ask, error, said = WRONG[wrong]
    with pytest.raises(error, match=said):
        ask()


def test_a_plan_wants_its_own_model_and_both_shares() -> None:
    model = propensity().fit(X, Y)
    judged = cj.models.judge(propensity(), X, Y, folds=2)
    given: dict[str, Any] = {"budget": 20, "value": 50.0, "cost": 1.0}
    with pytest.raises(SpecError, match="judged is a str; give one of the class Judged"):
        cj.models.defend(model, X, "judged", **given)  # type: ignore[arg-type] # that is the point
    with pytest.raises(SpecError, match=r"saved is 0.1; give the least and the most"):
        cj.models.defend(model, X, judged, saved=0.1, **given)  # type: ignore[arg-type] # likewise


def test_what_a_log_does_not_tell_yet_is_not_learnt_as_nothing() -> None:
    log = cj.datasets.simulated_shop(n_customers=60, seed=1)
    with pytest.raises(EvidenceError, match=r"as_of is 2025-06-01.* ends on 2025-04-01.*would be learnt as nothing"):
        cj.models.Forecast.of(log, "2025-06-01")


def test_rows_in_order_may_go_without_names() -> None:
    expected = propensity().fit(X, Y).predict_proba(X)
    reset = Y.reset_index(drop=True)
    for table, outcome in ((X, reset), (X, Y.to_numpy()), (LAZY, Y.to_numpy())):
        fitted = propensity().fit(table, outcome)
        np.testing.assert_array_equal(fitted.predict_proba(X), expected)
    filtered = X[X["visits"] > 1]
    kept = Y[X["visits"] > 1].reset_index(drop=True)
    assert propensity().fit(filtered.reset_index(drop=True), kept).n_features_in_ == 2
