"""Decisions: logged propensities are the frequencies of the draws, and no draw takes a plan past its limits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.proof.bar import Rate
from cjlab.decisions import Action, Eligibility, Rules, Terms, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjlab.decisions import Plan

RULES = Rules(
    (
        Action("news", "email", 0.02),
        Action("offer", "email", 0.5),
        Action("text", "sms", 0.08),
        Action("call", "phone", 4.0),
        Action("letter", "post", 0.9),
        Action("note", "app", 0.01),
    )
)
AT = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)


def asked(n: int, *, seed: int = 0, rules: Rules = RULES) -> Eligibility:
    """Return customers of whom each action is kept back from three in ten, and one in fifty is held out."""
    rng, actions = np.random.default_rng(seed), len(rules.actions)
    held = rng.random(n) < 0.02
    why = ((rng.random((n, actions)) < 0.3) * np.uint64(2)).astype(np.uint64) | held[:, None]
    return Eligibility(np.arange(n), rules, AT, why.astype(np.uint64), held, np.zeros((n, 5), np.int64))


def worth(n: int, *, seed: int = 0, rules: Rules = RULES) -> pd.DataFrame:
    """Return skewed values, some below 0, of which those of dear actions are larger."""
    rng = np.random.default_rng(seed + 1)
    drawn = rng.gamma(0.5, 2.0, (n, len(rules.actions))) - 0.3
    scale = [1.0 + one.cost for one in rules.actions]
    return pd.DataFrame(drawn * scale, pd.Index(np.arange(n), name="customer_id"), rules.names)


def terms(n: int, salt: str = "0") -> Terms:
    """Return terms under which the budget, the calls and the text messages bind."""
    return Terms(salt, budget=0.25 * n, capacity={"phone": 0.03 * n, "sms": 0.05 * n}, explore=0.05, control=0.1)


def propensities(salts: int, n: int = 2_000) -> Iterator[Rate]:
    """Draw one plan under many salts: how often each customer got what, by the propensity that was logged for it."""
    told, value, drawn = asked(n), worth(n), Counter[float]()
    got, within, unmoved = Counter[float](), [], []
    first: Plan | None = None
    for salt in range(salts):
        made = plan(told, value, replace(terms(n), salt=str(salt)))
        first = first or made
        logged = np.flatnonzero(told.allowed.any(axis=1))
        chances = np.round(made.propensities(logged), 12)
        drawn.update(chances[chances > 0].tolist())
        got.update(chances[np.arange(len(logged)), made.done.arms[logged]].tolist())
        limits = made.limits()
        within.append(bool((limits["used"] <= limits["limit"] * (1 + 1e-9)).all()))
        unmoved.append(bool((made.done.own == first.done.own).all()))
    for chance in sorted(drawn):
        where = f"logged propensity {chance:.4f}, {n:,} customers × {salts:,} salts"
        yield Rate("frequency of an action", where, got[chance], drawn[chance], chance)
    yield Rate.of("budget and capacities held", f"{salts:,} salts", np.array(within), 1.0, kind="at_least")
    yield Rate.of("own choices unmoved by draws", f"{salts:,} salts", np.array(unmoved), 1.0, kind="at_least")
