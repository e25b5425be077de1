"""Tests on customers: declared before, read out whole, decided by a rule that was agreed.

An :class:`Experiment` is a declared value; ``design`` plans it, ``assign`` draws its arms, ``read_out`` makes a
:class:`Readout` of it, whose ``decision`` follows from the declaration and the numbers alone. For each arm the first
line that matches wins:

1. sample-ratio p below .001, more than 1 % of an arm contacted that was to be left alone, or less than 1 % of an arm
   that was to be contacted: *invalid*;
2. fewer mature customers than planned, or fewer than ``mature_share`` of them mature: *keep testing*, no verdict;
3. a guardrail broken (its interval lies wholly beyond its margin), or the primary's interval below 0: *do not deploy*;
4. the primary clears the least effect worth having (Holm over the arms), every guardrail is held (its interval lies
   inside its margin), and net value after contact and offer costs has a lower bound above 0, or above the loss agreed:
   *deploy*; all but the last: *works, not shown to pay*;
5. more customers could not make it worth deploying: *do not deploy*. So it is where the primary's upper bound is below
   the least effect worth having; or, once the planned size is reached and the effect not shown, below the effect that
   the test was planned to find; where the net value's upper bound is below 0, or below the loss agreed; and where the
   effect is shown but a guardrail has no values to be measured by;
6. else *keep testing*, with the customers still needed, unless they are more than five times those planned (or a
   hundred times those read, where none were planned): those are out of reach, and are no advice.

Among arms to deploy the one with the highest net value is chosen; among those whose difference from it has an interval
that contains 0, the cheapest, and among the equally cheap the one with the highest net value.

A guardrail of a count that happened to nobody in either arm is bounded by -ln(alpha / 2) / n an arm; a sum or a ratio
that nobody had any of is held as seen, and a reservation says so. Without ``as_of`` a log is followed up to the last
time that two customers, and one in a thousand, still reach: one stray time makes no young test look mature.
"""

from cjlab.experiments._arm import Arm
from cjlab.experiments._decision import Decision, Reason, Verdict
from cjlab.experiments._design import Design
from cjlab.experiments._effect import Effect
from cjlab.experiments._experiment import Experiment
from cjlab.experiments._guardrail import Guardrail
from cjlab.experiments._metric import Metric
from cjlab.experiments._needs import Need
from cjlab.experiments._readout import Readout
from cjlab.experiments._segment import Segment
from cjlab.experiments._value import Value
from cjlab.experiments._voice import Voice

__all__ = [
    "Arm",
    "Decision",
    "Design",
    "Effect",
    "Experiment",
    "Guardrail",
    "Metric",
    "Need",
    "Readout",
    "Reason",
    "Segment",
    "Value",
    "Verdict",
    "Voice",
]
