"""The log: every interaction of customers with a brand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.tables._door import opened
from cjlab.tables._moment import zone
from cjlab.tables._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


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

    @classmethod
    def of(  # noqa: PLR0913 - one name a table
        cls,
        *,
        events: Any = None,  # noqa: ANN401 - a frame of any kind, here and below
        contacts: Any = None,  # noqa: ANN401
        customers: Any = None,  # noqa: ANN401
        items: Any = None,  # noqa: ANN401
        profiles: Any = None,  # noqa: ANN401
        consents: Any = None,  # noqa: ANN401
        item_states: Any = None,  # noqa: ANN401
        links: Any = None,  # noqa: ANN401
        context: Any = None,  # noqa: ANN401
        costs: Any = None,  # noqa: ANN401
        measures: Any = None,  # noqa: ANN401
        timezone: str = "UTC",
        assume: str | None = None,
    ) -> Log:
        """Log made of frames of any kind: pandas, Polars, Arrow, or whatever exports an Arrow stream.

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
        return cls(**opened(frames, assume=assume), timezone=timezone)

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
