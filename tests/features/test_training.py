"""Training sets: features and outcomes side by side, split so that nothing looks ahead."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cjlab import datasets, simulator
from cjlab.errors import EvidenceError, SpecError
from cjlab.features import Eligible, Frequency, Recency, Recipe, TrainingSet, churned, outcome, training_set

RECIPE = Recipe(Recency("visit"), Frequency("visit", window="30D"), Frequency())
if TYPE_CHECKING:
    from cjlab.tables import Log

DATES = ["2024-02-01", "2024-03-01", "2024-04-01", "2024-04-15"]


@cache
def market() -> Log:
    """Return half a year of a market."""
    return simulator.simulate(simulator.World.telecom(n_customers=400), days=180).log


def rows(outcome: Any = "visit", **given: Any) -> TrainingSet:
    """Make a training set."""
    return training_set(market(), RECIPE, outcome, **{"as_of": DATES, "within": "30D"} | given)


def test_rows_are_features_and_outcomes_of_the_same_customers_at_the_same_dates() -> None:
    made = rows(partial(outcome, event="visit", among=Eligible(tenure="60D")))
    assert made.X.index.equals(made.y.index)
    assert made.excluded["too new"] > 0
    for date in DATES:
        features, y = RECIPE.build(market(), date), outcome(market(), "visit", as_of=date, within="30D")
        at = pd.Timestamp(date, tz=market().timezone)
        pd.testing.assert_frame_equal(made.X.loc[at], features.loc[made.X.loc[at].index])
        pd.testing.assert_series_equal(made.y.loc[at], y.y.loc[made.y.loc[at].index])


def test_a_gap_moves_the_time_and_not_the_features() -> None:
    made, plain = rows(gap="5D"), rows()
    at, moved = (
        pd.Timestamp(DATES[0], tz=market().timezone),
        outcome(market(), "visit", as_of="2024-02-06", within="30D"),
    )
    shared = made.y.loc[at].index
    assert made.y.loc[at].tolist() == moved.y.loc[shared].tolist()
    pd.testing.assert_frame_equal(made.X.loc[at], plain.X.loc[at].loc[shared])
    assert {end - start for start, end in made.ends.items()} >= {dt.timedelta(days=35)}


def test_a_split_shares_neither_customers_nor_time() -> None:
    made = rows()
    train, test = made.split(last=1)
    assert set(train.groups).isdisjoint(test.groups)
    assert max(train.ends.values()) <= min(test.dates)
    assert len(train.dates) == 2  # what came after the first of April was not known on the fifteenth
    assert 0.15 < len(set(test.groups)) / len(set(made.groups)) < 0.35
    again, _ = made.split(last=1)
    assert again.X.equals(train.X)
    other, _ = made.split(last=1, key="other")
    assert not other.X.index.equals(train.X.index)


@pytest.mark.parametrize("last", [0, 1, 2])
def test_folds_judge_each_customer_once(last: int) -> None:
    made = rows()
    at = made.X.index.get_level_values(0)
    folds = made.folds(4, last=last)
    assert len(folds) == 4
    judged = np.concatenate([fold.test for fold in folds])
    late = at.unique()[-last:] if last else at.unique()
    assert sorted(judged) == np.flatnonzero(at.isin(late)).tolist()
    for train, test in folds:
        assert set(made.groups[train]).isdisjoint(made.groups[test])
        if last:
            known = [made.ends[one.to_pydatetime().astimezone(dt.UTC)] for one in at[train].unique()]
            assert max(known) <= at[test].min()


def test_folds_are_what_scikit_learn_takes() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    made = rows()
    score = cross_val_score(LogisticRegression(), made.X.fillna(999.0), made.y, cv=made.folds(3), scoring="roc_auc")
    assert score.shape == (3,)
    assert score.mean() > 0.55  # who came often comes again


def test_a_training_set_shows_itself() -> None:
    made = rows(churned)
    frame = made.to_frame()
    assert frame["customers"].sum() == len(made.X)
    assert (frame["known"] > frame["as_of"]).all()
    assert frame["known"].dt.tz == frame["as_of"].dt.tz  # one clock in one table
    assert (frame["known"].dt.hour == 0).all()
    assert repr(made).endswith("at 4 dates, 3 features of churned)")
    assert made.fingerprint == RECIPE.fingerprint
    assert "<table>" in made._repr_html_()


@pytest.mark.usefixtures("data")
def test_online_retail_out_of_time() -> None:
    log = datasets.online_retail()
    recipe = Recipe(Recency(), Frequency(count="orders"))
    made = training_set(log, recipe, "purchase", as_of=["2011-03-01", "2011-06-01", "2011-09-01"], within="90D")
    train, test = made.split(last=1)
    assert (len(train.dates), len(test.dates)) == (2, 1)
    assert test.y.groupby(test.X["recency_purchase"] > 60).mean().diff().iloc[-1] < -0.1
    with pytest.raises(EvidenceError, match=r"as_of .*: the time after it is not over when the log ends"):
        training_set(log, recipe, "purchase", as_of=["2011-06-01", "2011-10-01"], within="90D")


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"as_of": ["2023-12-01", "2024-03-01"]}, EvidenceError, "as_of 2023-12-01: the log begins on 2024-01-01"),
        ({"as_of": "2024-06-20"}, EvidenceError, "as_of 2024-06-20: the time after it is not over when the log ends"),
        ({"until": "2024-04-20"}, EvidenceError, "as_of 2024-04-01, 2024-04-15: the time after it is not over"),
        (
            {"outcome": "visits"},
            EvidenceError,
            r"the outcome asks for the event 'visits', which the log never has, at any date: .*; it has 'visit'",
        ),
        ({"gap": "soon"}, SpecError, "gap is 'soon'"),
        ({"within": "1 month"}, SpecError, "within is '1 month'"),
        ({"outcome": 3}, SpecError, "outcome is 3; give a function"),
        ({"outcome": lambda _log, **_: 3}, SpecError, "outcome returned 3"),
        (
            {"outcome": partial(outcome, event="visit", among=Eligible(tenure="9000D"))},
            EvidenceError,
            "nobody has both features and an outcome",
        ),
    ],
)
def test_what_would_look_ahead_or_is_not_known_is_refused(given: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        rows(**given)


def test_what_cannot_be_split_is_refused() -> None:
    alone = rows(as_of=["2024-03-01"])
    with pytest.raises(EvidenceError, match=r"no date is left to learn from: nothing that was asked before 2024"):
        alone.split()
    with pytest.raises(EvidenceError, match="no date is left to learn from"):
        rows(as_of=["2024-03-01", "2024-03-10"]).folds(2)
    with pytest.raises(SpecError, match="last is 4; give a whole number from 1 to 3"):
        rows().split(last=4)
    with pytest.raises(SpecError, match=r"held is 1\.0"):
        rows().split(held=1.0)
    with pytest.raises(SpecError, match="n is 1"):
        rows().folds(1)
    with pytest.raises(SpecError, match="recipe is 'x'; give"):
        training_set(market(), "x", "visit", as_of="2024-03-01", within="1D")  # type: ignore[arg-type] # refused
