"""The bare read of the columns, and the features by hand: Polars, DuckDB, pandas; what is known late is left out."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from benchmarks.features.job import AS_OF, CHANNELS, COLUMNS, COUNTED, RECENT, WINDOWS, ZONE, answer

if TYPE_CHECKING:
    import pandas as pd

DAY = dt.timedelta(days=1)
MOMENT = dt.datetime.fromisoformat(AS_OF).replace(tzinfo=ZoneInfo(ZONE))
BEGINS = {name: (MOMENT - days * DAY).astimezone(dt.UTC) for name, days in WINDOWS.items()}
NOW = MOMENT.astimezone(dt.UTC)


def files(folder: str, table: str = "events") -> list[str]:
    """List the files of a table that have customers."""
    return sorted(str(file) for file in Path(folder).glob(f"{table}/*/base.parquet"))


def bare(folder: str) -> list[int]:
    """Read the columns that the recipe reads, shard by shard, and do nothing with them."""
    import polars as pl

    for file in files(folder, "customers"):
        pl.read_parquet(file, columns=["customer_id", "joined"], glob=False)
    return [pl.read_parquet(file, columns=list(COLUMNS), glob=False).height for file in files(folder)]


def polars(folder: str) -> pd.DataFrame:
    """Group lazily, streaming, with one filtered aggregate a feature."""
    import polars as pl

    at, amount = pl.col("at"), pl.col("amount")
    since = {**{name: at >= begin for name, begin in BEGINS.items()}, "": pl.lit(value=True)}
    buy = pl.col("event") == "purchase"
    made = [((pl.col("event") == e) & since[w]).sum().alias(f"{e}_{w}") for e in COUNTED for w in WINDOWS]
    made += [(pl.col("event") == e).sum().alias(e) for e in ("purchase", "visit", "view", "opened")]
    made += [amount.filter(buy & seen).sum().alias(f"amount_{w}") for w, seen in since.items()]
    made += [amount.filter(buy & seen).mean().alias(f"mean_{w}") for w, seen in since.items()]
    visit = pl.col("event") == "visit"
    made += [pl.col("day").filter(visit & since[w]).n_unique().alias(f"days_{w}") for w in WINDOWS]
    made += [((pl.col("channel") == c) & since["365D"]).sum().alias(f"{c}_365D") for c in CHANNELS]
    made += [(buy & (pl.col("channel") == c)).sum().alias(f"bought_{c}") for c in CHANNELS[:3]]
    made += [at.filter(pl.col("event") == e).max().alias(f"last_{e}") for e in RECENT]
    past = (
        pl.scan_parquet(files(folder), hive_partitioning=False)
        .filter(pl.col("customer_id").is_not_null() & (at < NOW) & (pl.col("known_at").fill_null(at) < NOW))
        .with_columns(day=at.dt.convert_time_zone(ZONE).dt.date())
    )
    found = past.group_by("customer_id").agg(made).collect(engine="streaming")
    since_last = [
        ((pl.lit(NOW) - pl.col(f"last_{e}")).dt.total_microseconds() / 86_400e6).alias(f"last_{e}") for e in RECENT
    ]
    found = found.with_columns(since_last)
    people = pl.scan_parquet(files(folder, "customers"), hive_partitioning=False).collect()
    tenure = ((pl.lit(NOW) - pl.col("joined")).dt.total_microseconds() / 86_400e6).alias("tenure")
    joined = people.filter(pl.col("joined") < NOW).select("customer_id", tenure)
    return _framed(joined.join(found, on="customer_id", how="full", coalesce=True).to_pandas())


def duckdb(folder: str) -> pd.DataFrame:
    """One statement of SQL."""
    import duckdb as db

    since = {**{name: f"moment >= TIMESTAMPTZ '{begin.isoformat()}'" for name, begin in BEGINS.items()}, "": "true"}
    made = [f"count(*) FILTER (event = '{e}' AND {since[w]}) AS \"{e}_{w}\"" for e in COUNTED for w in WINDOWS]
    made += [f"count(*) FILTER (event = '{e}') AS {e}" for e in ("purchase", "visit", "view", "opened")]
    for kind, how in (("amount", "sum"), ("mean", "avg")):
        made += [f"{how}(amount) FILTER (event = 'purchase' AND {seen}) AS \"{kind}_{w}\"" for w, seen in since.items()]
    made += [f"count(DISTINCT CASE WHEN event = 'visit' AND {since[w]} THEN day END) AS \"days_{w}\"" for w in WINDOWS]
    made += [f"count(*) FILTER (channel = '{c}' AND {since['365D']}) AS \"{c}_365D\"" for c in CHANNELS]
    made += [f"count(*) FILTER (event = 'purchase' AND channel = '{c}') AS bought_{c}" for c in CHANNELS[:3]]
    now = f"TIMESTAMPTZ '{NOW.isoformat()}'"
    made += [f"epoch({now} - max(moment) FILTER (event = '{e}')) / 86400 AS last_{e}" for e in RECENT]
    rows = (
        f'SELECT customer_id, "at" AS moment, event, channel, amount, CAST(timezone(\'{ZONE}\', "at") AS DATE) AS day '  # noqa: S608 - only names of this module
        f"FROM read_parquet({files(folder)}, hive_partitioning = false) "
        f'WHERE customer_id IS NOT NULL AND "at" < {now} AND coalesce(known_at, "at") < {now}'
    )
    people = (
        f"SELECT customer_id, epoch({now} - joined) / 86400 AS tenure FROM "  # noqa: S608 - only names of this module
        f"read_parquet('{folder}/customers/*/base.parquet', hive_partitioning = false) WHERE joined < {now}"
    )
    found = f"SELECT customer_id, {', '.join(made)} FROM ({rows}) GROUP BY customer_id"  # noqa: S608 - only names of this module
    with db.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return _framed(connection.execute(f"SELECT * FROM ({people}) FULL JOIN ({found}) USING (customer_id)").df())  # noqa: S608 - only names of this module


def pandas(folder: str) -> pd.DataFrame:
    """One grouped aggregate a feature."""
    import pandas as pd

    rows = pd.read_parquet(files(folder), columns=[*COLUMNS])
    rows = rows[rows.customer_id.notna() & (rows["at"] < NOW) & (rows.known_at.fillna(rows["at"]) < NOW)]
    rows["day"] = rows["at"].dt.tz_convert(ZONE).dt.normalize()
    past = {**{name: rows["at"] >= begin for name, begin in BEGINS.items()}, "": rows["at"] < NOW}
    of = {event: rows.event == event for event in (*COUNTED, *RECENT)}
    made: dict[str, Any] = {}

    def count(name: str, seen: pd.Series) -> None:
        made[name] = rows[seen].groupby("customer_id").size()

    for event in COUNTED:
        for window in WINDOWS:
            count(f"{event}_{window}", of[event] & past[window])
    for event in ("purchase", "visit", "view", "opened"):
        count(event, of[event])
    for window, seen in past.items():
        grouped = rows[of["purchase"] & seen].groupby("customer_id").amount
        made[f"amount_{window}"], made[f"mean_{window}"] = grouped.sum(), grouped.mean()
    for window in WINDOWS:
        made[f"days_{window}"] = rows[of["visit"] & past[window]].groupby("customer_id").day.nunique()
    for channel in CHANNELS:
        count(f"{channel}_365D", (rows.channel == channel) & past["365D"])
    for channel in CHANNELS[:3]:
        count(f"bought_{channel}", of["purchase"] & (rows.channel == channel))
    for event in RECENT:
        made[f"last_{event}"] = (NOW - rows[of[event]].groupby("customer_id")["at"].max()) / DAY
    people = pd.concat([pd.read_parquet(file) for file in files(folder, "customers")])
    people = people[people.joined < NOW].set_index("customer_id")
    made["tenure"] = (NOW - people.joined) / DAY
    return pd.DataFrame(made)


def _framed(made: pd.DataFrame) -> pd.DataFrame:
    return made.set_index("customer_id")


if __name__ == "__main__":
    answer({"bare": bare, "polars": polars, "duckdb": duckdb, "pandas": pandas}[sys.argv[1]], *sys.argv[2:])
