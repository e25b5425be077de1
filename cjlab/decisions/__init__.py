"""Decisions: whom to send what, under rules, a budget and capacities, and with which probability.

The room knows no models: what an action is worth to a customer comes in as a frame of numbers.
"""

from cjlab.decisions._action import Action
from cjlab.decisions._cap import Cap
from cjlab.decisions._choice import Choice
from cjlab.decisions._cooling import Cooling
from cjlab.decisions._daily import Daily
from cjlab.decisions._eligibility import Eligibility, eligible
from cjlab.decisions._fresh import Fresh
from cjlab.decisions._holdout import Holdout
from cjlab.decisions._plan import Plan
from cjlab.decisions._planning import plan
from cjlab.decisions._prices import Prices
from cjlab.decisions._proportionate import proportionate
from cjlab.decisions._record import record
from cjlab.decisions._rules import Rules
from cjlab.decisions._standing import Standing
from cjlab.decisions._terms import Terms

__all__ = [
    "Action",
    "Cap",
    "Choice",
    "Cooling",
    "Daily",
    "Eligibility",
    "Fresh",
    "Holdout",
    "Plan",
    "Prices",
    "Rules",
    "Standing",
    "Terms",
    "eligible",
    "plan",
    "proportionate",
    "record",
]


def __dir__() -> list[str]:
    """List what the room offers."""
    return sorted(__all__)
