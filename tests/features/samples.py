"""One builder or more of every kind, for the laws that all of them keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.features import (
    RFM,
    Activity,
    Affinity,
    Audit,
    Contracts,
    Declared,
    DeviceAffinity,
    Engagement,
    Frequency,
    Freshness,
    Hops,
    Interests,
    KeyMoment,
    LifeEvents,
    Monetary,
    Outside,
    Payments,
    Pressure,
    Recency,
    Rhythm,
    RhythmChange,
    Satisfaction,
    Season,
    Sequence,
    Service,
    Signal,
    Social,
    Tenure,
    Topics,
    Trend,
    Value,
    Where,
    signal,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.features import Builder, Past


@signal
def dearest(past: Past) -> tuple[float, float, float]:
    """What he paid most, how long ago, and at what hour."""
    if np.isnan(past["amount"]).all():
        return np.nan, np.nan, np.nan
    place = int(np.nanargmax(past["amount"]))
    return past["amount"][place], past.ages[place], past["hour"][place]


@signal
def again(past: Past) -> float:
    """How many of his letters came with the template of the one before."""
    words = past["template"]
    return float(np.sum(words[1:] == words[:-1]))


SAMPLES: Mapping[str, tuple[Builder, ...]] = {
    "Frequency": (Frequency(), Frequency("visit", window="7D"), Frequency(count="orders"), Frequency(count="days")),
    "Monetary": (Monetary(), Monetary(number="margin", window="2W")),
    "Recency": (Recency(), Recency(Where(channel="web")), Recency(Where(table="contacts", sent=True))),
    "RFM": (RFM((-20.0, -5.0), (2.0, 4.0), (2.0, 30.0)), RFM((-9.0,), (1.0,), (0.0,), window="2W")),
    "Season": (Season(), Season(by="month"), Season("visit", by="hour", window="2W")),
    "Trend": (Trend(bin="7D"), Trend("visit", number="margin", bin="3D", bins=5)),
    "Value": (Value(),),
    "Rhythm": (Rhythm(), Rhythm("visit", mean=9.0, shape=2.5, dropout=0.01, name="visits")),
    "RhythmChange": (RhythmChange(mean=7.0, stopped=3.0, slower=3.0, faster=3.0), RhythmChange("visit")),
    "Tenure": (Tenure(),),
    "Activity": (Activity(), Activity("visit", window="7D", pause="2h")),
    "Affinity": (Affinity(("email", "web")), Affinity(("email",), (0.2,), (3.0,), "30D", 0.5)),
    "Audit": (Audit(), Audit("30D", "service")),
    "Contracts": (Contracts("purchase", "visit", "cart", "complaint"), Contracts("search", ended="opened", due=False)),
    "Declared": (Declared("place", ("north", "south")), Declared("income", sources=("declared",))),
    "DeviceAffinity": (DeviceAffinity(("phone", "desktop")), DeviceAffinity(("tablet",), window="30D", of="visit")),
    "Engagement": (Engagement(), Engagement(("email", "web"), "7D", ("phone",), (6, 22))),
    "Hops": (Hops(), Hops(channels=("web",), devices=("phone", "desktop"), window="30D")),
    "Interests": (Interests(("shoes", "hats")), Interests(("hats",), "7D", ("visit", "purchase"), (1.0, 2.5))),
    "Freshness": (
        Freshness(("place", "income"), ("10D", "365D")),
        Freshness(("income",), sources=("declared",)),
    ),
    "Social": (
        Social(says=("search",), likes=("visit",), recommends=("clicked",), channels=("app", "web")),
        Social("30D", reach=False),
        Social("90D", recommends=("clicked",), reach=False, complains=("visit",), rates=True, means=(0.2, 0.4)),
    ),
    "KeyMoment": (
        KeyMoment("second", count="days"),
        KeyMoment("welcome", Where(table="contacts", sent=True), 1.0),
        KeyMoment("gold", Where(("purchase", "visit")), 20.0, "amount"),
    ),
    "LifeEvents": (
        LifeEvents(("late", "price"), "30D", "visit"),
        LifeEvents(("place", "income"), None, profiles=True),
    ),
    "Outside": (
        Outside("rain", "30D", 1.25),
        Outside("heat", "3D", of=Where(table="profiles", field="place")),
    ),
    "Payments": (Payments("visit", "purchase", "cart"),),
    "Pressure": (Pressure(), Pressure(("email",), ("2W",), ("marketing", "service"))),
    "Satisfaction": (Satisfaction(), Satisfaction("complaint")),
    "Sequence": (Sequence(), Sequence(("visit", "purchase"), 1)),
    "Signal": (
        Signal("dearest", ("dearest", "dearest_age", "dearest_hour"), "purchase", ("amount", "hour"), "30D"),
        Signal("again", ("again",), Where(table="contacts", sent=True), ("template",)),
    ),
    "Topics": (
        Topics.told({"late": ("late", "too"), "thanks": ("thank", "again")}),
        Topics(("a", "b"), ("red", "return"), (1.5, 2.0), ((0.25, 1.0), (0.75, 0.0)), "search", "query", "7D", "asked"),
    ),
    "Service": (Service(), Service("30D", late=False)),
}
