"""How much a world, a day and a policy may hold: the sizes of the kernel's records."""

from __future__ import annotations

from cjlab.simulator.kernel._vocabulary import EVENTS, STAGES

PERSONAS, CHANNELS, ACTIONS, CATEGORIES, PLACES, DEVICES = 12, 12, 24, 16, 12, 6
MOMENT_KINDS, LIFE_KINDS, TOPICS, TIERS, ITEMS, PLANS, CONDITIONS = 24, 8, 16, 6, 512, 16, 6
ERRAND_KINDS, TRANSPORTS, COMPETITORS, HABITS, BLOCKS = 8, 6, 6, 6, 6
EVENT_CODES = 64
DAYS = 3_660  # of a run, at most
CIRCLE = 12  # people who hear from each other
ROWS_A_DAY, CONTACTS_A_DAY = 96, 8
FACTORS = ("occasions", "needs", "pull", "problems", "leaving", "opens", "poached", "shopping")
N_STAGES = len(STAGES)

assert len(EVENTS) <= EVENT_CODES  # noqa: S101 - a law between two constants
