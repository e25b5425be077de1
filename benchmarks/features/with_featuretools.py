"""The nearest to the features that featuretools makes: counts, sums, means and times since, by event and window.

It runs in an environment of its own, and is handed the rows as pandas has them: what is known late is left out before.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from benchmarks.features.job import AS_OF, CHANNELS, COUNTED, WINDOWS, ZONE, answer

if TYPE_CHECKING:
    import pandas as pd


def features(folder: str) -> pd.DataFrame:
    """Make them with one synthesis a window."""
    import featuretools as ft
    import pandas as pd

    moment = pd.Timestamp(AS_OF, tz=ZONE).tz_convert("UTC").tz_localize(None)
    people, rows = _read(folder, moment)
    entities = ft.EntitySet("log")
    entities.add_dataframe(
        dataframe_name="people", dataframe=people, index="customer_id", time_index="joined", already_sorted=True
    )
    entities.add_dataframe(dataframe_name="rows", dataframe=rows, index="row", time_index="at", make_index=True)
    entities.add_relationship("people", "customer_id", "rows", "customer_id")
    entities.add_interesting_values(dataframe_name="rows", values={"event": list(COUNTED), "channel": list(CHANNELS)})
    entities.add_last_time_indexes()  # or whoever joined before a window is left out of it
    made = [
        ft.dfs(
            entityset=entities,
            target_dataframe_name="people",
            agg_primitives=["count", "sum", "mean"] + (["time_since_last"] if window is None else []),
            where_primitives=["count", "sum", "mean"] + (["time_since_last"] if window is None else []),
            trans_primitives=[],
            max_depth=1,
            cutoff_time=moment,
            training_window=None if window is None else f"{window} days",
        )[0].add_suffix(f"_{window}")
        for window in (*WINDOWS.values(), None)
    ]
    return pd.concat(made, axis=1)


def _read(folder: str, moment: pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    from pathlib import Path

    import pandas as pd

    def table(name: str, columns: list[str]) -> pd.DataFrame:
        files = sorted(Path(folder).glob(f"{name}/*/base.parquet"))
        return pd.concat([pd.read_parquet(file, columns=columns) for file in files])

    rows = table("events", ["customer_id", "at", "known_at", "event", "channel", "amount"])
    for name in ("at", "known_at"):
        rows[name] = rows[name].dt.tz_localize(None)
    rows = rows[rows.customer_id.notna() & (rows["at"] < moment) & (rows.known_at.fillna(rows["at"]) < moment)]
    people = table("customers", ["customer_id", "joined"])
    people["joined"] = people.joined.dt.tz_localize(None)
    return people.sort_values("joined"), rows.drop(columns="known_at").astype({"customer_id": "int64"})


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answer(features, *sys.argv[1:])
