"""A test in a simulated market: who got what, what came of it, and what each message truly changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.features import Recipe, families
from cjlab.simulator import Nobody, Plan, Rules, simulate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models import Choice
    from cjlab.simulator import World
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

CONTROL = "control"
FAMILIES = ("rfm", "rhythm", "interests")


@dataclass(frozen=True)
class Design:
    """What is sent, when, to whom, and until when its outcome is counted; how often futures are lived for the truth.

    ``outcome`` is one of those of :meth:`cjlab.simulator.Run.effect_of`: ``"purchase"`` or ``"margin"``.
    """

    actions: tuple[str, ...]
    day: int = 90
    within: int = 14
    control: float = 0.5
    outcome: str = "margin"
    futures: int = 10
    when: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict, hash=False)

    @property
    def chances(self) -> dict[str, float]:
        """The probability of every arm."""
        each = (1 - self.control) / len(self.actions)
        return {CONTROL: self.control, **dict.fromkeys(self.actions, each)}


@dataclass(frozen=True, eq=False)
class Trial:
    """Features on the day, outcomes, arms, true expected effects (a column an action), and who the customers are."""

    design: Design
    X: pd.DataFrame
    y: Floats
    arm: NDArray[np.str_]
    truth: pd.DataFrame
    persona: NDArray[np.str_]

    def rows(self, those: NDArray[Any]) -> Trial:
        """Return some of its customers."""
        kept = (self.X.iloc[those], self.y[those], self.arm[those], self.truth.iloc[those], self.persona[those])
        return Trial(self.design, *kept)

    def halves(self, seed: int, share: float = 0.5) -> tuple[Trial, Trial]:
        """Return those to learn from and those to judge on."""
        order = np.random.default_rng(seed).permutation(len(self.y))
        cut = round(len(order) * share)
        return self.rows(order[:cut]), self.rows(order[cut:])

    @property
    def given(self) -> dict[str, Any]:
        """The arms as functions on trials take them."""
        return {"arm": self.arm, "control": CONTROL, "propensity": self.design.chances}

    def worth(self, arms: NDArray[Any], costs: Mapping[str, float]) -> float:
        """Return what a choice of arms truly brings a customer over no contact, after costs."""
        net = self.net(costs)
        return float(sum(net[name][arms == name].sum() for name in net) / len(net))

    def net(self, costs: Mapping[str, float]) -> pd.DataFrame:
        """Return what each arm truly brings each customer after its cost."""
        return self.truth - [costs.get(name, 0.0) for name in self.truth]

    def chosen(self, choice: Choice, costs: Mapping[str, float]) -> float:
        """Return what the rule that a race took truly brings a customer."""
        return self.worth(choice.decide(self.X).to_numpy(), costs)


def held(world: World, design: Design) -> Trial:
    """Run a test in a market, and ask for its truth."""
    plan = Plan(
        actions=design.actions,
        first=design.day,
        last=design.day + 1,
        control=design.control,
        randomised=True,
        consent=False,
        when=design.when,
    )
    run = simulate(world, Rules((plan,)), days=design.day + design.within)
    at = run.contacts["at"].min()
    table = features(run.log, f"{at:%Y-%m-%d}")
    arm = run.contacts.to_pandas().set_index("customer_id")["arm"].astype(str)
    table = table.loc[table.index.isin(arm.index)]
    return Trial(
        design,
        table,
        _came(run.events, at, design.outcome).reindex(table.index).fillna(0.0).to_numpy(dtype=np.float64),
        arm.reindex(table.index).to_numpy(dtype=str),
        truth(world, design).reindex(table.index),
        run.truth.personas(table.index.to_numpy()),
    )


def features(log: Log, date: str) -> pd.DataFrame:
    """Return features of a date: purchases, rhythm and interests."""
    found = families(log, date)
    return Recipe(*(one for name in FAMILIES for one in found.get(name, ()))).build(log, date)


def truth(world: World, design: Design) -> pd.DataFrame:
    """Return the expected effects, a column an action."""
    import pandas as pd

    before = simulate(world, Nobody(), days=design.day)
    found = {
        action: before.effect_of(action, day=design.day, within=design.within, replicates=design.futures)
        for action in design.actions
    }
    return pd.DataFrame({action: one.of(design.outcome)["expected"] for action, one in found.items()})


def _came(events: pl.DataFrame, at: Any, outcome: str) -> pd.Series[Any]:  # noqa: ANN401 - a moment of Polars
    """Return what came of each customer since the test: whether he bought, or the margin he brought."""
    later = events.filter(pl.col("at") >= at, pl.col("customer_id").is_not_null())
    if outcome == "purchase":
        counted = later.filter(pl.col("event") == "purchase").group_by("customer_id").agg(y=pl.lit(1.0))
    else:
        counted = later.group_by("customer_id").agg(y=pl.col("margin").sum())
    return counted.to_pandas().set_index("customer_id")["y"]
