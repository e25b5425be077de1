"""One builder or more of every kind, for the laws that all of them keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.features import Frequency, Monetary, Recency, Tenure, Where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.features import Builder

SAMPLES: Mapping[str, tuple[Builder, ...]] = {
    "Frequency": (Frequency(), Frequency("visit", window="7D"), Frequency(count="orders"), Frequency(count="days")),
    "Monetary": (Monetary(), Monetary(number="margin", window="2W")),
    "Recency": (Recency(), Recency(Where(channel="web")), Recency(Where(table="contacts", sent=True))),
    "Tenure": (Tenure(),),
}
