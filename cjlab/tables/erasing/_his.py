"""What is a customer's in a log: his rows, those of nobody that are tied to him, and where others name him."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import polars as pl

from cjlab._checks import shown
from cjlab.errors import SpecError
from cjlab.tables.erasing._lessened import Cut
from cjlab.tables.erasing._tombstones import CUSTOMER, MERGE, VISITOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from polars.datatypes import DataTypeClass

_VISITOR = "visitor_id"
_TIES = (_VISITOR, "order_id", "contract_id", "case_id", "session", "contact_id")
_HAPPENED = ("events", "unassigned")


def identifiers(customers: Iterable[int | str] | int | str) -> frozenset[str]:
    """Return identifiers of customers as texts, whatever type a log has them in.

    Parameters
    ----------
    customers : iterable of int or str, int or str
        The identifiers, or one alone.

    Returns
    -------
    frozenset of str
        Each as text.

    Raises
    ------
    SpecError
        When there is none, or one is neither a whole number nor text.

    Examples
    --------
    >>> from cjlab.tables import identifiers
    >>> sorted(identifiers([7, "ada"]))
    ['7', 'ada']
    """
    alone = isinstance(customers, int | str) or not isinstance(customers, Iterable)
    given: list[object] = [customers] if alone else list(cast("Iterable[object]", customers))
    wrong = [one for one in given if isinstance(one, bool) or not isinstance(_plain(one), int | str) or one == ""]
    if wrong or not given:
        what = shown(wrong[0]) if wrong else "empty"
        raise SpecError(f"customers is {what}; give identifiers: whole numbers or texts, as the log has them")
    return frozenset(str(_plain(one)) for one in given)


def _plain(one: object) -> object:
    return one.item() if hasattr(one, "item") else one


@dataclass(frozen=True)
class His:
    """What is known of some customers in a log.

    Parameters
    ----------
    customers
        Their identifiers.
    ties
        Identifiers of theirs by column of events, such as visitors and orders, that nobody who remains has.
    shared
        Visitors of theirs who are those of others too.
    """

    customers: frozenset[str]
    ties: Mapping[str, frozenset[str]]
    shared: frozenset[str]

    @classmethod
    def of(cls, tables: Mapping[str, pl.LazyFrame], customers: frozenset[str]) -> His:
        """Look for them: in rows of theirs, and then for whoever else has the same."""
        his = {tie: _found(tables, tie, lambda one: among("customer_id", one, customers)) for tie in _TIES}
        others = {tie: _found(tables, tie, _of_others(customers), only=his[tie]) for tie in _TIES}
        ties = {tie: his[tie] - others[tie] for tie in _TIES}
        return cls(customers, ties, his[_VISITOR] & others[_VISITOR])

    @classmethod
    def by_name(cls, named: Mapping[str, frozenset[str]]) -> His:
        """Take what is theirs from the identifiers alone by which they came back."""
        none = dict.fromkeys(_TIES, frozenset[str]())
        return cls(named[CUSTOMER], {**none, _VISITOR: named[VISITOR]}, frozenset())

    @property
    def named(self) -> dict[str, frozenset[str]]:
        """The identifiers by which they would be known if they came back."""
        return {CUSTOMER: self.customers, VISITOR: self.ties[_VISITOR]}

    def cuts(self, tables: Mapping[str, pl.LazyFrame]) -> dict[str, Cut]:
        """Return what is taken out of each table."""
        made = {name: self._cut(name, frame.collect_schema()) for name, frame in tables.items()}
        return {name: cut for name, cut in made.items() if cut is not None}

    def _cut(self, name: str, columns: pl.Schema) -> Cut | None:
        gone, blank = [], {}
        if "customer_id" in columns:
            gone.append(among("customer_id", columns, self.customers))
        if name in _HAPPENED:
            nobody = pl.col("customer_id").is_null() if "customer_id" in columns else pl.lit(value=True)
            gone += [nobody & among(column, columns, self.ties[column]) for column in _TIES if column in columns]
        if name == "links":
            merge = (pl.col("kind") == MERGE).fill_null(value=False)
            gone.append(merge & among("identifier", columns, self.customers))
            gone.append(~merge & among("identifier", columns, self.ties[_VISITOR]))
        for column, theirs in (("other_customer_id", self.customers), (_VISITOR, self.ties[_VISITOR])):
            if column in columns:
                blank[column] = among(column, columns, theirs)
        return Cut(pl.any_horizontal(gone), blank) if gone else None


def _of_others(customers: frozenset[str]) -> Callable[[pl.Schema], pl.Expr]:
    return lambda columns: pl.col("customer_id").is_not_null() & ~among("customer_id", columns, customers)


def _found(
    tables: Mapping[str, pl.LazyFrame],
    tie: str,
    whose: Callable[[pl.Schema], pl.Expr],
    *,
    only: frozenset[str] | None = None,
) -> frozenset[str]:
    """Return identifiers of one kind in the rows of some: all of them, or those that are asked for."""
    found: set[str] = set()
    for frame, column in _sources(tables, tie) if only is None or only else ():
        columns = frame.collect_schema()
        wanted = whose(columns) if only is None else whose(columns) & among(column, columns, only)
        texts = frame.filter(wanted).select(pl.col(column).cast(pl.String)).unique().drop_nulls()
        found.update(texts.collect(engine="streaming").to_series())
    return frozenset(found)


def _sources(tables: Mapping[str, pl.LazyFrame], tie: str) -> Iterator[tuple[pl.LazyFrame, str]]:
    """Go through the columns that hold identifiers of one kind."""
    for name in ("events", "contacts"):
        if name in tables and tie in tables[name].collect_schema():
            yield tables[name], tie
    if tie == _VISITOR and "links" in tables:
        yield tables["links"].filter((pl.col("kind") != MERGE).fill_null(value=True)), "identifier"


def among(column: str, columns: Mapping[str, pl.DataType | DataTypeClass], texts: Iterable[str]) -> pl.Expr:
    """Tell in which rows a column holds one of some identifiers, which are texts whatever its type."""
    kind = columns[column]
    if kind == pl.Int64:
        numbers = [int(one) for one in texts if one.removeprefix("-").isdecimal() and str(int(one)) == one]
        wanted = pl.Series([one for one in numbers if -(2**63) <= one < 2**63], dtype=pl.Int64)
    elif kind == pl.String:
        wanted = pl.Series(list(texts), dtype=pl.String)
    else:
        wanted = pl.Series(dtype=pl.Int64)
    if wanted.is_empty():
        return pl.lit(value=False)
    return pl.col(column).is_in(wanted.sort().implode()).fill_null(value=False)
