"""Shards as tasks of Spark: the same function, one shard a task."""

from __future__ import annotations

import pickle
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from cjlab.errors import CjlabError
from cjlab.scale._session import session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

S = TypeVar("S")
T = TypeVar("T")

_LOOK = 0.3  # seconds between two looks at how many tasks are done


def in_spark(
    shards: Sequence[S], function: Callable[[S], T], *, threads: int, done: Callable[[int], object]
) -> list[T]:
    """Return what a function makes of every shard, each in a task of its own."""
    if not shards:
        return []
    with _unwarned(), session(threads) as spark:
        numbers = spark.range(0, len(shards), 1, numPartitions=len(shards))
        asked = numbers.mapInArrow(_task(tuple(shards), function), "place long, failed boolean, answer binary")
        with _watched(spark, done):
            rows = asked.collect()
    answers = {row.place: row for row in rows}
    for row in rows:
        if row.failed:
            raise pickle.loads(row.answer)  # noqa: S301 - what a task of this very call has pickled
    return [pickle.loads(answers[place].answer) for place in range(len(shards))]  # noqa: S301 - likewise


@contextmanager
def _unwarned() -> Iterator[None]:
    """Leave out that Spark does not know the newest pandas yet: none of it is used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _task(
    shards: tuple[Any, ...], function: Callable[[Any], Any]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what a task of Spark does with the numbers of its shards."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for batch in batches:
            for place in batch.column(0).to_pylist():
                failed, answer = _answered(function, shards[place])
                yield pa.RecordBatch.from_pydict({"place": [place], "failed": [failed], "answer": [answer]})

    return task


def _answered(function: Callable[[Any], Any], shard: object) -> tuple[bool, bytes]:
    """Return what a function makes of a shard; a refusal travels as it is, so that it reads the same everywhere."""
    try:
        return False, pickle.dumps(function(shard))
    except CjlabError as refused:
        return True, pickle.dumps(refused)


@contextmanager
def _watched(spark: Any, done: Callable[[int], object]) -> Iterator[None]:  # noqa: ANN401 - Spark's session
    """Tell meanwhile how many tasks are done."""
    group, over = uuid4().hex, threading.Event()
    spark.sparkContext.setJobGroup(group, "shards of customers", interruptOnCancel=True)
    watcher = threading.Thread(target=_watch, args=(spark.sparkContext.statusTracker(), group, over, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(tracker: Any, group: str, over: threading.Event, done: Callable[[int], object]) -> None:  # noqa: ANN401 - Spark's
    told = 0
    while not over.wait(_LOOK):
        jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup(group)]
        stages = [tracker.getStageInfo(stage) for job in jobs if job for stage in job.stageIds]
        completed = sum(stage.numCompletedTasks for stage in stages if stage)
        done(completed - told)
        told = completed
