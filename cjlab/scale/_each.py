"""A function over shards."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cjlab._checks import one_of, text, whole
from cjlab._threads import threads as allowed
from cjlab.scale._progress import bar
from cjlab.scale._threads import on_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

S = TypeVar("S")
T = TypeVar("T")

ENGINES = ("local", "spark")
_MOST_THREADS = 1_024


def each(
    shards: Sequence[S],
    function: Callable[[S], T],
    *,
    engine: str = "local",
    threads: int | None = None,
    name: str = "shards",
) -> list[T]:
    """Return what a function makes of every shard, in the order of the shards.

    Parameters
    ----------
    shards : sequence
        What says which shard it is: a number, a path. Rows are for the function to read or to make.
    function : callable
        Of one shard; it keeps nothing from one to the next. For Spark, it and what it returns can be pickled.
    engine : str
        "local", on threads of this process; or "spark", as tasks of the Spark session that is active or, where none
        is, of one on this machine, which ends with the call.
    threads : int or None
        How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given. An active session of Spark has
        its own number.
    name : str
        What the bar counts, on a terminal.

    Returns
    -------
    list
        One value a shard.

    Raises
    ------
    SpecError
        When the engine is unknown, the number of threads is out of range, or Spark or its Java is absent.

    Notes
    -----
    What the function raises ends the work: shards that are under way are finished, and the others are not begun.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.scale.each([3, 1, 2], lambda shard: shard**2, threads=2)
    [9, 1, 4]
    """
    one_of(engine, ENGINES, name="engine")
    number = allowed() if threads is None else whole(threads, name="threads", least=1, most=_MOST_THREADS)
    given = list(shards)
    with bar(len(given), name=text(name, name="name")) as done:
        if engine == "spark":
            from cjlab.scale._spark import in_spark

            return in_spark(given, function, threads=number, done=done)
        return on_threads(given, function, threads=number, done=done)
