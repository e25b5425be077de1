"""A world estimated from a log."""

from cjlab.simulator.fitting._estimate import Estimate
from cjlab.simulator.fitting._fit import Fit, fit
from cjlab.simulator.fitting._observed import Observed

__all__ = ["Estimate", "Fit", "Observed", "fit"]
