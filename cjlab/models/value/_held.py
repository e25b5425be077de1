"""What a forecast of value came to: made a horizon ago, of what was known then, and what has come since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._display import Shown
from cjlab.models._figure import Figure, about_all
from cjlab.models.value._parameters import quantile

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.value._groups import Groups
    from cjlab.statistics import Interval

    Floats = NDArray[np.float64]

_ENDS = ["ratio", "low", "high"]
WITHIN = 0.05
"""How far what came may lie from what was promised for the forecast to have held."""


@dataclass(frozen=True, eq=False, repr=False)
class Held(Shown):
    """A forecast of value made a horizon ago, and what came of it; made by :meth:`Portfolio.of`.

    Parameters
    ----------
    as_of : datetime.datetime
        When it was made, in UTC.
    promised : Interval
        What was to come of all customers then known, as the models had it.
    came : float
        What they brought.
    ratio : Interval
        What came over what was promised; the interval is of how customers differ from their promise, and of how unsure
        the parameters were.
    outside : float
        What those brought who had not bought before.
    tiers : pandas.DataFrame
        Indexed by tier as of then, the lowest first: ``customers``, ``promised``, ``came``, ``ratio``, ``low``,
        ``high``.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="26W").held
    >>> found.verdict, round(found.ratio.estimate, 2)
    ('held', 1.0)
    """

    as_of: dt.datetime
    promised: Interval
    came: float
    ratio: Interval
    outside: float
    tiers: pd.DataFrame

    @property
    def verdict(self) -> str:
        """Whether it held: "held", "less" came than was promised, or "more".

        It held where the interval of the ratio reaches to within 5 % of 1.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="39W").held.verdict
        'held'
        """
        return _verdict(float(self.ratio.low), float(self.ratio.high))

    @property
    def missed(self) -> dict[str, str]:
        """The tiers that did not hold, the best first: "less" came than was promised, or "more"; ruled as the total is.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="26W").held.missed
        {}
        """
        found = {name: _verdict(low, high) for name, low, high in self.tiers[_ENDS[1:]][::-1].itertuples()}
        return {name: one for name, one in found.items() if one != "held"}

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What came over what was promised, of all and by tier.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="26W").held
        >>> [one.measure for one in found.figures[:2]]
        ['came over promised', 'came over promised, base']
        """
        tiers = [about_all(f"came over promised, {name}", *row) for name, *row in self.tiers[_ENDS].itertuples()]
        return (about_all("came over promised", *map(float, self.ratio)), *tiers)

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="26W").held.how
        'foretold as of 1997-12-31, and what has come since'
        """
        return f"foretold as of {self.as_of:%Y-%m-%d}, and what has come since"

    def to_frame(self) -> pd.DataFrame:
        """Return a row a tier.

        Returns
        -------
        pandas.DataFrame
            ``tiers``.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="26W").held
        >>> int(found.to_frame()["customers"].sum())
        2357
        """
        return self.tiers


def _verdict(low: float, high: float) -> str:
    if high < 1 - WITHIN:
        return "less"
    return "more" if low > 1 + WITHIN else "held"


def ratios(groups: Groups, came: Floats) -> pd.DataFrame:
    r"""Return by group what was promised, what came, and their ratio *R*.

    Its variance is :math:`\sum (y_i - R e_i)^2 / (\sum e_i)^2` of customers who differ from their promise *e*, and
    :math:`R^2` times the relative variance of the promise by how unsure the parameters were.
    """
    import pandas as pd

    promised, happened = groups.sums()[0], np.bincount(groups.place, came, minlength=groups.many)
    ratio = np.divide(happened, promised, out=np.full(groups.many, np.nan), where=promised > 0)
    apart = came - ratio[groups.place] * groups.each
    spread = np.sqrt(np.bincount(groups.place, apart**2, minlength=groups.many) + ratio**2 * groups.unsure) / promised
    reach = quantile(groups.confidence) * spread
    ends = {"ratio": ratio, "low": np.maximum(ratio - reach, 0.0), "high": ratio + reach}
    return pd.DataFrame({"customers": groups.customers, "promised": promised, "came": happened, **ends})
