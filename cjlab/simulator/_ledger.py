"""From rows of numbers to the tables of a log."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cjlab._random import mix
from cjlab.simulator._tabulated import devices, items
from cjlab.simulator.kernel import EVENTS, FIRST_LIFE, FIRST_TOPIC, MOMENTS, REASONS, SLICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

TIME = pl.Datetime("us", "UTC")
_SHIFT = 20  # bits of a person's own numbering below his id: orders, sessions, contacts
_SECOND = 1_000_000
_MONTH = 30  # days after which a cookie is another
_BYTE = 255  # categories that fit into one byte
_UNHAPPY = ", otherwise I will leave"


def midnights(world: World, days: int) -> NDArray[np.int64]:
    """Return the local midnights of the run's days in microseconds since 1970 in UTC, ``(days + 1,)``."""
    zone = ZoneInfo(world.timezone)
    dates = (world.start + dt.timedelta(days=day) for day in range(days + 1))
    starts = (dt.datetime(date.year, date.month, date.day, tzinfo=zone).timestamp() for date in dates)
    return np.array([int(start) * _SECOND for start in starts], dtype=np.int64)


def moment_of(world: World, days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return local midnights of any days, also of those before the run, ``(n,)`` microseconds."""
    distinct, place = np.unique(days, return_inverse=True)
    zone = ZoneInfo(world.timezone)
    dates = (world.start + dt.timedelta(days=int(day)) for day in distinct)
    starts = (dt.datetime(date.year, date.month, date.day, tzinfo=zone).timestamp() for date in dates)
    return np.array([int(start) * _SECOND for start in starts], dtype=np.int64)[place]


def named(codes: NDArray[np.integer], names: Sequence[str]) -> pl.Series:
    """Return codes as categories; a code below 0 is null."""
    known = codes.astype(np.int64)
    physical = np.uint8 if len(names) < _BYTE else np.uint16
    series = pl.Series(np.where(known < 0, 0, known).astype(physical)).cat.to(pl.Enum(list(names)))
    return _null(series, known < 0) if (known < 0).any() else series


def _null(series: pl.Series, where: NDArray[np.bool_]) -> pl.Series:
    return pl.select(pl.when(pl.Series(~where)).then(series)).to_series()


def _numbers(values: NDArray[np.floating]) -> pl.Series:
    return pl.Series(np.ascontiguousarray(values).astype(np.float64), nan_to_null=True)


def _ids(customers: NDArray[np.int64], own: NDArray[np.int32]) -> pl.Series:
    """Return ids that tie a person's rows together and tell nothing of who he is."""
    plain = (customers.astype(np.uint64) << np.uint64(_SHIFT)) | own.astype(np.uint64)
    numbers = (mix(plain) >> np.uint64(1)).astype(np.int64)
    return _null(pl.Series(numbers), own < 0) if (own < 0).any() else pl.Series(numbers)


def happened(rows: NDArray[np.void], world: World) -> pl.DataFrame:
    """Return the day's events as a policy is told of them: who, what, at which second."""
    seen = rows[rows["known"] == 1]
    return pl.DataFrame(
        {
            "customer_id": np.ascontiguousarray(seen["customer"]),
            "event": named(seen["event"], event_names(world)).cast(pl.String),
            "second": np.ascontiguousarray(seen["second"]).astype(np.int64),
        }
    )


def event_names(world: World) -> list[str]:
    """Return every event's name, in the order of its code."""
    spare = [f"unused_{code}" for code in range(len(EVENTS), MOMENTS)]
    return [*EVENTS, *spare, *world.moments]


def _reasons(world: World) -> list[str]:
    topics = list(world.service.topics) if world.service else []
    spare = [f"unused_{code}" for code in range(len(REASONS), FIRST_TOPIC)]
    more = [f"unused_{code}" for code in range(FIRST_TOPIC + len(topics), FIRST_LIFE)]
    return [*REASONS, *spare, *(f"{name}" for name in topics), *more, *(f"life_{name}" for name in world.life)]


def _words(world: World) -> list[str]:
    said: list[str] = []
    for name, topic in (world.service.topics if world.service else {}).items():
        words = [*topic.words, *(f"{name} {number}" for number in range(len(topic.words), 4))]
        said += [*words, *(f"{word}{_UNHAPPY}" for word in words)]
    return said


def events(rows: NDArray[np.void], world: World, days: int) -> pl.DataFrame:
    """Return rows as the table of events; only columns of which something is known."""
    customers = np.ascontiguousarray(rows["customer"])
    known = rows["known"] == 1
    at = midnights(world, days)[rows["day"]] + rows["second"].astype(np.int64) * _SECOND
    names = event_names(world)
    columns = {
        "customer_id": _null(pl.Series(customers), ~known) if not known.all() else pl.Series(customers),
        "visitor_id": _visitors(rows, world, known),
        "at": pl.Series(at).cast(TIME),
        "event": named(rows["event"], names),
        "channel": named(rows["channel"], list(world.channels)),
        "device": named(rows["device"], devices(world)),
        **_goods(rows, world),
        **_numbering(rows, world, customers, days),
        **_said(rows, world),
    }
    made = pl.DataFrame(columns)
    return made.with_columns(_late(world)) if any(world.observation.late_days.values()) else made


def _visitors(rows: NDArray[np.void], world: World, known: NDArray[np.bool_]) -> pl.Series:
    """Return a cookie's id for those who come unrecognised by a digital channel, where they allow one."""
    digital = np.array([channel.digital for channel in world.channels.values()])[rows["channel"]]
    cookie = mix(rows["customer"].astype(np.uint64) * np.uint64(1_000_003) + (rows["day"] // _MONTH).astype(np.uint64))
    allowed = (cookie >> np.uint64(11)).astype(float) * 2.0**-53 < world.observation.visitors
    return _null(pl.Series((mix(cookie) >> np.uint64(1)).astype(np.int64)), ~(digital & ~known & allowed))


def _goods(rows: NDArray[np.void], world: World) -> dict[str, pl.Series]:
    listed = [name for name, _ in items(world)]
    return {
        "item": named(rows["item"], listed),
        "quantity": _numbers(np.where(rows["quantity"] == 0, np.nan, rows["quantity"])),
        "amount": _numbers(rows["amount"]),
        "margin": _numbers(rows["margin"]),
        "discount": _numbers(rows["discount"]),
        "offer": named(rows["offer"], list(world.actions) or ["none"]),
        "score": _numbers(rows["score"]),
    }


def _numbering(rows: NDArray[np.void], world: World, customers: NDArray[np.int64], days: int) -> dict[str, pl.Series]:
    due = rows["due"]
    long = midnights(world, days + 800)
    moments = pl.Series(long[np.clip(due, 0, len(long) - 1)]).cast(TIME)
    return {
        "order_id": _ids(customers, rows["order"]),
        "contract_id": _ids(customers, rows["contract"]),
        "case_id": _ids(customers, rows["case"]),
        "contact_id": _ids(customers, rows["contact"]),
        "due_at": _null(moments, due < 0),
        "session": _ids(customers, rows["session"]),
    }


def _said(rows: NDArray[np.void], world: World) -> dict[str, pl.Series]:
    search = rows["event"] == EVENTS.index("search")
    words, kinds = _words(world) or ["none"], list(world.goods)
    machine = _null(pl.Series(rows["machine"] == 1), rows["machine"] < 0)
    return {
        "reason": named(rows["reason"], _reasons(world)),
        "place": named(rows["place"], list(world.places)),
        "query": named(np.where(search, rows["text"], -1), kinds),
        "text": named(np.where(search, -1, rows["text"]), words),
        "duration_s": _numbers(rows["duration"]),
        "machine": machine,
        "other_customer_id": _null(pl.Series(np.ascontiguousarray(rows["other"])), rows["other"] < 0),
    }


def _late(world: World) -> pl.Expr:
    late = {name: float(days) for name, days in world.observation.late_days.items()}
    wait = pl.col("channel").cast(pl.String).replace_strict(late, default=0.0, return_dtype=pl.Float64)
    return (pl.col("at") + pl.duration(days=wait)).alias("known_at")


def contacts(sent: NDArray[np.void], world: World, days: int, campaigns: Sequence[str]) -> pl.DataFrame:
    """Return rows of contacts as the table of contacts."""
    customers = np.ascontiguousarray(sent["customer"])
    at = midnights(world, days)[sent["day"]] + sent["second"].astype(np.int64) * _SECOND
    actions = list(world.actions) or ["none"]
    control = len(actions)
    purposes = np.array([action.purpose for action in world.actions.values()] or ["marketing"])
    discounts = np.array([action.discount > 0 for action in world.actions.values()] or [False])
    offered = np.where((sent["sent"] == 1) & discounts[sent["action"]], sent["action"], -1)
    return pl.DataFrame(
        {
            "contact_id": _ids(customers, sent["number"]),
            "customer_id": customers,
            "at": pl.Series(at).cast(TIME),
            "campaign": named(sent["plan"], list(campaigns) or ["none"]),
            "arm": named(np.where(sent["sent"] == 1, sent["action"], control), [*actions, "control"]),
            "channel": named(sent["channel"], list(world.channels)),
            "sent": pl.Series(sent["sent"] == 1),
            "propensity": _numbers(sent["propensity"]),
            "slice": named(np.where(sent["sent"] == 1, sent["slice"], SLICES.index("control")), SLICES),
            "purpose": pl.Series(purposes[sent["action"]].astype(str)).cast(pl.Enum(sorted(set(purposes)))),
            "offer": named(offered, actions),
            "cost": _numbers(sent["cost"]),
            "template": named(sent["action"], actions),
        }
    )
