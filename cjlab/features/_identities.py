"""One person over several identifiers, devices and visitors, as it was known at a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab._checks import texts, within
from cjlab._display import Shown
from cjlab.features._links import MERGE, Evidence, linked, persons
from cjlab.features._logged import logged
from cjlab.features._several import several
from cjlab.features._span import known
from cjlab.tables import Log, moment

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

SAME = ("merge", "account", "email", "phone", "card")
"""Kinds of links whose identifier one person alone has."""


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
        The log before the date: events, contacts, customers, profiles and consents under persons instead of customer
        ids, without links. Features of it as of an earlier date would know of merges that were learned since: resolve
        once for each date of a training set.

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


def resolved(log: Log, as_of: str | dt.date, *, confidence: float = 0.9, same: tuple[str, ...] = SAME) -> Identities:
    """Resolve customer ids, visitors and devices to persons, as it was known at a date.

    Only rows and links that began and were known before the date are read, so a merge that is learnt later changes
    nothing. Customer ids that share an identifier of a kind in ``same`` are one person, and so on from link to link
    (union–find); an identifier of kind "merge" is itself a customer id. Identifiers of other kinds, such as cookies
    and devices, may be shared by a household: they make nobody one person.

    Events of a visitor without a customer are given to the person who was recognised on that visitor's id nearest
    in time, at the same time rather than before, before rather than after; where nobody was, to the one whose link
    holds then (the latest begun), else to the one whose link is nearest. Events before a login are given as well, once
    the login is known.

    Parameters
    ----------
    log : Log
        The log; its ``links`` tell which identifier belongs to whom, as do events with both customer and visitor.
    as_of : date or text
        The date: a bare date is the local midnight with which it begins.
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
        When a date, a confidence or a kind is none.
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
    when, kinds = moment(as_of, log.timezone), texts(several(same), name="same")
    past = _before(log, when)
    links = linked(past, when, confidence)
    people = persons(past, links, kinds)
    seen = Evidence.of(past, links.filter(~pl.col("kind").is_in(kinds)), people)
    certain = links.filter(pl.col("kind").is_in(kinds) & (pl.col("kind") != MERGE))
    owned = certain.join(people, on="customer_id").select("identifier", "kind", "person").unique()
    own = people.select(identifier="customer_id", kind=pl.lit("customer"), person="person")
    told = pl.concat([own, *(one for one in (owned, seen.holders) if one.height)], how="vertical_relaxed")
    return Identities(when, told.sort("kind", "identifier"), _renamed(past, seen.given(past.events), people))


def _before(log: Log, when: dt.datetime) -> Log:
    """Return a log without the rows that happened, or became known, later."""
    dated = ("events", "contacts", "unassigned", "profiles", "consents")
    frames: dict[str, Any] = {name: getattr(log, name) for name in dated}
    kept: dict[str, Any] = {
        name: frame.filter(known(frame) < when) for name, frame in frames.items() if frame is not None
    }
    return replace(log, **kept, customers=log.customers.filter(pl.col("joined") < when))


def _renamed(log: Log, events: pl.LazyFrame, people: pl.DataFrame) -> Log:
    """Return a log under persons."""
    frames: dict[str, Any] = {name: getattr(log, name) for name in ("contacts", "profiles", "consents")}
    made: dict[str, Any] = {name: _under(frame, people) for name, frame in frames.items() if frame is not None}
    customers = _under(log.customers, people).sort("customer_id", "joined").unique("customer_id", keep="first")
    return replace(log, **made, events=_under(events, people), customers=customers, links=None)


def _under(frame: pl.LazyFrame, people: pl.DataFrame) -> pl.LazyFrame:
    """Put persons in place of customer ids, in the same column."""
    told = frame.join(people.lazy(), on="customer_id", how="left", maintain_order="left")
    return told.with_columns(customer_id=pl.col("person")).drop("person")
