"""The leakage alarm: columns and rows that no model should have known."""

from cjlab.models.alarm._leakage import Leakage, leakage

__all__ = ["Leakage", "leakage"]
