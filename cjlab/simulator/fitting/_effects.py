"""What contacts changed, told only by those that were randomised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from cjlab.simulator._normal import Z
from cjlab.simulator.fitting._estimate import Estimate, around, assumed
from cjlab.simulator.fitting._part import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

WITHIN = 14  # days over which what a contact changes is counted
_HALF_LIFE = 7.0
_LEAST = 200  # contacts on either side


class Lift(NamedTuple):
    """What one contact added: its mean, the standard error by customers, and how much there was to be added to.

    ``usual`` is the mean of what those who opened did in as many days before, and 0 for those who did not: who has
    left, or seldom comes, opens little, so a mean of openings times a mean of visits would be too small.
    """

    added: float
    error: float
    usual: float
    n: int


def effects(observed: Observed, told: pl.DataFrame, actions: dict[str, Any]) -> Part:
    """Estimate what each action changes, from contacts with a logged probability and a control; fills ``actions``."""
    known = observed.contacts.filter(pl.col("propensity").is_not_null(), pl.col("day") + WITHIN <= observed.days)
    held = known.filter(~pl.col("sent").fill_null(value=True))
    if not held.height:
        return Part(notes=[_why(observed)])
    estimates: list[Estimate] = []
    for name, action in actions.items():
        sent = told.filter(pl.coalesce("template", "arm") == name).join(known, on="contact_id", how="semi")
        control = held.filter(pl.col("template") == name) if held["template"].null_count() < held.height else held
        control = control.filter(pl.col("campaign").is_in(sent["campaign"].unique().implode()))
        if min(sent.height, control.height) < _LEAST:
            estimates.append(assumed(f"actions.{name}.effects", 0.0, f"fewer than {_LEAST} randomised on a side"))
            continue
        orders, visits = (_lift(rows, sent, control, observed) for rows in (observed.orders, observed.came))
        estimates += _planted(name, action, orders, visits)
    note = "effects are one for all personas: how they differ is not told apart; offers are taken to cost nothing"
    return Part(estimates=estimates, notes=[note])


def _why(observed: Observed) -> str:
    if observed.contacts["propensity"].null_count() == observed.contacts.height:
        return (
            "contacts have no propensity: nobody knows why these people were written to, so no effect can be told from"
            " them and all effects are 0; log the probability of each choice, with a control"
        )
    return "no contact was withheld at random: without a control no effect can be told, and all effects are 0"


def _lift(rows: pl.DataFrame, sent: pl.DataFrame, control: pl.DataFrame, observed: Observed) -> Lift:
    n = observed.n
    sides = [_within(rows, frame) for frame in (sent, control)]
    means = [float(np.average(counts, weights=weights)) for _, counts, weights in sides]
    influence = np.zeros(n)
    for sign, (who, counts, weights), mean in zip((1, -1), sides, means, strict=True):
        influence += sign * np.bincount(who, weights=weights * (counts - mean), minlength=n) / weights.sum()
    error = float(np.sqrt((influence**2).sum()))
    return Lift(means[0] - means[1], error, _usual(rows, sent, observed), sent.height + control.height)


def _usual(rows: pl.DataFrame, sent: pl.DataFrame, observed: Observed) -> float:
    there = sent.filter(sent["day"].to_numpy() >= observed.entry[sent["who"].to_numpy()] + WITHIN)
    if not there.height:
        return 0.0
    _, before, weights = _within(rows, there.with_columns(pl.col("day") - WITHIN - 1))
    return float(np.average(before * there["opened"].to_numpy(), weights=weights))


def _within(rows: pl.DataFrame, contacts: pl.DataFrame) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Count rows from the day after each contact, over so many days: people, counts, and 1 over the probability."""
    key = rows["who"].to_numpy().astype(np.int64) * 100_000 + rows["day"].to_numpy()
    key.sort()
    who, day = contacts["who"].to_numpy().astype(np.int64), contacts["day"].to_numpy()
    low, high = (np.searchsorted(key, who * 100_000 + day + shift) for shift in (1, WITHIN + 1))
    return who, (high - low).astype(float), 1.0 / contacts["propensity"].to_numpy()


def _planted(name: str, action: dict[str, Any], orders: Lift, visits: Lift) -> list[Estimate]:
    """Turn lifts into what an opened contact does: days by which a need comes sooner, and attention."""
    how = f"randomised contacts, {WITHIN} days after; what an opened one does"
    made = []
    if orders.usual > 0:
        scale = WITHIN / orders.usual
        sooner = around(f"actions.{name}.pulls_forward", orders.added * scale, orders.error * scale, orders.n, how)
        made.append(sooner)
        if sooner.low > 0:
            action["pulls_forward"] = sooner.estimate
    if visits.usual > 0:
        scale = WITHIN / visits.usual
        ends = [attention((visits.added + side * visits.error) * scale) for side in (0.0, -Z, Z)]
        made.append(Estimate(f"actions.{name}.effects.*.attention", ends[0], ends[1], ends[2], visits.n, how))
        if ends[1] > 0 or ends[2] < 0:
            action["effects"] = {"*": {"attention": ends[0]}}
    return made


def attention(days: float) -> float:
    r"""Return the attention *a* that adds so many days' visits: :math:`\sum_{t=1}^{14} (e^{a 2^{-t/7}} - 1)`."""
    from scipy.optimize import brentq

    left = 2.0 ** (-np.arange(1, WITHIN + 1) / _HALF_LIFE)

    def gap(size: float) -> float:
        return float(np.expm1(size * left).sum()) - days

    low, high = -5.0, 5.0
    return low if gap(low) >= 0 else high if gap(high) <= 0 else float(brentq(gap, low, high))
