"""Marketing channels on the way to a conversion, or to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.datasets._files import opened

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {
    "path": pl.String,
    "total_conversions": pl.Int64,
    "total_conversion_value": pl.Float64,
    "total_null": pl.Int64,
}


def attribution_paths() -> pd.DataFrame:
    """Return paths through marketing channels, with how often each ended in a conversion and how often in none.

    Returns
    -------
    DataFrame
        10,000 rows, one a path, in the file's order, columns as in the file:

        - str: path (channels in order, joined by ``" > "``; a channel may repeat)
        - int64: total_conversions and total_null (journeys along this path that converted, and that did not)
        - float64: total_conversion_value (currency units, not named by the source)

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source: the example data of github.com/eeghor/mta (MIT); 12 channels with Greek letters for names.
    Known: 19,785 conversions, value 74,802.97, 68,602 journeys without conversion.

    This is a frame and not a log: journeys are already counted by path and hold neither customers nor dates.

    Examples
    --------
    >>> import cjlab as cj
    >>> paths = cj.datasets.attribution_paths()
    >>> int(paths["total_conversions"].sum()), int(paths["total_null"].sum())
    (19785, 68602)
    """
    return pl.read_csv(opened("attribution_paths"), schema=_COLUMNS).to_pandas()
