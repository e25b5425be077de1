"""A simulated market whose truth is known, on the same tables as the real one.

A :class:`World` describes people, channels, goods and what contacts change; :func:`simulate` lets it live for some days
under a policy; the :class:`Run` holds the log that the brand would have, the truth behind it, the branches that would
have followed from other decisions, and the true effect of every action on every customer.

Every draw is a pure function of (seed, customer, day, purpose): results do not depend on shards, threads or the order
of the work, and a change for one customer leaves everybody else's draws alone.
"""

from cjlab.simulator._budgeted import Budgeted
from cjlab.simulator._comparison import Comparison
from cjlab.simulator._contacts import Contacts
from cjlab.simulator._effect import Effects
from cjlab.simulator._interpreted import Interpreted
from cjlab.simulator._legacy import Legacy
from cjlab.simulator._life import Life
from cjlab.simulator._plan import Plan
from cjlab.simulator._planned import Everyone, Nobody, RandomContacts, Rules
from cjlab.simulator._policy import Policy
from cjlab.simulator._portrait import portrait
from cjlab.simulator._run import Run
from cjlab.simulator._simulate import simulate
from cjlab.simulator._split import Split
from cjlab.simulator._truth import Truth
from cjlab.simulator._view import View
from cjlab.simulator.kernel import SEEN
from cjlab.simulator.world import World

__all__ = [
    "SEEN",
    "Budgeted",
    "Comparison",
    "Contacts",
    "Effects",
    "Everyone",
    "Interpreted",
    "Legacy",
    "Life",
    "Nobody",
    "Plan",
    "Policy",
    "RandomContacts",
    "Rules",
    "Run",
    "Split",
    "Truth",
    "View",
    "World",
    "portrait",
    "simulate",
]


def __dir__() -> list[str]:
    """List what the room offers."""
    return sorted(__all__)
