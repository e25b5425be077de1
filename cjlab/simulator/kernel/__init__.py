"""What runs compiled: people, days, and everything that can happen on one."""

from cjlab.simulator.kernel._advance import advance
from cjlab.simulator.kernel._birth import bear
from cjlab.simulator.kernel._day import Row, Sent, Today
from cjlab.simulator.kernel._draws import draw_each, keys_each
from cjlab.simulator.kernel._order import ITEM_KEYS, MOST_LINES
from cjlab.simulator.kernel._person import Person
from cjlab.simulator.kernel._plans import Plans
from cjlab.simulator.kernel._sizes import CIRCLE, CONTACTS_A_DAY, FACTORS, ROWS_A_DAY
from cjlab.simulator.kernel._social import WORDS, listen
from cjlab.simulator.kernel._tables import Tables
from cjlab.simulator.kernel._vocabulary import (
    AT_POLICY,
    AT_PROVIDER,
    BIRTH_DAY,
    DATED,
    EVENTS,
    FIRST_ERRAND,
    FIRST_LIFE,
    FIRST_TOPIC,
    FIRST_TRANSPORT,
    JOURNEYS,
    LAST_SECOND,
    MOMENTS,
    NEVER,
    PURPOSES,
    REASONS,
    SEEN,
    SLICES,
    STAGES,
)

__all__ = [
    "AT_POLICY",
    "AT_PROVIDER",
    "BIRTH_DAY",
    "CIRCLE",
    "CONTACTS_A_DAY",
    "DATED",
    "EVENTS",
    "FACTORS",
    "FIRST_ERRAND",
    "FIRST_LIFE",
    "FIRST_TOPIC",
    "FIRST_TRANSPORT",
    "ITEM_KEYS",
    "JOURNEYS",
    "LAST_SECOND",
    "MOMENTS",
    "MOST_LINES",
    "NEVER",
    "PURPOSES",
    "REASONS",
    "ROWS_A_DAY",
    "SEEN",
    "SLICES",
    "STAGES",
    "WORDS",
    "Person",
    "Plans",
    "Row",
    "Sent",
    "Tables",
    "Today",
    "advance",
    "bear",
    "draw_each",
    "keys_each",
    "listen",
]
