"""Shards on threads of this process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

S = TypeVar("S")
T = TypeVar("T")


def on_threads(
    shards: Sequence[S], function: Callable[[S], T], *, threads: int, done: Callable[[int], object]
) -> list[T]:
    """Return what a function makes of every shard; where it fails, those not begun are left."""
    if threads == 1:  # the plain way, for whoever looks for a fault
        return [_counted(function(shard), done) for shard in shards]
    pool = ThreadPoolExecutor(threads, thread_name_prefix="shard")
    try:
        futures = [pool.submit(function, shard) for shard in shards]
        for future in as_completed(futures):
            future.result()
            done(1)
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _counted(answer: T, done: Callable[[int], object]) -> T:
    done(1)
    return answer
