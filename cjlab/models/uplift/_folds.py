"""Parts of customers for cross-fitting: one customer in one part, arms and outcomes spread evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models.uplift._trial import Trial


def folds(trial: Trial, count: int, *, seed: int) -> NDArray[np.intp]:
    """Return the part of each row, ``(n,)``, from 0; rows of one customer are of one part."""
    people, first = np.unique(trial.customer, return_index=True)
    if len(people) < count:
        raise EvidenceError(f"{len(people):,} customers are too few for {count} parts; give fewer parts")
    shuffled = np.random.default_rng(seed).permutation(len(people))
    ranked = np.lexsort((trial.outcome[first[shuffled]], trial.code[first[shuffled]]))
    part = np.empty(len(people), dtype=np.intp)
    part[shuffled[ranked]] = np.arange(len(people)) % count
    return part[np.searchsorted(people, trial.customer)]
