"""Features: the customer seen whole, at any date.

A builder declares what it needs of a customer's rows: which rows, how far back, what is added up. A recipe plans all
its builders together and answers them in one pass over the log, for one date or many; nothing at or after a date is
read. ``Where`` says which rows, ``Cell`` what is added up of them, ``Column`` what formula makes a feature of that.
"""

from cjlab.features._activity import Activity
from cjlab.features._affinity import Affinity, DeviceAffinity
from cjlab.features._audit import Audit
from cjlab.features._audited import engagement_audit
from cjlab.features._builder import Builder, Column, When
from cjlab.features._cell import Cell
from cjlab.features._change import RhythmChange
from cjlab.features._chronicle import Chronicle
from cjlab.features._churned import churned
from cjlab.features._contract import Contract
from cjlab.features._contracts import Contracts
from cjlab.features._customers import Base
from cjlab.features._declared import Declared
from cjlab.features._drift import Drift
from cjlab.features._eligible import Eligible
from cjlab.features._engagement import Engagement
from cjlab.features._families import families
from cjlab.features._freshness import Freshness, freshness
from cjlab.features._hops import Hops
from cjlab.features._identities import Identities, resolved
from cjlab.features._interests import Interests
from cjlab.features._labels import Labels
from cjlab.features._life import LifeEvents
from cjlab.features._listening import Listening
from cjlab.features._milestone import KeyMoment
from cjlab.features._outcome import outcome, spent
from cjlab.features._outside import Outside
from cjlab.features._passive import Passive, passive
from cjlab.features._past import Past
from cjlab.features._payments import Payments
from cjlab.features._pressure import Pressure
from cjlab.features._probable import probable
from cjlab.features._purchases import Frequency, Monetary, Recency, Tenure
from cjlab.features._recipe import Recipe
from cjlab.features._rfm import RFM
from cjlab.features._rhythm import Rhythm
from cjlab.features._satisfaction import Satisfaction
from cjlab.features._season import Season, Trend, Value
from cjlab.features._sequence import Sequence
from cjlab.features._service import Service
from cjlab.features._signal import Signal, signal
from cjlab.features._silence import Silence
from cjlab.features._social import Social
from cjlab.features._state import State
from cjlab.features._taught import training_set
from cjlab.features._topics import Topics
from cjlab.features._training import Fold, TrainingSet
from cjlab.features._where import Where

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
