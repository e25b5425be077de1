"""Scores after news: only customers whose features changed are scored again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import shown
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray


class Rescored(NamedTuple):
    """Scores of everybody, and of whom they were made anew.

    Parameters
    ----------
    scores : pandas.DataFrame
        A row a customer of the features of now, in their order.
    touched : numpy.ndarray
        ``(n,)`` flags: who was scored anew.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> int(Rescored(pd.DataFrame(), np.array([True, False])).touched.sum())
    1
    """

    scores: pd.DataFrame
    touched: NDArray[np.bool_]


def rescored(
    score: Callable[[pd.DataFrame], Any], features: pd.DataFrame, *, before: pd.DataFrame, scores: pd.DataFrame
) -> Rescored:
    """Score customers whose features are not exactly what they were, and keep the scores of the others.

    The scores are those of everybody scored anew, for every model that scores a row by that row alone, as all of
    ``cjlab.models`` do. Who is new is scored; who is there no more is left out. Tables of features come quickly from
    :meth:`cjlab.features.State.advance`. Within a day, when a log has grown, those whom new rows are about are touched;
    from one day to the next also everybody of whom a feature tells an age or a time since.

    Parameters
    ----------
    score : callable
        Makes scores of a table of features, a row each in the same order: ``model.predict``, or what calls it.
    features : pandas.DataFrame
        The features of now, indexed by ``customer_id``.
    before : pandas.DataFrame
        The features that the scores were made of.
    scores : pandas.DataFrame
        What ``score`` made of them, indexed alike.

    Returns
    -------
    Rescored
        Everybody's scores, and who was touched.

    Raises
    ------
    SpecError
        When the tables have other columns, a customer stands twice, or the scores are not of those before.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> one = pd.Index([1, 2], name="customer_id")
    >>> before = pd.DataFrame({"visits": [3, 5]}, one)
    >>> now = pd.DataFrame({"visits": [3, 6, 1]}, pd.Index([1, 2, 4], name="customer_id"))
    >>> found = cj.loop.rescored(lambda rows: 2 * rows, now, before=before, scores=2 * before)
    >>> found.scores["visits"].to_list(), found.touched.tolist()
    ([6, 12, 2], [False, True, True])
    """
    _refuse_unlike(features, before, scores)
    place = before.index.get_indexer(features.index)
    known = place >= 0
    touched = ~known
    touched[known] = _changed(features[known], before.iloc[place[known]])
    kept = scores.iloc[place[~touched]]
    if not touched.any():
        return Rescored(kept, touched)
    import pandas as pd

    made = pd.DataFrame(score(features[touched]))
    anew = made.set_axis(features.index[touched], axis=0).set_axis(scores.columns, axis=1)
    return Rescored(pd.concat([kept, anew]).loc[features.index], touched)


def _changed(now: pd.DataFrame, then: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows differ; what was not known and is not known is the same."""
    changed = np.zeros(len(now), np.bool_)
    for name in now:
        one, other = now[name].array, then[name].array
        same = np.asarray(one == other, dtype=object) == True  # noqa: E712 - what is not known equals nothing
        changed |= ~(same | (np.asarray(now[name].isna()) & np.asarray(then[name].isna())))
    return changed


def _refuse_unlike(features: pd.DataFrame, before: pd.DataFrame, scores: pd.DataFrame) -> None:
    if list(features.columns) != list(before.columns):
        other = sorted({*features.columns} ^ {*before.columns}) or list(features.columns)
        raise SpecError(f"features and before have not the same columns: {shown(other)}; build both by one recipe")
    for name, table in (("features", features), ("before", before)):
        if not table.index.is_unique:
            twice = table.index[table.index.duplicated()].tolist()[0]
            raise SpecError(f"{name} has customer {shown(twice)} twice; give one row a customer")
    if not scores.index.equals(before.index):
        raise SpecError("scores are not of the customers of before, in their order; give what was made of that table")
