"""The plan of a test: how many customers, for how long, to see how small an effect."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import within
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.experiments._history import SMALLEST, end_of, past_of, reduced_to
from cjlab.experiments._needs import Need, needs
from cjlab.statistics import Plan

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd

    from cjlab.experiments._experiment import Experiment
    from cjlab.tables import Log

_POINTS = 25
_EDGE = 1e-6  # how near a share comes to 0 or 1 on the way to the effect on it


@dataclass(frozen=True, slots=True, repr=False)
class Design(Shown):
    """The plan of a test, as ``Experiment.design`` makes it from a history.

    The detectable effect is that of the smallest treated arm against the control, two-sided, at Holm's strictest level
    alpha / arms, and at the declared power; the least effect worth having is added to what must be detected.

    Parameters
    ----------
    experiment : Experiment
        The test as declared.
    customers : int
        Customers of the history, each observed over one horizon before its end.
    baseline, deviation : float
        Mean of the primary metric over that horizon, and its standard deviation, in the metric's unit.
    explained : float
        Share of the variance that the same metric over ``before_window`` explains (CUPED); 0 without one.
    expected : float or None
        The effect declared as expected, in the metric's unit; None where none was.
    needed : int or None
        Customers over all arms with which the expected effect would be seen; None where none was declared.
    needs : tuple of Need
        What the expected effect, each guardrail and the net value ask for, each as far as the history can say.
    detectable : tuple of (float, float)
        The smallest effect that all customers of the history would show, and the same when adjusted.
    days : int
        Days from the first contact to the last mature outcome for the ``advised`` (else for all) customers.
    per_day : float or None
        Customers who enter a day; None when all enter at once.
    curve : tuple of (int, float, float)
        ``(customers over all arms, detectable effect, detectable effect when adjusted)``, at growing sizes.
    until : datetime
        The moment before which the history was read.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01")
    >>> design.customers, round(design.baseline, 4), [round(size, 4) for size in design.detectable]
    (20000, 0.0878, [0.0157, 0.0151])
    """

    experiment: Experiment
    customers: int
    baseline: float
    deviation: float
    explained: float
    expected: float | None
    needed: int | None
    needs: tuple[Need, ...]
    detectable: tuple[float, float]
    days: int
    per_day: float | None
    curve: tuple[tuple[int, float, float], ...]
    until: dt.datetime

    @property
    def advised(self) -> int | None:
        """The largest of the needs and of the customers planned, over all arms; None without an expected effect.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01")
        >>> design.needed, design.advised
        (5838, 20000)
        """
        return _advised(self.experiment, self.needed, self.needs)

    def to_frame(self) -> pd.DataFrame:
        """Return the curve as a frame.

        Returns
        -------
        DataFrame
            One row a size: ``customers``, ``detectable`` and ``detectable_adjusted`` in the metric's unit.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01")
        >>> design.to_frame().tail(2).round(4)
            customers  detectable  detectable_adjusted
        23      16311      0.0175               0.0168
        24      20000      0.0157               0.0151
        """
        import pandas as pd

        return pd.DataFrame(self.curve, columns=["customers", "detectable", "detectable_adjusted"])

    def __repr__(self) -> str:
        """Say what was planned; the curve stands in the frame."""
        plain, adjusted = self.detectable
        return (
            f"Design({self.experiment.name!r}, customers={self.customers}, baseline={self.baseline:.4g}, "
            f"needed={self.needed}, detectable=({plain:.4g}, {adjusted:.4g}), days={self.days})"
        )


def design(experiment: Experiment, history: Log, *, as_of: str | dt.datetime | None, per_day: float | None) -> Design:
    """Plan a test from what customers did over one horizon before ``as_of``."""
    if per_day is not None:
        within(per_day, 0, 1e12, name="per_day", open_ends=True)
    end = end_of(experiment, history, as_of)
    reduced = reduced_to(experiment, history, end)
    past = past_of(experiment, history, end, reduced)
    count, baseline, deviation, explained = past
    sizes = np.unique(np.geomspace(SMALLEST * len(experiment.arms), max(count, 10_000), _POINTS).astype(int))
    curve = tuple((int(size), *_detectable(experiment, int(size), past)) for size in sizes)
    needed = _needed(experiment, baseline, deviation)
    asked = needs(experiment, reduced, _primary(experiment, needed))
    return Design(
        experiment=experiment,
        customers=count,
        baseline=baseline,
        deviation=deviation,
        explained=explained,
        expected=experiment.expected_effect,
        needed=needed,
        needs=asked,
        detectable=_detectable(experiment, count, past),
        days=_days(experiment, _advised(experiment, needed, asked) or count, per_day),
        per_day=per_day,
        curve=curve,
        until=end,
    )


def _advised(experiment: Experiment, needed: int | None, asked: Sequence[Need]) -> int | None:
    if needed is None:
        return None
    known = [one.customers for one in asked if one.customers is not None]
    return max(needed, experiment.planned_customers or 0, *known)


def _primary(experiment: Experiment, needed: int | None) -> Need | None:
    if needed is None:
        return None
    room = abs(experiment.expected_effect or 0.0) - experiment.primary.minimum_effect
    return Need("primary", experiment.primary.name, room, needed)


def _plan(experiment: Experiment, deviation: float) -> Plan:
    """Plan the comparison that sees least: the smallest treated arm against the control, at Holm's strictest level."""
    ratio = experiment.shares[experiment.control] / _smallest(experiment)
    return Plan(deviation=deviation, ratio=ratio, alpha=experiment.alpha / len(experiment.treated))


def _smallest(experiment: Experiment) -> float:
    return min(experiment.shares[arm.name] for arm in experiment.treated)


def _detectable(experiment: Experiment, customers: int, past: tuple[int, float, float, float]) -> tuple[float, float]:
    """Return the smallest effect that so many customers show, as it is and adjusted."""
    _, baseline, deviation, explained = past
    n = customers * _smallest(experiment)
    plain, adjusted = (
        _visible(experiment, n, baseline, deviation, left=left) for left in (1.0, math.sqrt(1 - explained))
    )
    return plain, adjusted


def _visible(experiment: Experiment, n: float, baseline: float, deviation: float, *, left: float) -> float:
    """Return the smallest effect that ``n`` customers an arm show, with a part of each deviation ``left``.

    The deviation of a share follows from the share itself: the effect is found in steps that shrink like a geometric
    series, whose limit the first three give (Aitken 1926, doi:10.1017/S0370164600022070).
    """
    primary, plan = experiment.primary, _plan(experiment, left * deviation)

    def shown(plan: Plan) -> float:
        return primary.minimum_effect + plan.minimum_effect(n, experiment.power)

    def given(effect: float) -> float:
        treated = min(max(baseline + primary.sign * effect, _EDGE), 1 - _EDGE)
        return shown(replace(plan, deviation_treated=left * math.sqrt(treated * (1 - treated))))

    first = shown(plan)
    if primary.kind != "share":
        return first
    second = given(first)
    third = given(second)
    step, last = second - first, third - second
    return third if step == last else third + last**2 / (step - last)


def _needed(experiment: Experiment, baseline: float, deviation: float) -> int | None:
    """Return the customers over all arms with which the expected effect clears the least effect worth having."""
    if experiment.expected_effect is None:
        return None
    room = abs(experiment.expected_effect) - experiment.primary.minimum_effect
    if room <= 0:
        raise SpecError(
            f"experiment: expected_effect is {experiment.expected_effect:g}, and the least effect worth having is "
            f"{experiment.primary.minimum_effect:g}; no test shows the one to be above the other"
        )
    plan = _plan(experiment, deviation)
    if experiment.primary.kind == "share":
        treated = baseline + experiment.primary.sign * abs(experiment.expected_effect)
        if not 0 < treated < 1:
            raise SpecError(
                f"experiment: expected_effect is {experiment.expected_effect:g}, and the share was {baseline:.4g} "
                "before; give an effect that leaves a share between 0 and 1"
            )
        plan = replace(plan, deviation_treated=math.sqrt(treated * (1 - treated)))
    size = plan.sample_size(room, experiment.power)
    return math.ceil(size / _smallest(experiment))


def _days(experiment: Experiment, customers: int, per_day: float | None) -> int:
    """Return the days until the last of so many customers has had the full horizon."""
    entering = 0 if per_day is None else math.ceil(customers / per_day) - 1
    return entering + math.ceil(experiment.within.total_seconds() / 86_400)
