"""The log: one language for every room.

Four tables and their dated companions hold every interaction of customers with a brand. ``Log.of`` takes frames of
any kind, ``check`` names every broken rule, ``write`` and ``read`` keep it as Parquet, ``pseudonymise`` hides
whose it is. A stored log is a folder::

    log.json                                 version, zone, shards, parts, vocabularies
    events/shard=0042/base.parquet           rows in total order: customer, time, the remaining columns
    events/shard=0042/2025-06-01.parquet     an increment, named after its last local day
    items/base.parquet                       tables without customers are not split

What ``log.json`` does not name among its parts does not belong to the log, so one rename commits every change.
"""

from cjlab.tables._findings import Finding, Findings
from cjlab.tables._key import Key
from cjlab.tables._log import Log
from cjlab.tables._moment import moment
from cjlab.tables._schema import SCHEMA

__all__ = ["SCHEMA", "Finding", "Findings", "Key", "Log", "moment"]
