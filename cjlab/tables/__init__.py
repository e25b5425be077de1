"""The log: one language for every room."""

from cjlab.tables._log import Log
from cjlab.tables._moment import moment
from cjlab.tables._schema import SCHEMA

__all__ = ["SCHEMA", "Log", "moment"]
