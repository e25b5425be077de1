"""Logs drawn at random, with every column that a feature may read, ties, late rows and unknown values."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import numpy as np

ZONE = "Europe/Paris"
BEGIN = dt.datetime(2024, 2, 25, tzinfo=dt.UTC)  # a leap day on the 29th; clocks change on the 31st of March
DATES = ("2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01", "2024-04-20")
WORDS = {
    "event": (*("purchase",) * 4, *("visit",) * 4, "opened", "clicked", "delivered", "search", "cart", "complaint"),
    "channel": ("web", "app", "store", "email", None),
    "device": ("phone", "desktop", "tablet", None),
    "place": ("north", "south", None),
    "page": ("home", "shoes", "help", None),
    "reason": ("late", "price", None),
    "offer": ("a", "b", None),
    "machine": (None, True, False),
    "query": ("red shoes", "return", None),
    "text": ("too late again", "thank you", None),
}
NUMBERS = ("amount", "quantity", "margin", "discount", "score", "duration_s")
IDS = ("item", "order_id", "contract_id", "case_id", "contact_id", "session", "other_customer_id")
SENT = {
    "channel": ("email", "sms"),
    "campaign": ("spring", "autumn"),
    "arm": ("none", "letter"),
    "purpose": ("marketing", "service"),
    "template": ("t1", "t2"),
    "offer": ("a", None),
    "sent": (True, False),
}

TOLD = {
    "field": ("place", "income"),
    "value": ("north", "south", "abroad", "1200.5", None),
    "source": ("declared", "inferred"),
    "confidence": (None, 0.25, 0.9),
}
AROUND = {"place": ("north", "south", None), "name": ("rain", "heat"), "value": (0.5, 1.5, 20.0, -3.25, None)}
ITEMS = pl.DataFrame({"item": [1, 2], "category": ["shoes", "hats"]})  # nobody knows what the third is


def events(draw: np.random.Generator, rows: int) -> pl.DataFrame:
    """Draw events of a few customers."""
    made = _when(draw, rows) | {name: _picked(draw, words, rows) for name, words in WORDS.items()}
    made |= {name: _picked(draw, (None, 1.5, 20.0, -3.25, 7.0), rows) for name in NUMBERS}
    made |= {name: _picked(draw, (None, 1, 2, 3), rows) for name in IDS}
    made["due_at"] = [None if draw.random() < 0.5 else at + dt.timedelta(days=3) for at in made["at"]]
    return pl.DataFrame(made, schema=_kinds())


def contacts(draw: np.random.Generator, rows: int) -> pl.DataFrame:
    """Draw contacts of the same customers."""
    made = _when(draw, rows) | {name: _picked(draw, words, rows) for name, words in SENT.items()}
    made |= {"contact_id": list(range(rows)), "cost": [0.1] * rows, "propensity": [0.5] * rows}
    kinds = _moments() | dict.fromkeys(SENT, pl.String) | {"sent": pl.Boolean, "contact_id": pl.Int64}
    return pl.DataFrame(made, schema=kinds | {"cost": pl.Float64, "propensity": pl.Float64})


def profiles(draw: np.random.Generator, rows: int) -> pl.DataFrame:
    """Draw what the same customers told."""
    made = _when(draw, rows) | {name: _picked(draw, words, rows) for name, words in TOLD.items()}
    return pl.DataFrame(made, schema=_moments() | dict.fromkeys(TOLD, pl.String) | {"confidence": pl.Float64})


def context(draw: np.random.Generator, rows: int) -> pl.DataFrame:
    """Draw what went on around them."""
    made = _when(draw, rows) | {name: _picked(draw, words, rows) for name, words in AROUND.items()}
    made.pop("customer_id")
    kinds = {name: kind for name, kind in _moments().items() if name != "customer_id"}
    return pl.DataFrame(made, schema=kinds | {"place": pl.String, "name": pl.String, "value": pl.Float64})


def _when(draw: np.random.Generator, rows: int) -> dict[str, list[Any]]:
    hours, minutes = draw.integers(0, 24 * 60, rows), draw.choice([0, 0, 20, 59], rows)
    at = [BEGIN + dt.timedelta(hours=int(h), minutes=int(m)) for h, m in zip(hours, minutes, strict=True)]
    late = draw.choice([-1, -1, -1, 0, 30, 200], rows)
    known = [None if hour < 0 else one + dt.timedelta(hours=int(hour)) for one, hour in zip(at, late, strict=True)]
    return {"customer_id": draw.integers(1, 6, rows).tolist(), "at": at, "known_at": known}


def _picked(draw: np.random.Generator, words: tuple[Any, ...], rows: int) -> list[Any]:
    return [words[place] for place in draw.integers(0, len(words), rows)]


def _moments() -> dict[str, Any]:
    stamp = pl.Datetime("us", "UTC")
    return {"customer_id": pl.Int64, "at": stamp, "known_at": stamp}


def _kinds() -> dict[str, Any]:
    words = dict.fromkeys(WORDS, pl.String) | {"machine": pl.Boolean}
    numbers = dict.fromkeys(NUMBERS, pl.Float64) | dict.fromkeys(IDS, pl.Int64)
    return _moments() | words | numbers | {"due_at": pl.Datetime("us", "UTC")}
