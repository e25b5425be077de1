"""A small clean log that every table of the contract has a part in, and a stored one of the oldest version."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAY = dt.datetime(2025, 5, 1, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DAWN = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def frames() -> Mapping[str, pl.DataFrame]:
    """Four customers, three contacts, their answers, and every companion; nothing wrong with them."""
    choice = [{"arm": "mail", "probability": 0.25}, {"arm": "control", "probability": 0.75}]
    return {
        "events": pl.DataFrame(
            {
                "customer_id": [1, 1, 2, None, None],
                "visitor_id": [None, "v1", None, "v2", None],
                "at": [MAY + DAY, MAY + DAY, MAY + 2 * DAY, MAY, MAY],
                "event": ["opened", "purchase", "purchase", "visit", "visit"],
                "channel": ["email", "web", "store", "web", "web"],
                "known_at": [MAY + DAY, None, MAY + 3 * DAY, None, None],
                "amount": [None, 30.0, -12.5, None, None],
                "contact_id": [10, None, None, None, None],
            }
        ),
        "contacts": pl.DataFrame(
            {
                "contact_id": [10, 11, 12],
                "customer_id": [1, 2, 3],
                "at": [MAY] * 3,
                "campaign": ["spring"] * 3,
                "arm": ["mail", "control", "mail"],
                "channel": ["email"] * 3,
                "sent": [True, False, True],
                "propensity": [0.25, 0.75, None],
                "slice": ["random", "control", "policy"],
                "purpose": ["marketing", "marketing", None],
                "cost": [0.01, None, 0.0],
                "eligible": [choice, choice, None],
            }
        ),
        "customers": pl.DataFrame(
            {"customer_id": [1, 2, 3, 4], "joined": [MAY - 30 * DAY] * 4, "household": ["h1", "h1", None, None]}
        ),
        "items": pl.DataFrame({"item": ["shoe", "hat"], "category": ["feet", "head"]}),
        "profiles": pl.DataFrame(
            {
                "customer_id": [1, 4],
                "field": ["city", "city"],
                "at": [MAY, MAY],
                "value": ["Lyon", None],
                "source": ["declared", "bought"],
            }
        ),
        "consents": pl.DataFrame(
            {
                "customer_id": [1, 3, 3, 4],
                "at": [MAY - 9 * DAY, MAY - 9 * DAY, MAY + DAY, MAY],
                "channel": ["email"] * 4,
                "purpose": ["marketing", "marketing", "marketing", "survey"],
                "granted": [True, True, False, True],
                "until": [MAY + 90 * DAY, None, None, None],
            }
        ),
        "item_states": pl.DataFrame({"item": ["shoe"], "at": [MAY], "place": ["Lyon"], "price": [59.0]}),
        "links": pl.DataFrame({"customer_id": [1], "identifier": ["v1"], "kind": ["cookie"], "starts": [MAY]}),
        "context": pl.DataFrame(
            {"place": ["Lyon"], "at": [MAY + DAY], "known_at": [MAY], "name": ["rain_mm"], "value": [2.5]}
        ),
        "costs": pl.DataFrame({"at": [MAY], "ends": [MAY + 30 * DAY], "kind": ["platform"], "amount": [500.0]}),
        "measures": pl.DataFrame(
            {"about": ["store"], "key": ["Lyon"], "at": [MAY], "measure": ["footfall"], "value": [812.0]}
        ),
    }


VERSION_1 = """{
  "version": 1,
  "timezone": "Europe/Paris",
  "shards": {"count": 2, "hash": "uniform-1"},
  "parts": ["base", "2025-05-02"],
  "vocabularies": {"event": ["visit", "buy"], "channel": ["web"], "device": []},
  "pseudonyms": null
}"""


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """Make a log of the first schema version by hand, with a leftover in it."""
    visit = pl.DataFrame(
        {"customer_id": [4], "visitor_id": [None], "at": [DAWN], "event": ["visit"], "channel": ["web"]}
    )
    buy = visit.with_columns(event=pl.lit("buy"), amount=pl.lit(9.5))
    files = {
        "events/shard=0001/base": visit,
        "events/shard=0001/2025-05-02": buy,
        "events/shard=0001/2025-05-03": buy,
        "contacts/shard=0000/base": Log.of().contacts.collect(),
        "customers/shard=0001/base": pl.DataFrame({"customer_id": [4], "joined": [DAWN]}),
        "items/base": pl.DataFrame({"item": [1]}),
        "unassigned/base": visit.head(0),
    }
    for name, frame in files.items():
        file = tmp_path / f"old/{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        typed = frame.cast({"visitor_id": pl.String}) if "visitor_id" in frame.columns else frame
        typed.write_parquet(file)
    (tmp_path / "old/log.json").write_text(VERSION_1)
    return tmp_path / "old"
