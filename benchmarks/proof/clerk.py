"""A clerk: looks through the rows of a log in plain Python, and says why a customer may not be sent something.

It shares no line with ``cjlab.decisions``: no frame, no array, no hash of the package.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cjlab.decisions import Action, Cap, Rules
    from cjlab.tables import Log

    Row = dict[str, Any]

_ALL = 2**64
_DAYS = {"D": 1, "W": 7}


def drawn(key: str, identifier: int) -> float:
    """Return the uniform number of a whole number under a key, in Python's own whole numbers."""
    digest = blake2b(key.encode(), digest_size=16).digest()
    bits = identifier % _ALL
    for half in (digest[:8], digest[8:]):
        bits = (bits + int.from_bytes(half, "little")) % _ALL
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 % _ALL
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB % _ALL
        bits ^= bits >> 31
    return (bits >> 11) / 2**53


class Clerk:
    """Rows of a log by customer, and what the rules say of them."""

    def __init__(self, log: Log, rules: Rules) -> None:
        """Sort the rows into drawers."""
        self.rules, self.zone = rules, ZoneInfo(log.timezone)
        self.drawers: dict[str, dict[Any, list[Row]]] = {}
        wanted = {"contacts": None, "consents": None, "events": {one.event for one in rules.coolings}, "profiles": None}
        for table, events in wanted.items():
            frame = getattr(log, table)
            rows = [] if frame is None else frame.collect().to_dicts()
            kept = rows if events is None else [row for row in rows if row["event"] in events]
            self.drawers[table] = _by(kept, "customer_id")
        states = [] if log.item_states is None else log.item_states.collect().to_dicts()
        self.drawers["item_states"] = _by(states, "item")

    def reasons(self, customer: int, action: Action, at: dt.datetime) -> set[str]:
        """Say why a customer may not be sent something at a moment, by what was known before it."""
        held = {"holdout"} if self._held(customer, at) else set()
        return held | set(self._asked(customer, action, at))

    def _asked(self, customer: int, action: Action, at: dt.datetime) -> Iterator[str]:
        consent = self._consent(customer, action, at)
        if consent != "granted":
            yield "no consent known" if consent == "unknown" else "consent refused"
        if action.item is not None and (stock := self.stock(action.item, at)) != "there":
            yield "stock unknown" if stock == "unknown" else "out of stock"
        yield from self.capped(customer, action, at)
        for cooling in self.rules.coolings:
            if cooling.binds(action) and any(
                row["event"] == cooling.event and row["at"] > self.back(at, cooling.window)
                for row in self._past("events", customer, at)
            ):
                yield cooling.reason
        for fresh in self.rules.fresh:
            told = [row["at"] for row in self._told(customer, fresh.field, at)]
            if fresh.binds(action) and not told:
                yield fresh.reasons[0]
            elif fresh.binds(action) and max(told) <= self.back(at, fresh.window):
                yield fresh.reasons[1]

    def capped(self, customer: int, action: Action, at: dt.datetime) -> Iterator[str]:
        """Say which caps are reached by what was sent before a moment."""
        for cap in self.rules.caps:
            if cap.binds(action) and self._sent(customer, cap, at) >= cap.most and self._member(customer, cap, at):
                yield cap.reason

    def back(self, at: dt.datetime, window: str) -> dt.datetime:
        """Return the moment a window ago: days on local clocks, hours as hours."""
        if window.endswith("h"):
            return at - dt.timedelta(hours=int(window[:-1]))
        days = int(window[:-1]) * _DAYS[window[-1]]
        return (at.astimezone(self.zone) - dt.timedelta(days=days)).astimezone(dt.UTC)

    def _past(self, table: str, key: object, at: dt.datetime) -> Iterable[Row]:
        for row in self.drawers[table].get(key, []):
            if row["at"] < at and (row.get("known_at") is None or row["known_at"] < at):
                yield row

    def _held(self, customer: int, at: dt.datetime) -> bool:
        begun = [one for one in self.rules.holdouts if one.since <= at.astimezone(self.zone).date()]
        last = max(begun, key=lambda one: one.since, default=None)
        return last is not None and drawn(f"decisions/holdout/{last.salt}", customer) < last.share

    def _consent(self, customer: int, action: Action, at: dt.datetime) -> str:
        asked = (action.channel, action.purpose)
        said = [row for row in self._past("consents", customer, at) if (row["channel"], row["purpose"]) == asked]
        if not said:
            return "unknown"
        latest = max(row["at"] for row in said)
        last = [row for row in said if row["at"] == latest]
        lasts = (row["granted"] and (row.get("until") is None or row["until"] > at) for row in last)
        return "granted" if all(lasts) else "refused"

    def stock(self, item: object, at: dt.datetime) -> str:
        """Say whether an item was there at a moment, by what was known of all places."""
        places = _by(self._past("item_states", item, at), "place")
        levels = []
        for rows in places.values():
            latest = max(row["at"] for row in rows)
            stock = [row["stock"] for row in rows if row["at"] == latest and row["stock"] is not None]
            levels += [min(stock)] if stock else []
        if not levels:
            return "unknown"
        return "there" if sum(levels) > 0 else "out"

    def _sent(self, customer: int, cap: Cap, at: dt.datetime) -> int:
        return sum(
            row["sent"]
            and row["at"] > self.back(at, cap.window)
            and cap.channel in {None, row["channel"]}
            and cap.purpose in {None, row.get("purpose") or "marketing"}
            for row in self._past("contacts", customer, at)
        )

    def _told(self, customer: int, field: str, at: dt.datetime) -> list[Row]:
        return [
            row for row in self._past("profiles", customer, at) if row["field"] == field and row["value"] is not None
        ]

    def _member(self, customer: int, cap: Cap, at: dt.datetime) -> bool:
        if cap.segment is None:
            return True
        told = self._told(customer, cap.segment[0], at)
        latest = max((row["at"] for row in told), default=None)
        return cap.segment[1] in {row["value"] for row in told if row["at"] == latest}


def _by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[row.get(name)].append(row)
    return found
