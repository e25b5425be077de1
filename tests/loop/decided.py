"""A log of a few decisions, written by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from cjlab.tables import Log

DAY = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
CHANCES = [{"arm": "mail", "probability": 0.9}, {"arm": "none", "probability": 0.1}]


def after(days: float) -> dt.datetime:
    """Return a moment some days after the decisions."""
    return DAY + dt.timedelta(days=days)


def decided(events: list[tuple[int, float, str, float]], *, customers: int = 4, **columns: Any) -> Log:
    """Return a log in which customers 1, 2, … were decided on at one time, and events (customer, day, event, margin).

    Visits of customer 1 nine days before and on the 40th day say that the log goes on until then.
    """
    who = list(range(1, customers + 1))
    contacts = pl.DataFrame(
        {
            "contact_id": [f"c{one}" for one in who],
            "decision_id": [f"d{one}" for one in who],
            "customer_id": who,
            "at": DAY,
            "campaign": "january",
            "arm": ["mail"] * (customers - 1) + ["none"],
            "channel": "email",
            "sent": [True] * (customers - 1) + [False],
            "propensity": [0.9] * (customers - 1) + [0.1],
            "slice": ["policy"] * (customers - 1) + ["control"],
            "eligible": [CHANCES] * customers,
            "score": 2.0,
            **columns,
        }
    )
    rows = [(1, -9.0, "visit", None), *events, (1, 40.0, "visit", None)]
    happened = pl.DataFrame(
        {
            "customer_id": [one[0] for one in rows],
            "at": [after(one[1]) for one in rows],
            "event": [one[2] for one in rows],
            "channel": "web",
            "margin": pl.Series([one[3] for one in rows], dtype=pl.Float64),
            "order_id": [f"o{one[0]}" for one in rows],
        }
    )
    known = pl.DataFrame({"customer_id": who, "joined": [after(-60)] * customers})
    return Log.of(events=happened, contacts=contacts, customers=known, timezone="UTC")
