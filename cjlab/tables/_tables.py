"""The tables of a log, and what holds for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from cjlab._checks import one_of
from cjlab._display import in_a_notebook, tabled
from cjlab.tables._vocabularies import SPOKEN, words
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import polars as pl

    from cjlab.tables._pseudonyms import Keyed
    from cjlab.tables.erasing._tombstones import Tombstones
    from cjlab.tables.store._shares import Stored


@dataclass(frozen=True, repr=False, eq=False)
class Tables:
    """The tables as lazy frames, and what holds for all of them; :class:`Log` documents them."""

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
    stored: Stored | None = None
    learned: dt.datetime | None = None
    erased: Tombstones | None = None

    @property
    def tables(self) -> Mapping[str, pl.LazyFrame]:
        """The tables that are there, by name, ``unassigned`` last.

        Returns
        -------
        Mapping
            Name to lazy frame; absent companions are left out.

        Examples
        --------
        >>> from cjlab.tables import Log
        >>> ", ".join(Log.of().tables)
        'events, contacts, customers, items, unassigned'
        """
        named = {name: getattr(self, name) for name in (*SCHEMA, "unassigned")}
        return {name: frame for name, frame in named.items() if frame is not None}

    def words(self, column: str) -> tuple[str, ...]:
        """Return the words that a log has in one of the columns that have a vocabulary.

        Parameters
        ----------
        column : {"event", "channel", "device"}
            Which; channels are those of events and of contacts.

        Returns
        -------
        tuple of str
            The words, in the order of the alphabet; of a shard of a stored log, those of the whole log.

        Raises
        ------
        SpecError
            When the column is another.

        Examples
        --------
        >>> import polars as pl
        >>> from cjlab.tables import Log
        >>> visits = pl.DataFrame({"customer_id": [7, 7], "event": ["visit", "purchase"], "channel": "web"})
        >>> Log.of(events=visits).words("event")
        ('purchase', 'visit')
        """
        name = one_of(column, SPOKEN, name="column")
        if self.stored is not None and self.stored.holds(self):
            return tuple(sorted(self.stored.spoken[name]))
        return tuple(sorted(words(self.tables, name)))

    def __repr__(self) -> str:
        """Name the tables and their columns; nothing is read."""
        columns = {name: len(frame.collect_schema()) for name, frame in self.tables.items()}
        said = ", ".join(f"{name}: {count} columns" for name, count in columns.items())
        known = f", persons as known at {self.learned:%Y-%m-%d %H:%M} UTC" if self.learned else ""
        return f"Log({said}; timezone={self.timezone!r}{known})"

    def _repr_html_(self) -> str:
        import pandas as pd

        names = {name: ", ".join(frame.collect_schema()) for name, frame in self.tables.items()}
        known = f", under persons as known at {self.learned:%Y-%m-%d %H:%M} UTC" if self.learned else ""
        lead = f"<p>A log in the zone {escape(self.timezone)}{known}; its tables are lazy frames.</p>"
        return in_a_notebook(lead + tabled(pd.DataFrame({"table": [*names], "columns": [*names.values()]})))
