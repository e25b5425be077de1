"""Telephone campaigns of a bank, and who took the deposit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.datasets._files import opened

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {
    "age": pl.Int64,
    "job": pl.String,
    "marital": pl.String,
    "education": pl.String,
    "default": pl.String,
    "housing": pl.String,
    "loan": pl.String,
    "contact": pl.String,
    "month": pl.String,
    "day_of_week": pl.String,
    "duration": pl.Int64,
    "campaign": pl.Int64,
    "pdays": pl.Int64,
    "previous": pl.Int64,
    "poutcome": pl.String,
    "emp.var.rate": pl.Float64,
    "cons.price.idx": pl.Float64,
    "cons.conf.idx": pl.Float64,
    "euribor3m": pl.Float64,
    "nr.employed": pl.Float64,
    "y": pl.String,
}


def bank_marketing() -> pd.DataFrame:
    """Return the clients that a bank called about a term deposit, one row each, with the answer ``y``.

    Returns
    -------
    DataFrame
        41,188 rows, index ``customer_id`` (int64, row number from 0: the file has no identifier), columns as in
        the file:

        - bool: y (took the deposit)
        - int64: age (years), duration (seconds of the last call), campaign (calls in this campaign), pdays (days
          since the last call of an earlier campaign, 999 where there was none), previous (earlier calls)
        - float64: emp.var.rate, cons.price.idx, cons.conf.idx, euribor3m, nr.employed (the economy at the time)
        - str: job, marital, education, default, housing, loan ("unknown" is a value), contact ("cellular",
          "telephone"), month ("mar" … "dec"), day_of_week ("mon" … "fri"), poutcome (outcome of the earlier campaign)

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source: UCI bank marketing, ``bank-additional-full.csv`` (Moro, Cortez & Rita 2014,
    doi:10.1016/j.dss.2014.03.001), CC BY 4.0. Known: 11.27 % took the deposit.

    **duration is leakage**: a call's length is known only once the answer is. Leave it out of any model that decides
    whom to call. The rows are ordered from May 2008 to November 2010 but carry no date, so this is a frame, not a log.

    Examples
    --------
    >>> import cjlab as cj
    >>> f"{cj.datasets.bank_marketing()['y'].mean():.2%}"
    '11.27%'
    """
    file = pl.read_csv(opened("bank_marketing"), schema=_COLUMNS, separator=";")
    frame = file.with_columns(pl.col("y") == "yes").to_pandas()
    return frame.rename_axis(index="customer_id")
