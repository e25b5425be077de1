"""What is known at a turn of the decisions before it: what came of them, by which version, and on which features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.loop._observe import MATURE, Observed, observe

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._home import Home
    from cjlab.loop.cycle._turn import Turn

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Seen:
    """Decisions of a cycle and what came of them.

    Parameters
    ----------
    observed
        The decisions, what came in the aim's units.
    turns
        The turns that took them, by moment.
    value
        What one unit is worth.
    recipe
        The fingerprint of the features that are read now.
    """

    observed: Observed
    turns: Mapping[dt.datetime, Turn]
    value: float
    recipe: str

    @classmethod
    def of(cls, case: Case) -> Seen | None:
        """Observe the decisions of a cycle; None where there are none yet."""
        if not any(turn.counts.get("decided") for turn in case.before):
            return None
        own = case.log.contacts.filter(pl.col("campaign").cast(pl.String) == case.cycle.name)
        found = observe(replace(case.log, contacts=own), case.cycle.aim, as_of=case.turn.as_of)
        return cls(found, {turn.as_of: turn for turn in case.before}, case.cycle.value, case.turn.recipe)

    @property
    def rows(self) -> pd.DataFrame:
        """The decisions."""
        return self.observed.rows

    @cached_property
    def states(self) -> dict[str, int]:
        """How many decisions are mature, pending and censored."""
        return {str(name): int(n) for name, n in self.rows["state"].value_counts().sort_index().items()}

    @cached_property
    def net(self) -> Floats:
        """What each decision brought after its contact was paid, in currency; NaN unless mature."""
        found: Floats = self.value * self.rows["outcome"].to_numpy(np.float64) - self.rows["cost"].to_numpy(np.float64)
        return found

    @cached_property
    def mature(self) -> Flags:
        """Which decisions are mature, the holdout's left out."""
        return ((self.rows["state"] == MATURE) & (self.rows["slice"] != "holdout")).to_numpy(bool)

    @cached_property
    def drawn(self) -> Flags:
        """Which of them chance could have made otherwise."""
        return self.mature & self.observed.open.to_numpy(bool)

    @cached_property
    def teachable(self) -> Flags:
        """Which of these were taken on the features that are read now."""
        return self.drawn & self.of_waves(self.waves)

    @cached_property
    def mature_waves(self) -> list[dt.datetime]:
        """The moments of decisions of which some are mature, rising."""
        return self.moments(self.mature)

    @cached_property
    def waves(self) -> list[dt.datetime]:
        """Those that were decided on the features that are read now."""
        known = (one for one in self.mature_waves if one in self.turns)
        return [one for one in known if self.turns[one].recipe == self.recipe]

    def moments(self, those: Flags) -> list[dt.datetime]:
        """Return when some decisions were taken, rising."""
        return sorted(self.rows["at"][those].drop_duplicates().dt.to_pydatetime())

    def of_waves(self, waves: Sequence[dt.datetime]) -> Flags:
        """Tell which decisions were taken at these moments."""
        return self.rows["at"].isin(waves).to_numpy(bool)

    def by(self, version: int) -> Flags:
        """Tell on which customers a version decided."""
        return (self.rows["model_version"].astype(str) == str(version)).to_numpy(bool)

    def part(self, those: Flags) -> Observed:
        """Return some of the decisions."""
        return Observed(self.rows[those], self.observed.chances[those], self.observed.control)

    def without(self, those: Flags, arms: Sequence[str]) -> Observed:
        """Return some of the decisions, none of which gave these arms, with the chances of the others."""
        found = self.part(those)
        chances = found.chances.drop(columns=list(arms))
        return replace(found, chances=chances.div(chances.sum(axis=1), axis=0)) if arms else found

    def in_currency(self, those: Flags) -> Observed:
        """Return some of the decisions, what came in currency."""
        found = self.part(those)
        return replace(found, rows=found.rows.assign(outcome=self.value * found.rows["outcome"]))

    def features(self, home: Home, those: Flags) -> pd.DataFrame:
        """Return the features on which some decisions were taken, indexed by ``decision_id``."""
        import pandas as pd

        asked = self.rows[those]
        found = []
        for at in self.moments(those):
            rows = asked[asked["at"] == at]
            table = home.features(self.turns[at])
            found.append(table.reindex(rows["customer_id"]).set_axis(rows.index, axis=0))
        return pd.concat(found).loc[asked.index]
