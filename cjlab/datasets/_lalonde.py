"""A job training programme, its participants and a comparison group that was not randomised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.datasets._files import opened

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {
    "rownames": pl.String,
    "treat": pl.Int64,
    "age": pl.Int64,
    "educ": pl.Int64,
    "race": pl.String,
    "married": pl.Int64,
    "nodegree": pl.Int64,
    "re74": pl.Float64,
    "re75": pl.Float64,
    "re78": pl.Float64,
    "hispan": pl.String,
    "white": pl.String,
}
_DERIVED = ("hispan", "white")  # both repeat race


def lalonde() -> pd.DataFrame:
    """Return participants of a job training programme and a comparison group, one row a person.

    Returns
    -------
    DataFrame
        614 rows, index ``customer_id`` (str, "NSW1" and so on for participants, "PSID1" and so on for the others):

        - bool: treat (took part), married, nodegree (left school without a degree)
        - int64: age and educ (years)
        - str: race ("black", "hispan", "white")
        - float64: re74, re75 (earnings before, US dollars a year), re78 (earnings after, the outcome)

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source: National Supported Work participants (185) with a comparison group of the Panel Study of Income Dynamics
    (429), as used for matching by Dehejia & Wahba (1999, doi:10.1080/01621459.1999.10473858), in
    github.com/pymc-labs/CausalPy (Apache-2.0 repository). The file's columns ``hispan`` and ``white`` repeat ``race``
    and are left out.

    Known: the raw difference of re78 is −635 dollars, the randomised experiment's benchmark +1,794. What lies
    between them is selection, which is why the set is kept: a method has to find its way from one to the other.

    Examples
    --------
    >>> import cjlab as cj
    >>> earnings = cj.datasets.lalonde().groupby("treat")["re78"].mean()
    >>> round(earnings[True] - earnings[False])
    -635
    """
    file = pl.read_csv(opened("lalonde"), schema=_COLUMNS).drop(_DERIVED)
    flags = [pl.col(name) == 1 for name in ("treat", "married", "nodegree")]
    return file.with_columns(flags).rename({"rownames": "customer_id"}).to_pandas().set_index("customer_id")
