"""Customers of a telephone and internet company, and who of them left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.datasets._files import opened

if TYPE_CHECKING:
    import pandas as pd

_FLAGS = ("Partner", "Dependents", "PhoneService", "PaperlessBilling", "Churn")
_COLUMNS = {
    "customerID": pl.String,
    "gender": pl.String,
    "SeniorCitizen": pl.Int64,
    "Partner": pl.String,
    "Dependents": pl.String,
    "tenure": pl.Int64,
    "PhoneService": pl.String,
    "MultipleLines": pl.String,
    "InternetService": pl.String,
    "OnlineSecurity": pl.String,
    "OnlineBackup": pl.String,
    "DeviceProtection": pl.String,
    "TechSupport": pl.String,
    "StreamingTV": pl.String,
    "StreamingMovies": pl.String,
    "Contract": pl.String,
    "PaperlessBilling": pl.String,
    "PaymentMethod": pl.String,
    "MonthlyCharges": pl.Float64,
    "TotalCharges": pl.Float64,
    "Churn": pl.String,
}


def telco() -> pd.DataFrame:
    """Return the customers of a telephone and internet company, one row each, with ``Churn``.

    Returns
    -------
    DataFrame
        7,043 rows, index ``customer_id`` (str), columns as in the file:

        - bool: SeniorCitizen, Partner, Dependents, PhoneService, PaperlessBilling, Churn (left within the month)
        - int64: tenure (months)
        - float64: MonthlyCharges and TotalCharges (US dollars); 11 missing TotalCharges, all at tenure 0
        - str: gender, MultipleLines, InternetService, OnlineSecurity, OnlineBackup, DeviceProtection, TechSupport,
          StreamingTV, StreamingMovies, Contract, PaymentMethod ("No internet service" and the like are values)

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source: IBM telco customer churn, github.com/IBM/telco-customer-churn-on-icp4d (Apache-2.0 repository).
    Known: 26.54 % churn; out-of-fold AUC of usual models 0.84 to 0.85.

    This is a frame and not a log: the file has no date, and contracts that start and end at made-up moments
    would look like evidence about time.

    Examples
    --------
    >>> import cjlab as cj
    >>> customers = cj.datasets.telco()
    >>> f"{len(customers):,} customers, {customers['Churn'].mean():.2%} churn"
    '7,043 customers, 26.54% churn'
    """
    blank = {"TotalCharges": " "}
    file = pl.read_csv(opened("telco"), schema=_COLUMNS, null_values=blank)
    flags = [pl.col(name) == "Yes" for name in _FLAGS]
    frame = file.with_columns(pl.col("SeniorCitizen") == 1, *flags).rename({"customerID": "customer_id"})
    return frame.to_pandas().set_index("customer_id")
