"""The log: every interaction of customers with a brand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjlab.errors import KeyMaterialError, SpecError
from cjlab.tables import _store
from cjlab.tables._check import checked
from cjlab.tables._door import opened
from cjlab.tables._fingerprint import fingerprint
from cjlab.tables._moment import moment, zone
from cjlab.tables._pseudonyms import Keyed, replaced
from cjlab.tables._schema import SCHEMA

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    import polars as pl

    from cjlab.tables._findings import Findings
    from cjlab.tables._key import Key

    _Frame = Any  # pandas, Polars, Arrow, or whatever exports an Arrow stream


@dataclass(frozen=True, repr=False, eq=False)
class Log:
    """Every interaction of customers with a brand: four tables and their dated companions.

    Make one with :meth:`of` from frames, or with :meth:`read` from a folder. The columns of each table stand in
    ``cjlab.tables.SCHEMA``; columns beyond them are kept.

    Parameters
    ----------
    events
        What happened: one row an interaction of a customer or visitor.
    contacts
        What the brand sent, or withheld, with the arm and its probability.
    customers
        Who they are: what never changes.
    items
        What is sold.
    profiles
        What is known of customers, dated.
    consents
        What they allowed, dated.
    item_states
        Prices, costs and stock, dated.
    links
        Which identifiers belong to a customer, and when.
    context
        Weather, holidays and other outside series.
    costs
        What channels and campaigns cost, and how much they can carry.
    measures
        What is measured of stores, channels and markets.
    unassigned
        Events with neither customer nor visitor.
    timezone
        The brand's zone: days, hours and birthdays are local to it.
    keyed
        Which key made its pseudonyms, if it has any: the key's mark and file, not the key.
    """

    events: pl.LazyFrame
    contacts: pl.LazyFrame
    customers: pl.LazyFrame
    items: pl.LazyFrame
    unassigned: pl.LazyFrame
    profiles: pl.LazyFrame | None = None
    consents: pl.LazyFrame | None = None
    item_states: pl.LazyFrame | None = None
    links: pl.LazyFrame | None = None
    context: pl.LazyFrame | None = None
    costs: pl.LazyFrame | None = None
    measures: pl.LazyFrame | None = None
    timezone: str = "UTC"
    keyed: Keyed | None = None

    @classmethod
    def of(  # noqa: PLR0913 - one name a table
        cls,
        *,
        events: _Frame = None,
        contacts: _Frame = None,
        customers: _Frame = None,
        items: _Frame = None,
        profiles: _Frame = None,
        consents: _Frame = None,
        item_states: _Frame = None,
        links: _Frame = None,
        context: _Frame = None,
        costs: _Frame = None,
        measures: _Frame = None,
        timezone: str = "UTC",
        assume: str | None = None,
    ) -> Log:
        """Make a log of frames of any kind: pandas, Polars, Arrow, or whatever exports an Arrow stream.

        Columns take their declared type where that loses no value: whole numbers become Int64, or Float64 in a
        column of amounts; categories and enums become String; times of any zone and unit become microseconds in
        UTC; a mapping, a struct or a list of pairs becomes (arm, probability) pairs. What cannot be taken so stays
        as it is, for :meth:`check` to report. Nothing is read before it is needed.

        Parameters
        ----------
        events, contacts, customers, items
            The four tables; one that is not given is empty.
        profiles, consents, item_states, links, context, costs, measures
            The companions; one that is not given is None.
        timezone
            The brand's zone.
        assume
            The zone of times that state none. Without it such times stay as they are, and :meth:`check` reports them.

        Returns
        -------
        Log
            The log. Events with neither customer nor visitor stand in ``unassigned``.

        Raises
        ------
        TableError
            When something given is no frame.
        SpecError
            When a zone is unknown.

        Examples
        --------
        >>> import pandas as pd
        >>> visits = pd.DataFrame({"customer_id": [7], "at": ["2025-05-01T09:30Z"], "event": "visit", "channel": "web"})
        >>> log = Log.of(events=visits.astype({"at": "datetime64[s, UTC]"}), timezone="Europe/Paris")
        >>> log.events.collect_schema()["at"]
        Datetime(time_unit='us', time_zone='UTC')
        """
        zone(timezone)
        zone(assume or "UTC", says="assume")
        frames = {
            "events": events,
            "contacts": contacts,
            "customers": customers,
            "items": items,
            "profiles": profiles,
            "consents": consents,
            "item_states": item_states,
            "links": links,
            "context": context,
            "costs": costs,
            "measures": measures,
        }
        tables: dict[str, Any] = opened(frames, assume=assume)
        return cls(**tables, timezone=timezone)

    @classmethod
    def read(cls, folder: str | Path) -> Log:
        """Open a stored log; its rows are read when they are needed.

        Rows come shard by shard, and within a shard part by part: the base, then each increment. After
        :meth:`compact` a shard's rows stand in their total order: customer, time, then the remaining columns.

        Parameters
        ----------
        folder
            Where :meth:`write` stored it.

        Returns
        -------
        Log
            The log.

        Raises
        ------
        TableError
            When the folder holds no whole log, or one of a schema version that this cjlab does not know.
        """
        return cls(**_store.read(_absolute(folder)))

    def write(self, folder: str | Path, *, shards: int | None = None) -> Log:
        """Store the log in a folder, which appears whole or not at all.

        Customers are split by a hash of their identifier into shards, ``events/shard=0042/base.parquet``, whose rows
        stand in a total order: customer, time, then the remaining columns. Rows stream; memory is bounded by a shard.

        Parameters
        ----------
        folder
            Where to store it; it must not exist, or be empty.
        shards
            How many shards, 1 to 9,999; by default one for each 500,000 events.

        Returns
        -------
        Log
            The log as it is read from the folder.

        Raises
        ------
        TableError
            When the folder holds something, or a column is absent or of a wrong type. Wrong values are stored as they
            are: :meth:`check` finds them.
        KeyMaterialError
            When the key of its pseudonyms lies in the folder, or beside it.
        """
        _store.write(self, _absolute(folder), shards=shards)
        return Log.read(folder)

    def append(self, folder: str | Path) -> Log:
        """Add the rows to a stored log, as an increment; nothing stored before is touched.

        The increment is named after the last local day on which something in it happened, such as
        ``events/shard=0042/2025-06-01.parquet``.

        Parameters
        ----------
        folder
            Where :meth:`write` stored the log to add to.

        Returns
        -------
        Log
            The stored log, old rows and new.

        Raises
        ------
        TableError
            When the two do not fit: another zone, a column of another type; or another process is writing.
        KeyMaterialError
            When their pseudonyms come from different keys.
        """
        _store.append(self, _absolute(folder), stored=Log.read(folder))
        return Log.read(folder)

    @classmethod
    def compact(cls, folder: str | Path) -> Log:
        """Fold the increments of a stored log into its base.

        Parameters
        ----------
        folder
            Where it is stored.

        Returns
        -------
        Log
            The stored log: the same rows, in total order.

        Raises
        ------
        TableError
            When the folder holds no log, or another process is writing to it.
        """
        _store.compact(_absolute(folder))
        return cls.read(folder)

    def check(self, *, now: str | dt.date | None = None, arms: Iterable[str] | None = None) -> Findings:
        """Find every broken rule of the contract; the data stay as they are.

        Parameters
        ----------
        now
            The moment after which nothing can have happened, as :func:`moment` takes it; None for no such moment.
        arms
            The arms that contacts may have; None for any.

        Returns
        -------
        Findings
            One finding for each broken rule of each column; none for a clean log.

        Raises
        ------
        SpecError
            When ``now`` is no date, or ``arms`` is one text.

        Examples
        --------
        >>> import polars as pl
        >>> people = pl.DataFrame({"customer_id": [7, 7]}).with_columns(joined=pl.datetime(2025, 5, 1, time_zone="UTC"))
        >>> [(finding.rule, finding.column, finding.count) for finding in Log.of(customers=people).check()]
        [('duplicate', 'customer_id', 2)]
        """
        if isinstance(arms, str):
            raise SpecError(f"arms is {arms!r}; give a list of arms, such as ['control', 'mail']")
        known = None if arms is None else tuple(arms)
        return checked(self.tables, now=moment(now, self.timezone), arms=known)

    def fingerprint(self) -> str:
        """Reduce what the log says to 64 hexadecimal digits.

        Equal for equal values: the order of rows, their split into files, shards and chunks, and the kind of frame
        they came in do not count; nor does a column without values. An absent companion differs from an empty one.

        Returns
        -------
        str
            SHA-256 over the zone and, for each table, the number of its rows and two sums, modulo :math:`2^{64}`, of
            64 mixed bits a row: a checksum against change, not a proof against forgery.

        Raises
        ------
        TableError
            When a column holds Python objects.
        """
        return fingerprint(self.tables, timezone=self.timezone)

    def pseudonymise(self, key: Key) -> Log:
        """Replace every identifier of a person by a pseudonym, the same by the same in all tables.

        These are the columns declared ``personal`` in ``SCHEMA``: customers, visitors, households, linked identifiers,
        orders, contracts, cases and sessions. A pseudonym is the first 63 bits of HMAC-SHA256 as Int64. Free text,
        profile values and columns beyond the declared ones stay as they are: leave out what names a person.

        Parameters
        ----------
        key
            The key, which is kept apart from the data.

        Returns
        -------
        Log
            The log under pseudonyms.

        Raises
        ------
        KeyMaterialError
            When the log has pseudonyms already, or two identifiers get the same one.
        TableError
            When an identifier is neither Int64 nor String.
        """
        if self.keyed is not None:
            raise KeyMaterialError("the log has pseudonyms already; pseudonymise the log that it was made from")
        tables: dict[str, Any] = replaced(self.tables, key)
        return replace(self, **tables, keyed=Keyed(key.mark, key.file))

    @property
    def tables(self) -> Mapping[str, pl.LazyFrame]:
        """The tables that are there, by name, ``unassigned`` last."""
        named = {name: getattr(self, name) for name in (*SCHEMA, "unassigned")}
        return {name: frame for name, frame in named.items() if frame is not None}

    def __repr__(self) -> str:
        """Name the tables and their columns; nothing is read."""
        columns = {name: len(frame.collect_schema()) for name, frame in self.tables.items()}
        said = ", ".join(f"{name}: {count} columns" for name, count in columns.items())
        return f"Log({said}; timezone={self.timezone!r})"


def _absolute(folder: str | Path) -> Path:
    return Path(folder).expanduser().resolve()
