"""What runs compiled: people, days, and everything that can happen on one."""

from cjlab.simulator.kernel._advance import advance, begins_of
from cjlab.simulator.kernel._birth import bear
from cjlab.simulator.kernel._columns import known_of, latest, tell
from cjlab.simulator.kernel._contacted import tell_sent
from cjlab.simulator.kernel._day import Row, Sent, Today
from cjlab.simulator.kernel._draws import draw_each, draw_often_each, keys_each
from cjlab.simulator.kernel._layout import BYTE, REAL, SENT_BYTE, SENT_REAL, SENT_WHOLE, SENT_WORD, WHOLE, WORD, Facts
from cjlab.simulator.kernel._order import ITEM_KEYS, MOST_LINES
from cjlab.simulator.kernel._outside import Outside
from cjlab.simulator.kernel._person import Person
from cjlab.simulator.kernel._plans import Plans
from cjlab.simulator.kernel._seen import look
from cjlab.simulator.kernel._sizes import CIRCLE, CONTACTS_A_DAY, DAYS, FACTORS, ROWS_A_DAY
from cjlab.simulator.kernel._social import WORDS, listen
from cjlab.simulator.kernel._tables import Tables
from cjlab.simulator.kernel._turn import arranged, in_order
from cjlab.simulator.kernel._visitor import households_of
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
    "BYTE",
    "CIRCLE",
    "CONTACTS_A_DAY",
    "DATED",
    "DAYS",
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
    "REAL",
    "REASONS",
    "ROWS_A_DAY",
    "SEEN",
    "SENT_BYTE",
    "SENT_REAL",
    "SENT_WHOLE",
    "SENT_WORD",
    "SLICES",
    "STAGES",
    "WHOLE",
    "WORD",
    "WORDS",
    "Facts",
    "Outside",
    "Person",
    "Plans",
    "Row",
    "Sent",
    "Tables",
    "Today",
    "advance",
    "arranged",
    "bear",
    "begins_of",
    "draw_each",
    "draw_often_each",
    "households_of",
    "in_order",
    "keys_each",
    "known_of",
    "latest",
    "listen",
    "look",
    "tell",
    "tell_sent",
]
