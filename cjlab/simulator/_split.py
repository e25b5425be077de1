"""True differences, group by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._display import Shown
from cjlab.errors import TableError
from cjlab.statistics import Sample, level

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class Group(NamedTuple):
    """A group of customers: the mean of their differences and its interval, and how many gain and lose for certain."""

    name: str
    customers: int
    estimate: float
    low: float
    high: float
    gain: float
    lose: float


@dataclass(frozen=True, repr=False)
class Split(Shown):
    """Mean differences of one outcome, for all customers and by group, with intervals over customers.

    Parameters
    ----------
    outcome : str
        Of what.
    groups : tuple
        All customers first (named ``""``), then the groups by name.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=10)
    >>> effects = run.effect_of("text", day=5, within=14, replicates=4)
    >>> effects.by(run.truth.personas(effects.customers)).to_frame()["group"].tolist()[:3]
    ['', 'bargain', 'faithful']
    """

    outcome: str
    groups: tuple[Group, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return a row a group.

        Returns
        -------
        pandas.DataFrame
            ``group``, ``customers``, ``estimate`` with ``low`` and ``high`` (95 %), and the shares who ``gain`` and
            ``lose``: by more than three Monte-Carlo errors, where there are any.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=10)
        >>> effects = run.effect_of("text", day=5, within=14, replicates=4)
        >>> effects.by(run.truth.personas(effects.customers)).to_frame().shape
        (6, 7)
        """
        import pandas as pd

        return pd.DataFrame(self.groups, columns=["group", *Group._fields[1:]])


_CLEAR = 3.0  # errors from which a difference is no accident of the futures that were drawn


def split(outcome: str, values: NDArray[np.float64], errors: NDArray[np.float64], labels: object) -> Split:
    """Split differences by labels."""
    names = np.asarray(labels).astype(str)
    if names.shape != values.shape:
        raise TableError(f"labels has shape {names.shape} for {len(values):,} customers; give one label each")
    parts = [("", np.ones(len(values), bool)), *((str(name), names == name) for name in np.unique(names))]
    return Split(outcome, tuple(_group(name, values[mine], errors[mine]) for name, mine in parts))


def _group(name: str, values: NDArray[np.float64], errors: NDArray[np.float64]) -> Group:
    n = len(values)
    if n < 2:  # noqa: PLR2004 - an interval needs two
        mean = float(values.mean()) if n else np.nan
        return Group(name, n, mean, np.nan, np.nan, np.nan, np.nan)
    gain, lose = (float(np.mean(sign * values > _CLEAR * errors)) for sign in (1, -1))
    if (values == values[0]).all():  # all alike: nothing spreads around the one value
        alike = float(values[0])
        return Group(name, n, alike, alike, alike, gain, lose)
    shown = level(Sample(n, values.mean(), values.var(ddof=1)), kind="mean")
    return Group(name, n, float(shown.estimate), float(shown.low), float(shown.high), gain, lose)


def by_person(people: NDArray[np.int64], values: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Add up values by person, ``(n,)`` in the given order of ids, which rises."""
    place = np.searchsorted(order, people)
    return np.bincount(place, weights=values, minlength=len(order)).astype(np.float64)
