"""A rule: the rows that break it, and what to say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cjlab.tables._findings import Finding
from cjlab.tables._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FIRST = 5


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
    firsts = _collect([_identified(rule).head(_FIRST) for rule, _ in broken])
    return [_finding(rule, count, first.to_dicts()) for (rule, count), first in zip(broken, firsts, strict=True)]


def _collect(frames: list[pl.LazyFrame]) -> list[pl.DataFrame]:
    return pl.collect_all(frames, engine="streaming") if frames else []


def _identified(rule: Rule) -> pl.LazyFrame:
    """Keep of the rows what tells them apart, and the value."""
    table = SCHEMA[rule.table]
    telling = dict.fromkeys([*([table.key] if table.key else table.order), rule.column])
    present = rule.broken.collect_schema().names()
    return rule.broken.select([name for name in telling if name in present])


def _finding(rule: Rule, count: int, first: list[dict[str, object]]) -> Finding:
    rows = "1 row" if count == 1 else f"{count:,} rows"
    message = f"{rule.table}.{rule.column} {rule.wrong} ({rows}); {rule.remedy}"
    return Finding(rule.name, rule.table, rule.column, count, tuple(first), message)
