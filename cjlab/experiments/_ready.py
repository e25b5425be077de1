"""The door for a person's own frame of one row a customer: its columns, their types, and what each becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import columns, lazy
from cjlab.errors import TableError
from cjlab.experiments import _columns as col

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment

_OPTIONAL = ("propensity", "cost", "redeemed")
_TEXT = (pl.String, pl.Categorical, pl.Enum)
_EXACT = 2**53  # beyond it a 64-bit float skips whole numbers


def ready_rows(experiment: Experiment, frame: object) -> pl.LazyFrame:
    """Return a person's own frame of one row a customer under the columns of ``_columns``.

    Raises
    ------
    TableError
        When it is no frame, lacks a column, or holds one of a type that cannot be what the test reads in it.
    """
    asked = _asked(experiment)
    rows = _readable(lazy(frame, table="rows", only={*asked, *_OPTIONAL}))
    rows = columns(rows, asked, table="rows")
    rows = rows.select(*asked, *(name for name in _OPTIONAL if name in rows.collect_schema()))
    schema = _known_types(rows)
    named = {metric.name: col.metric(metric.name) for metric in col.plain(experiment)}
    named |= {str(metric.before): col.before(metric.name) for metric in experiment.metrics if metric.window}
    return rows.select(
        _identifier(schema[col.CUSTOMER]),
        _arm(schema["arm"]).alias(col.ARM),
        *(_number(old, schema).alias(new) for old, new in named.items()),
        *(_trait(experiment, field, schema).alias(col.trait(field)) for field in col.fields(experiment)),
        *(_number(name, schema).alias(name) for name in _OPTIONAL),
    ).with_columns(*_costs(experiment), *_alike(experiment))


def _asked(experiment: Experiment) -> list[str]:
    """Name the columns that a person's frame must have."""
    names = [col.CUSTOMER, "arm", *(one.name for one in col.plain(experiment))]
    names += [str(one.before) for one in experiment.metrics if one.window]
    for field in col.fields(experiment):
        if field in (*names, *_OPTIONAL):
            raise TableError(
                f"rows: column {field!r} is an outcome or the assignment, and the test reads it as known before the "
                "contact (balance, before_profile or a segment); give that a column of another name"
            )
    return [*names, *col.fields(experiment)]


def _readable(rows: pl.LazyFrame) -> pl.LazyFrame:
    try:
        rows.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as refused:
        raise TableError(f"rows cannot be read: {refused}") from refused
    return rows


def _known_types(rows: pl.LazyFrame) -> dict[str, pl.DataType]:
    """Return the type of each column; one that no number, text or date has is none where nothing is known."""
    schema = dict(rows.collect_schema())
    doubtful = [name for name, kind in schema.items() if not (kind.is_numeric() or kind == pl.Boolean)]
    if doubtful:
        known = rows.select(pl.col(doubtful).count()).collect(engine="streaming").row(0)
        schema |= {name: pl.Null() for name, count in zip(doubtful, known, strict=True) if not count}
    return schema


def _identifier(kind: pl.DataType) -> pl.Expr:
    """Take whole numbers and text; what else an id may not be becomes null, and is refused with the values."""
    given = pl.col(col.CUSTOMER)
    if kind in _TEXT or kind == pl.Null:
        return given.cast(pl.String)
    if kind.is_integer():
        return given if kind not in (pl.Int128, pl.UInt128) else given.cast(pl.Int64, strict=False)
    if kind.is_numeric():
        whole = (given == given.floor()) & (given.abs() < _EXACT)
        return pl.when(whole).then(given.cast(pl.Int64, strict=False)).alias(col.CUSTOMER)
    raise TableError(f"rows: column {col.CUSTOMER!r} is of type {kind}; give whole numbers or text")


def _arm(kind: pl.DataType) -> pl.Expr:
    if not (kind in _TEXT or kind.is_integer() or kind == pl.Null):
        raise TableError(f"rows: column 'arm' is of type {kind}; give the names of the arms, or whole numbers as names")
    return pl.col("arm").cast(pl.String)


def _number(name: str, schema: dict[str, pl.DataType]) -> pl.Expr:
    """Take a column of numbers or booleans; NaN is unknown, and so is all of a column that is not there."""
    kind = schema.get(name, pl.Null())
    if kind == pl.Null:
        return pl.lit(None, dtype=pl.Float64)
    if not (kind.is_numeric() or kind == pl.Boolean):
        raise TableError(f"rows: column {name!r} is of type {kind}; give numbers or booleans")
    return pl.col(name).cast(pl.Float64).fill_nan(None)


def _trait(experiment: Experiment, field: str, schema: dict[str, pl.DataType]) -> pl.Expr:
    """Take what was known before as text: a whole number without decimals, a boolean as true or false."""
    kind, given = schema[field], pl.col(field)
    if field in col.numeric(experiment):
        number = _number(field, schema)
        return number.cast(pl.String) if kind != pl.Null else pl.lit(None, dtype=pl.String)
    if kind == pl.Null:
        return pl.lit(None, dtype=pl.String)
    if kind in _TEXT or kind.is_integer() or kind in (pl.Boolean, pl.Date):
        return given.cast(pl.String)
    if not kind.is_numeric():
        raise TableError(f"rows: column {field!r} is of type {kind}; give text, numbers, booleans or dates")
    number = given.cast(pl.Float64).fill_nan(None)
    whole = (number == number.floor()) & (number.abs() < _EXACT)
    return pl.when(whole).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(number.cast(pl.String))


def _costs(experiment: Experiment) -> list[pl.Expr]:
    """Take the known cost of contacts; one that is unknown is the arm's, and none where nobody was to be contacted."""
    declared = {arm.name: arm.cost for arm in experiment.arms}
    assumed = pl.col(col.ARM).replace_strict(declared, default=None, return_dtype=pl.Float64)
    cost = pl.coalesce("cost", pl.when(_contacted(experiment)).then(assumed).otherwise(0.0))
    return [cost.fill_null(0.0).alias(col.COST), cost.is_null().cast(pl.Int64).alias("cost_unknown")]


def _alike(experiment: Experiment) -> list[pl.Expr]:
    """Say what a frame without times says of every customer alike."""
    return [
        _contacted(experiment).alias(col.CONTACTED),
        pl.lit(value=True).alias(col.MATURE),
        pl.lit(1, dtype=pl.Int64).alias("arms"),
        pl.col("redeemed").fill_null(0.0),
    ]


def _contacted(experiment: Experiment) -> pl.Expr:
    return pl.col(col.ARM).is_in(experiment.contacted)
