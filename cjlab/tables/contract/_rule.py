"""A rule: the rows that break it, and what to say of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cjlab.tables.contract._findings import Finding
from cjlab.tables.contract._kinds import SPAN
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FIRST = 5
_A_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_EPOCH = dt.date(1970, 1, 1).toordinal()


class Rule(NamedTuple):
    """One rule about one column.

    Parameters
    ----------
    name
        Its name.
    table, column
        What it is about.
    broken
        The rows of the table that break it, lazily.
    wrong
        What is wrong, as the sentence goes on after "events.at".
    remedy
        What to do.
    """

    name: str
    table: str
    column: str
    broken: pl.LazyFrame
    wrong: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Sound:
    """The tables of a log, and the columns in them whose type can be relied on."""

    frames: Mapping[str, pl.LazyFrame]
    columns: frozenset[tuple[str, str]]

    def has(self, table: str, *columns: str) -> bool:
        """Tell whether the table is there with these columns, each of its type."""
        return all((table, column) in self.columns for column in columns)


def found(rules: Iterable[Rule], *, even_without_rows: bool = False) -> list[Finding]:
    """Return a finding for each rule that some row breaks."""
    asked = list(rules)
    counts = [int(count.item()) for count in _collect([rule.broken.select(pl.len()) for rule in asked])]
    broken = [(rule, count) for rule, count in zip(asked, counts, strict=True) if count or even_without_rows]
    firsts = [_sayable(rows).to_dicts() for rows in _collect([_identified(rule).head(_FIRST) for rule, _ in broken])]
    return [_finding(rule, count, first) for (rule, count), first in zip(broken, firsts, strict=True)]


def _collect(frames: list[pl.LazyFrame]) -> list[pl.DataFrame]:
    return pl.collect_all(frames, engine="streaming") if frames else []


def _identified(rule: Rule) -> pl.LazyFrame:
    """Keep of the rows what tells them apart, and the value."""
    table = SCHEMA[rule.table]
    telling = dict.fromkeys([*([table.key] if table.key else table.order), rule.column])
    present = rule.broken.collect_schema().names()
    return rule.broken.select([name for name in telling if name in present])


def _sayable(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the bare number of each time that Python has no word for."""
    return rows.with_columns(values.to_physical() for values in rows.get_columns() if _is_beyond(values))


def _is_beyond(values: pl.Series) -> bool:
    if isinstance(values.dtype, pl.Datetime | pl.Duration):
        first, last = (round(end.timestamp()) * _A_SECOND[values.dtype.time_unit] for end in SPAN)
    elif values.dtype == pl.Date:
        first, last = (end.toordinal() - _EPOCH for end in SPAN)
    else:
        return False
    return not values.to_physical().drop_nulls().is_between(first, last).all()


def _finding(rule: Rule, count: int, first: list[dict[str, object]]) -> Finding:
    rows = "1 row" if count == 1 else f"{count:,} rows"
    message = f"{rule.table}.{rule.column} {rule.wrong} ({rows}); {rule.remedy}"
    return Finding(rule.name, rule.table, rule.column, count, tuple(first), message)
