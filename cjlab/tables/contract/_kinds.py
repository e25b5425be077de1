"""Kinds of column: which types each allows, and which others it can take without losing a value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from polars.datatypes import DataTypeClass

    _Type = pl.DataType | DataTypeClass

_MOST_MS = (2**63 - 1) // 1_000  # milliseconds that 64 bits hold as microseconds; no year of ours lies beyond
_EXACT_DIGITS = 15  # every decimal of so many digits survives the way through a 64-bit float

SPAN = (dt.datetime(1, 1, 2, tzinfo=dt.UTC), dt.datetime(9999, 12, 30, tzinfo=dt.UTC))  # sayable in every zone
TEXT = (pl.String, pl.Categorical, pl.Enum)
_WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column may hold.

    Parameters
    ----------
    says
        The allowed types in words, for messages.
    types
        The allowed types; the first is that of a column without values.
    convert
        Answers the column in one of ``types``, or None where a value could be lost.
    """

    says: str
    types: tuple[pl.DataType, ...]
    convert: Callable[[pl.Expr, _Type], pl.Expr | None]

    def take(self, column: pl.Expr, found: _Type) -> pl.Expr | None:
        """Return ``column`` in an allowed type, or None where its type ``found`` could lose a value by that."""
        if found in self.types:
            return column
        return column.cast(self.types[0]) if found == pl.Null else self.convert(column, found)


def _identifier(column: pl.Expr, found: _Type) -> pl.Expr | None:
    return column.cast(pl.Int64) if found in _WHOLE else _text(column, found)


def _text(column: pl.Expr, found: _Type) -> pl.Expr | None:
    return column.cast(pl.String) if found in TEXT else None


def _number(column: pl.Expr, found: _Type) -> pl.Expr | None:
    short = isinstance(found, pl.Decimal) and found.precision <= _EXACT_DIGITS
    return column.cast(pl.Float64) if short or found in (*_WHOLE, pl.UInt64, pl.Float16, pl.Float32) else None


def _time(column: pl.Expr, found: _Type) -> pl.Expr | None:
    if not isinstance(found, pl.Datetime) or found.time_zone is None:
        return None
    held = column.to_physical().clip(-_MOST_MS, _MOST_MS).cast(found) if found.time_unit == "ms" else column
    return held.dt.convert_time_zone("UTC").dt.cast_time_unit("us")


def _day(column: pl.Expr, found: _Type) -> pl.Expr | None:
    naive = isinstance(found, pl.Datetime) and found.time_zone is None
    return column.dt.date() if naive else None


def _never(_column: pl.Expr, _found: _Type) -> pl.Expr | None:
    return None


def _pairs(name: str, value: str, of: Kind) -> Kind:
    """Make the kind of a mapping, kept as a list of (name, value) pairs."""
    pair = pl.Struct({name: pl.String(), value: of.types[0]})

    def convert(column: pl.Expr, found: _Type) -> pl.Expr | None:
        if isinstance(found, pl.Struct):
            return _spread(column, found, pair) if _fit([field.dtype for field in found.fields], of) else None
        inner = _inner(found)
        if len(inner) != len(pair.fields) or not _fit(inner[:1], CATEGORY) or not _fit(inner[1:], of):
            return None
        listed = pl.List(pl.Struct({"key": inner[0], "value": inner[1]})) if isinstance(found, pl.Map) else found
        return column.cast(listed).list.eval(pl.element().struct.rename_fields([name, value])).cast(pl.List(pair))

    return Kind(f"a list of ({name}, {value}) pairs", (pl.List(pair),), convert)


def _fit(found: Iterable[_Type], kind: Kind) -> bool:
    return all(kind.take(pl.element(), one) is not None for one in found)


def _inner(found: _Type) -> list[_Type]:
    """List the types inside a mapping or a list of structs."""
    if isinstance(found, pl.Map):
        return [found.key, found.value]
    inner = found.inner if isinstance(found, pl.List) else None
    return [field.dtype for field in inner.fields] if isinstance(inner, pl.Struct) else []


def _spread(column: pl.Expr, found: pl.Struct, pair: pl.Struct) -> pl.Expr:
    """Turn a struct with one field a name into pairs; a field that is null in a row is absent from it."""
    name, value = (field.name for field in pair.fields)
    fields = [
        pl.struct(pl.lit(field.name).alias(name), column.struct.field(field.name).alias(value)).cast(pair)
        for field in found.fields
    ]
    known = pl.concat_list(fields).list.eval(pl.element().filter(pl.element().struct.field(value).is_not_null()))
    return pl.when(column.is_not_null()).then(known)


IDENTIFIER = Kind("Int64 or String", (pl.Int64(), pl.String()), _identifier)
CATEGORY = Kind("String", (pl.String(),), _text)
NUMBER = Kind("Float64", (pl.Float64(),), _number)
FLAG = Kind("Boolean", (pl.Boolean(),), _never)
TIME = Kind("Datetime in µs and UTC", (pl.Datetime("us", "UTC"),), _time)
DAY = Kind("Date", (pl.Date(),), _day)
PROBABILITIES = _pairs("arm", "probability", NUMBER)
ATTRIBUTES = _pairs("name", "value", CATEGORY)
