"""The log: every interaction of customers with a brand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cjlab._checks import texts
from cjlab.errors import KeyMaterialError
from cjlab.tables._door import opened
from cjlab.tables._fingerprint import fingerprint
from cjlab.tables._learned import refuse_earlier
from cjlab.tables._moment import moment, zone
from cjlab.tables._pseudonyms import Keyed, replaced
from cjlab.tables.contract._check import checked
from cjlab.tables.erasing._lessening import Lessening
from cjlab.tables.store._blame import readable

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.tables._key import Key
    from cjlab.tables.contract._findings import Findings

    _Frame = Any  # pandas, Polars, Arrow, or whatever exports an Arrow stream


@dataclass(frozen=True, repr=False, eq=False)
class Log(Lessening):
    """Every interaction of customers with a brand: four tables and their dated companions.

    Make one with :meth:`of` from frames, or with :meth:`read` from a folder. The columns of each table stand in
    ``cjlab.tables.SCHEMA``; columns beyond them are kept.

    Parameters
    ----------
    events, contacts, customers, items : polars.LazyFrame
        What happened; what the brand sent or withheld, by which arm and with which probability; who the customers
        are; what is sold.
    unassigned : polars.LazyFrame
        Events with neither customer nor visitor.
    profiles, consents, item_states, links, context, costs, measures : polars.LazyFrame or None
        The dated companions: what is known of customers; what they allowed; prices and stock; which identifiers
        belong to whom; outside series; what channels cost and can carry; what is measured of stores and markets.
    timezone : str
        The brand's zone: days, hours and birthdays are local to it.
    keyed : Keyed or None
        Which key made its pseudonyms, if it has any: the key's mark and file, not the key.
    stored : Stored or None
        Where its rows lie, if it was read from a folder.
    learned : datetime.datetime or None
        Before which moment, in UTC, the links were known by which customers were made one person, if they were. It is
        kept by all that is made of the log, and nothing reads the log as of an earlier moment: :meth:`moment`.
    erased : Tombstones or None
        What is left of customers who were erased from where it was read; :meth:`write` passes it on.

    Examples
    --------
    >>> Log.of()
    Log(events: 5 columns, contacts: 7 columns, customers: 2 columns, items: 1 columns, ...; timezone='UTC')
    """

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
        column of amounts (beyond :math:`2^{53}` the nearest one); categories and enums become String; times of any
        zone and unit become microseconds in UTC (what is finer is cut off); a mapping, a struct or a list of pairs
        becomes (arm, probability) pairs. What cannot be taken so stays as it is, for :meth:`check` to report. Nothing
        is read before it is needed.

        Parameters
        ----------
        events, contacts, customers, items : frame or None
            The four tables; one that is not given is empty.
        profiles, consents, item_states, links, context, costs, measures : frame or None
            The companions; one that is not given is None.
        timezone : str
            The brand's zone.
        assume : str or None
            The zone of times that state none. Without it such times stay as they are, and :meth:`check` reports
            them.

        Returns
        -------
        Log
            The log. Events with neither customer nor visitor stand in ``unassigned``.

        Raises
        ------
        TableError
            When something given is no frame, or a lazy frame whose columns cannot be told.
        SpecError
            When a zone is unknown.

        Examples
        --------
        >>> import pandas as pd
        >>> visits = pd.DataFrame({"customer_id": [7], "at": ["2025-05-01 09:30"], "event": "visit", "channel": "web"})
        >>> visits = visits.astype({"at": "datetime64[s]"})
        >>> Log.of(events=visits, assume="Europe/Paris").events.collect()["at"].item()
        datetime.datetime(2025, 5, 1, 7, 30, tzinfo=zoneinfo.ZoneInfo(key='UTC'))
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

    def check(self, *, now: str | dt.date | None = None, arms: Iterable[str] | None = None) -> Findings:
        """Find every broken rule of the contract; the data stay as they are.

        Parameters
        ----------
        now : str, datetime.date, datetime.datetime or None
            The moment after which nothing can have happened, as :func:`moment` takes it; None for no such moment.
        arms : iterable of str or None
            The arms that contacts may have; None for any.

        Returns
        -------
        Findings
            One finding for each broken rule of each column; none for a clean log.

        Raises
        ------
        SpecError
            When ``now`` is no date, or ``arms`` is no list of names.
        TableError
            When the rows of a table cannot be read.

        Notes
        -----
        The rules, by their names in the findings. Of columns: ``missing``, ``type``, ``time zone``, ``mixed zones``.
        Of values: ``null`` in a bold column, ``finite``, ``range`` (of a number, or of the calendar), ``word`` (of a
        fixed list), ``future``, ``duplicate``, ``order`` (an end before its start, knowledge before the fact). Between
        rows: ``unknown customer``, ``unknown arm``, ``unknown contact`` and ``early answer`` (of an event's contact),
        ``probabilities`` and ``chosen arm`` (of what was eligible), ``consent`` (where consents are given, each sent
        contact needs one for its channel and purpose; a contact that states no purpose is marketing). A rule about a
        column that is absent or of a wrong type waits until that is mended.

        Examples
        --------
        >>> import polars as pl
        >>> people = pl.DataFrame({"customer_id": [7, 7]}).with_columns(joined=pl.datetime(2025, 5, 1, time_zone="UTC"))
        >>> [(finding.rule, finding.column, finding.count) for finding in Log.of(customers=people).check()]
        [('duplicate', 'customer_id', 2)]
        """
        known, when = None if arms is None else _names(arms), moment(now, self.timezone)
        with readable(self.tables):
            return checked(self.tables, now=when, arms=known)

    def moment(self, as_of: str | dt.date, *, hindsight: bool = False) -> dt.datetime:
        """Return the moment that a date means to the brand, if the log may be read as of it.

        Parameters
        ----------
        as_of : str, datetime.date or datetime.datetime
            The date, as :func:`cjlab.tables.moment` takes it.
        hindsight : bool
            Whether to read the log all the same as of a moment at which its persons were not known.

        Returns
        -------
        datetime.datetime
            The moment in UTC.

        Raises
        ------
        SpecError
            When it is no date, or lies before :attr:`learned`: customers would be one person by what was known later.

        Examples
        --------
        >>> Log.of(timezone="Europe/Paris").moment("2025-05-31")
        datetime.datetime(2025, 5, 30, 22, 0, tzinfo=datetime.timezone.utc)
        """
        when = moment(as_of, self.timezone)
        if not hindsight:
            refuse_earlier(when, self.learned, self.timezone)
        return when

    def fingerprint(self) -> str:
        """Reduce what the log says to 64 hexadecimal digits.

        Equal for equal values: the order of rows, their split into files, shards and chunks, and the kind of frame
        they came in do not count; nor does a column without values. An absent companion differs from an empty one.

        Returns
        -------
        str
            SHA-256 over the zone, the moment at which persons were known, where there is one, and for each table the
            number of its rows and two sums, modulo :math:`2^{64}`, of 64 mixed bits a row: a checksum against change,
            not a proof against forgery.

        Raises
        ------
        TableError
            When a column holds Python objects, or the rows of a table cannot be read.

        Examples
        --------
        >>> import polars as pl
        >>> items = pl.DataFrame({"item": ["shoe", "hat"]})
        >>> Log.of(items=items).fingerprint() == Log.of(items=items.reverse()).fingerprint()
        True
        """
        with readable(self.tables):
            return fingerprint(self.tables, timezone=self.timezone, learned=self.learned)

    def pseudonymise(self, key: Key) -> Log:
        """Replace every identifier of a person by a pseudonym, the same by the same in all tables.

        These are the columns declared ``personal`` in ``SCHEMA``: customers, visitors, households, linked identifiers,
        orders, contracts, cases and sessions. A pseudonym is the first 63 bits of HMAC-SHA256 as Int64. Free text,
        profile values and columns beyond the declared ones stay as they are: leave out what names a person.

        Parameters
        ----------
        key : Key
            The key, which is kept apart from the data.

        Returns
        -------
        Log
            The log under pseudonyms.

        Raises
        ------
        KeyMaterialError
            When the log has pseudonyms already, or tombstones, or two identifiers get the same pseudonym.
        TableError
            When an identifier is neither Int64 nor String, or the rows of a table cannot be read.

        Examples
        --------
        >>> import polars as pl
        >>> from cjlab.tables import Key
        >>> log = Log.of(customers=pl.DataFrame({"customer_id": ["Ada"]})).pseudonymise(Key(bytes(32)))
        >>> log.customers.collect()["customer_id"].item()
        7455020373279314445
        """
        if self.keyed is not None:
            raise KeyMaterialError("the log has pseudonyms already; pseudonymise the log that it was made from")
        if self.erased is not None:
            advice = "pseudonymise before anybody is erased, or give up what keeps them out: replace(log, erased=None)"
            raise KeyMaterialError(f"the log knows erased customers by their identifiers, not by pseudonyms; {advice}")
        with readable(self.tables):
            tables: dict[str, Any] = replaced(self.tables, key)
        return replace(self, **tables, keyed=Keyed(key.mark, key.file))


def _names(arms: Iterable[str]) -> tuple[str, ...]:
    listed = isinstance(arms, Iterable) and not isinstance(arms, str | bytes)
    return texts(list(arms) if listed else arms, name="arms")
