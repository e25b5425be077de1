"""How good what was foretold is, beside simpler rules for the same customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._display import Shown
from cjlab.models._figure import Figure, about_all
from cjlab.statistics import Sample, level

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.metrics import Calibration

    Floats = NDArray[np.float64]

SHARES = ("hit", "hit of three", "what", "where", "covered")
_FEW = 2
_ENDS = ("estimate", "low", "high")
_AHEAD = ("ahead", "ahead_low", "ahead_high")


class Measured(NamedTuple):
    """One measure of several methods, ``(n, methods)``; the first is the model."""

    measure: str
    methods: tuple[str, ...]
    values: Floats

    @property
    def share(self) -> bool:
        """Whether it is a share, of which more is better; otherwise it is a loss."""
        return self.measure in SHARES


@dataclass(frozen=True, eq=False, repr=False)
class Compared(Shown):
    """What was foretold against what came, beside simpler rules for the same customers.

    Parameters
    ----------
    measured : tuple of Measured
        Of those to whom something came within the horizon: ``hit`` (what and where), ``hit of three``, ``what``,
        ``where``, ``log loss``. Of all: ``crps`` (days), ``days off`` (of the median, a wait beyond the horizon taken
        for the horizon), ``covered`` (the share that came in the middle of the law of the wait).
    calibration : Calibration
        Of the chance of the likeliest.
    interval : float
        How wide the middle is.
    confidence : float
        Of the intervals.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=180).log
    >>> found = cj.models.NextInteraction().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
    >>> found.measured[0].methods
    ('model', 'most frequent', 'his last', 'Markov 1', 'Markov 2')
    """

    measured: tuple[Measured, ...]
    calibration: Calibration
    interval: float
    confidence: float

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The model's figures, and how far it is ahead of a chain of order 2.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=180).log
        >>> found = cj.models.NextInteraction().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
        >>> found.figures[-1].measure
        'hit, ahead of Markov 2'
        """
        own = [row for row in self._table() if row["method"] == "model"]
        made = [about_all(row["measure"], *(row[name] for name in _ENDS)) for row in own]
        (chain,) = (row for row in self._rows(self.measured[0]) if row["method"] == "Markov 2")
        return (*made, about_all("hit, ahead of Markov 2", *(chain[name] for name in _AHEAD)))

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=180).log
        >>> cj.models.NextInteraction().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15").how
        '264 customers with a past, out of time'
        """
        return f"{len(self.measured[-1].values):,} customers with a past, out of time"

    def to_frame(self) -> pd.DataFrame:
        """Return a row a measure and method.

        Returns
        -------
        pandas.DataFrame
            ``measure``, ``method``, ``customers``, ``estimate`` with ``low`` and ``high``, and ``ahead``: how much
            better the model is for the same customers, with ``ahead_low`` and ``ahead_high``; NaN for the model itself
            and where there is no better, such as of ``covered``, ``calibration error`` and ``calibration slope``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=180).log
        >>> found = cj.models.NextInteraction().fit(log, as_of="2024-05-15").judge(log, as_of="2024-05-15")
        >>> frame = found.to_frame().set_index(["measure", "method"])
        >>> bool(frame.loc[("hit", "Markov 2"), "ahead_low"] > 0.03)
        True
        """
        import pandas as pd

        return pd.DataFrame(self._table())

    def _table(self) -> list[dict[str, Any]]:
        return [*(row for one in self.measured for row in self._rows(one)), *self._calibrated()]

    def _rows(self, one: Measured) -> Iterator[dict[str, Any]]:
        for place, method in enumerate(one.methods):
            own = one.values[:, place]
            found = level(_sample(own), kind="share" if one.share else "mean", confidence=self.confidence)
            told = {"measure": one.measure, "method": method, "customers": len(own), **_ends(found)}
            yield told | self._ahead(one, place)

    def _ahead(self, one: Measured, place: int) -> dict[str, float]:
        if place == 0 or one.measure == "covered":
            return dict.fromkeys(_AHEAD, np.nan)
        better = (one.values[:, 0] - one.values[:, place]) * (1 if one.share else -1)
        found = level(_sample(better), confidence=self.confidence)
        return dict(zip(_AHEAD, _ends(found).values(), strict=True))

    def _calibrated(self) -> Iterator[dict[str, Any]]:
        for measure, found in (
            ("calibration error", self.calibration.ece),
            ("calibration slope", self.calibration.slope),
        ):
            yield {"measure": measure, "method": "model", "customers": self.calibration.n, **_ends(found)}


def _ends(found: Any) -> dict[str, float]:  # noqa: ANN401 - an Interval or an Estimate
    return {name: float(getattr(found, name)) for name in _ENDS}


def _sample(values: Floats) -> Sample:
    return Sample(len(values), values.mean(), values.var(ddof=1) if len(values) >= _FEW else np.nan)
