"""Decisions: whom to send what, under rules, a budget and capacities, and with which probability.

The room knows no models: what an action is worth to a customer comes in as a frame of numbers.
"""

from cjlab.decisions._action import Action
from cjlab.decisions._cap import Cap
from cjlab.decisions._cooling import Cooling
from cjlab.decisions._eligibility import Eligibility, eligible
from cjlab.decisions._fresh import Fresh
from cjlab.decisions._holdout import Holdout
from cjlab.decisions._rules import Rules

__all__ = ["Action", "Cap", "Cooling", "Eligibility", "Fresh", "Holdout", "Rules", "eligible"]


def __dir__() -> list[str]:
    """List what the room offers."""
    return sorted(__all__)
