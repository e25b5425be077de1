"""A result that shows itself: one frame, two faces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Shown(ABC):
    """A result whose table is also what a notebook shows."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the result as one tidy pandas frame."""

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, border=0, escape=True))
