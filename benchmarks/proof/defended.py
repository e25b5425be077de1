"""Defence against leaving: an argument matched to each risk, beside one argument for everybody on the same list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
from scipy.stats import ttest_rel

from benchmarks.proof.spread import Spread
from cjlab.features import Recipe, families, outcome
from cjlab.models import Churn, defend, judge
from cjlab.simulator import Nobody, World, simulate
from cjlab.tables import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cjlab.simulator import Run, View
    from cjlab.tables import Log

DAY, AHEAD = 360, 90
DATES = ("2024-07-01", "2024-09-15")
SHARE, HELD, LEVEL = 0.2, 0.1, 0.05
CALL, REMIND = "care_call", "bill_reminder"
ENDED = "contract_ended"
PARTS: dict[str, object] = {
    "channels.phone.delivered": 1.0,
    "contract.dunning": 0.2,
    "actions.care_call.half_life": 90.0,
    **{f"personas.{name}.opens": {"email": 0.3, "sms": 0.9, "phone": 0.9} for name in ("family", "young", "senior")},
    **{f"actions.care_call.effects.{name}.desire": 2.0 for name in ("family", "young", "senior")},
}
SAID = (
    "The packaged telecom world, whose contracts end by will or unpaid, with calls that reach people and last (a "
    "log-odds of 2 against leaving, for three months; sleepers are still driven away) and reminders of bills that four "
    "of five heed. On day 360 the fifth of the customers with the highest risk by `Churn('logistic')`, learnt on two "
    "earlier dates, are defended: `defend` gives each the topic of his first reason; where that is paying he gets the "
    "reminder, else the call. A tenth of the list, by chance, is held out and left alone in every campaign. "
    "Four campaigns are lived from that day on by the same people with the same draws (branches): no one, the call for "
    "all, the reminder for all, the matched arguments. Counted are contracts ended within 90 days, for whatever reason."
)


class Found(NamedTuple):
    """Contracts ended within the time, of those defended, as shares, by campaign; and of the hold-out."""

    nobody: float
    call: float
    remind: float
    matched: float
    held: float
    reminded: float


@dataclass(frozen=True)
class Campaign:
    """A policy that sends on one day what stands beside each customer."""

    arguments: pd.Series[str]
    per_customer = True
    every = 1

    def decide(self, view: View) -> pd.DataFrame | None:
        """Send on the day, and never again."""
        if view.day != DAY:
            return None
        return pd.DataFrame({"customer_id": self.arguments.index, "action": self.arguments.to_numpy()})


def lived(seed: int, customers: int) -> Found:
    """Defend the customers of one world in four ways."""
    run = simulate(World.telecom(n_customers=customers, seed=seed).but(PARTS), Nobody(), days=DAY + AHEAD)
    topics = listed(run)
    draw = np.random.default_rng(seed).random(len(topics)) < HELD
    own, held = topics[~draw], topics.index[draw]
    matched = pd.Series(np.where(own == "payment", REMIND, CALL), index=own.index)
    shares = [_ended(run, sent, own.index) for sent in (own[:0], _all(own, CALL), _all(own, REMIND), matched)]
    return Found(*shares, _ended(run, matched, held), float((matched == REMIND).mean()))


def listed(run: Run) -> pd.Series[str]:
    """Return who is defended, with the topic of his first reason."""
    log = run.log
    today = f"{run.world.start + pd.Timedelta(days=DAY):%Y-%m-%d}"
    recipe = Recipe(*(one for some in families(log, DATES[0]).values() for one in some))
    tables = [_there(log, recipe.build(log, date), date) for date in (*DATES, today)]
    table = pd.concat(tables[:-1], keys=DATES, names=["as_of"])
    ends = [outcome(log, event=ENDED, as_of=date, within="60D").y for date in DATES]
    y = np.concatenate([one.reindex(some.index).fillna(0.0) for one, some in zip(ends, tables[:-1], strict=True)])
    judged = judge(Churn("logistic"), table, y, within="60D", folds=3)
    model = Churn("logistic").fit(table, y)
    plan = defend(model, tables[-1], judged, budget=round(SHARE * len(tables[-1])), value=100.0, cost=4.0)
    found: pd.Series[str] = plan.contacts["topic"].fillna("ask").astype(str)
    return found


def _all(own: pd.Series[str], argument: str) -> pd.Series[str]:
    return pd.Series(argument, index=own.index)


def _ended(run: Run, sent: pd.Series[str], those: pd.Index[int]) -> float:
    """Return the share of some whose contract ends, after a campaign."""
    ended = run.branch(DAY, Campaign(sent)).events.filter(pl.col("event").cast(pl.String) == ENDED)["customer_id"]
    return float(those.isin(ended.to_list()).mean())


def _there(log: Log, table: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return those whose contract has not ended by a date."""
    now = moment(date, log.timezone)
    gone = log.events.filter(pl.col("event").cast(pl.String) == ENDED, pl.col("at") < now).select("customer_id")
    return table[~table.index.isin(gone.collect()["customer_id"].to_list())]


def lines(found: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    """Write what was measured."""
    for name, told in _NAMES.items():
        yield Spread.of(getattr(one, name) for one in found).row(told, 4)
    for name in ("call", "remind", "nobody"):
        kept = Spread.of(getattr(one, name) - one.matched for one in found)
        yield kept.row(f"kept by the matched arguments over: {_NAMES[name]}", 4)


_NAMES = {
    "nobody": "end, nobody written to",
    "call": "end, the call for all",
    "remind": "end, the reminder for all",
    "matched": "end, matched arguments",
    "held": "end, of the hold-out beside them",
    "reminded": "share of the list that the match reminds",
}


def verdict(found: Sequence[Found]) -> tuple[str, bool]:
    """Say whether matching beats the better of the two arguments for all, by a paired test over worlds."""
    best = min(("call", "remind"), key=lambda name: float(np.mean([getattr(one, name) for one in found])))
    apart = ttest_rel([getattr(one, best) for one in found], [one.matched for one in found], alternative="greater")
    holds = bool(apart.pvalue < LEVEL)
    told = "holds" if holds else "**does not hold**"
    said = f"Matched arguments keep more than one argument for all ({_NAMES[best]}): p = {apart.pvalue:.3g}, {told}."
    return said, holds
