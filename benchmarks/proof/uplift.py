"""Uplift against the simulator's truth: who is moved, whether intervals hold, and what the chosen policy is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.features import Recipe, families
from cjlab.metrics import uplift_by_decile
from cjlab.models import Uplift
from cjlab.simulator import Nobody, Plan, Rules, World, simulate
from cjlab.simulator.world import Observation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DAY, WITHIN, FUTURES = 90, 10, 100
GROUPS = 20
CHANCES = {"control": 0.5, "discount": 0.5}
SAID = (
    "The packaged retail world with a louder discount, so that a test of this size can tell (its own moves half a per "
    "cent of customers, which 40,000 customers cannot show): a log-odds of desire of 4 for bargain hunters, 2 for "
    "occasional customers and prospects, −3 for faithful ones, 0 for indifferent ones, and mails that are seen. On day "
    "90 a random half gets it; features are the default recipe's of that day (131), the outcome is whether somebody "
    "buys within 10 days, the truth each customer's expected effect over 100 futures. Learnt on one half of the "
    "customers with the default `Uplift()`, judged on the other. Much of an effect hangs on what no feature shows "
    "(habits, the mood of the day), so the correlation is set beside that of boosted trees which are *taught the true "
    "effects* of the first half: what features allow. Intervals are normal, over worlds."
)
LOUD = {"bargain": 4.0, "occasional": 2.0, "prospect": 2.0, "faithful": -3.0, "indifferent": 0.0}
COLUMNS = ("what", "mean", "95 % interval over worlds")


class Market(NamedTuple):
    """A test in a simulated market: features, purchases, arms, and the true expected effects."""

    X: pd.DataFrame
    y: Floats
    arm: NDArray[np.str_]
    truth: Floats

    def rows(self, those: NDArray[np.intp]) -> Market:
        """Return some of its customers."""
        return Market(self.X.iloc[those], self.y[those], self.arm[those], self.truth[those])

    @property
    def given(self) -> dict[str, object]:
        """The arms as functions on trials take them."""
        return {"arm": self.arm, "control": "control", "propensity": CHANCES}


class Found(NamedTuple):
    """What was found in one world."""

    correlation: float
    allowed: float
    held: NDArray[np.bool_]
    customers: float


def market(seed: int, customers: int) -> Market:
    """Run a test in a market, and ask for its truth."""
    desire = {f"actions.discount.effects.{persona}.desire": value for persona, value in LOUD.items()}
    seen = {f"actions.discount.effects.{persona}.attention": 3.0 for persona in LOUD}
    world = World.retail(n_customers=customers, seed=seed, newcomers=0.0, observation=Observation())
    world = world.but(desire | seen)
    plan = Plan(actions=("discount",), first=DAY, last=DAY + 1, control=0.5, randomised=True, consent=False)
    run = simulate(world, Rules((plan,)), days=DAY + WITHIN)
    truth = simulate(world, Nobody(), days=DAY).effect_of("discount", day=DAY, within=WITHIN, replicates=FUTURES)
    at = run.contacts["at"].min()
    date = f"{at:%Y-%m-%d}"
    table = Recipe(*(one for some in families(run.log, date).values() for one in some)).build(run.log, date)
    arm = run.contacts.to_pandas().set_index("customer_id")["arm"].astype(str).reindex(table.index)
    buyers = run.events.filter(pl.col("event") == "purchase", pl.col("at") >= at)["customer_id"].unique().to_list()
    effect = truth.of("purchase")["expected"].reindex(table.index)
    return Market(table, table.index.isin(buyers).astype(np.float64), arm.to_numpy(dtype=str), effect.to_numpy())


def lived(seed: int, customers: int) -> Found:
    """Learn on one half of a market and judge on the other."""
    whole = market(seed, customers)
    order = np.random.default_rng(seed).permutation(len(whole.y))
    learnt, judged = whole.rows(order[: len(order) // 2]), whole.rows(order[len(order) // 2 :])
    model = Uplift().fit(learnt.X, learnt.y, **learnt.given)
    told = model.interval(judged.X)["discount"]
    score = told["estimate"].to_numpy()
    inside = (told["low"] <= judged.truth) & (judged.truth <= told["high"])
    return Found(
        float(np.corrcoef(score, judged.truth)[0, 1]),
        float(np.corrcoef(taught(learnt, judged), judged.truth)[0, 1]),
        _groups(judged, score),
        float(inside.mean()),
    )


def taught(learnt: Market, judged: Market) -> Floats:
    """Return what boosted trees expect that were taught the true effects."""
    from xgboost import XGBRegressor

    made = XGBRegressor(n_estimators=200, max_depth=4, learning_rate=0.05, n_jobs=1, random_state=0)
    made.fit(learnt.X.to_numpy(dtype=np.float64), learnt.truth)
    return np.asarray(made.predict(judged.X.to_numpy(dtype=np.float64)), dtype=np.float64)


def _groups(judged: Market, score: Floats) -> NDArray[np.bool_]:
    """Return for each twentieth of the score whether its interval holds the mean of its customers' true effects."""
    cut = len(score) // GROUPS * GROUPS
    some, own = judged.rows(np.arange(cut)), score[:cut]
    groups = uplift_by_decile(some.y, own, groups=GROUPS, **some.given)
    mean = some.truth[np.argsort(-own, kind="stable")].reshape(GROUPS, -1).mean(axis=1)
    return (groups.low <= mean) & (mean <= groups.high)


def lines(worlds: Sequence[Found]) -> Iterator[tuple[str, str, str]]:
    """Write what was measured without a bar."""
    table = pd.DataFrame([one._asdict() for one in worlds]).drop(columns="held")
    table["share"] = table["correlation"] / table["allowed"]
    names = {
        "correlation": "correlation of estimated with true expected effects",
        "allowed": "the same, of trees taught the true effects: what features allow",
        "share": "the first as a share of the second",
        "customers": "share of customers whose 95 % interval holds their true effect",
    }
    for name, words in names.items():
        values = table[name]
        half = values.std(ddof=1) / np.sqrt(len(values)) * 1.96
        yield words, f"{values.mean():.3f}", f"{values.mean() - half:.3f} to {values.mean() + half:.3f}"


def covered(worlds: Sequence[Found]) -> Rate:
    """Return the share of twentieths of the score whose interval holds."""
    held = np.concatenate([one.held for one in worlds])
    return Rate.of("95 % interval of a twentieth of the score holds its mean true effect", "loud retail", held, 0.95)
