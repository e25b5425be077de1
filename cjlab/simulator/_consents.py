"""Who may be written to, with what purpose, by which channel, from when on: the table of consents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.simulator._declared import joined, midnight
from cjlab.simulator._records import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_FAR = 1_000_000


def consents(world: World, people: NDArray[np.void], events: pl.DataFrame) -> pl.DataFrame:
    """Return what was granted and withdrawn, and the ground for whatever needs no consent.

    Marketing is granted when people join, by the events ``subscribed`` and ``unsubscribed``, of which those without a
    contact hold from the day after; the end of a contract ends it. Messages of service, dunning and surveys stand on
    the order or the contract: from the day of the first one, in every channel by which they are sent, to its end.
    """
    said = _said(events)
    return pl.concat([*_marketing(world, people, said), *_grounds(world, people)], how="vertical_relaxed")


def _said(events: pl.DataFrame) -> pl.DataFrame:
    """Return what was said after people had joined, and from when it holds."""
    kind = pl.col("event").cast(pl.String)
    told = events.filter(kind.is_in(["subscribed", "unsubscribed"]), pl.col("customer_id").is_not_null())
    return told.select(
        "customer_id",
        pl.coalesce("due_at", "at").alias("at"),
        pl.col("channel").cast(pl.String),
        pl.lit("marketing").alias("purpose"),
        (kind == "subscribed").alias("granted"),
    )


def _marketing(world: World, people: NDArray[np.void], said: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield said
    given = said.filter("granted")
    for place, (name, channel) in enumerate(world.channels.items()):
        if channel.carries:
            had = (people["granted"] >> place) & 1 == 1
            later = np.isin(people["customer"], given.filter(channel=name)["customer_id"].to_numpy())
            those = chosen(people, had)
            yield _rows(those, name, "marketing", joined(world, those), granted=True)
            yield _ended(world, chosen(people, had | later), name, "marketing")


def _grounds(world: World, people: NDArray[np.void]) -> Iterator[pl.DataFrame]:
    bought = chosen(people, people["ground"] < _FAR)
    for channel, purpose in sorted({(one.channel, one.purpose) for one in world.actions.values()}):
        if purpose != "marketing":
            yield _rows(bought, channel, purpose, midnight(world, bought["ground"]), granted=True)
            yield _ended(world, bought, channel, purpose)


def _ended(world: World, people: NDArray[np.void], channel: str, purpose: str) -> pl.DataFrame:
    """Return the end of all that was granted to those whose contract has ended: the brand knows that they are gone."""
    gone = chosen(people, (people["gone"] >= 0) & (people["contract"] >= 0) & (people["under"] == 0))
    return _rows(gone, channel, purpose, midnight(world, gone["gone"] + 1), granted=False)


def _rows(people: NDArray[np.void], channel: str, purpose: str, at: pl.Series, *, granted: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": np.ascontiguousarray(people["customer"]),
            "at": at,
            "channel": pl.Series([channel] * len(people), dtype=pl.String),
            "purpose": pl.Series([purpose] * len(people), dtype=pl.String),
            "granted": np.full(len(people), granted),
        }
    )
