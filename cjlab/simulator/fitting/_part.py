"""What one part of a log says of a world: values of its fields, estimates with intervals, and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cjlab.simulator.fitting._estimate import Estimate


@dataclass(frozen=True)
class Part:
    """Fields of a world, estimated.

    Parameters
    ----------
    values : mapping
        Fields and what they hold.
    estimates : list of Estimate
        What was estimated, with intervals.
    notes : list of str
        What could not be, and why.
    """

    values: dict[str, Any] = field(default_factory=dict)
    estimates: list[Estimate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
