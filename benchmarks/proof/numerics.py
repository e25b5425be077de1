"""What the reduction promises: offsets cost no digits, and nothing but the rows decides the numbers."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.experiments import Arm, Experiment, Metric, Value
from cjlab.statistics import Comparison, Moments, cuped, moments, proportions, ratio, welch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OFFSET = 1e9
_EXPERIMENT = Experiment(
    name="order",
    question="Does the order of the rows matter?",
    control="a",
    horizon="14D",
    arms=(Arm(name="a"), Arm(name="b", cost=0.1)),
    metrics=(
        Metric(name="visit", kind="share", event="visit", role="primary"),
        Metric(name="spend", kind="sum", event="purchase", of="amount", before_profile="past"),
        Metric(name="orders", kind="count", event="purchase"),
        Metric(name="basket", kind="ratio", top="spend", bottom="orders"),
    ),
    value=Value(metric="spend", margin=0.3),
    balance=("past",),
)


def rows(count: int) -> pl.DataFrame:
    """Draw customers of two arms with a visit, spend, orders and a past."""
    draw = np.random.default_rng([31, 0])
    habit = draw.standard_normal(count)
    spend = np.exp(habit)
    return pl.DataFrame(
        {
            "arm": np.where(draw.random(count) < 0.5, "a", "b"),
            "visit": draw.random(count) < 0.05,
            "spend": spend,
            "orders": 1.0 + draw.poisson(spend),
            "past": np.exp(0.7 * habit + 0.71 * draw.standard_normal(count)),
        }
    ).with_columns(known=pl.when(pl.col("visit")).then(None).otherwise("spend"))


def offset_error(count: int) -> float:
    """Return the relative change of the standard error when 1e9 is added to a metric, in the worse of two orders."""
    frame = rows(count)
    shifted = frame.with_columns(spend=pl.col("spend") + OFFSET)
    # what the offset rounds away in the metric itself is no error of the reduction
    rounded = shifted.with_columns(spend=pl.col("spend") - OFFSET)
    errors = []
    for one, other in ((shifted, rounded), (shifted.sort("spend"), rounded.sort("spend"))):
        found, expected = (_reduced(part).sample("spend").variance for part in (one, other))
        errors.append(np.max(np.abs(np.sqrt(np.asarray(found)) / np.sqrt(np.asarray(expected)) - 1)))
    return float(max(errors))


def invariance(count: int) -> Iterator[tuple[str, float]]:
    """Yield what was changed, and the largest relative change of an estimate, standard error or p-value."""
    frame = rows(count)
    base = list(_compared(_reduced(frame)))
    for name, given, options in _variants(frame):
        found = list(_compared(_reduced(given, **options)))
        yield name, max(_apart(one, other) for one, other in zip(base, found, strict=True))


def readouts(count: int) -> Iterator[tuple[str, float]]:
    """Yield the same for whole read-outs: every number of the answer, and the decision."""
    drawn = rows(count).drop("known").with_row_index("customer_id")
    frame = drawn.with_columns(pl.col("visit").cast(pl.Float64), spend_before="past")
    base = _EXPERIMENT.read_out_rows(frame)
    for name, given, options in _variants(frame):
        if options:
            continue
        found = _EXPERIMENT.read_out_rows(pl.scan_parquet(given) if isinstance(given, Path) else given)
        pairs = zip(found.numbers(), base.numbers(), strict=True)
        changes = [_apart(list(one.values()), list(other.values())) for one, other in pairs]
        yield f"read-out: {name}", max(changes) if found.decision == base.decision else math.inf


def _variants(frame: pl.DataFrame) -> Iterator[tuple[str, Any, dict[str, int]]]:
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=0)
    yield "rows shuffled", shuffled, {}
    yield "rows sorted by spend", frame.sort("spend"), {}
    yield "one thread", frame, {"threads": 1}
    yield "two threads", shuffled, {"threads": 2}
    yield "Polars, lazy", frame.lazy(), {}
    yield "pandas", frame.to_pandas(), {}
    yield "Arrow", frame.to_arrow(), {}
    with tempfile.TemporaryDirectory() as folder:
        whole, parts = Path(folder) / "whole.parquet", Path(folder) / "parts"
        shuffled.write_parquet(whole)
        yield "one Parquet file", whole, {}
        parts.mkdir()
        for number, start in enumerate(range(0, frame.height, -(-frame.height // 7))):
            frame.slice(start, -(-frame.height // 7)).write_parquet(parts / f"{number}.parquet", row_group_size=50_000)
        yield "seven Parquet files", parts, {}


def _reduced(given: Any, **options: int) -> Moments:  # noqa: ANN401 - a frame of any kind, or a path
    columns = ["visit", "spend", "known"]
    return moments(given, by=["arm"], columns=columns, pairs=[("spend", "past"), ("spend", "orders")], **options)


def _compared(reduced: Moments) -> Iterator[Comparison]:
    for test, column in ((proportions, "visit"), (welch, "spend"), (welch, "known")):
        yield test(*_arms(reduced.sample(column)))
    yield cuped(*_arms(reduced.joint("spend", "past")))
    yield ratio(*_arms(reduced.joint("spend", "orders")))


def _arms(both: Any) -> tuple[Any, Any]:  # noqa: ANN401 - a sample or a joint sample
    return tuple(type(both)(*(np.asarray(part)[arm] for part in both)) for arm in (0, 1))  # type: ignore[return-value] # two arms


def _apart(one: Sequence[Any], other: Sequence[Any]) -> float:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if not isinstance(b, str | bool | None)]
    return max(abs(float(a) / float(b) - 1) for a, b in pairs if math.isfinite(float(b)) and float(b) != 0)
