"""What runs compiled: people, days, and everything that can happen on one."""

from cjlab.simulator.kernel._advance import advance
from cjlab.simulator.kernel._birth import bear
from cjlab.simulator.kernel._draws import draw_each
from cjlab.simulator.kernel._layout import CONTACTS_A_DAY, FACTORS, ROWS_A_DAY, Person, Plans, Row, Sent, Tables, Today
from cjlab.simulator.kernel._vocabulary import (
    AT_POLICY,
    DATED,
    EVENTS,
    FIRST_LIFE,
    FIRST_TOPIC,
    LAST_SECOND,
    MOMENTS,
    NEVER,
    REASONS,
    SEEN,
    SLICES,
    STAGES,
)

__all__ = [
    "AT_POLICY",
    "CONTACTS_A_DAY",
    "DATED",
    "EVENTS",
    "FACTORS",
    "FIRST_LIFE",
    "FIRST_TOPIC",
    "LAST_SECOND",
    "MOMENTS",
    "NEVER",
    "REASONS",
    "ROWS_A_DAY",
    "SEEN",
    "SLICES",
    "STAGES",
    "Person",
    "Plans",
    "Row",
    "Sent",
    "Tables",
    "Today",
    "advance",
    "bear",
    "draw_each",
]
