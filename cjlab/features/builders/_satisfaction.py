"""Satisfaction: what a customer answered, and whether he answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import mean, same, silence, trend
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When


@dataclass(frozen=True)
class Satisfaction(Builder):
    r"""The last score, the mean, the trend, and whether there is one at all.

    ``satisfaction_answered`` is 1 where there is a score, else 0; ``satisfaction`` is the last of *n* scores,
    ``satisfaction_mean`` their mean :math:`\bar s`, ``satisfaction_trend`` is the last less the mean of those before,
    :math:`s_n - (n \bar s - s_n) / (n - 1)`, and ``days_since_answer`` counts days of 24 hours. Who did not answer has
    NaN and never a low score: silence is no dissatisfaction (Little, Rubin 2019, doi:10.1002/9781119482260).

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows are answers; the score is their ``score``.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Satisfaction()).names[:2]
    ('satisfaction_answered', 'satisfaction')
    """

    of: Where = Where("survey_answer")  # noqa: RUF009 - it is frozen

    def columns(self) -> tuple[Column, ...]:
        """Return the mask, the last score, the mean, the trend, and how old the last is.

        Returns
        -------
        tuple of Column
            Five features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Satisfaction().columns()[1].missing
        'he never answered, which says nothing of how satisfied he is'
        """
        last, spread = Cell("last", self.of, of="score"), Cell("moments", self.of, of="score")
        missing = "he never answered, which says nothing of how satisfied he is"
        return (
            Column("satisfaction_answered", (spread,), _answered, "0 or 1", "whether there is a score"),
            Column("satisfaction", (last,), same, "score", "the last score", missing),
            Column("satisfaction_mean", (spread,), mean, "score", "the mean score", missing),
            Column(
                "satisfaction_trend", (last, spread), trend, "score", "the last less those before", "under two scores"
            ),
            silence("days_since_answer", self.of, "days since the last answer", missing),
        )


def _answered(when: When, spread: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    return (spread[:, 0] > 0).astype(float)
