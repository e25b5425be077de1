"""A first model that serves without chance: for ever, or taught anew each turn as if its contacts had been drawn."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import polars as pl

from cjlab import features
from cjlab.decisions import eligible
from cjlab.errors import EvidenceError, TableError
from cjlab.loop import turns
from cjlab.models import Uplift
from cjlab.simulator import Contacts
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from cjlab.loop import Cycle
    from cjlab.simulator import Run, View, World

    Floats = NDArray[np.float64]


class Wave(NamedTuple):
    """Whom a brand looked at on a date, and whom it contacted."""

    X: pd.DataFrame
    sent: NDArray[np.bool_]
    date: dt.date


@dataclass(eq=False)
class Serving:
    """A model that serves without chance: for ever, or taught anew each turn as if contacts had been drawn."""

    cycle: Cycle
    model: Uplift
    waves: list[Wave]
    taught: bool
    begun: bool = False

    def onward(self, run: Run, days: int, world: World) -> Run:
        """Live through a turn."""
        date = run.world.start + dt.timedelta(days=run.days)
        if self.taught and self.begun:
            self.learn(run)
        self.begun = True
        return run.onward(Given(run.days, self.look(run, date), every=days), days, world=world)

    def look(self, run: Run, date: dt.date) -> Contacts:
        """Contact those of whom the model says that it pays."""
        asked = eligible(run.log, date, self.cycle.rules)
        customers = asked.customers[asked.allowed[:, 0]]
        table = self.cycle.recipe.build(run.log, date).reindex(customers)
        action = self.cycle.rules.actions[0]
        sent = (self.model.predict(table)[action.name] > action.cost).to_numpy()
        self.waves.append(Wave(table, sent, date))
        return Contacts(customers=customers[sent], actions=action.name)

    def learn(self, run: Run) -> None:
        """Learn from the last waves, contacted beside not contacted; where that cannot be the model stays."""
        last = self.waves[-(self.cycle.memory or 1) :]
        came = [_came(run, self.cycle, wave) for wave in last]
        arm = np.where(np.concatenate([wave.sent for wave in last]), self.cycle.rules.names[0], "none")
        table = pd.concat([wave.X for wave in last])
        with contextlib.suppress(EvidenceError, TableError):
            whose = table.index.to_numpy()
            rows = table.reset_index(drop=True)
            self.model = Uplift().fit(rows, np.concatenate(came), arm=arm, control="none", customer=whose)


def _came(run: Run, cycle: Cycle, wave: Wave) -> Floats:
    found = features.spent(run.log, column="margin", as_of=[wave.date], within=cycle.aim.within).y.droplevel("as_of")
    return found.reindex(wave.X.index, fill_value=0.0).fillna(0.0).to_numpy(np.float64)


@dataclass(frozen=True, eq=False)
class Given:
    """A policy for one day."""

    day: int
    contacts: Contacts
    every: int
    per_customer: bool = False

    def decide(self, view: View) -> Contacts | None:
        """Return the contacts on their day."""
        return self.contacts if view.day == self.day else None


def logged(home: Path, turn: int) -> Iterator[Wave]:
    """Read the waves before a turn as a brand has them who wrote down nothing but whom it contacted."""
    contacts = Log.read(home / "log").contacts.filter("sent").select("customer_id", "at").collect()
    for one in turns(home).rows[:turn]:
        table = pd.read_parquet(home / "turns" / one.day / "features.parquet").set_index("customer_id")
        sent = contacts.filter(pl.col("at") == one.as_of)["customer_id"].to_numpy()
        yield Wave(table, np.isin(table.index.to_numpy(), sent), dt.date.fromisoformat(one.day))
