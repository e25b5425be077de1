"""The log: one language for every room.

Four tables and their dated companions hold every interaction of customers with a brand. ``Log.of`` takes frames of
any kind, ``check`` names every broken rule, ``write`` and ``read`` keep it as Parquet, ``verify`` looks at every byte
that is kept, ``pseudonymise`` hides whose it is. A stored log is a folder::

    log.json                                 version, zone, shards, parts, files, vocabularies
    events/shard=0042/base.parquet           rows in total order: customer, time, the remaining columns
    events/shard=0042/2025-06-01.parquet     an increment, named after its last local day
    items/base.parquet                       tables without customers are not split

``log.json`` names every file with its rows, bytes and digests, so a file that is lost, exchanged or changed is noticed;
what it does not name does not belong to the log, so one rename commits every change. Folding the increments into the
base makes ``base-2.parquet``, then ``base-3.parquet``, and taking rows out of it ``base.2.parquet``: no file of a log
ever changes its rows. A log that was written
shard by shard, with ``Log.writer``, has a part ``gathered`` for rows of visitors, which come from any shard.
"""

from cjlab.tables._key import Key
from cjlab.tables._known import known
from cjlab.tables._left import left
from cjlab.tables._log import Log
from cjlab.tables._moment import later, moment
from cjlab.tables._order import arranged
from cjlab.tables._ordered import collected, ordered
from cjlab.tables.contract._findings import Finding, Findings
from cjlab.tables.contract._schema import SCHEMA
from cjlab.tables.erasing._his import identifiers
from cjlab.tables.erasing._removed import Removed
from cjlab.tables.making._writer import Writer
from cjlab.tables.store._binder import Binder
from cjlab.tables.store._shards import shard_of
from cjlab.tables.store._sheaf import Sheaf

__all__ = [
    "SCHEMA",
    "Binder",
    "Finding",
    "Findings",
    "Key",
    "Log",
    "Removed",
    "Sheaf",
    "Writer",
    "arranged",
    "collected",
    "identifiers",
    "known",
    "later",
    "left",
    "moment",
    "ordered",
    "shard_of",
]


def __dir__() -> list[str]:
    """List what the room offers."""
    return sorted(__all__)
