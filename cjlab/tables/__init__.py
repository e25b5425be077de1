"""The log: one language for every room.

Four tables and their dated companions hold every interaction of customers with a brand. ``Log.of`` takes frames of
any kind, ``check`` names every broken rule, ``write`` and ``read`` keep it as Parquet, ``pseudonymise`` hides
whose it is.
"""

from cjlab.tables._findings import Finding, Findings
from cjlab.tables._key import Key
from cjlab.tables._log import Log
from cjlab.tables._moment import moment
from cjlab.tables._schema import SCHEMA

__all__ = ["SCHEMA", "Finding", "Findings", "Key", "Log", "moment"]
