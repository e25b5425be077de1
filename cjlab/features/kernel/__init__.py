"""What runs compiled: rows in the order of customers and time become cells."""

from cjlab.features.kernel._run import HOWS, ZEROS, Cells, clocked, distinct, gather, narrow, noticed, parted

__all__ = ["HOWS", "ZEROS", "Cells", "clocked", "distinct", "gather", "narrow", "noticed", "parted"]
