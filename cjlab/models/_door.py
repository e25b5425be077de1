"""The door of every model: a table of any kind becomes a pandas frame of features, indexed by customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from cjlab._checks import distinct, lazy
from cjlab.errors import TableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_KEYS = ("as_of", "customer_id")  # never features: they say whose a row is, and when


def framed(X: Any) -> tuple[pd.DataFrame, bool]:  # noqa: ANN401 - a table is whatever holds columns
    """Return a table as a frame of features, and whether its columns have names of their own.

    Columns ``as_of`` and ``customer_id`` move to the index. Arrays get the names ``x0``, ``x1``, ….
    """
    import pandas as pd

    if isinstance(X, pd.DataFrame):
        frame, named = X, all(isinstance(name, str) for name in X.columns)
    elif hasattr(X, "__arrow_c_stream__") and not isinstance(X, pd.Series):
        frame, named = lazy(X, table="X").collect().to_pandas(), True
    else:
        frame, named = _of_array(X), False
    if not named:
        frame = frame.set_axis([f"x{place}" for place in range(frame.shape[1])], axis=1)
    return _indexed(frame), named


def _of_array(X: object) -> pd.DataFrame:
    import pandas as pd
    from sklearn.utils import check_array

    return pd.DataFrame(check_array(X, dtype=None, ensure_all_finite=False))  # scikit-learn's own words for its arrays


def _indexed(frame: pd.DataFrame) -> pd.DataFrame:
    distinct(frame.columns, name="X: the list of columns", error=TableError)
    keys = [name for name in _KEYS if name in frame.columns]
    if keys:
        frame = frame.set_index(keys)
    for count, what in zip(frame.shape, ("sample", "feature"), strict=True):
        if not count:
            raise TableError(f"X has 0 {what}(s) (shape={frame.shape}) while a minimum of 1 is required.")
    return frame


def customers(X: object) -> NDArray[np.generic] | None:
    """Return whose each row is, or None where the table does not say."""
    return _level(X, "customer_id")


def dates(X: object) -> NDArray[np.generic] | None:
    """Return the date of each row, or None where the table does not say."""
    return _level(X, "as_of")


def _level(X: object, name: str) -> NDArray[np.generic] | None:
    frame, _ = framed(X)
    if name not in frame.index.names:
        return None
    return cast("NDArray[np.generic]", np.asarray(frame.index.get_level_values(name)))
