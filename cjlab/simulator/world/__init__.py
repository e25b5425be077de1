"""The parts of a world."""

from cjlab.simulator.world._contacts import Action, Block, Channel, Consent, Effect, Order
from cjlab.simulator.world._journey import Moment, Move, Observation, Regime, Stage
from cjlab.simulator.world._market import Competitor, Habit, Trips
from cjlab.simulator.world._persona import Persona
from cjlab.simulator.world._service import Contract, Errand, LifeEvent, Service, Survey, Topic
from cjlab.simulator.world._social import Social
from cjlab.simulator.world._trade import Category, Points, Trade, Use
from cjlab.simulator.world._world import World

__all__ = [
    "Action",
    "Block",
    "Category",
    "Channel",
    "Competitor",
    "Consent",
    "Contract",
    "Effect",
    "Errand",
    "Habit",
    "LifeEvent",
    "Moment",
    "Move",
    "Observation",
    "Order",
    "Persona",
    "Points",
    "Regime",
    "Service",
    "Social",
    "Stage",
    "Survey",
    "Topic",
    "Trade",
    "Trips",
    "Use",
    "World",
]
