"""Tests on customers: declared before, read out whole, decided by a rule that was agreed.

An :class:`Experiment` is a declared value; ``design`` plans it, ``assign`` draws its arms, ``read_out`` makes a
:class:`Readout` of it, whose ``decision`` follows from the declaration and the numbers alone.
"""

from cjlab.experiments._arm import Arm, Segment
from cjlab.experiments._decision import Decision, Reason, Verdict
from cjlab.experiments._effect import Effect
from cjlab.experiments._experiment import Experiment, Value
from cjlab.experiments._metric import Metric
from cjlab.experiments._readout import Readout
from cjlab.experiments._voice import Voice

__all__ = [
    "Arm",
    "Decision",
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
