"""The effect in tenths of the ranking: whether those with the high scores are those who are moved."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import whole
from cjlab.metrics._estimate import bounds, standard_error
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._scored import scored
from cjlab.metrics._study import Study
from cjlab.metrics._tabled import Tabled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Columns, Floats, Given


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Deciles(Tabled):
    """The effect in parts of the ranking, the highest scores first.

    Parameters
    ----------
    group : ndarray
        1 for the highest scores.
    n : ndarray
        Count of rows; rows with one score at the edge of two groups belong to both in parts.
    score : ndarray
        Mean score.
    treated, control : ndarray
        Mean outcome of the treated and of the control.
    effect, standard_error, low, high : ndarray
        Their difference with its interval; NaN where an arm has fewer than two rows.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.uplift_by_decile(
    ...     [1, 1, 0, 0, 1, 0, 1, 0], [8, 7, 6, 5, 4, 3, 2, 1], arm=list("aaccaacc"), control="c",
    ...     propensity={"a": 0.5, "c": 0.5}, groups=2
    ... )
    >>> found.effect.tolist()
    [1.0, 0.0]
    """

    group: Floats
    n: Floats
    score: Floats
    treated: Floats
    control: Floats
    effect: Floats
    standard_error: Floats
    low: Floats
    high: Floats

    def _columns(self) -> Mapping[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def uplift_by_decile(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them
    outcome: Given,
    score: Columns,
    *,
    arm: Given,
    control: object,
    propensity: Columns,
    groups: int = 10,
    treated: object = None,
    expected: Columns | None = None,
    customer: Given | None = None,
    confidence: float = 0.95,
) -> Deciles:
    r"""Effect of treatment in tenths (or other parts) of a ranking, against the score that was given them.

    Within a group, an arm's level is its weighted mean outcome
    :math:`\sum_i 1\{A_i = a\} y_i / p_i \big/ \sum_i 1\{A_i = a\} / p_i`; with ``expected``, the mean expectation plus
    the weighted mean error of the arm's rows. The groups are taken as given; the intervals hold for each by itself.

    Parameters
    ----------
    outcome : array_like
        What came of each row, ``(n,)``: 0 and 1, or amounts.
    score : array_like or frame
        Whom to contact first, ``(n,)``; or a frame with one column, named after the treated arm.
    arm : array_like
        The arm that each row received, ``(n,)``.
    control : object
        The label of the control.
    propensity : array_like, frame or mapping
        Probability of the arm received, ``(n,)``; or one column (or number) an arm.
    groups : int, default: 10
        How many parts of as many rows each, from 1 to 1,000.
    treated : object, optional
        The treated arm that the score is for, where there are several.
    expected : frame or mapping, optional
        The outcome expected under each arm, one column an arm.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Deciles
        One row a group.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When ``control`` or ``treated`` is no arm, or ``groups`` or ``confidence`` is not allowed.
    EvidenceError
        When there are no rows, one arm alone, or propensities that cannot be those of the arms received.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.uplift_by_decile(
    ...     [1, 1, 0, 0, 1, 0, 1, 0], [8, 7, 6, 5, 4, 3, 2, 1], arm=list("aaccaacc"), control="c",
    ...     propensity={"a": 0.5, "c": 0.5}, groups=2
    ... )
    >>> found.treated.tolist(), found.control.tolist()
    ([1.0, 0.5], [0.0, 0.5])
    """
    study = Study.of(
        outcome, arm=arm, control=control, propensity=propensity, expected=expected, customer=customer, score=score
    )
    chosen = scored(study, score, treated, several=False)
    ranking, parts = Ranking.of(chosen.score), whole(groups, name="groups", least=1, most=1_000)
    rows = [_row(study, chosen.score, chosen.place, _part(ranking, part, parts)) for part in range(parts)]
    n, said, one, other, errors = np.array(rows).T
    low, high = bounds(one - other, errors, confidence=confidence)
    return Deciles(np.arange(1.0, parts + 1), n, said, one, other, one - other, errors, low, high)


def _part(ranking: Ranking, part: int, parts: int) -> Floats:
    """Return how much of each row belongs to a part of the ranking; rows with one score alike."""
    edges = np.array([part, part + 1]) * ranking.n / parts
    ends = np.clip(ranking.ends, *edges)
    starts = np.clip(ranking.ends - ranking.sizes, *edges)
    return ranking.spread((ends - starts) / ranking.sizes)


def _row(study: Study, score: Floats, treated: int, part: Floats) -> tuple[float, ...]:
    total = float(part.sum())
    one, first = _level(study, treated, part)
    other, second = _level(study, study.control, part)
    error = standard_error(len(part) * (first - second), study.customer)
    return total, float(part @ score) / total, one, other, error


def _level(study: Study, arm: int, part: Floats) -> tuple[float, Floats]:
    """Return an arm's level within a part, and what each row moves it by."""
    expected = study.expected[:, arm]
    weights = part * (study.codes == arm) / study.propensity
    rows = int(np.count_nonzero(weights))
    if rows < 2:  # noqa: PLR2004 - one row says nothing of how rows differ
        return np.nan, np.full(study.n, np.nan)
    share, rest = part / part.sum(), study.outcome - expected
    base, error = float(share @ expected), float(weights @ rest / weights.sum())
    own = weights * (rest - error) / weights.sum() * np.sqrt(rows / (rows - 1))
    return base + error, own + share * (expected - base)
