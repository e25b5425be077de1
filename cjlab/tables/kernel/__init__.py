"""What runs compiled: words as they lie in memory become codes."""

from cjlab.tables.kernel._words import told_apart

__all__ = ["told_apart"]
