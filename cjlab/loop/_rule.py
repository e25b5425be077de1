"""What a model of effects would do: whom it would contact with what, and what it promises of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from cjlab._checks import listed
from cjlab.errors import TableError
from cjlab.loop._evidence import allowed
from cjlab.models import whom

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.loop._evidence import Evidence

    Floats = NDArray[np.float64]


class Foretells(Protocol):
    """A model of effects: :class:`cjlab.models.Uplift`, or what predicts as it does."""

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803 - scikit-learn's name
        """Return the effect of every treated arm on every row, one column an arm."""
        ...


class Crossed(NamedTuple):
    """Rows that a challenger learnt from, and what was taught as it was, but for the customers of these rows.

    Parameters
    ----------
    model : Uplift
        What was taught the other rows.
    evidence : Evidence
        The rows; in them nobody is of whom it learnt.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> half = {"none": 0.5, "mail": 0.5}
    >>> rows = cj.loop.Evidence(pd.DataFrame({"age": [30.0, 40.0]}), [1, 0], ["none", "mail"], "none", half)
    >>> cj.loop.Crossed(cj.models.Uplift(), rows).evidence.n
    2
    """

    model: Foretells
    evidence: Evidence


@dataclass(frozen=True, eq=False)
class Parted:
    """A model for each of several runs of rows, one below the other."""

    models: Sequence[Foretells]
    sizes: Sequence[int]

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803 - scikit-learn's name
        """Return what the model of each run foretells of it."""
        import pandas as pd

        ends = np.cumsum([0, *self.sizes])
        found = [model.predict(X.iloc[ends[place] : ends[place + 1]]) for place, model in enumerate(self.models)]
        return pd.concat(found)


@dataclass(frozen=True, eq=False)
class Rule:
    """What a model says of some rows.

    Parameters
    ----------
    effects : pandas.DataFrame
        One column a treated arm.
    arms : numpy.ndarray
        The arm that it would give each row, ``(n,)``.
    promised : float
        What its contacts bring a row, on average over all rows, after costs, if its effects are right.
    """

    effects: pd.DataFrame
    arms: NDArray[Any]
    promised: float


def ruled(model: Foretells | None, known: Evidence) -> Rule:
    """Return what a model would do with these rows; without a model nobody is contacted."""
    import pandas as pd

    if model is None:
        nothing = pd.DataFrame(0.0, index=known.X.index, columns=list(known.treated))
        return Rule(nothing, np.full(known.n, known.control, dtype=known.arm.dtype), 0.0)
    effects = model.predict(known.X)
    absent = [name for name in known.treated if name not in effects.columns]
    if absent:
        raise TableError(f"the model knows no arm {listed(absent)}; it knows {listed(list(effects.columns))}")
    effects = effects[list(known.treated)]
    wrong = ~np.isfinite(effects.to_numpy(dtype=np.float64))
    if wrong.any():
        raise TableError(f"the model foretells no number for {int(wrong.any(axis=1).sum()):,} of {known.n:,} rows")
    found = whom(effects, control=known.control, value=known.value, costs=known.costs, allowed=allowed(known)).customers
    return Rule(effects, found["arm"].to_numpy().astype(known.arm.dtype), float(found["net"].mean()))
