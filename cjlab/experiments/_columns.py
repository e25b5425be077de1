"""Names of the columns of the one table that a test is read out from: one row a customer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._metric import Metric

CUSTOMER = "customer_id"
ARM = "arm"
COST = "cost"
OUTLAY = "outlay"
CONTACTED = "contacted"
MATURE = "mature"
NET = "net"


def metric(name: str) -> str:
    """Name the column of a metric over the horizon."""
    return f"metric:{name}"


def before(name: str) -> str:
    """Name the column that adjusts a metric."""
    return f"before:{name}"


def trait(field: str) -> str:
    """Name the column of something known before the contact, as text."""
    return f"trait:{field}"


def number(field: str) -> str:
    """Name the column of the same, as a number."""
    return f"number:{field}"


def segment(name: str) -> str:
    """Name the column that says whether a customer belongs to a segment."""
    return f"segment:{name}"


def day(number: float) -> str:
    """Name the column of the primary metric over the first ``number`` days."""
    return f"day:{number}"


def plain(experiment: Experiment) -> tuple[Metric, ...]:
    """Return the metrics that have a column of their own: all but ratios."""
    return tuple(one for one in experiment.metrics if one.kind != "ratio")


def fields(experiment: Experiment) -> tuple[str, ...]:
    """Return every field known before the contact that the test asks for, in a stable order."""
    asked = [
        *experiment.balance,
        *(one.field for one in experiment.segments),
        *(one.before_profile for one in experiment.metrics if one.before_profile),
    ]
    return tuple(dict.fromkeys(asked))


def numeric(experiment: Experiment) -> tuple[str, ...]:
    """Return the fields known before the contact that must be numbers, in a stable order."""
    asked = [
        *experiment.balance,
        *(one.field for one in experiment.segments if one.equals is None),
        *(one.before_profile for one in experiment.metrics if one.before_profile),
    ]
    return tuple(dict.fromkeys(asked))


def days(experiment: Experiment) -> tuple[float, ...]:
    """Return the days after the contact at which the primary metric is read: about 28 at most, the last the horizon.

    They are whole, but for the last where the horizon is not.
    """
    most = 28
    whole, rest = divmod(experiment.within, dt.timedelta(days=1))
    if experiment.primary.kind == "ratio" or whole < 2:  # noqa: PLR2004 - a curve needs two points
        return ()
    step = -(-whole // most)
    days = tuple(range(whole, 0, -step))[::-1]
    return (*days, experiment.within / dt.timedelta(days=1)) if rest else days
