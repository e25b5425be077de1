"""Outcomes: whether something happened after a date, and how much was spent."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import finite, one_of, shown, text
from cjlab.errors import SpecError, TableError
from cjlab.features._unheard import warn_of_outcome
from cjlab.features.outcomes._labelled import Asked
from cjlab.features.reading._cell import NUMBERS
from cjlab.features.reading._where import FLAGS, Where, where_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cjlab.features._span import Dates, Span
    from cjlab.features.outcomes._eligible import Eligible
    from cjlab.features.outcomes._labels import Labels
    from cjlab.tables import Log

    Events = Where | str | tuple[str, ...] | Mapping[str, float]

RETURNS: Mapping[str, str] = MappingProxyType({"return": "order_id", "cancellation": "order_id"})
_SPENT = Where(("purchase", "return"))
_NOTHING = 0.005  # half of the smallest coin: sums of amounts carry rounding errors
_ADDED = [name for name in NUMBERS if name not in {"cost", "propensity", "lateness_d"}]  # those that events have


def outcome(
    log: Log,
    event: Events,
    *,
    as_of: Dates,
    within: str,
    until: str | dt.date | None = None,
    among: Eligible | None = None,
    undone: Mapping[str, str] = RETURNS,
) -> Labels:
    r"""Whether something happens to each customer in [as_of, as_of + within), 1 or 0.

    With weights, :math:`y = \sum_e w_e \, 1[e \text{ happens}]`: what the events that happen are worth together.

    When a row became known does not count here, only when it happened. What is taken back within the time did not
    happen: the rows of one order of his, say, count unless one of ``undone`` is among them and their amounts come
    to nothing. A return of what was bought before the date changes nothing, nor does one that is asked for itself.

    Parameters
    ----------
    log : Log
        The log.
    event : str, tuple of str, Where, or mapping of str to float
        Any of these; or what each is worth.
    as_of : date, text or sequence of them
        From when on: a bare date is the local midnight with which it begins.
    within : str
        For how long, such as ``"30D"``; days and weeks are those of the brand's calendar.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event. A date whose time is
        not over by then is left out whole, as "pending": those to whom it happened already are no fair sample.
    among : Eligible, optional
        Of whom; everybody who had joined or was seen before the date unless said.
    undone : mapping of str to str
        The events that take others back, and the column by which they belong together ("order_id", or "item" where
        returns have order numbers of their own). Rows without it take nothing back.

    Returns
    -------
    Labels
        What came of each, and who was left out, counted by why.

    Raises
    ------
    SpecError
        When an event, a weight, a date or a length of time is none.
    TableError
        When the log lacks a column that is asked for.
    EvidenceError
        When the log has no events.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
    >>> bought = cj.features.outcome(log, event="purchase", as_of="2024-02-01", within="14D")
    >>> sorted(bought.y.unique().tolist())
    [0.0, 1.0]
    """
    worth = _worth(event)
    taken, asked = _ties(undone), Asked(log, as_of, within, until, among)
    for where, _ in worth:
        passing(log.events, where)
    warn_of_outcome([where for where, _ in worth], log)

    def measure(span: Span) -> pl.DataFrame:
        parts = [_happened(log, where, span, taken).with_columns(y=pl.lit(weight)) for where, weight in worth]
        return pl.concat(parts).group_by("customer_id").agg(pl.col("y").sum())

    name = "_".join(word for where, _ in worth for word in where.words.get("event", ("event",)))
    return asked.labels(name, measure)


def spent(
    log: Log,
    *,
    as_of: Dates,
    within: str,
    of: Where | str | tuple[str, ...] = _SPENT,
    column: str = "amount",
    until: str | dt.date | None = None,
    among: Eligible | None = None,
) -> Labels:
    r"""How much each customer spends in [as_of, as_of + within): :math:`\sum_i x_i` over his rows, 0 without any.

    Returns within the time are taken off, whenever their goods were bought (their amounts are negative), and so the
    sum of somebody can be below 0. When a row became known does not count. Unknown amounts add nothing.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date, text or sequence of them
        From when on: a bare date is the local midnight with which it begins.
    within : str
        For how long, such as ``"90D"``.
    of : Where, str or tuple of str
        Which rows.
    column : str
        What is added up: "amount", "margin", "quantity", and the like.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event. Dates whose time is not
        over by then are left out, as "pending".
    among : Eligible, optional
        Of whom.

    Returns
    -------
    Labels
        What each spends, in the column's unit.

    Raises
    ------
    SpecError
        When a date, a length of time or a column is none.
    TableError
        When the log lacks the column.
    EvidenceError
        When the log has no events.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
    >>> bool(cj.features.spent(log, as_of="2024-02-01", within="14D").y.max() > 0)
    True
    """
    where = _of_events(where_of(of, name="of"))
    one_of(column, _ADDED, name="column")
    asked = Asked(log, as_of, within, until, among)
    needs(log.events, (column,))
    warn_of_outcome([where] if where != _SPENT else [], log)

    def measure(span: Span) -> pl.DataFrame:
        rows = passing(log.events, where).filter(span.inside).sort("customer_id", "at", column)
        return rows.group_by("customer_id", maintain_order=True).agg(y=pl.col(column).sum()).collect()

    name = "spent" if column == "amount" else column
    return asked.labels(name, measure)


def passing(frame: pl.LazyFrame, where: Where) -> pl.LazyFrame:
    """Return the rows of customers that a filter lets through."""
    asked = [name for name in FLAGS if getattr(where, name) is not None]
    needs(frame, (*where.words, *asked))
    found = frame.filter(pl.col("customer_id").is_not_null())
    for name, words in where.words.items():
        found = found.filter(pl.col(name).cast(pl.String).is_in(words))
    for name in asked:
        found = found.filter(pl.col(name).fill_null(value=False) == getattr(where, name))
    return found


def needs(frame: pl.LazyFrame, names: tuple[str, ...]) -> None:
    """Refuse a column that events do not have."""
    present = frame.collect_schema().names()
    absent = [name for name in names if name not in present]
    if absent:
        raise TableError(f"events have no column {absent[0]!r}, which the outcome asks for; they have {present}")


def _happened(log: Log, where: Where, span: Span, undone: Mapping[str, str]) -> pl.DataFrame:
    """Return the customers to whom it happened, and was not taken back, once each."""
    present = log.events.collect_schema().names()
    rows = passing(log.events, where).filter(span.inside)
    named = where.words.get("event", ())
    ties = {event: tie for event, tie in undone.items() if named and event not in named and tie in present}
    lost = [_undone(log.events.filter(span.inside), rows, event=event, tie=tie) for event, tie in ties.items()]
    for tie, one in zip(ties.values(), lost, strict=True):
        rows = rows.join(one, on=["customer_id", tie], how="anti")
    return rows.select("customer_id").unique().collect()


def _undone(every: pl.LazyFrame, rows: pl.LazyFrame, *, event: str, tie: str) -> pl.LazyFrame:
    """Return what was taken back and came to nothing: customer and, say, order."""
    back = every.filter(pl.col("event").cast(pl.String) == event, pl.col(tie).is_not_null())
    if "amount" not in every.collect_schema().names():
        return back.select("customer_id", tie).unique()
    paid = rows.group_by("customer_id", tie).agg(paid=pl.col("amount").sum())
    returned = back.group_by("customer_id", tie).agg(returned=pl.col("amount").sum())
    both = returned.join(paid, on=["customer_id", tie])
    return both.filter(pl.col("paid") + pl.col("returned") < _NOTHING).select("customer_id", tie)


def _worth(event: Events) -> list[tuple[Where, float]]:
    """Return what each event is worth; several without weights are one."""
    if not hasattr(event, "items"):
        return [(_of_events(where_of(event, name="event")), 1.0)]
    if not event:
        raise SpecError("event is empty; name at least one and what it is worth, such as {'purchase': 1.0}")
    return [(Where(text(name, name="event")), finite(weight, name=f"{name!r}")) for name, weight in event.items()]


def _of_events(where: Where) -> Where:
    if where.table != "events":
        raise SpecError(f"what comes of customers are events, and not {where}; give an event such as 'purchase'")
    return where


def _ties(undone: Mapping[str, str]) -> Mapping[str, str]:
    if not hasattr(undone, "items"):
        raise SpecError(
            f"undone is {shown(undone)}; give events and the column that ties them: {{'return': 'order_id'}}"
        )
    return {text(name, name="undone"): text(tie, name=f"undone[{name!r}]") for name, tie in undone.items()}
