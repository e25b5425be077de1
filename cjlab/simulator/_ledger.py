"""From rows of numbers to the tables of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._random import mix, uniform
from cjlab.simulator._assortment import items
from cjlab.simulator._clock import moments
from cjlab.simulator._tabulated import devices
from cjlab.simulator.kernel import (
    EVENTS,
    FIRST_ERRAND,
    FIRST_LIFE,
    FIRST_TOPIC,
    FIRST_TRANSPORT,
    MOMENTS,
    REASONS,
    SLICES,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

TIME = pl.Datetime("us", "UTC")
_SHIFT = 20  # bits of a person's own numbering below his id: orders, sessions, contacts
_BYTE = 255  # categories that fit into one byte
_UNHAPPY = ", otherwise I will leave"


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
    made = list(REASONS)
    transports = world.trips.transports if world.trips else ()
    for first, names in (
        (FIRST_TOPIC, world.service.topics if world.service else ()),
        (FIRST_LIFE, [f"life_{name}" for name in world.life]),
        (FIRST_ERRAND, [f"errand_{name}" for name in world.errands]),
        (FIRST_TRANSPORT, [f"by_{name}" for name in transports]),
    ):
        made += [f"unused_{code}" for code in range(len(made), first)] + list(names)
    return made


def _words(world: World) -> list[str]:
    said: list[str] = []
    for name, topic in (world.service.topics if world.service else {}).items():
        words = [*topic.words, *(f"{name} {number}" for number in range(len(topic.words), 4))]
        said += [*words, *(f"{word}{_UNHAPPY}" for word in words)]
    return said


def events(rows: NDArray[np.void], world: World) -> pl.DataFrame:
    """Return rows as the table of events; only columns of which something is known."""
    customers = np.ascontiguousarray(rows["customer"])
    known = rows["known"] == 1
    names = event_names(world)
    columns = {
        "customer_id": _null(pl.Series(customers), ~known) if not known.all() else pl.Series(customers),
        "visitor_id": visitors(rows, world),
        "at": pl.Series(moments(world, rows["day"], rows["second"])).cast(TIME),
        "event": named(rows["event"], names),
        "channel": named(rows["channel"], list(world.channels)),
        "device": named(rows["device"], devices(world)),
        **_goods(rows, world),
        **_numbering(rows, world, customers),
        **_said(rows, world),
    }
    made = pl.DataFrame(columns)
    return made.with_columns(_late(world)) if any(world.observation.late_days.values()) else made


def visitors(rows: NDArray[np.void], world: World) -> pl.Series:
    """Return the cookie of the device in hand on rows of channels where pages are viewed; null where it is refused.

    Those who share a household share every device but their first, and its cookies.
    """
    site = np.array([channel.digital and not channel.carries for channel in world.channels.values()])[rows["channel"]]
    owner = households(np.ascontiguousarray(rows["customer"]), world)
    owner = np.where(rows["device"] > 0, owner, rows["customer"])
    device = mix((owner * 64 + rows["device"] + 1).astype(np.uint64) + np.uint64(world.seed))
    days = np.uint64(world.observation.cookie_days)
    age: NDArray[np.uint64] = (rows["day"].astype(np.uint64) + device % days) // days
    cookie = mix(device + age)
    allowed = (cookie >> np.uint64(11)).astype(float) * 2.0**-53 < world.observation.visitors
    return _null(pl.Series((mix(cookie) >> np.uint64(1)).astype(np.int64)), ~(site & allowed))


def households(customers: NDArray[np.int64], world: World) -> NDArray[np.int64]:
    """Return each customer's household, ``(n,)``: the lower id of the two who share one, or his own."""
    pair = customers // 2
    together = uniform(f"simulator/{world.seed}/household", pair) < world.observation.shared
    return np.where(together, pair * 2, customers)


def told(events: pl.DataFrame, world: World) -> pl.DataFrame:
    """Leave out what the brand does not see, and put the rest in the order in which it is told."""
    if world.observation.unseen:
        events = events.filter(~pl.col("event").is_in(list(world.observation.unseen)))
    order = as_told(events)
    return events if order is None else events[order]


def as_told(events: pl.DataFrame) -> pl.Series | None:
    """Return the order in which rows are told, or None where they stand in it.

    What nobody is recognised by comes at the end, by visitor and time, and by time alone where there is no visitor: the
    place of such a row tells nothing.
    """
    if not events["customer_id"].null_count():
        return None
    rows = events.select("customer_id", "visitor_id", "at", "event", "session").with_row_index("row")
    known = pl.col("customer_id").is_not_null()
    ties = ("visitor_id", "at", "event", "session")
    strangers = rows.filter(~known).sort(ties, nulls_last=True, maintain_order=True)
    return pl.concat([rows.filter(known)["row"], strangers["row"]])


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


def _numbering(rows: NDArray[np.void], world: World, customers: NDArray[np.int64]) -> dict[str, pl.Series]:
    due = rows["due"]
    dated = pl.Series(moments(world, np.maximum(due, 0))).cast(TIME)
    return {
        "order_id": _ids(customers, rows["order"]),
        "contract_id": _ids(customers, rows["contract"]),
        "case_id": _ids(customers, rows["case"]),
        "contact_id": _ids(customers, rows["contact"]),
        "due_at": _null(dated, due < 0),
        "session": _ids(customers, rows["session"]),
    }


def _said(rows: NDArray[np.void], world: World) -> dict[str, pl.Series]:
    search = np.isin(rows["event"], [EVENTS.index(name) for name in ("search", "trip_planned", "trip_taken")])
    paged = (rows["event"] == EVENTS.index("view")) & (rows["reason"] >= FIRST_ERRAND)
    words, kinds = _words(world) or ["none"], list(world.goods)
    machine = _null(pl.Series(rows["machine"] == 1), rows["machine"] < 0)
    return {
        "reason": named(np.where(paged, -1, rows["reason"]), _reasons(world)),
        "page": named(np.where(paged, rows["reason"] - FIRST_ERRAND, -1), list(world.errands) or ["none"]),
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


def contacts(sent: NDArray[np.void], world: World, campaigns: Sequence[str]) -> pl.DataFrame:
    """Return rows of contacts as the table of contacts."""
    customers = np.ascontiguousarray(sent["customer"])
    actions = list(world.actions) or ["none"]
    control = len(actions)
    purposes = np.array([action.purpose for action in world.actions.values()] or ["marketing"])
    discounts = np.array([action.discount > 0 for action in world.actions.values()] or [False])
    offered = np.where((sent["sent"] == 1) & discounts[sent["action"]], sent["action"], -1)
    return pl.DataFrame(
        {
            "contact_id": _ids(customers, sent["number"]),
            "customer_id": customers,
            "at": pl.Series(moments(world, sent["day"], sent["second"])).cast(TIME),
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
            "scenario": named(np.where(sent["step"] > 0, sent["plan"], -1), list(campaigns) or ["none"]),
            "step": _null(pl.Series(np.ascontiguousarray(sent["step"])), sent["step"] <= 0),
        }
    )
