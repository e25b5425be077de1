"""A log in which one customer has values of his own in every column of every table."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab.tables import SCHEMA, Log

if TYPE_CHECKING:
    from collections.abc import Mapping

HE = 7_000_000_000_000_007
_DAWN = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
_DAY = dt.timedelta(days=1)
_FIXED = {"kind": "cookie", "granted": True, "sent": True, "machine": True}


def planted(*, others: int = 40) -> tuple[Log, Log, dict[str, Any]]:
    """Return a log, the same without the one customer, and his values by table and column."""
    values: dict[str, Any] = {}
    frames, without = {}, {}
    for number, (name, table) in enumerate(SCHEMA.items()):
        if "customer_id" not in {column.name for column in table.columns}:
            rows = pl.DataFrame([_plain(name, one) for one in range(3)], infer_schema_length=None)
            frames[name] = without[name] = rows
            continue
        rows = pl.DataFrame([_plain(name, one) for one in range(others)], infer_schema_length=None)
        own = _own(name, number)
        values |= {f"{name}.{column}": value for column, value in own.items() if column not in _FIXED}
        his = pl.DataFrame([own], schema=rows.schema)
        frames[name], without[name] = pl.concat([rows, his]), rows
    frames["events"], more = _loose(frames["events"], values)
    without["events"] = pl.concat([without["events"], more])
    return Log.of(**frames, timezone="Europe/Paris"), Log.of(**without, timezone="Europe/Paris"), _told(values)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that can be looked for: pairs by their names and numbers."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        pairs = value if isinstance(value, list) else []
        told |= {f"{name}.{key}": one for pair in pairs for key, one in pair.items()} or {name: value}
    return told


def _loose(events: pl.DataFrame, values: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add rows of nobody that are his by a tie, and one of another customer who names him."""
    made = []
    for place, tie in enumerate(("visitor_id", "order_id", "contract_id", "case_id", "session", "contact_id")):
        text = f"a word that only his {tie} leads to"
        values[f"nobody.{tie}"] = text
        made.append({tie: values[f"events.{tie}"], "at": _DAWN + place * _DAY, "event": "visit", "text": text})
    made.append({"visitor_id": values["links.identifier"], "at": _DAWN, "event": "visit", "text": "said by a cookie"})
    values["nobody.link"] = "said by a cookie"
    friend = {"customer_id": 3, "at": _DAWN, "event": "recommended", "text": "a friend told"}
    schema = events.schema
    loose = pl.DataFrame([{"channel": "web"} | one for one in made], schema=schema)
    named = pl.DataFrame([{"channel": "web", "other_customer_id": HE} | friend], schema=schema)
    return pl.concat([events, loose, named]), named.with_columns(other_customer_id=pl.lit(None, pl.Int64))


def _own(table: str, number: int) -> dict[str, Any]:
    return {
        column.name: HE if column.name == "customer_id" else _value(table, column, number * 100 + place, his=True)
        for place, column in enumerate(SCHEMA[table].columns)
    }


def _plain(table: str, row: int) -> dict[str, Any]:
    made = {column.name: _value(table, column, row, his=False) for column in SCHEMA[table].columns}
    return made | ({"customer_id": row} if "customer_id" in made else {})


def _value(table: str, column: Any, number: int, *, his: bool) -> Any:
    """Make a value of a column's kind: one of his own, or one that many have."""
    if column.allowed and not his:
        return column.allowed[number % len(column.allowed)]
    if column.name in _FIXED:
        return _FIXED[column.name]
    if column.name == "other_customer_id":
        return 600_000_000_000_000_001 if his else 1
    return _of_kind(column.kind.says, f"{table}.{column.name}", number, his=his)


def _of_kind(kind: str, name: str, number: int, *, his: bool) -> Any:
    if kind.startswith("Int64") and not name.endswith(("visitor_id", "identifier", "session")):
        return 600_000_000_000_000_000 + number if his else number
    if kind.startswith("Datetime"):
        return _DAWN + dt.timedelta(seconds=number * 7919, microseconds=123_457) if his else _DAWN + (number % 9) * _DAY
    if "pairs" in kind:
        return [{_first(kind): f"pair {name} {number}" if his else "a", _second(kind): _pair(kind, number, his=his)}]
    his_own, plain = {
        "Int64 or String": (f"identifier {name} {number}", f"v{number}"),
        "String": (f"his {name} {number}", f"word {number % 4}"),
        "Float64": (0.123456 + number * 1e-7, 0.5),
        "Date": (dt.date(1931, 3, 17), dt.date(1980, 1, 1)),
    }[kind]
    return his_own if his else plain


def _first(kind: str) -> str:
    return "arm" if "probability" in kind else "name"


def _second(kind: str) -> str:
    return "probability" if "probability" in kind else "value"


def _pair(kind: str, number: int, *, his: bool) -> Any:
    if "probability" in kind:
        return 0.876543 - number * 1e-7 if his else 1.0
    return f"value {number}" if his else "b"
