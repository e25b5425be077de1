"""The check: every rule of the contract held against a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables.contract._findings import Findings
from cjlab.tables.contract._relations import relation_rules
from cjlab.tables.contract._rule import found
from cjlab.tables.contract._rules import value_rules
from cjlab.tables.contract._structure import structure

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence


def checked(frames: Mapping[str, pl.LazyFrame], *, now: dt.datetime | None, arms: Sequence[str] | None) -> Findings:
    """Return every rule that the tables break."""
    sound, findings = structure(frames)
    broken = found([*value_rules(sound, now), *relation_rules(sound, arms)])
    unassigned = frames["unassigned"].select(pl.len()).collect(engine="streaming").item()
    return Findings((*findings, *broken), int(unassigned))
