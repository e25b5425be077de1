"""One function over shards of customers: on threads here, and the same function in Spark beyond.

Whatever is independent between customers is written once, as a function of one shard. :func:`each` runs it over all of
them, on ``CJLAB_THREADS`` threads (what is compiled, and Polars, leave the interpreter free meanwhile) or as tasks of
Spark, with the same numbers: nothing depends on the engine, the number of workers, or the order of the shards. A worker
holds one shard at a time.
"""

from cjlab.scale._each import ENGINES, each

__all__ = ["ENGINES", "each"]
