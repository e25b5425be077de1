"""Times as they come in: how long each customer was seen, and the times that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import finite, shown
from cjlab.errors import SpecError, TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


def spans_of(time: ArrayLike, left: ArrayLike, n: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Check how long each was seen, and whether he left."""
    spans, gone = np.asarray(time), np.asarray(left)
    if spans.dtype.kind not in "biuf":
        raise TableError(f"time is of type {spans.dtype}; give numbers, such as days")
    if spans.shape != (n,) or gone.shape != (n,):
        raise TableError(f"time has the shape {spans.shape}, left {gone.shape}; give one a row, ({n},)")
    if not np.isin(gone, (0, 1)).all():
        raise TableError("left holds other than true and false; say of each whether he left")
    spans = spans.astype(np.float64)
    wrong = ~(np.isfinite(spans) & (spans > 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise TableError(
            f"time is {shown(float(spans[place]))} in row {place} ({int(wrong.sum()):,} such rows); give times above "
            "0, and leave out who has not begun"
        )
    return spans, gone.astype(bool)


def asked_times(at: Sequence[float]) -> NDArray[np.float64]:
    """Check the times that are asked for."""
    if np.ndim(at) != 1 or not len(at):
        raise SpecError(f"at is {shown(at)}; give a list of times, such as [30, 60]")
    return np.array([finite(one, name="at") for one in at])
