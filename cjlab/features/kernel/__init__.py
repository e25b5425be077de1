"""What runs compiled: rows in the order of customers and time become cells."""

from cjlab.features.kernel._cells import COUNTED, HOWS, ZEROS, Cells
from cjlab.features.kernel._contracts import HELD, held
from cjlab.features.kernel._gather import distinct, gather, reached
from cjlab.features.kernel._rows import changing, clocked, met, narrow, noticed, parted, rising

__all__ = [
    "COUNTED",
    "HELD",
    "HOWS",
    "ZEROS",
    "Cells",
    "changing",
    "clocked",
    "distinct",
    "gather",
    "held",
    "met",
    "narrow",
    "noticed",
    "parted",
    "reached",
    "rising",
]
