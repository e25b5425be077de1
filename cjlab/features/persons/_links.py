"""Links between identifiers as they were known at a date, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.errors import TableError
from cjlab.features.persons._union import united

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.tables import Log

MERGE = "merge"
_COLUMNS = ("customer_id", "identifier", "kind", "starts", "ends")


def linked(log: Log, when: dt.datetime, confidence: float) -> pl.DataFrame:
    """Return the links that had begun, were known and are believed; an end that lies ahead is none yet."""
    names = log.events.collect_schema().names()
    if log.links is None and "visitor_id" not in names:
        raise TableError("the log has neither links nor events with a visitor_id; nothing tells who is one person")
    if log.links is None:
        return _nothing(log)
    present = log.links.collect_schema().names()
    kept = log.links.filter(pl.col("starts") < when)
    if "known_at" in present:
        kept = kept.filter(pl.col("known_at").fill_null(pl.col("starts")) < when)
    if "confidence" in present:
        kept = kept.filter(pl.col("confidence").fill_null(1.0) >= confidence)
    end = pl.col("ends") if "ends" in present else pl.lit(None, pl.Datetime("us", "UTC"))
    return kept.with_columns(ends=pl.when(end < when).then(end)).select(_COLUMNS).unique().sort(_COLUMNS).collect()


def _nothing(log: Log) -> pl.DataFrame:
    kinds = log.events.collect_schema()
    time = pl.Datetime("us", "UTC")
    types = (kinds["customer_id"], kinds["visitor_id"], pl.String, time, time)
    return pl.DataFrame(schema=dict(zip(_COLUMNS, types, strict=True)))


def persons(log: Log, links: pl.DataFrame, same: tuple[str, ...]) -> pl.DataFrame:
    """Return ``customer_id`` and ``person``, the least of the customer ids that are one with it."""
    certain = links.filter(pl.col("kind").is_in(same))
    merged = certain.filter(pl.col("kind") == MERGE)
    ids = log.customers.collect_schema()["customer_id"] if links.is_empty() else links["customer_id"].dtype
    if merged.height and merged["identifier"].dtype != ids:
        raise TableError(
            f"links.identifier is of type {merged['identifier'].dtype}, and customer ids are of type {ids}; "
            "a link of kind 'merge' names another customer id: give both one type"
        )
    frames = (log.customers, log.events, log.contacts)
    met = [frame.select("customer_id").drop_nulls().unique().collect() for frame in frames]
    named = [links.select("customer_id"), merged.select(customer_id="identifier")]
    every = [one for one in (*met, *named) if one.height]
    if not every:
        return pl.DataFrame(schema={"customer_id": ids, "person": ids})
    known = pl.concat(every, how="vertical_relaxed")["customer_id"].unique().sort()
    shared = certain.filter(pl.col("kind") != MERGE).with_columns(
        node=len(known) + pl.struct("kind", "identifier").rank("dense").cast(pl.Int64) - 1
    )
    one = np.concatenate([_places(known, shared["customer_id"]), _places(known, merged["customer_id"])])
    other = np.concatenate([shared["node"].to_numpy(), _places(known, merged["identifier"])])
    root = united(len(known) + shared["node"].n_unique(), one, other)[: len(known)]
    return pl.DataFrame({"customer_id": known, "person": known.gather(root)})


def _places(known: pl.Series, asked: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if asked.is_empty():
        return np.empty(0, np.int64)
    return known.search_sorted(asked).to_numpy().astype(np.int64)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Who was seen on which visitor's id: ``logins`` (identifier, at, person), ``stretches`` of links."""

    logins: pl.DataFrame
    stretches: pl.DataFrame

    @classmethod
    def of(cls, log: Log, links: pl.DataFrame, people: pl.DataFrame) -> Evidence:
        """Gather what is known."""
        stretches = links.join(people, on="customer_id").select("identifier", "kind", "starts", "ends", "person")
        present = log.events.collect_schema()
        if "visitor_id" not in present:
            return cls(stretches.select("identifier", at="starts", person="person").clear(), stretches)
        if links.height and links["identifier"].dtype != present["visitor_id"]:
            raise TableError(
                f"links.identifier is of type {links['identifier'].dtype}, and events.visitor_id of type "
                f"{present['visitor_id']}; give both one type"
            )
        both = log.events.filter(pl.col("customer_id").is_not_null(), pl.col("visitor_id").is_not_null())
        seen = (
            both.select("customer_id", "at", identifier="visitor_id").unique().collect().join(people, on="customer_id")
        )
        logins = seen.group_by("identifier", "at").agg(pl.col("person").min())
        return cls(logins.sort("at", "identifier"), stretches)

    @property
    def holders(self) -> pl.DataFrame:
        """Who used each identifier last: ``identifier``, ``kind``, ``person``."""
        kinds = self.stretches.group_by("identifier").agg(pl.col("kind").min())
        seen = self.logins.with_columns(sure=pl.lit(2), since=pl.col("at"))
        open_ended = pl.col("ends").is_null().cast(pl.Int32)
        held = self.stretches.with_columns(sure=open_ended, since=pl.col("starts"))
        columns = ("identifier", "sure", "since", "person")
        every = pl.concat([seen.select(columns), held.select(columns)], how="vertical_relaxed")
        last = every.sort("sure", "since", "person").group_by("identifier", maintain_order=True).last()
        told = last.join(kinds, on="identifier", how="left").with_columns(pl.col("kind").fill_null("visitor"))
        return told.select("identifier", "kind", "person")

    def given(self, events: pl.LazyFrame) -> pl.LazyFrame:
        """Return events, those of visitors given to the customer whom the evidence names."""
        if "visitor_id" not in events.collect_schema():
            return events
        nobody = pl.col("customer_id").is_null() & pl.col("visitor_id").is_not_null()
        asked = events.filter(nobody).select("at", identifier="visitor_id").unique().collect().sort("at", "identifier")
        named = self._named(asked).select("at", "who", visitor_id="identifier")
        joined = events.join(named.lazy(), on=["visitor_id", "at"], how="left", maintain_order="left")
        return joined.with_columns(customer_id=pl.coalesce("customer_id", "who")).drop("who")

    def _named(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Return ``who`` was behind each identifier at each time; null where nobody is known."""
        login = self.logins.with_columns(seen="at")
        behind = asked.join_asof(login, on="at", by="identifier", strategy="backward", check_sortedness=False)
        ahead = asked.join_asof(login, on="at", by="identifier", strategy="forward", check_sortedness=False)
        since, ahead_of = asked["at"] - behind["seen"], ahead["seen"] - asked["at"]
        past = pl.select(since.is_not_null() & (ahead_of.is_null() | (since <= ahead_of))).to_series()
        nearest = pl.select(pl.when(past).then(behind["person"]).otherwise(ahead["person"]).alias("seen")).to_series()
        held = asked.join(self._holding(asked), on=["identifier", "at"], how="left", maintain_order="left")
        return held.with_columns(nearest).with_columns(who=pl.coalesce("seen", "person"))

    def _holding(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Return whose link holds at each time, the latest begun of several; or whose is nearest."""
        pairs = asked.join(self.stretches, on="identifier")
        before, after = pl.col("starts") - pl.col("at"), pl.col("at") - pl.col("ends")
        away = pl.max_horizontal(before, after.fill_null(pl.duration()), pl.duration())
        over = pl.col("at") >= pl.col("ends")  # a link holds up to its end and not at it
        ranked = pairs.with_columns(away=away, over=over.fill_null(value=False)).sort(
            "identifier", "at", "away", "over", "starts", "person", descending=[False, False, False, False, True, False]
        )
        return ranked.group_by("identifier", "at", maintain_order=True).first().select("identifier", "at", "person")
