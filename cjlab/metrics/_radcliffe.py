"""Radcliffe's Qini, from counts within each prefix of the ranking, in the scales in which other programs give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from cjlab._checks import one_of
from cjlab.errors import EvidenceError
from cjlab.metrics._door import clusters, labels, member, numbers, same_rows
from cjlab.metrics._estimate import Measured, estimated
from cjlab.metrics._ranking import Ranking

if TYPE_CHECKING:
    from cjlab.metrics._door import Codes, Floats, Given
    from cjlab.metrics._estimate import Estimate

Scale: TypeAlias = Literal["treated", "total", "count", "optimum"]
_SCALES: tuple[Scale, ...] = ("treated", "total", "count", "optimum")


def qini_radcliffe(
    outcome: Given,
    score: Given,
    *,
    arm: Given,
    control: object,
    scale: Scale = "treated",
    customer: Given | None = None,
    confidence: float = 0.95,
) -> Estimate:
    r"""Area between Radcliffe's curve of a ranking and the straight line to its end, for a test of two arms.

    Within the best *k* rows :math:`L_k = Y^t_k - Y^c_k N^t_k / N^c_k`: the outcomes of the treated, less those of the
    control as if they were as many. It is what causalml and scikit-uplift compute, and is here to compare with theirs.
    Prefer :func:`qini`: this one knows no propensity, is a ratio of random counts, and exchanging the arms does not
    change its sign. Rows with one score are taken together, so that their order says nothing. With
    :math:`D = \frac{1}{n + 1} \sum_{k=0}^{n} (L_k - L_n k / n)` (trapezia over rows with one score), ``scale`` is

    - ``"treated"``: :math:`D / N^t`, per treated customer;
    - ``"count"``: *D*, as ``causalml.metrics.qini_score(normalize=False)``;
    - ``"total"``: :math:`D / |L_n|`, as ``causalml.metrics.qini_score``;
    - ``"optimum"``: the area over that of the best ranking of outcomes that are 0 or 1 (treated responders, then those
      who do not respond, then responders of the control), as ``sklift.metrics.qini_auc_score``.

    Where no control stands in the first rows, the curve is a straight line to the first row where one does, but for
    ``"optimum"``, where it counts the treated alone, each as its program has it. Agreement is exact on scores without
    ties. The interval is that of the infinitesimal jackknife (Efron 1982, doi:10.1137/1.9781611970319).

    Parameters
    ----------
    outcome : array_like
        What came of each row, ``(n,)``; 0 and 1 for ``"optimum"``.
    score : array_like
        Whom to contact first, ``(n,)``.
    arm : array_like
        The arm that each row received, ``(n,)``: the control and one other.
    control : object
        The label of the control.
    scale : {"treated", "total", "count", "optimum"}, default: "treated"
        In what it is given.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Estimate
        The measure with its interval.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When ``control`` is no arm, or ``scale`` or ``confidence`` is not allowed.
    EvidenceError
        When there are no two arms, or what the scale divides by is 0.

    References
    ----------
    Radcliffe (2007), Using control groups to target on predicted lift, Direct Marketing Analytics Journal 1, 14-21.

    Examples
    --------
    >>> import cjlab as cj
    >>> given = {"arm": ["a", "c", "a", "c"], "control": "c"}
    >>> round(cj.metrics.qini_radcliffe([1, 0, 0, 0], [4, 3, 2, 1], scale="total", **given).estimate, 4)
    0.2
    """
    same_rows(outcome=outcome, score=score, arm=arm, customer=customer)
    one_of(scale, _SCALES, name="scale")
    known = numbers(outcome, name="outcome")
    ranking = Ranking.of(numbers(score, name="score", n=len(known)))
    codes, arms = labels(arm, name="arm", n=len(known))
    treated = (codes != member(control, arms, name="control")).astype(np.float64)
    if len(arms) != 2:  # noqa: PLR2004 - two arms
        raise EvidenceError(f"arm has {len(arms)} labels; Radcliffe's Qini needs the control and one other")
    found = _measured(_Prefixes.of(ranking, known, treated, linear=scale != "optimum"), scale)
    whose = clusters(customer, len(known))
    return estimated(found, whose, confidence=confidence)


@dataclass(frozen=True, slots=True)
class _Prefixes:
    """Counts and outcomes of both arms at the ends of blocks of equal scores, and the block of each row."""

    outcome: Floats
    treated: Floats
    block: Codes
    count: Floats
    count_control: Floats
    total: Floats
    total_control: Floats

    @classmethod
    def of(cls, ranking: Ranking, outcome: Floats, treated: Floats, *, linear: bool) -> _Prefixes:
        """Add up each prefix; where it is ``linear``, prefixes without a control are no points of the curve."""
        given = (treated, 1 - treated, outcome * treated, outcome * (1 - treated))
        sums = [ranking.sums(values)[1:] for values in given]
        first = int(np.argmax(sums[1] > 0)) if linear else 0
        block = np.maximum(ranking.spread(np.arange(len(ranking.ends), dtype=np.float64)).astype(np.intp) - first, 0)
        return cls(outcome, treated, block, *(values[first:] for values in sums))

    @property
    def rate(self) -> Floats:
        """The control's mean outcome within each prefix; 0 where there is none."""
        return np.divide(
            self.total_control, self.count_control, out=np.zeros(len(self.count)), where=self.count_control > 0
        )

    @property
    def odds(self) -> Floats:
        """The treated per control within each prefix; 0 where there is none."""
        return np.divide(self.count, self.count_control, out=np.zeros(len(self.count)), where=self.count_control > 0)

    def area(self) -> tuple[float, Floats]:
        """Return the area between curve and line, and what one more row like each would add to it."""
        curve, ends = self.total - self.rate * self.count, self.count + self.count_control
        width, before = np.diff(ends, prepend=0), np.concatenate(([0.0], curve[:-1]))
        level = (curve + before) / 2
        reach = (width + np.append(width[1:], 0)) / 2
        reach[-1] -= ends[-1] / 2  # the line to the end of the curve
        moved = level[self.block] + self._moved(reach) - curve[-1] / 2
        return float(level @ width - ends[-1] * curve[-1] / 2), moved

    def last(self) -> tuple[float, Floats]:
        """Return the end of the curve, and what one more row like each would add to it."""
        reach = np.zeros(len(self.count))
        reach[-1] = 1.0
        return float(self.total[-1] - self.rate[-1] * self.count[-1]), self._moved(reach)

    def _moved(self, reach: Floats) -> Floats:
        """Add up what one more row does to the curve at each prefix that holds it, times ``reach``."""
        plain, rated = _down(reach), _down(reach * self.rate)
        odds, both = _down(reach * self.odds), _down(reach * self.odds * self.rate)
        one = self.outcome * plain[self.block] - rated[self.block]
        other = both[self.block] - self.outcome * odds[self.block]
        return np.where(self.treated == 1, one, other)


def _measured(prefixes: _Prefixes, scale: Scale) -> Measured:
    n = len(prefixes.outcome)
    area, moved = prefixes.area()
    whole, moved_whole = _whole(prefixes, scale)
    if whole == 0:
        told = "the effect of all" if scale == "total" else "the best ranking's area"
        raise EvidenceError(f"{told} is 0, and scale {scale!r} divides by it; ask for scale 'treated'")
    estimate = area / whole
    influence = n * (moved - estimate * moved_whole) / whole
    return Measured(estimate, influence - influence.mean())


def _whole(prefixes: _Prefixes, scale: Scale) -> tuple[float, Floats]:
    """Return what the area is divided by, and what one more row like each would add to that."""
    n = len(prefixes.outcome)
    if scale == "count":
        return n + 1.0, np.zeros(n)
    if scale == "treated":
        return (n + 1) * float(prefixes.count[-1]), (n + 1) * prefixes.treated + prefixes.count[-1]
    if scale == "total":
        last, moved = prefixes.last()
        return (n + 1) * abs(last), (n + 1) * np.sign(last) * moved + abs(last)
    return _optimum(prefixes)


def _optimum(prefixes: _Prefixes) -> tuple[float, Floats]:
    """Measure the area of the best ranking: treated responders, no responders, responders of the control."""
    if not np.isin(prefixes.outcome, (0, 1)).all():
        raise EvidenceError("outcome is not 0 or 1 everywhere, and scale 'optimum' knows no other; ask for 'treated'")
    n, good, bad = len(prefixes.outcome), float(prefixes.total[-1]), float(prefixes.total_control[-1])
    last, moved = prefixes.last()
    is_good = prefixes.outcome * prefixes.treated
    is_bad = prefixes.outcome * (1 - prefixes.treated)
    area = good * (n - good / 2) - bad * (good - last) / 2 - n * last / 2
    change = is_good * (n - good) + good - is_bad * (good - last) / 2 - bad * (is_good - moved) / 2
    return area, change - (last + n * moved) / 2


def _down(values: Floats) -> Floats:
    return np.asarray(np.cumsum(values[::-1])[::-1])
