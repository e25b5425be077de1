"""Purchases of one cohort of an online music shop, and the published summary of a sample of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.datasets._files import opened
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_PURCHASE = {"date": pl.String, "quantity": pl.Float64, "amount": pl.Float64}
_MASTER = {"customer_id": pl.Int64} | _PURCHASE
_SAMPLE = {"master_id": pl.Int64, "customer_id": pl.Int64} | _PURCHASE
_SUMMARY = {"ID": pl.Int64, "x": pl.Int64, "t_x": pl.Float64, "T": pl.Float64, "zbar": pl.Float64}


def cdnow() -> Log:
    """Return the log of all purchases of 23,570 customers of an online music shop.

    Returns
    -------
    Log
        - events (69,659): "purchase", ``quantity`` (CDs), ``amount`` (US dollars), channel "web"
        - customers (23,570): ``joined`` at the first purchase

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source: CDNOW master data (Fader & Hardie 2001, Interfaces 31 (3) part 2, S94–S107), for research, in
    github.com/CamDavidsonPilon/lifetimes (MIT repository). The cohort made its first purchase in the first quarter of
    1997 and was followed to the end of June 1998. 80 purchases cost nothing.

    The file has days without times: by convention a purchase happens at the first instant of its day, and the zone
    is taken to be UTC. A customer may have several purchases on one day; the published models count days.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.datasets.cdnow().events.collect().height
    69659
    """
    return _log(_purchases(opened("cdnow").read_text(encoding="ascii").splitlines()[1:], _MASTER))


def cdnow_sample() -> Log:
    """Return the log of the sample of one customer in ten that the published models are fitted to.

    Returns
    -------
    Log
        - events (6,919): as those of :func:`cdnow`
        - customers (2,357): customer_id is the number in the sample (1 to 2,357, as in :func:`cdnow_summary`),
          ``master_id`` the customer_id in :func:`cdnow`

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source, terms and conventions: see :func:`cdnow`. Known, BG/NBD on the first 39 weeks (to 1997-09-30): r 0.243,
    α 4.414, a 0.793, b 2.426, log-likelihood −9582.4 (Fader, Hardie & Lee 2005, doi:10.1287/mksc.1040.0098);
    gamma-gamma: p 6.25, q 3.74, v 15.44.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.datasets.cdnow_sample().customers.collect().height
    2357
    """
    return _log(_purchases(opened("cdnow_sample").read_text(encoding="ascii").splitlines(), _SAMPLE))


def cdnow_summary() -> pd.DataFrame:
    """Return the published summary of the sample at 39 weeks, one row a customer.

    Returns
    -------
    DataFrame
        2,357 rows, index ``customer_id`` (int64, as in :func:`cdnow_sample`), columns as in the file:

        - int64: x (days with a repeat purchase to 1997-09-30)
        - float64: t_x (weeks from the first purchase to the last, to 1997-09-30), T (weeks from the first purchase to
          1997-09-30), zbar (mean US dollars of a repeat purchase, 0 where there is none)

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source and terms: see :func:`cdnow`.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.datasets.cdnow_summary().loc[1].tolist()
    [2.0, 30.43, 38.86, 22.35]
    """
    file = pl.read_csv(opened("cdnow_summary"), schema=_SUMMARY)
    return file.rename({"ID": "customer_id"}).to_pandas().set_index("customer_id")


def _purchases(lines: list[str], columns: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """Read lines of fields that stand apart by one or more spaces."""
    fields = zip(*(line.split() for line in lines), strict=True)
    texts = pl.DataFrame(dict(zip(columns, fields, strict=True)), schema=dict.fromkeys(columns, pl.String))
    day = pl.col("date").str.to_datetime("%Y%m%d", time_unit="us", time_zone="UTC")
    return texts.with_columns(day).cast({name: kind for name, kind in columns.items() if name != "date"})


def _log(purchases: pl.DataFrame) -> Log:
    purchases = purchases.rename({"date": "at"})
    owner = [name for name in ("customer_id", "master_id") if name in purchases.columns]
    return Log.of(
        events=purchases.select(
            "customer_id", "at", "quantity", "amount", event=pl.lit("purchase"), channel=pl.lit("web")
        ),
        customers=purchases.group_by(owner).agg(joined=pl.col("at").min()).sort("customer_id"),
    )
