"""Effects: every metric, arm, segment and day against the control, each with its interval."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.experiments import _columns as col
from cjlab.statistics import Comparison, cuped, proportions, ratio, welch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from numpy.typing import NDArray

    from cjlab.experiments._metric import Metric
    from cjlab.statistics import Joint, Moments, Sample

    Floats = NDArray[np.float64]
    Sized = TypeVar("Sized", Sample, Joint)


class Effect(NamedTuple):
    """What an arm changed in a metric, against another arm.

    Parameters
    ----------
    metric : str
        The metric's name; ``"net"`` is the net value a customer, after contact and offer costs.
    arm, versus : str
        The two arms compared: ``arm`` minus ``versus``.
    n, n_versus : int
        Customers in each whose horizon has passed.
    level, level_versus : float
        The metric in each arm, in its own unit (a share as a fraction).
    estimate, low, high : float
        The difference and its interval, in the metric's unit.
    p : float
        Two-sided p-value against no difference.
    p_corrected : float
        The same, corrected within its family: Holm over arms (primary) or segments, Benjamini-Hochberg (secondary);
        ``p`` itself elsewhere.
    relative, relative_low, relative_high : float
        The difference as a fraction of ``level_versus``, with its interval.
    confidence : float, default: 0.95
        Confidence of the intervals.
    segment : str, optional
        The segment it is about, or None for all customers.
    day : float, optional
        Days after the contact up to which outcomes count, or None for the whole horizon.
    adjusted : bool, default: False
        Whether the metric was adjusted by what was known before the contact (CUPED).

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> effect = test.read_out(cj.datasets.promotion_test()).effect("purchase", "reminder")
    >>> [round(end, 3) for end in (effect.estimate, effect.low, effect.high)]
    [0.034, 0.023, 0.044]
    >>> effect.estimate == effect.level - effect.level_versus
    True
    """

    metric: str
    arm: str
    versus: str
    n: int
    n_versus: int
    level: float
    level_versus: float
    estimate: float
    low: float
    high: float
    p: float
    p_corrected: float
    relative: float
    relative_low: float
    relative_high: float
    confidence: float = 0.95
    segment: str | None = None
    day: float | None = None
    adjusted: bool = False

    @property
    def undefined(self) -> str:
        """Why some of the numbers are not defined (NaN); empty where all are.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test(n_customers=600)).days[0].undefined
        ''
        """
        for arm, level in ((self.arm, self.level), (self.versus, self.level_versus)):
            if isnan(level):
                return f"{self.metric} is unknown in arm {arm}"
        if isnan(self.low) or isnan(self.high) or isnan(self.p):
            return f"{self.metric} does not vary, or is known of fewer than two customers"
        if isnan(self.relative):
            return f"{self.metric} is 0 in arm {self.versus}"
        if isnan(self.relative_low) or isnan(self.relative_high):
            return f"{self.metric} in arm {self.versus} cannot be told from 0"
        return ""


class Level(NamedTuple):
    """A metric in one arm, with its interval."""

    metric: str
    arm: str
    n: int
    estimate: float
    low: float
    high: float


def positions(moments: Moments, arms: Sequence[str]) -> NDArray[np.intp]:
    """Return the position of each arm among the groups of ``moments``, which are arms alone; -1 for an empty one."""
    places = {label[0]: place for place, label in enumerate(moments.groups)}
    return np.asarray([places.get(arm, -1) for arm in arms], dtype=np.intp)


def at(sample: Sized, groups: NDArray[np.intp]) -> Sized:
    """Take some groups of a sample or a joint sample; in group -1 is nobody, of whom nothing is known."""
    nobody = (0.0, *[np.nan] * (len(sample) - 1))
    return type(sample)(*(np.append(part, none)[groups] for part, none in zip(sample, nobody, strict=True)))


def against(arms: Sequence[str], versus: str | Sequence[str]) -> list[str]:
    """Name what each arm is compared with: the same arm for all, or one for each."""
    return [versus] * len(arms) if isinstance(versus, str) else list(versus)


def compare(
    metric: Metric,
    moments: Moments,
    arms: Sequence[str],
    versus: str | Sequence[str],
    *,
    null: float = 0.0,
    confidence: float = 0.95,
) -> Comparison:
    """Compare one metric of several arms with ``versus``; every field of the answer is ``(arms,)``."""
    if metric.kind == "ratio":
        joint = moments.joint(col.metric(str(metric.top)), col.metric(str(metric.bottom)))
        sides = (at(joint, positions(moments, names)) for names in (arms, against(arms, versus)))
        return ratio(*sides, null=null, confidence=confidence)
    column, share = col.metric(metric.name), metric.kind == "share"
    found = compare_column(column, moments, arms, versus, share=share, null=null, confidence=confidence)
    if metric.kind != "count":
        return found
    sample = moments.sample(column)
    sizes = (at(sample, positions(moments, names)).n for names in (arms, against(arms, versus)))
    return _never(found, *map(np.asarray, sizes), confidence=confidence)


def _never(found: Comparison, n: Floats, n_versus: Floats, *, confidence: float) -> Comparison:
    """Bound a difference of counts where no event happened in either arm, and nothing varies.

    The rate of an arm of *n* without an event is at most -ln(alpha / 2) / n (Garwood 1936,
    doi:10.1093/biomet/28.3-4.437); the difference lies between minus the one bound and the other.
    """
    never = (found.treated == 0) & (found.control == 0) & (n > 0) & (n_versus > 0)
    reach = -np.log((1 - confidence) / 2)
    with np.errstate(divide="ignore"):
        low, high = -reach / n_versus, reach / n
    return found._replace(
        low=np.where(never, low, found.low), high=np.where(never, high, found.high), p=np.where(never, 1.0, found.p)
    )


def compare_column(
    column: str,
    moments: Moments,
    arms: Sequence[str],
    versus: str | Sequence[str],
    *,
    share: bool,
    null: float = 0.0,
    confidence: float = 0.95,
) -> Comparison:
    """Compare one column of several arms with ``versus``, as shares or as means; ``(arms,)``."""
    sample = moments.sample(column)
    test = proportions if share else welch
    sides = (at(sample, positions(moments, names)) for names in (arms, against(arms, versus)))
    return test(*sides, null=null, confidence=confidence)


def compare_adjusted(
    metric: Metric, moments: Moments, arms: Sequence[str], versus: str, *, confidence: float = 0.95
) -> Comparison:
    """Compare one metric, adjusted by what was known before; ``(arms,)``."""
    joint = moments.joint(col.metric(metric.name), col.before(metric.name), fill=True)
    sides = (at(joint, positions(moments, names)) for names in (arms, [versus]))
    return cuped(*sides, confidence=confidence)


def effects_of(
    metric: str, comparison: Comparison, moments: Moments, arms: Sequence[str], versus: str | Sequence[str]
) -> list[Effect]:
    """Return one effect an arm from a comparison of ``(arms,)``, not yet corrected for several of them."""
    rows = dict(zip((label[0] for label in moments.groups), moments.rows.tolist(), strict=True))
    parts = [np.broadcast_to(np.asarray(part, dtype=float), len(arms)).tolist() for part in comparison]
    found = []
    for arm, other, *numbers in zip(arms, against(arms, versus), *parts, strict=True):
        one = dict(zip(comparison._fields, numbers, strict=True))
        found.append(
            Effect(
                metric=metric,
                arm=arm,
                versus=other,
                n=rows.get(arm, 0),
                n_versus=rows.get(other, 0),
                level=one["treated"],
                level_versus=one["control"],
                estimate=one["estimate"],
                low=one["low"],
                high=one["high"],
                p=one["p"],
                p_corrected=one["p"],
                relative=one["relative"],
                relative_low=one["relative_low"],
                relative_high=one["relative_high"],
            )
        )
    return found
