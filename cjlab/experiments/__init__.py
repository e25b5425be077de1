"""Tests on customers: declared before, read out whole, decided by a rule that was agreed.

An :class:`Experiment` is a declared value; ``design`` plans it, ``assign`` draws its arms, ``read_out`` makes a
:class:`Readout` of it, whose ``decision`` follows from the declaration and the numbers alone. For each arm the first
line that matches wins:

1. sample-ratio p below .001, or more than 1 % of the control contacted: *invalid*;
2. fewer mature customers than planned, or fewer than ``mature_share`` of them mature: *keep testing*, no verdict;
3. a guardrail broken (its interval lies wholly beyond its margin), or the primary's interval below 0: *do not deploy*;
4. the primary clears the least effect worth having (Holm over the arms), every guardrail is held (its interval lies
   inside its margin), and net value after contact and offer costs has a lower bound above 0, or above the loss agreed:
   *deploy*; all but the last: *works, not shown to pay*;
5. the primary's upper bound is below the least effect worth having: *do not deploy*; else *keep testing*.

Among arms to deploy the one with the highest net value is chosen; among those whose difference from it has an interval
that contains 0, the cheapest.
"""

from cjlab.experiments._arm import Arm
from cjlab.experiments._decision import Decision, Reason, Verdict
from cjlab.experiments._design import Design
from cjlab.experiments._effect import Effect
from cjlab.experiments._experiment import Experiment
from cjlab.experiments._metric import Metric
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
    "Metric",
    "Readout",
    "Reason",
    "Segment",
    "Value",
    "Verdict",
    "Voice",
]
