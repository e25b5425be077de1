"""Can the test be trusted: the split, the groups before, what is still to come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.experiments import _columns as col
from cjlab.experiments._decision import Reason
from cjlab.experiments._effect import at, positions
from cjlab.statistics import sample_ratio, standardised_difference

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.experiments._enrolment import Enrolment
    from cjlab.experiments._experiment import Experiment
    from cjlab.statistics import Moments

_ALARM = 0.001
_CONTAMINATED = 0.01
_REACHED = 0.01
_PAIR = 2  # customers of an arm with whom it has a variance
_ALIKE = 0.1


class Balance(NamedTuple):
    """How far an arm and the control were apart before the contact.

    Parameters
    ----------
    trait, arm : str
        What is compared (a field of profiles, or ``<metric>_before``), and which arm with the control.
    mean, mean_control : float
        Its mean in each.
    difference : float
        The standardised difference: difference of means over the root of the mean of the two variances.
    """

    trait: str
    arm: str
    mean: float
    mean_control: float
    difference: float


@dataclass(frozen=True, slots=True)
class Soundness:
    """The checks of a test.

    Parameters
    ----------
    enrolment : Enrolment
        Customers assigned, mature and contacted, by arm.
    sample_ratio_p : float
        p-value of the split against the declared allocation (chi-square).
    balance : tuple of Balance
        The groups before the contact.
    planned : int or None
        Customers that were planned; None if none were.
    required : float
        The mature share that a verdict requires.
    complete : datetime or None
        The moment at which every horizon has passed; None where the rows had no times.
    contacted : tuple of str
        The arms that were to be contacted; the others were to be left alone.
    """

    enrolment: Enrolment
    sample_ratio_p: float
    balance: tuple[Balance, ...]
    planned: int | None
    required: float
    complete: dt.datetime | None
    contacted: tuple[str, ...]

    @property
    def broken(self) -> Reason | None:
        """Why the test is invalid, if it is."""
        if self.sample_ratio_p < _ALARM:
            return Reason.SAMPLE_RATIO
        if self.contaminated > _CONTAMINATED:
            return Reason.CONTAMINATED
        return Reason.NOT_SENT if self.unsent else None

    @property
    def unfinished(self) -> Reason | None:
        """Why there is no verdict yet, if there is none."""
        young = self.enrolment.mature_share < 1 and min(self.enrolment.mature.values()) < _PAIR
        if young or self.enrolment.mature_share < self.required:
            return Reason.IMMATURE
        return Reason.SMALL if self.missing else None

    @property
    def missing(self) -> int | None:
        """Customers with a full horizon that the plan still asks for; None when it asks for none."""
        if self.planned is None:
            return None
        return max(0, self.planned - sum(self.enrolment.mature.values())) or None

    @property
    def alone(self) -> tuple[str, ...]:
        """The arms whose customers were to be left alone, the one most contacted all the same first."""
        alone = [arm for arm in self.enrolment.customers if arm not in self.contacted]
        return tuple(sorted(alone, key=self._reached, reverse=True))

    @property
    def contaminated(self) -> float:
        """Largest share of an arm that was to be left alone and was contacted; 0 when there is no such arm."""
        return self._reached(self.alone[0]) if self.alone else 0.0

    @property
    def unsent(self) -> tuple[str, ...]:
        """The arms that were to be contacted and were not: fewer than 1 % of their customers were sent anything."""
        return tuple(arm for arm in self.contacted if self._reached(arm) < _REACHED)

    def _reached(self, arm: str) -> float:
        return self.enrolment.contacted[arm] / self.enrolment.customers[arm]

    @property
    def largest_difference(self) -> float | None:
        """Largest standardised difference in size; None when no trait could be compared."""
        return max((abs(one.difference) for one in self.compared), default=None)

    @property
    def compared(self) -> tuple[Balance, ...]:
        """The differences that are known: those of traits with at least two values in both arms."""
        return tuple(one for one in self.balance if not math.isnan(one.difference))

    @property
    def alike(self) -> bool | None:
        """Whether the groups were alike before: every standardised difference at most 0.1."""
        return None if self.largest_difference is None else self.largest_difference <= _ALIKE


def soundness(experiment: Experiment, enrolment: Enrolment, moments: Moments) -> Soundness:
    """Check a test from its enrolment and the moments of all customers assigned, by arm."""
    counts = list(enrolment.customers.values())
    last = enrolment.last
    return Soundness(
        enrolment=enrolment,
        sample_ratio_p=float(sample_ratio(counts, list(experiment.shares.values())).p),
        balance=_balance(experiment, moments),
        planned=experiment.planned_customers,
        required=experiment.mature_share,
        complete=None if last is None else last + experiment.within,
        contacted=experiment.contacted,
    )


def _balance(experiment: Experiment, moments: Moments) -> tuple[Balance, ...]:
    """Compare the fields that were named, and every metric that is adjusted by its own past, in that past."""
    columns = {field: col.number(field) for field in experiment.balance}
    columns |= {str(one.before): col.before(one.name) for one in experiment.metrics if one.window}
    arms, found = [arm.name for arm in experiment.treated], list[Balance]()
    for trait, column in columns.items():
        sample = moments.sample(column)
        treated, control = at(sample, positions(moments, arms)), at(sample, positions(moments, [experiment.control]))
        parts = np.broadcast_arrays(treated.mean, control.mean, standardised_difference(treated, control))
        found += [Balance(trait, arm, *map(float, row)) for arm, *row in zip(arms, *parts, strict=True)]
    return tuple(found)
