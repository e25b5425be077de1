"""Who belongs to a segment; and a segment in which nobody falls, refused with what its field holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import TableError
from cjlab.experiments import _columns as col

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._segment import Segment

_ENOUGH = 100  # customers of whom the field is known; among fewer a rare value may still be to come
_FIRST = 8


def member(segment: Segment) -> pl.Expr:
    """Say whether a customer belongs to a segment; one of whom the field is unknown does not."""
    if segment.equals is not None:
        return pl.col(col.trait(segment.field)).is_in(list(segment.values)).fill_null(value=False)
    number, inside = pl.col(col.number(segment.field)), pl.lit(value=True)
    if segment.at_least is not None:
        inside &= number >= segment.at_least
    if segment.below is not None:
        inside &= number < segment.below
    return inside.fill_null(value=False)


def refuse_nobody(experiment: Experiment, rows: Path) -> None:
    """Refuse a segment in which nobody falls, or of whose values one is nobody's, once enough customers are known.

    Raises
    ------
    TableError
        With the values that the field holds, or the range of its numbers.
    """
    frame = pl.scan_parquet(rows)
    for segment in experiment.segments:
        if segment.equals is None:
            _refuse_range(segment, frame)
        else:
            _refuse_values(segment, frame)


def _refuse_values(segment: Segment, frame: pl.LazyFrame) -> None:
    trait = pl.col(col.trait(segment.field))
    found = frame.filter(trait.is_not_null()).group_by(trait.alias("value")).len().collect()
    counts = dict(found.sort("len", "value", descending=[True, False]).iter_rows())
    missing = [value for value in segment.values if value not in counts]
    if missing and sum(counts.values()) >= _ENOUGH:
        held = ", ".join(f"{value!r} ({count})" for value, count in list(counts.items())[:_FIRST])
        more = f" and {len(counts) - _FIRST} more" if len(counts) > _FIRST else ""
        raise TableError(
            f"segment {segment.name!r}: of nobody is {segment.field!r} {missing[0]!r}; it is {held}{more}: "
            "correct the value, or leave it out"
        )


def _refuse_range(segment: Segment, frame: pl.LazyFrame) -> None:
    number = pl.col(col.number(segment.field))
    asked = [number.count().alias("n"), number.min().alias("low"), number.max().alias("high")]
    found = frame.select(*asked, pl.col(col.segment(segment.name)).sum().alias("inside")).collect().row(0, named=True)
    if not found["inside"] and found["n"] >= _ENOUGH:
        raise TableError(
            f"segment {segment.name!r}: nobody falls in it; {segment.field!r} runs from {found['low']:g} to "
            f"{found['high']:g}: correct at_least and below, or leave the segment out"
        )
