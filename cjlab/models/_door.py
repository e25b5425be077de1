"""The door of every model: a table of any kind becomes a pandas frame of features, indexed by customer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from cjlab._checks import distinct, lazy
from cjlab.errors import TableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_PRINTED = re.compile(r":\s*array=.*?\n(?=Reshape)", re.DOTALL)
_STREAMS = ("__arrow_c_stream__", "collect_schema")  # what Arrow tables and lazy frames answer to
_KEYS = ("as_of", "customer_id")  # never features: they say whose a row is, and when


def framed(X: Any) -> tuple[pd.DataFrame, bool]:  # noqa: ANN401 - a table is whatever holds columns
    """Return a table as a frame of features, and whether its columns have names of their own.

    Columns ``as_of`` and ``customer_id`` move to the index. Arrays get the names ``x0``, ``x1``, ….
    """
    import pandas as pd

    if isinstance(X, pd.DataFrame):
        frame, named = X, all(isinstance(name, str) for name in X.columns)
    elif any(hasattr(X, name) for name in _STREAMS) and not isinstance(X, pd.Series):
        frame, named = lazy(X, table="X").collect().to_pandas(), True
    else:
        frame, named = _of_array(X), False
    if not named:
        frame = frame.set_axis([f"x{place}" for place in range(frame.shape[1])], axis=1)
    return _indexed(frame), named


def _of_array(X: object) -> pd.DataFrame:
    import pandas as pd
    from sklearn.utils import check_array

    try:
        return pd.DataFrame(check_array(X, dtype=None, ensure_all_finite=False))
    except ValueError as refused:  # said in scikit-learn's words too, less the values that they print
        said = _PRINTED.sub(": ", str(refused))
        raise TableError(f"X is a {type(X).__name__}; give a table, one row a customer. {said}") from refused


def _indexed(frame: pd.DataFrame) -> pd.DataFrame:
    distinct(frame.columns, name="X: the list of columns", error=TableError)
    keys = [name for name in _KEYS if name in frame.columns]
    if keys:
        frame = frame.set_index(keys)
    for count, what in zip(frame.shape, ("sample", "feature"), strict=True):
        if not count:
            raise TableError(f"X has 0 {what}(s) (shape={frame.shape}) while a minimum of 1 is required.")
    return frame


def beside(values: object, index: object, *, name: str) -> None:
    """Refuse a column of pandas whose rows are not those of the table; a plain count of rows may stand for them."""
    import pandas as pd

    own = getattr(values, "index", None)
    if not isinstance(own, pd.Index) or not isinstance(index, pd.Index) or own.equals(index):
        return
    plain = isinstance(own, pd.RangeIndex) or isinstance(index, pd.RangeIndex)
    shuffled = own.names == index.names and bool(own.isin(index).all())
    if not plain or shuffled or len(own) != len(index):
        raise TableError(
            f"{name} and X do not have the same rows in the same order: their indexes differ; give "
            f"{name}.reindex(X.index), or X.loc[{name}.index]"
        )


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
