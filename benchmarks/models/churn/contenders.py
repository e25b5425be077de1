"""Who is measured: the package's default, fixed before looking, and what a person would write in five minutes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

OURS, TREES, LINE = "cjlab, the default blend", "XGBoost as it comes", "logistic regression (scikit-learn)"


class Table(NamedTuple):
    """Features and what came."""

    name: str
    X: pd.DataFrame
    y: NDArray[np.float64]


def tables() -> tuple[Table, Table]:
    """Read telco churn, and bank marketing without the length of the call, which is known only after it."""
    home = Path(os.environ["CJLAB_DATA"])
    telco = pd.read_csv(home / "telco" / "telco.csv")
    telco["TotalCharges"] = pd.to_numeric(telco["TotalCharges"], errors="coerce")
    bank = pd.read_csv(home / "bank_marketing" / "bank-additional-full.csv", sep=";")
    asked = bank.drop(columns=["y", "duration"])
    return (
        Table("Telco churn", telco.drop(columns=["customerID", "Churn"]), (telco["Churn"] == "Yes").to_numpy(float)),
        Table("Bank marketing, without `duration`", asked, (bank["y"] == "yes").to_numpy(float)),
    )


def fitted(name: str, X: pd.DataFrame, y: NDArray[np.float64]) -> Any:  # noqa: ANN401, N803 - any classifier; scikit-learn's letter
    """Fit a contender."""
    made = {OURS: _ours, TREES: _trees, LINE: _line}[name](X)
    return made.fit(X, y)


def _ours(X: pd.DataFrame) -> Any:  # noqa: ANN401, ARG001, N803 - as above
    from cjlab.models import Propensity

    return Propensity()


def _trees(X: pd.DataFrame) -> Any:  # noqa: ANN401, N803 - as above
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder
    from xgboost import XGBClassifier

    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    coded = make_column_transformer((codes, make_column_selector(dtype_exclude="number")), remainder="passthrough")
    words = len(X.select_dtypes(exclude="number").columns)
    kinds = ["c"] * words + ["q"] * (X.shape[1] - words)
    return make_pipeline(coded, XGBClassifier(n_jobs=1, enable_categorical=True, feature_types=kinds))


def _line(X: pd.DataFrame) -> Any:  # noqa: ANN401, ARG001, N803 - as above
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    written = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(written, LogisticRegression(max_iter=2000))
