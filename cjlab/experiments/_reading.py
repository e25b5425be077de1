"""What a read-out holds: every number of a test, found by its name, and the days when customers are followed."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cjlab._checks import one_of
from cjlab._display import Shown
from cjlab.experiments._decision import rank

if TYPE_CHECKING:
    from cjlab.experiments._decision import Decision
    from cjlab.experiments._effect import Effect, Level
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._guardrail import Guardrail
    from cjlab.experiments._segments import SegmentEffect
    from cjlab.experiments._soundness import Soundness


@dataclass(frozen=True, slots=True, repr=False)
class Reading(Shown):
    """The fields of a :class:`Readout`, and what is looked up in them."""

    experiment: Experiment
    until: dt.datetime | None
    levels: tuple[Level, ...]
    effects: tuple[Effect, ...]
    adjusted: tuple[Effect, ...]
    net: tuple[Effect, ...]
    rivals: tuple[Effect, ...]
    guardrails: tuple[Guardrail, ...]
    segments: tuple[SegmentEffect, ...]
    days: tuple[Effect, ...]
    costs: dict[str, float] = field(hash=False)
    soundness: Soundness
    decision: Decision
    timezone: str = "UTC"

    def effect(self, metric: str, arm: str) -> Effect:
        """Return the unadjusted effect of an arm on a metric, for all customers.

        Parameters
        ----------
        metric : str
            A metric's name, or ``"net"``.
        arm : str
            A treated arm.

        Returns
        -------
        Effect
            The arm against the control.

        Raises
        ------
        SpecError
            When the test has no such metric, or no such treated arm.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test(n_customers=600))
        >>> effect = readout.effect("net", "discount")
        >>> effect.n, effect.low < effect.estimate < effect.high
        (196, True)
        """
        control, known = self.experiment.control, [*self.effects, *self.net]
        one_of(metric, dict.fromkeys(one.metric for one in known), name="metric")
        one_of(arm, [one.name for one in self.experiment.treated], name="arm")
        return next(one for one in known if (one.metric, one.arm, one.versus) == (metric, arm, control))

    def level(self, metric: str, arm: str) -> Level:
        """Return a metric in one arm.

        Parameters
        ----------
        metric : str
            A metric's name.
        arm : str
            Any arm.

        Returns
        -------
        Level
            The level with its interval.

        Raises
        ------
        SpecError
            When the test has no such arm or metric; a ratio has no level.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test(n_customers=600))
        >>> level = readout.level("visit", "no_contact")
        >>> [round(share, 3) for share in (level.estimate, level.low, level.high)]
        [0.226, 0.172, 0.291]
        """
        one_of(metric, dict.fromkeys(one.metric for one in self.levels), name="metric")
        one_of(arm, self.experiment.shares, name="arm")
        return next(one for one in self.levels if (one.metric, one.arm) == (metric, arm))

    @property
    def leader(self) -> str:
        """The arm decided for, or else the treated arm with the best verdict, net value and primary effect.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test()).leader
        'reminder'
        """
        return self.decision.arm or max((arm.name for arm in self.experiment.treated), key=self._standing)

    def _standing(self, arm: str) -> tuple[float, ...]:
        metric = self.experiment.primary
        worth = self.effect("net", arm).estimate if self.net else 0.0
        known = [worth, metric.sign * self.effect(metric.name, arm).estimate]
        verdict = self.decision.of(arm).verdict
        return (-rank(verdict), *(one if math.isfinite(one) else -math.inf for one in known))

    @property
    def first_complete(self) -> dt.date | None:
        """The first day, in the brand's zone, at whose start a customer has been followed for the whole horizon.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test()).first_complete
        datetime.date(2025, 9, 16)
        """
        first = self.soundness.enrolment.first
        return None if first is None else self._midnight(first + self.experiment.within)

    @property
    def all_complete(self) -> dt.date | None:
        """The first day, in the brand's zone, at whose start every customer has been followed for the whole horizon.

        Read ``as_of`` this day, nobody is left out.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test())
        >>> readout.soundness.complete.isoformat(), readout.all_complete.isoformat()
        ('2025-09-28T05:19:58+00:00', '2025-09-29')
        """
        return None if self.soundness.complete is None else self._midnight(self.soundness.complete)

    def _midnight(self, moment: dt.datetime) -> dt.date:
        """Return the first day that starts at ``moment`` or later."""
        zone = ZoneInfo(self.timezone)
        day = moment.astimezone(zone).date()
        starts = dt.datetime.combine(day, dt.time(), zone) >= moment
        return day if starts else day + dt.timedelta(days=1)
