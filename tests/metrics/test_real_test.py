"""The real test at full size: 64,000 customers of Hillstrom, a response model, and a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = ["recency", "history", "mens", "womens", "newbie"]


@pytest.fixture(scope="module")
def visits(data: Path) -> pd.DataFrame:
    """One row a customer: what was known, the arm, and whether a visit followed."""
    assert data.is_dir()
    log = cj.datasets.hillstrom()
    known = log.profiles.filter(pl.col("field").is_in(FIELDS)).collect()
    wide = known.pivot(on="field", index="customer_id", values="value").to_pandas().set_index("customer_id")
    visitors = log.events.filter(pl.col("event") == "visit").select("customer_id").collect()["customer_id"].to_list()
    arms = log.contacts.select("customer_id", "arm").collect().to_pandas().set_index("customer_id")["arm"]
    rows = wide.astype(float).reindex(arms.index)
    return rows.assign(arm=arms, visit=rows.index.isin(visitors).astype(float))


@pytest.fixture(scope="module")
def response(visits: pd.DataFrame) -> pd.Series[float]:
    """Chances to visit, of a model of every other customer, for those that it has not seen."""
    odd, features = visits.index % 2 == 1, np.log1p(visits[FIELDS])
    model = LogisticRegression().fit(features[odd], visits["visit"][odd])
    return pd.Series(model.predict_proba(features[~odd])[:, 1], index=visits.index[~odd])


def against(visits: pd.DataFrame, arm: str) -> dict[str, Any]:
    chances = pd.Series(1 / 3, index=visits.index)
    return {"arm": visits["arm"], "control": "No E-Mail", "treated": arm, "propensity": chances}


def test_the_response_model_ranks_visitors(visits: pd.DataFrame, response: pd.Series[float]) -> None:
    seen = visits.loc[response.index, "visit"]
    assert len(seen) == 32_000
    area = cj.metrics.roc(seen, response).auc
    assert 0.58 < area.low < area.high < 0.63
    calibration = cj.metrics.calibration(seen, response)
    assert calibration.slope.low < 1 < calibration.slope.high
    assert calibration.intercept.low < 0 < calibration.intercept.high
    assert calibration.ece.low < 0.005
    budget = cj.metrics.at_budget(seen, response)
    assert budget.lift_low[0] > 1.3
    assert (np.diff(budget.recall) > 0).all()


def test_who_responds_is_not_who_is_moved(visits: pd.DataFrame, response: pd.Series[float]) -> None:
    half = visits.loc[response.index]
    womens = cj.metrics.qini(half["visit"], response, **against(half, "Womens E-Mail"))
    assert womens.standard_error == pytest.approx(0.0013, abs=0.0001)
    assert womens.effect.low < 0.1514 - 0.1062 < womens.effect.high
    constant = cj.metrics.qini(half["visit"], 0 * response, **against(half, "Womens E-Mail"))
    assert (constant.estimate, constant.low, constant.high) == (0, 0, 0)
    better = cj.metrics.compare(
        "qini", half["womens"], 0 * response, outcome=half["visit"], **against(half, "Womens E-Mail")
    )
    assert better.low > 0  # who bought women's goods before is moved by the women's mail


def test_all_customers_give_the_published_rates(visits: pd.DataFrame) -> None:
    for arm, rate in (("Mens E-Mail", 0.1828), ("Womens E-Mail", 0.1514)):
        found = cj.metrics.uplift_by_decile(visits["visit"], visits["recency"], groups=1, **against(visits, arm))
        assert (found.treated[0], found.control[0]) == pytest.approx((rate, 0.1062), abs=5e-5)
        everyone = cj.metrics.policy_value(
            visits["visit"], np.full(64_000, arm), arm=visits["arm"], propensity=np.full(64_000, 1 / 3)
        )
        assert everyone.snips.estimate == pytest.approx(rate, abs=5e-5)
        assert everyone.dr.estimate == pytest.approx(rate, abs=5e-5)
