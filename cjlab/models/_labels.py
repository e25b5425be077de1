"""What is to be learnt: two labels, one a row, of the customers of the table; and whose the rows are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import shown
from cjlab.errors import EvidenceError, TableError
from cjlab.models._door import beside

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TWO = 2


class Labels(NamedTuple):
    """The two labels in order, and for each row whether it has the second.

    Parameters
    ----------
    classes : ndarray
        ``(2,)``.
    outcome : ndarray
        ``(n,)`` 0.0 or 1.0.
    """

    classes: NDArray[np.generic]
    outcome: NDArray[np.float64]

    @classmethod
    def of(cls, y: Any, X: Any, n: int) -> Labels:  # noqa: ANN401 - whatever holds labels, and a table
        """Check labels against their table of ``n`` rows."""
        from sklearn.utils.multiclass import check_classification_targets, type_of_target
        from sklearn.utils.validation import assert_all_finite, column_or_1d

        if y is None:
            raise TableError("y is None: this model requires y to be passed, but the target y is None")
        given = np.asarray(y)
        if given.shape[:1] != (n,):
            raise TableError(f"y has the shape {given.shape} and X has {n:,} rows; give X.loc[y.index], a label a row")
        beside(y, getattr(X, "index", None), name="y")
        import pandas as pd

        missing = pd.isna(given).reshape(n, -1).any(axis=1)
        if missing.any():
            raise TableError(
                f"Input y contains NaN: it is missing in {int(missing.sum()):,} rows, first in row "
                f"{int(missing.argmax())}; leave out of X and y whose outcome is not known"
            )
        try:
            held = np.asarray(column_or_1d(y, warn=True))
            assert_all_finite(held, input_name="y")
            check_classification_targets(held)
        except ValueError as refused:
            said = str(refused).rstrip(".")
            raise TableError(f"y cannot be learnt: {said}; give one of two labels a row") from refused
        classes, codes = np.unique(held, return_inverse=True)
        if len(classes) > _TWO:
            raise EvidenceError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(held)}: y has {len(classes)} labels, {shown(classes.tolist())}; ask one question a "
                "model, such as y == 'left'"
            )
        if len(classes) < _TWO:
            raise EvidenceError(
                f"y has 1 class in {len(held):,} rows, {shown(classes.tolist()[0])}: nothing tells who differs; give "
                "customers of both classes"
            )
        return cls(classes, codes.astype(np.float64))


def groups_of(given: Any, n: int) -> NDArray[np.generic]:  # noqa: ANN401 - whatever names customers
    """Return whose each row is: as given, or each somebody else."""
    if given is None:
        return np.arange(n)
    import pandas as pd

    whose = np.asarray(given)
    if whose.shape != (n,):
        raise TableError(f"groups has the shape {whose.shape}; give one customer a row, ({n},)")
    missing = pd.isna(whose)
    if missing.any():
        raise TableError(
            f"groups, or customer_id, is missing in {int(missing.sum()):,} rows, first in row {int(missing.argmax())}; "
            "say of every row whose it is"
        )
    return whose
