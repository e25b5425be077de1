"""One person over several identifiers, devices and visitors, as it was known at a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab._checks import shown, texts, within
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.features._logged import logged
from cjlab.features._several import several
from cjlab.features.persons._links import MERGE, Evidence, linked, persons
from cjlab.tables import known

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.tables import Log

SAME = ("merge", "account", "email", "phone", "card")
"""Kinds of links whose identifier one person alone has."""
_DATED = ("events", "contacts", "unassigned", "profiles", "consents")


@dataclass(frozen=True, eq=False, repr=False)
class Identities(Shown):
    """Who is one person, as it was known at a date; made by :func:`resolved`.

    Parameters
    ----------
    as_of : datetime
        The date, in UTC.
    persons : polars.DataFrame
        A row an identifier: ``identifier``, ``kind`` ("customer", or the link's), ``person``: the least customer id
        that is known to be his. An identifier that several people use is his who used it last before the date.
    log : Log
        The log before the date, or as long as was asked: events, contacts, customers, profiles and consents under
        persons instead of customer ids, without links. It carries the date as ``learned``, and so does what is stored
        or made of it: as of an earlier date, features would know of merges that were learned since, and are refused.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=60).log
    >>> cj.features.resolved(log, "2024-02-01")
    Identities(... identifiers of ... people, as of 2024-...)
    """

    as_of: dt.datetime
    persons: pl.DataFrame
    log: Log

    def to_frame(self) -> pd.DataFrame:
        """Return one row an identifier.

        Returns
        -------
        pandas.DataFrame
            ``identifier``, ``kind`` and ``person``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=60).log
        >>> cj.features.resolved(log, "2024-02-01").to_frame().columns.tolist()
        ['identifier', 'kind', 'person']
        """
        return self.persons.to_pandas()

    def __repr__(self) -> str:
        """Say how many there are."""
        people = self.persons["person"].n_unique()
        size = f"{self.persons.height:,} identifiers of {people:,} people"
        return f"Identities({size}, as of {self.as_of:%Y-%m-%d %H:%M} UTC)"


def resolved(
    log: Log,
    as_of: str | dt.date,
    *,
    until: str | dt.date | None = None,
    confidence: float = 0.9,
    same: tuple[str, ...] = SAME,
) -> Identities:
    """Resolve customer ids, visitors and devices to persons, as it was known at a date.

    Only rows and links that began and were known before the date are read, so a merge that is learnt later changes
    nothing. Customer ids that share an identifier of a kind in ``same`` are one person, and so on from link to link
    (union–find); an identifier of kind "merge" is itself a customer id. Identifiers of other kinds, such as cookies
    and devices, may be shared by a household: they make nobody one person.

    Events of a visitor without a customer are given to the person who was recognised on that visitor's id nearest
    in time, at the same time rather than before, before rather than after; where nobody was, to the one whose link
    holds then (the latest begun), else to the one whose link is nearest. Events before a login are given as well, once
    the login is known.

    For what comes of customers after the date, which :func:`outcome` and :func:`training_set` ask for, say ``until``:
    rows of later stand under the same persons, as they were known at the date; ids that were met since are persons of
    their own. Of a training set of many dates, resolve as of the earliest; or make one of each date, each resolved at
    it, which knows more of the later dates and leaks as little.

    Parameters
    ----------
    log : Log
        The log; its ``links`` tell which identifier belongs to whom, as do events with both customer and visitor.
    as_of : date or text
        The date: a bare date is the local midnight with which it begins.
    until : date or text, optional
        Until when rows are kept; until the date, unless said.
    confidence : float
        How sure a link must be to be believed, 0 to 1; a link that does not say is certain.
    same : tuple of str
        The kinds whose identifier one person alone has.

    Returns
    -------
    Identities
        Who is who, and the log before the date under persons.

    Raises
    ------
    SpecError
        When a date, a confidence or a kind is none, ``until`` lies before the date, or the log was resolved already as
        of a later one.
    TableError
        When the log has neither links nor visitors, or identifiers of another type than its visitors or customers.

    Examples
    --------
    >>> import polars as pl, cjlab as cj
    >>> at = pl.datetime(2024, 5, pl.Series([1, 2, 3]), time_zone="UTC")
    >>> visits = pl.select(at=at, customer_id=pl.Series([None, 7, None]), visitor_id=pl.lit(99))
    >>> visits = visits.with_columns(event=pl.lit("visit"), channel=pl.lit("web"))
    >>> links = pl.select(customer_id=7, identifier=99, kind=pl.lit("cookie"), starts=visits["at"][1])
    >>> log = cj.tables.Log.of(events=visits, links=links)
    >>> cj.features.resolved(log, "2024-06-01").log.events.collect()["customer_id"].to_list()
    [7, 7, 7]
    >>> cj.features.resolved(log, "2024-05-02").log.events.collect()["customer_id"].to_list()
    [None]
    """
    logged(log)
    within(confidence, 0, 1, name="confidence")
    when, kinds = log.moment(as_of), texts(several(same), name="same")
    past = _before(log, when)
    links = linked(past, when, confidence)
    kept = past if until is None else _until(log, when, until)
    people = persons(past, links, kinds)
    seen = Evidence.of(past, links.filter(~pl.col("kind").is_in(kinds)), people)
    certain = links.filter(pl.col("kind").is_in(kinds) & (pl.col("kind") != MERGE))
    owned = certain.join(people, on="customer_id").select("identifier", "kind", "person").unique()
    own = people.select(identifier="customer_id", kind=pl.lit("customer"), person="person")
    told = pl.concat([own, *(one for one in (owned, seen.holders) if one.height)], how="vertical_relaxed")
    named = replace(_renamed(kept, seen.given(kept.events), people), learned=when)
    return Identities(when, told.sort("kind", "identifier"), named)


def _before(log: Log, when: dt.datetime) -> Log:
    """Return a log without the rows that happened, or became known, later."""
    frames: dict[str, Any] = {name: getattr(log, name) for name in _DATED}
    kept: dict[str, Any] = {
        name: frame.filter(known(frame) < when) for name, frame in frames.items() if frame is not None
    }
    return replace(log, **kept, customers=log.customers.filter(pl.col("joined") < when))


def _until(log: Log, when: dt.datetime, until: str | dt.date) -> Log:
    """Return a log without the rows that happened after the time that follows a date."""
    end = log.moment(until)
    if end < when:
        raise SpecError(
            f"until is {shown(until)}, which lies before as_of, {when:%Y-%m-%d %H:%M} UTC; give a later date"
        )
    frames: dict[str, Any] = {name: getattr(log, name) for name in _DATED}
    kept: dict[str, Any] = {name: one.filter(pl.col("at") < end) for name, one in frames.items() if one is not None}
    return replace(log, **kept, customers=log.customers.filter(pl.col("joined") < end))


def _renamed(log: Log, events: pl.LazyFrame, people: pl.DataFrame) -> Log:
    """Return a log under persons."""
    frames: dict[str, Any] = {name: getattr(log, name) for name in ("contacts", "profiles", "consents")}
    made: dict[str, Any] = {name: _under(frame, people) for name, frame in frames.items() if frame is not None}
    customers = _under(log.customers, people).sort("customer_id", "joined").unique("customer_id", keep="first")
    return replace(log, **made, events=_under(events, people), customers=customers, links=None)


def _under(frame: pl.LazyFrame, people: pl.DataFrame) -> pl.LazyFrame:
    """Put persons in place of customer ids, in the same columns: his own, and of whom he told."""
    told_of = frame.collect_schema().get("other_customer_id") == people.schema["customer_id"]
    for column in ("customer_id", "other_customer_id") if told_of else ("customer_id",):
        named = people.lazy().rename({"customer_id": column})
        told = frame.join(named, on=column, how="left", maintain_order="left")
        frame = told.with_columns(pl.coalesce("person", column).alias(column)).drop("person")
    return frame
