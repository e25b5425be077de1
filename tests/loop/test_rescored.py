"""After news only those are scored again whom it is about, and the scores are those of everybody scored anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import SpecError
from cjlab.features import Frequency, Monetary, Recency, Recipe, State
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = Recipe(Frequency("visit", window="30D"), Monetary(window="60D"), Recency("visit"))


def test_a_log_that_has_grown_touches_those_whom_new_rows_are_about(tmp_path: Path) -> None:
    run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=400), days=60)
    late = pl.col("at") >= pl.lit("2024-02-15").str.to_datetime(time_zone="UTC")
    about = run.log.events.filter(late, pl.col("customer_id").is_in([3, 5, 8]))
    early = run.log.events.filter(~late)
    log = Log.of(events=early, customers=run.log.customers, timezone=run.log.timezone).write(tmp_path / "log")
    before = State.of(RECIPE, log, "2024-02-28", folder=tmp_path / "morning")
    grown = Log.of(events=about, timezone=run.log.timezone).append(tmp_path / "log")
    now = before.advance(grown, "2024-02-28", folder=tmp_path / "noon")
    X, then = now.build(), before.build()
    model = cj.models.Churn("logistic").fit(then.fillna(99.0), np.arange(len(then)) % 3 == 0)

    asked: list[int] = []

    def score(rows: pd.DataFrame) -> Any:
        asked.append(len(rows))
        return model.predict_proba(rows.fillna(99.0))

    first = pd.DataFrame(score(then), then.index)
    found = cj.loop.rescored(score, X, before=then, scores=first)
    named = set(about.select("customer_id").collect().to_series())
    assert {3, 5, 8} >= set(X.index[found.touched]) > set()
    assert set(X.index[found.touched]) <= named
    assert asked == [len(then), found.touched.sum()]
    pd.testing.assert_frame_equal(found.scores, pd.DataFrame(score(X), X.index), rtol=1e-12)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([0.0, -0.0, 1.5, np.nan])), max_size=6), st.randoms())
def test_the_scores_are_those_of_everybody(rows: list[tuple[int, float]], random: Any) -> None:
    values = dict(rows)
    index = pd.Index(sorted(values), name="customer_id", dtype=np.int64)
    before = pd.DataFrame({"a": [values[one] for one in index], "b": "x"}, index)
    now = before.reindex(sorted({*index, random.randint(0, 9)})).rename_axis("customer_id")
    now["b"] = [random.choice(["x", "y", None]) for _ in now.index]

    def score(table: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"s": table["a"].fillna(7.0) + (table["b"] == "y")}, table.index)

    found = cj.loop.rescored(score, now, before=before, scores=score(before))
    pd.testing.assert_frame_equal(found.scores, score(now))
    unchanged = [one for one in index if now.loc[one, "b"] == "x"]
    assert not set(unchanged) & set(now.index[found.touched])


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"features": pd.DataFrame({"b": [1]})}, r"not the same columns: \['a', 'b'\]"),
        ({"features": pd.DataFrame({"a": [1, 2]}, [4, 4])}, "features has customer 4 twice"),
        ({"scores": pd.DataFrame({"s": [1]}, [9])}, "scores are not of the customers of before"),
    ],
)
def test_tables_that_do_not_fit_are_refused(change: dict[str, pd.DataFrame], refused: str) -> None:
    one = pd.DataFrame({"a": [1]})
    given = {"features": one, "before": one, "scores": one}
    with pytest.raises(SpecError, match=refused):
        cj.loop.rescored(lambda rows: rows, **(given | change))
