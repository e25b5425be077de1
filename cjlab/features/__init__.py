"""Features: the customer seen whole, at any date.

A builder declares what it needs of a customer's rows: which rows, how far back, what is added up. A recipe plans all
its builders together and answers them in one pass over the log, for one date or many; nothing at or after a date is
read. ``Where`` says which rows, ``Cell`` what is added up of them, ``Column`` what formula makes a feature of that.
"""

from cjlab.features._families import families
from cjlab.features._recipe import Recipe
from cjlab.features.builders._activity import Activity
from cjlab.features.builders._affinity import Affinity, DeviceAffinity
from cjlab.features.builders._builder import Builder, Column, When
from cjlab.features.builders._contracts import Contracts
from cjlab.features.builders._declared import Declared
from cjlab.features.builders._engagement import Engagement
from cjlab.features.builders._hops import Hops
from cjlab.features.builders._interests import Interests
from cjlab.features.builders._life import LifeEvents
from cjlab.features.builders._milestone import KeyMoment
from cjlab.features.builders._outside import Outside
from cjlab.features.builders._passive import Passive, passive
from cjlab.features.builders._payments import Payments
from cjlab.features.builders._pressure import Pressure
from cjlab.features.builders._purchases import Frequency, Monetary, Recency, Tenure
from cjlab.features.builders._rfm import RFM
from cjlab.features.builders._satisfaction import Satisfaction
from cjlab.features.builders._season import Season, Trend, Value
from cjlab.features.builders._sequence import Sequence
from cjlab.features.builders._service import Service
from cjlab.features.builders._signal import Signal, signal
from cjlab.features.builders._social import Social
from cjlab.features.listening._audit import Audit
from cjlab.features.listening._audited import engagement_audit
from cjlab.features.listening._listening import Listening
from cjlab.features.outcomes._churned import churned
from cjlab.features.outcomes._contract import Contract
from cjlab.features.outcomes._eligible import Eligible
from cjlab.features.outcomes._labels import Labels
from cjlab.features.outcomes._outcome import outcome, spent
from cjlab.features.outcomes._silence import Silence
from cjlab.features.outcomes._taught import training_set
from cjlab.features.outcomes._training import Fold, TrainingSet
from cjlab.features.persons._identities import Identities, resolved
from cjlab.features.persons._probable import probable
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._past import Past
from cjlab.features.reading._where import Where
from cjlab.features.rhythm._change import RhythmChange
from cjlab.features.rhythm._rhythm import Rhythm
from cjlab.features.states._state import State
from cjlab.features.topics._topics import Topics
from cjlab.features.views._chronicle import Chronicle
from cjlab.features.views._customers import Base
from cjlab.features.views._drift import Drift
from cjlab.features.views._freshness import Freshness, freshness

__all__ = [
    "RFM",
    "Activity",
    "Affinity",
    "Audit",
    "Base",
    "Builder",
    "Cell",
    "Chronicle",
    "Column",
    "Contract",
    "Contracts",
    "Declared",
    "DeviceAffinity",
    "Drift",
    "Eligible",
    "Engagement",
    "Fold",
    "Frequency",
    "Freshness",
    "Hops",
    "Identities",
    "Interests",
    "KeyMoment",
    "Labels",
    "LifeEvents",
    "Listening",
    "Monetary",
    "Outside",
    "Passive",
    "Past",
    "Payments",
    "Pressure",
    "Recency",
    "Recipe",
    "Rhythm",
    "RhythmChange",
    "Satisfaction",
    "Season",
    "Sequence",
    "Service",
    "Signal",
    "Silence",
    "Social",
    "State",
    "Tenure",
    "Topics",
    "TrainingSet",
    "Trend",
    "Value",
    "When",
    "Where",
    "churned",
    "engagement_audit",
    "families",
    "freshness",
    "outcome",
    "passive",
    "probable",
    "resolved",
    "signal",
    "spent",
    "training_set",
]


def __dir__() -> list[str]:
    """List what the room offers."""
    return sorted(__all__)
