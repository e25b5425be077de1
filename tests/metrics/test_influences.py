"""Every interval stands on influences: what a row is said to move is what one more row like it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import cjlab as cj

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.metrics import Estimate

N, COPIES = 240, 10
CHANCES = {"call": 0.3, "mail": 0.3, "none": 0.4}


def rows() -> dict[str, Any]:
    """Draw a log with ties, three arms as they should be at each score, and expectations that are not exact."""
    rng = np.random.default_rng(11)
    level = np.repeat(np.arange(24), 10)
    arm = np.tile(np.repeat(list(CHANCES), (3, 3, 4)), 24)
    score = (level + 0.5) / 24
    outcome = (rng.random(N) < 0.15 + 0.4 * score + 0.2 * score * (arm == "call") + 0.2 * (arm != "none")).astype(float)
    chosen = np.where(score > 0.6, "call", np.where(score > 0.3, "mail", "none"))
    expected = pd.DataFrame(dict.fromkeys(CHANCES, 0.2 + 0.3 * score))
    other = (level * 7 % 24 + 0.5) / 24
    return {"y": outcome, "s": score, "a": arm, "policy": chosen, "e": expected, "o": other}


def study(log: dict[str, Any], *, expected: bool = False) -> dict[str, Any]:
    more = {"expected": log["e"]} if expected else {}
    return {"arm": log["a"], "control": "none", "propensity": CHANCES, "treated": "call", **more}


def two_arms(log: dict[str, Any]) -> dict[str, Any]:
    return {"arm": log["a"] == "none", "control": True}


def logged(log: dict[str, Any], *, expected: bool = False) -> dict[str, Any]:
    return {"arm": log["a"], "propensity": CHANCES, **({"expected": log["e"]} if expected else {})}


def radcliffe(scale: str) -> Callable[[dict[str, Any]], Estimate]:
    return lambda log: cj.metrics.qini_radcliffe(log["y"], log["s"], scale=scale, **two_arms(log))


def own(found: Any) -> Estimate:
    return cj.metrics.Estimate(found.estimate, found.standard_error, found.low, found.high)


MEASURES: dict[str, Callable[[dict[str, Any]], Estimate]] = {
    "auc": lambda log: cj.metrics.roc(log["y"], log["s"]).auc,
    "average precision": lambda log: cj.metrics.precision_recall(log["y"], log["s"]).average_precision,
    "brier": lambda log: cj.metrics.calibration(log["y"], log["s"]).brier,
    "slope": lambda log: cj.metrics.calibration(log["y"], log["s"]).slope,
    "intercept": lambda log: cj.metrics.calibration(log["y"], log["s"]).intercept,
    "qini": lambda log: own(cj.metrics.qini(log["y"], log["s"], **study(log))),
    "qini, expected": lambda log: own(cj.metrics.qini(log["y"], log["s"], **study(log, expected=True))),
    "auuc": lambda log: own(cj.metrics.auuc(log["y"], log["s"], **study(log))),
    "effect": lambda log: cj.metrics.qini(log["y"], log["s"], **study(log)).effect,
    "ips": lambda log: cj.metrics.policy_value(log["y"], log["policy"], **logged(log)).ips,
    "snips": lambda log: cj.metrics.policy_value(log["y"], log["policy"], **logged(log)).snips,
    "dr": lambda log: cj.metrics.policy_value(log["y"], log["policy"], **logged(log)).dr,
    "dr, expected": lambda log: cj.metrics.policy_value(log["y"], log["policy"], **logged(log, expected=True)).dr,
    "radcliffe, treated": radcliffe("treated"),
    "radcliffe, total": radcliffe("total"),
    "radcliffe, optimum": radcliffe("optimum"),
    "difference of qini": lambda log: own(
        cj.metrics.compare("qini", log["s"], log["o"], outcome=log["y"], **study(log))
    ),
    "difference of auc": lambda log: own(cj.metrics.compare("auc", log["s"], log["o"], outcome=log["y"])),
}


def one_more(log: dict[str, Any], row: int | None) -> dict[str, Any]:
    """Write every row of the log many times, and one row once more."""
    order = np.tile(np.arange(N), COPIES)
    order = order if row is None else np.append(order, row)
    return {name: one.iloc[order].reset_index(drop=True) if name == "e" else one[order] for name, one in log.items()}


@pytest.mark.parametrize("name", MEASURES)
def test_the_error_is_that_of_what_rows_move(name: str) -> None:
    log, measure = rows(), MEASURES[name]
    whole = measure(one_more(log, None))
    moved = np.array([measure(one_more(log, row)).estimate - whole.estimate for row in range(N)])
    assert whole.standard_error == pytest.approx(np.sqrt(COPIES * (moved**2).sum()), rel=4e-3)


def test_the_error_of_a_mean_is_that_of_a_mean() -> None:
    y = np.random.default_rng(0).random(50)
    found = cj.metrics.policy_value(y, ["a"] * 50, arm=["a"] * 50, propensity=[1.0] * 50)
    for one in (found.ips, found.snips, found.dr):
        assert one[:2] == pytest.approx((y.mean(), y.std(ddof=1) / np.sqrt(50)), abs=1e-15)
