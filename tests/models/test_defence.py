"""Whom to call, by hand on small numbers, and honestly where nothing was tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cjlab import metrics
from cjlab.errors import SpecError
from cjlab.models import Churn, Defence, defend, judge
from cjlab.models._defence import _share

if TYPE_CHECKING:
    from .conftest import Base


@pytest.fixture(scope="module")
def ask(customers: Base) -> Any:
    model = Churn("logistic", folds=2).fit(customers.X, customers.y)
    judged = judge(model, customers.X, customers.y, folds=3)

    def asked(**given: Any) -> Defence:
        told = {"budget": 600, "value": 100.0, "cost": 5.0, "saved": (0.1, 0.2)} | given
        return defend(model, customers.X, judged, **told)

    asked.judged = judged  # type: ignore[attr-defined]
    return asked


def test_figures_follow_from_precision_and_from_what_was_assumed(ask: Any) -> None:
    plan, at = ask(), metrics.at_budget(ask.judged.outcome, ask.judged.score, shares=(0.2,))
    precision, low, high = at.precision[0], at.precision_low[0], at.precision_high[0]
    assert plan.leavers == pytest.approx((600 * precision, 600 * low, 600 * high))
    assert plan.found == pytest.approx((at.recall[0], at.recall_low[0], at.recall_high[0]))
    assert plan.kept == pytest.approx((600 * precision * 0.15, 600 * low * 0.1, 600 * high * 0.2))
    assert plan.net == pytest.approx(tuple(100 * one - 3000 for one in plan.kept))
    assert plan.break_even == pytest.approx((0.05 / precision, 0.05 / high, 0.05 / low))


def test_called_are_those_at_most_risk(ask: Any, customers: Base) -> None:
    plan = ask(budget=50)
    assert len(plan.contacts) == plan.contacted == 50
    assert plan.contacts["risk"].is_monotonic_decreasing
    assert customers.y.loc[plan.contacts.index].mean() > 2 * customers.y.mean()
    assert plan.reasons["customers"].sum() == 50
    assert ask(budget=10**6).contacted == 3000


@pytest.mark.parametrize(("cost", "verdict"), [(0.5, "call"), (9.0, "test"), (60.0, "leave")])
def test_the_verdict_follows_from_the_ends(ask: Any, cost: float, verdict: str) -> None:
    assert ask(cost=cost).verdict == verdict


def test_four_of_five_leavers() -> None:
    assert _share(np.array([1, 0, 1, 1, 0, 1, 0, 0, 0, 1.0]), np.ones(10)) == pytest.approx(0.6)


def test_the_needed_share_finds_four_of_five(ask: Any) -> None:
    plan = ask()
    assert plan.needed.low < plan.needed.estimate < plan.needed.high
    reached = metrics.at_budget(ask.judged.outcome, ask.judged.score, shares=(plan.needed.estimate,)).recall[0]
    assert reached == pytest.approx(0.8, abs=0.005)


@pytest.mark.parametrize("given", [{"budget": 0}, {"value": 0.0}, {"cost": -1.0}, {"saved": (0.3, 0.1)}])
def test_numbers_out_of_range_are_named(ask: Any, given: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=next(iter(given))):
        ask(**given)
