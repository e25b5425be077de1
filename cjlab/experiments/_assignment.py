"""The draw of each customer's arm, by salted hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._random import uniform
from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.experiments._experiment import Experiment

_EXACT = 2**53  # beyond it a 64-bit float skips whole numbers


def drawn(experiment: Experiment, customers: NDArray[Any] | Sequence[int | str]) -> NDArray[np.str_]:
    """Draw an arm for each customer."""
    edges = np.cumsum(list(experiment.shares.values()))[:-1]
    identifiers = _identifiers(np.atleast_1d(np.asarray(customers)))
    place = np.searchsorted(
        edges, uniform(f"experiment/{experiment.salt or experiment.name}", identifiers), side="right"
    )
    return np.asarray(list(experiment.shares))[place]


def _identifiers(given: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers or strings: one customer has one arm, whatever type his id came in."""
    if given.dtype.kind in "iuU":
        return given
    if given.dtype.kind == "f":
        if not (np.isfinite(given) & (given == np.floor(given)) & (np.abs(given) < _EXACT)).all():
            raise TableError(
                "customers: customer_id is missing or no whole number for some; give whole numbers or text"
            )
        return given.astype(np.int64)
    whole = all(isinstance(one, int | np.integer) and not isinstance(one, bool) for one in given)
    if not whole and not all(isinstance(one, str) for one in given):
        raise TableError("customers: customer_id is missing or of mixed types; give whole numbers only, or text only")
    return given.astype(np.int64) if whole else given.astype(str)
