"""The families of features that a log can feed, with what its past tells of each: the recipe to begin with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Final

import polars as pl

from cjlab._checks import shown
from cjlab.errors import EvidenceError, SpecError
from cjlab.features._overview import FEWEST, Overview
from cjlab.features._span import before, moments
from cjlab.features.builders._activity import Activity
from cjlab.features.builders._affinity import Affinity, DeviceAffinity
from cjlab.features.builders._builder import Builder
from cjlab.features.builders._contracts import Contracts
from cjlab.features.builders._engagement import Engagement
from cjlab.features.builders._hops import Hops
from cjlab.features.builders._interests import Interests
from cjlab.features.builders._life import LifeEvents
from cjlab.features.builders._payments import Payments
from cjlab.features.builders._pressure import Pressure
from cjlab.features.builders._purchases import PURCHASE, Frequency, Monetary, Recency, Tenure
from cjlab.features.builders._rfm import RFM
from cjlab.features.builders._satisfaction import Satisfaction
from cjlab.features.builders._season import Season, Trend, Value
from cjlab.features.builders._sequence import Sequence
from cjlab.features.builders._service import Service
from cjlab.features.listening._audit import Audit
from cjlab.features.reading._where import Where
from cjlab.features.rhythm._change import RhythmChange
from cjlab.features.rhythm._rhythm import Rhythm
from cjlab.features.topics._topics import Topics

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from cjlab.tables import Log

_TOPICS: Final = 6
_RETURN, _VISIT = Where("return"), Where("visit")
_WINDOWS: Final = ("30D", "90D", "365D")


def families(log: Log, as_of: str | dt.date) -> Mapping[str, tuple[Builder, ...]]:
    """Return the builders of a recipe to begin with, by family.

    A builder is there where the log has its columns, and where at least 20 customers did before the date what it is
    about. Words that are told apart (channels, devices, events, categories, values of profiles) are the twelve that
    most customers have, each of at least 20; priors, scores and topics are those of the past of the date. Nothing at or
    after it is read, and every builder but :class:`Tenure`, which is always there, says so: it is ``learned`` then.

    ``rfm``: recency, frequency and money of purchases, as numbers and scores. ``spend``: the same over 30, 90 and 365
    days, tenure, customer value, trend, season, returns. ``rhythm``: :class:`Rhythm` and :class:`RhythmChange`.
    ``activity``: visits, hops, last steps. ``channels``: how often through which channel and on which device.
    ``reactions``: messages received and answered, affinity, pressure, silence. ``interests``: categories.
    ``contract``: contracts, their age and commitment, bills and arrears. ``service``: cases, complaints, payments,
    satisfaction. ``life``: what was told of changes in his life. ``declared``: fields of profiles. ``words``: topics of
    texts and searches.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date or text
        Nothing at or after it is read.

    Returns
    -------
    mapping
        The builders of each family that has some.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=60).log
    >>> list(cj.features.families(log, "2024-02-15"))[:2]
    ['rfm', 'spend']
    """
    if len(dates := moments(as_of, log)[0]) > 1:
        raise SpecError(f"as_of is {shown(as_of)}, {len(dates)} dates; give one: the earliest of a training set")
    told = Overview.of(log, as_of)
    found = {name: tuple(told.chosen(make(told))) for name, make in _FAMILIES.items()}
    found["declared"] = _apart(found)
    return {name: builders for name, builders in found.items() if builders}


def _apart(found: Mapping[str, tuple[Builder, ...]]) -> tuple[Builder, ...]:
    """Return the fields of profiles, under another name those whose features are called as others are."""
    taken = {name for family, builders in found.items() if family != "declared" for name in _names(builders)}
    made = list[Builder]()
    for one in found["declared"]:
        called = ("declared_" * times + one.said["field"].replace(" ", "_") for times in count())
        free = (replace(one, name=name) if times else one for times, name in enumerate(called))  # type: ignore[call-arg] # its field
        made.append(next(new for new in free if taken.isdisjoint(_names([new]))))
        taken |= _names(made[-1:])
    return tuple(made)


def _names(builders: Iterable[Builder]) -> set[str]:
    return {column.name for one in builders for column in one.columns()}


def _rfm(told: Overview) -> Iterator[Builder]:
    if told.customers("purchase"):
        yield from (Recency(), Frequency(), Monetary())
        if told.has_columns(Monetary()):
            yield RFM.fitted(told.log, told.as_of)


def _spend(told: Overview) -> Iterator[Builder]:
    yield Tenure()
    if told.customers("purchase"):
        yield from (Frequency(window=window) for window in _WINDOWS)
        yield from (Monetary(window=window) for window in _WINDOWS)
        yield from (Frequency(count="days"), Value(), Trend(), Season(by="month"))
    if told.customers("return") >= FEWEST:
        yield from (Frequency(_RETURN), Monetary(_RETURN))


def _rhythm(told: Overview) -> Iterator[Builder]:
    bought = before(told.log.events, told.as_of).filter(pl.col("event") == "purchase")
    days = bought.group_by("customer_id").agg(
        n=pl.col("at").dt.convert_time_zone(told.log.timezone).dt.date().n_unique()
    )
    if days.filter(pl.col("n") > 1).select(pl.len()).collect().item() >= FEWEST:
        rhythm = Rhythm.fitted(told.log, told.as_of)
        yield from (rhythm, RhythmChange(PURCHASE, *rhythm.prior).calibrated())


def _activity(told: Overview) -> Iterator[Builder]:
    if told.customers("visit") >= FEWEST:
        yield from (Activity(), *(Frequency(_VISIT, window=window) for window in _WINDOWS))
        if (channels := told.words("channel", "visit")) and (devices := told.words("device", "visit")):
            yield Hops(channels=channels, devices=devices)
    if events := told.words("event"):
        yield Sequence(events)


def _channels(told: Overview) -> Iterator[Builder]:
    for channel in told.words("channel"):
        yield Frequency(Where(channel=channel), window="365D", name=f"through_{channel}")
    if len(devices := told.words("device")) > 1:
        yield from told.fitted(DeviceAffinity(devices, window="365D"))


def _reactions(told: Overview) -> Iterator[Builder]:
    if channels := told.words("channel", "delivered"):
        yield Engagement(channels, devices=told.words("device", "opened", "clicked"))
        yield from told.fitted(Affinity(channels))
    if sent := told.messages():
        yield from (Pressure(sent), Audit())


def _interests(told: Overview) -> Iterator[Builder]:
    if len(categories := told.categories()) > 1:
        yield Interests(categories)


def _contract(told: Overview) -> Iterator[Builder]:
    if told.many("contract_id"):
        yield Contracts(due=told.has_columns(Contracts()))
    if any(told.customers(event) >= FEWEST for event in ("invoice", "payment_missed")):
        yield Payments()


def _life(told: Overview) -> Iterator[Builder]:
    if reasons := told.reasons("life_event"):
        yield LifeEvents(reasons)


def _service(told: Overview) -> Iterator[Builder]:
    if any(told.customers(event) >= FEWEST for event in ("case_opened", "complaint", "payment")):
        yield Service(late=told.customers("payment") >= FEWEST)
    if told.customers("survey_answer") >= FEWEST:
        yield Satisfaction()


def _words(told: Overview) -> Iterator[Builder]:
    for column, name in (("text", "topic"), ("query", "searched")):
        if told.many(column):
            with suppress(EvidenceError):  # texts that are too much alike have no topics
                yield Topics.fitted(told.log, told.as_of, topics=_TOPICS, column=column, name=name)


_FAMILIES: Final = {
    "rfm": _rfm,
    "spend": _spend,
    "rhythm": _rhythm,
    "activity": _activity,
    "channels": _channels,
    "reactions": _reactions,
    "interests": _interests,
    "contract": _contract,
    "service": _service,
    "life": _life,
    "declared": Overview.declared,
    "words": _words,
}
