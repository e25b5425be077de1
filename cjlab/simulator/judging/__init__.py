"""Which margins of a real log a world reproduces, and which not."""

from cjlab.simulator.judging._validity import TOLERANCES, Judged, Validity, validity

__all__ = ["TOLERANCES", "Judged", "Validity", "validity"]
