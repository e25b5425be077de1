"""What each condition of the rule asks of a test's size, as far as a history can say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.experiments import _columns as col
from cjlab.statistics import Plan

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._metric import Metric
    from cjlab.statistics import Moments


class Need(NamedTuple):
    """The size that one condition of the rule asks for.

    Parameters
    ----------
    condition : {"primary", "guardrail", "net"}
        The effect that is expected, a guardrail that must be held, or the net value that must be above the loss agreed.
    metric : str
        The metric that it is about; ``"net"`` for the net value.
    distance : float
        How far apart truth and bar are taken to be, in the metric's unit: the effect expected less the least effect
        worth having; the margin, as if the arm did no harm; the net value a customer at the effect expected, plus the
        loss agreed. NaN where it is not known.
    customers : int or None
        Customers over all arms with which the condition is met at the planned power; None where the history holds
        nothing to tell by, or where the condition is not met in truth either.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01")
    >>> [one.condition for one in design.needs]
    ['primary', 'guardrail', 'guardrail', 'net']
    """

    condition: str
    metric: str
    distance: float
    customers: int | None


def needs(experiment: Experiment, past: Moments, primary: Need | None) -> tuple[Need, ...]:
    """Return the need of the primary metric, of each guardrail, and of the net value where one is declared."""
    found = [] if primary is None else [primary]
    found += [_guarded(experiment, past, metric) for metric in experiment.guardrails]
    if experiment.value is not None and experiment.expected_effect is not None:
        found.append(_paying(experiment, past))
    return tuple(found)


def _guarded(experiment: Experiment, past: Moments, metric: Metric) -> Need:
    """Ask for the interval of a guardrail to lie inside its margin, if the arm does no harm."""
    margin = float(metric.margin or 0.0)
    if metric.kind == "ratio":
        return Need("guardrail", metric.name, margin, None)
    known, _, deviation = _of(past, col.metric(metric.name))
    return Need("guardrail", metric.name, margin, _customers(experiment, margin, deviation, deviation, share=known))


def _paying(experiment: Experiment, past: Moments) -> Need:
    """Ask for the net value to lie above the loss agreed, if what an arm brings grows as its primary metric does.

    More customers of the same kind buy: mean and mean square of the value grow by the same factor. The cost is the
    highest that is declared of an arm; one that only the log will know comes on top.
    """
    value, primary = experiment.value, experiment.primary
    if value is None or experiment.expected_effect is None:
        return Need("net", "net", math.nan, None)
    _, level, _ = _of(past, col.metric(primary.name))
    known, mean, deviation = _of(past, col.metric(value.metric))
    growth = primary.sign * abs(experiment.expected_effect) / level if level > 0 else math.nan
    cost = max(arm.cost or 0.0 for arm in experiment.treated)
    distance = value.margin * growth * mean - cost + value.loss_agreed
    square = (1 + growth) * (deviation**2 + mean**2) - ((1 + growth) * mean) ** 2
    spreads = value.margin * deviation, value.margin * math.sqrt(max(square, 0.0))
    return Need("net", "net", distance, _customers(experiment, distance, *spreads, share=known))


def _of(past: Moments, column: str) -> tuple[float, float, float]:
    """Return of all customers of the history the share whose value is known, its mean, and its deviation."""
    sample = past.sample(column)
    n, mean, variance = (float(np.ravel(part)[0]) for part in sample)
    return n / float(past.rows[0]), mean, math.sqrt(variance)


def _customers(
    experiment: Experiment, distance: float, deviation: float, treated: float, *, share: float
) -> int | None:
    """Return the customers over all arms with whom a distance is shown; None where no number would, or can be told."""
    if not (distance > 0 and deviation > 0 and treated > 0 and share > 0):
        return None
    smallest = min(experiment.shares[arm.name] for arm in experiment.treated)
    ratio = experiment.shares[experiment.control] / smallest
    plan = Plan(deviation=deviation, deviation_treated=treated, ratio=ratio, alpha=experiment.alpha)
    return math.ceil(plan.sample_size(distance, experiment.power) / share / smallest)
