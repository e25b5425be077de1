import numpy as np
import pandas as pd
import pytest

from cjlab.errors import SpecError
from cjlab.models import Audience
from tests.models.uplift.trials import known

CHANCES = {"none": 0.5, "mail": 0.5}


def moved(rows: int = 6_000) -> Audience:
    """A test in which a third gains 1, a third loses 1, and a third, of whom half buy much, is not moved."""
    rng = np.random.default_rng(0)
    kind, rich, arm = rng.integers(-1, 2, rows), rng.integers(2, size=rows), rng.choice(["none", "mail"], rows)
    y = kind * (arm == "mail") + 3.0 * rich + rng.normal(size=rows)
    table = pd.DataFrame({"up": kind == 1, "down": kind == -1, "rich": rich})
    given = {"arm": arm, "control": "none", "propensity": CHANCES}
    return Audience.of(table, y, treated="mail", value=10.0, cost=4.0, **given)


def test_the_four_kinds_are_counted_and_measured() -> None:
    found = moved()
    assert found.choice.chosen == "model"
    assert found.kinds["customers"].sum() == found.customers == 6_000
    assert found.kinds["customers"].to_numpy() == pytest.approx([2_000, 1_000, 1_000, 2_000], abs=120)
    assert found.kinds.loc["contact", "net"] == pytest.approx(10 * 1 - 4, abs=1)
    assert found.kinds.loc["disturb", "high"] < 0
    net = found.kinds[["net", "net_low", "net_high"]]
    assert net.to_numpy() == pytest.approx(10 * found.kinds[["effect", "low", "high"]].to_numpy() - 4, nan_ok=True)


def test_both_curves_begin_at_nothing_and_end_at_everyone() -> None:
    found = moved()
    assert found.curve.estimate[0] == found.today.estimate[0] == 0
    assert found.curve.estimate[-1] == pytest.approx(found.today.estimate[-1])
    assert found.curve.estimate.max() == pytest.approx(2_000 * (10 - 4), rel=0.1)
    assert found.today.estimate.max() < 0.5 * found.curve.estimate.max()


def test_other_arms_are_left_out() -> None:
    trial = known(3_000)
    found = Audience.of(trial.X, trial.y, treated="mail", **trial.given)
    assert found.customers == (trial.arm != "call").sum()


def test_an_arm_that_nobody_got_is_refused() -> None:
    trial = known(300)
    with pytest.raises(SpecError, match="treated is 'fax'; the treated arms are 'call' or 'mail'"):
        Audience.of(trial.X, trial.y, treated="fax", **trial.given)
