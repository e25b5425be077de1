"""What was expected against what happened, by tenths of what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.models._figure import Figure, about_all
from cjlab.models.value._parameters import quantile

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.statistics import Interval

    Floats = NDArray[np.float64]

_TENTHS = 10


@dataclass(frozen=True, eq=False, repr=False)
class Judged(Shown):
    """A forecast of value against what came.

    Parameters
    ----------
    customers : ndarray
        ``(10,)``, how many in each tenth of what was expected, the lowest first.
    expected, happened : ndarray
        ``(10,)``, what was expected of them together, and what they spent.
    low, high : ndarray
        ``(10,)``, ends of the interval of ``happened``, from how customers of the tenth differ.
    total : Interval
        What was expected of all, with the ends within which the forecast said that it would lie.
    outside : float
        What those spent of whom nothing was expected: who had not bought before.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> table = cj.datasets.cdnow_summary()
    >>> model = cj.models.CustomerValue(within="39W").fit(table)
    >>> judged = model.judge(table, pd.Series(20.0, index=table.index))
    >>> len(judged.to_frame())
    10
    """

    customers: NDArray[np.int64]
    expected: Floats
    happened: Floats
    low: Floats
    high: Floats
    total: Interval
    outside: float

    @classmethod
    def of(cls, value: Floats, happened: Floats, total: Interval, *, outside: float, confidence: float) -> Judged:
        """Add up by tenths; customers of whom the same is expected stand in the order of the table."""
        if len(value) < _TENTHS:
            raise EvidenceError(f"{len(value)} customers have bought; tenths of them need at least {_TENTHS}")
        order = np.argsort(value, kind="stable")
        tenths = np.array_split(order, _TENTHS)
        reach = quantile(confidence) * np.array(
            [np.sqrt(len(one)) * happened[one].std(ddof=1) if len(one) > 1 else np.nan for one in tenths]
        )
        sums = np.array([happened[one].sum() for one in tenths])
        return cls(
            np.array([len(one) for one in tenths]),
            np.array([value[one].sum() for one in tenths]),
            sums,
            sums - reach,
            sums + reach,
            total,
            outside,
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What came over what was promised: of all, of the lowest tenth and of the highest.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> model = cj.models.CustomerValue(within="39W").fit(table)
        >>> judged = model.judge(table, pd.Series(20.0, index=table.index))
        >>> [one.measure for one in judged.figures]
        ['came over promised', 'came over promised, lowest tenth', 'came over promised, highest tenth']
        """
        reach = float(np.sqrt((((self.high - self.low) / 2) ** 2).sum()))
        came, promised = float(self.happened.sum()), float(self.expected.sum())
        tenths = self.to_frame()[["ratio", "low", "high"]].to_numpy()
        return (
            about_all("came over promised", *(one / promised for one in (came, came - reach, came + reach))),
            about_all("came over promised, lowest tenth", *tenths[0]),
            about_all("came over promised, highest tenth", *tenths[-1]),
        )

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> model = cj.models.CustomerValue(within="39W").fit(table)
        >>> model.judge(table, pd.Series(20.0, index=table.index)).how
        'what 2,357 customers brought within the horizon, beside what was foretold of them'
        """
        return f"what {self.customers.sum():,} customers brought within the horizon, beside what was foretold of them"

    @property
    def ratio(self) -> float:
        """What happened over what was expected, of all.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> model = cj.models.CustomerValue(within="39W").fit(table)
        >>> judged = model.judge(table, pd.Series(20.0, index=table.index))
        >>> bool(judged.ratio == judged.happened.sum() / judged.expected.sum())
        True
        """
        return float(self.happened.sum() / self.expected.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return a row a tenth.

        Returns
        -------
        pandas.DataFrame
            ``tenth`` (1 has the lowest expectation), ``customers``, ``expected``, ``happened``, ``ratio`` (happened
            over expected) with its ends ``low`` and ``high``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> model = cj.models.CustomerValue(within="39W").fit(table)
        >>> model.judge(table, pd.Series(20.0, index=table.index)).to_frame().columns.tolist()
        ['tenth', 'customers', 'expected', 'happened', 'ratio', 'low', 'high']
        """
        import pandas as pd

        made: dict[str, Any] = {
            "tenth": np.arange(1, _TENTHS + 1),
            "customers": self.customers,
            "expected": self.expected,
            "happened": self.happened,
            "ratio": self.happened / self.expected,
            "low": self.low / self.expected,
            "high": self.high / self.expected,
        }
        return pd.DataFrame(made)
