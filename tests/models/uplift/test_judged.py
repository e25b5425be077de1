"""What judges a learner of effects: by hand, by its laws, and as the proof measured it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from cjlab.models import Figure, Uplift, card, judge_uplift
from cjlab.models.uplift._facts import COVERAGE
from cjlab.models.uplift._judged import _ends, _slope
from cjlab.models.uplift._unseen import Unseen

from .trials import known

PROOF = Path(__file__).parents[3] / "benchmarks" / "PROOF.md"


def figures(model: Uplift, rows: int = 6_000, **more: Any) -> dict[str, Figure]:
    trial = known(rows)
    return {one.measure: one for one in judge_uplift(model, trial.X, trial.y, **trial.given, **more).figures}


@pytest.fixture(scope="module")
def found() -> dict[str, Figure]:
    return figures(Uplift(), value=10.0, costs={"mail": 0.5, "call": 0.5})


def test_effects_hold_the_truth_and_promises_come(found: dict[str, Figure]) -> None:
    truth = known(6_000).effect.mean()
    for arm in ("call", "mail"):
        effect, slope = found[f"effect of {arm}"], found[f"slope of {arm}"]
        assert effect.low < truth[arm] < effect.high
        assert slope.low < 1 < slope.high
        assert slope.low > 0  # its promises say something
        assert found[f"qini of {arm}"].low > 0


def test_what_choices_bring_is_near_what_the_truth_says(found: dict[str, Figure]) -> None:
    trial = known(6_000)
    promised = Unseen.of(Uplift(), trial.X, trial.y, **trial.given).effect
    net = 10 * np.column_stack([np.zeros(6_000), trial.effect]) - [0, 0.5, 0.5]
    chosen = (10 * np.column_stack([np.zeros(6_000), promised]) - [0, 0.5, 0.5]).argmax(axis=1)
    brought = net[np.arange(6_000), chosen]
    assert found["contacted"].estimate == pytest.approx((chosen > 0).mean())
    for name, other in (("against no one", 0), ("against everyone: call", 1), ("against everyone: mail", 2)):
        error = (found[name].high - found[name].low) / 2 / 1.96  # over 120 drawings 95 to 98 % of the intervals held
        assert abs(found[name].estimate - (brought - net[:, other]).mean()) < 3.5 * error


def test_ends_are_those_of_a_regression_with_clusters() -> None:
    rng = np.random.default_rng(0)
    customer = np.repeat(np.arange(200), 2)
    x = np.repeat(rng.normal(size=200), 2)
    y = x + np.repeat(rng.normal(size=200), 2) + rng.normal(size=400)
    slope, influence = _slope(x, y)
    made = sm.OLS(y, sm.add_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": customer, "use_correction": False})
    estimate, low, high = _ends(slope, influence, customer, 0.95)
    assert estimate == pytest.approx(made.params[1])
    assert (high - low) / 2 / 1.959964 == pytest.approx(made.bse[1] * np.sqrt(200 / 199), rel=1e-6)


def test_promises_that_do_not_differ_have_no_slope() -> None:
    assert np.isnan(_slope(np.full(5, 0.1), np.arange(5.0))[0])


def test_a_response_model_chooses_nobody_by_effect() -> None:
    made = figures(Uplift("response"), rows=2_000)
    assert not any(name.startswith(("contacted", "against")) for name in made)


def test_groups_are_those_of_the_promise() -> None:
    trial = known(3_000)
    judged = judge_uplift(Uplift(), trial.X, trial.y, groups=4, **trial.given)
    frame = judged.to_frame()
    assert frame.groupby("arm")["rows"].sum().to_dict() == {"call": 3_000, "mail": 3_000}
    assert (frame.groupby("arm")["promised"].diff().dropna() <= 0).all()
    assert judged.how.endswith("3,000 rows of 3,000 customers")


def test_the_card_says_what_was_measured_of_one_customer() -> None:
    trial = known(1_000)
    plain = card(Uplift().fit(trial.X, trial.y, **trial.given), None, question="Whom?")
    assert "48.6% of customers (drawn data, a steep effect)" in plain.limits[0]
    boosted = card(Uplift(model="boosted").fit(trial.X, trial.y, **trial.given), None, question="Whom?")
    assert boosted.limits[0].startswith("Whether an interval of one customer's effect from this learner holds was")


@pytest.mark.parametrize("learner", COVERAGE)
def test_what_the_card_says_of_one_customer_stands_in_the_proof(learner: str) -> None:
    section = PROOF.read_text().split("## Models: the interval of one customer")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in section.splitlines() if line.startswith("|")]
    measured = {where.split(",")[0]: float(held) for who, where, held in rows if who == learner}
    steep, bent, none, truth, allowed = measured.values()
    assert list(measured) == ["steep", "bent", "no effect", "true effect", "what features allow"]
    assert COVERAGE[learner] == (steep, bent, none, truth, allowed)
