import numpy as np
import pytest

from cjlab.errors import SpecError
from cjlab.models import Uplift, score_groups
from tests.models.uplift.trials import known


def test_groups_hold_the_true_effects_and_fall_with_the_score() -> None:
    held = []
    for seed in range(3):
        trial = known(20_000, seed=seed)
        found = score_groups(Uplift(), trial.X, trial.y, **trial.given, treated="call", groups=4)
        assert found.effect[0] > found.effect[-1]
        assert found.n.sum() == 20_000
        held.append(found)
    # the groups' true effects: those of as many customers, by the true score, are nearly reached
    truth = np.sort(known(20_000).effect["call"])[::-1].reshape(4, -1).mean(axis=1)
    assert np.mean([one.effect for one in held], axis=0) == pytest.approx(truth, abs=0.03)


def test_where_nothing_works_no_group_says_so_more_often_than_it_may() -> None:
    rng = np.random.default_rng(0)
    away = []
    for _ in range(40):
        arm = rng.integers(2, size=1_000)
        given = {"arm": arm, "control": 0, "propensity": {0: 0.5, 1: 0.5}}
        found = score_groups(Uplift(), rng.normal(size=(1_000, 3)), rng.normal(size=1_000), groups=5, **given)
        away.extend((found.low > 0) | (found.high < 0))
    assert np.sum(away) <= 20  # of 200, one in twenty; more than 20 has a chance below one in a thousand


def test_which_arm_is_said_where_there_are_several() -> None:
    trial = known(300)
    with pytest.raises(SpecError, match="treated is not said, and there are several arms: 'call' or 'mail'"):
        score_groups(Uplift(), trial.X, trial.y, **trial.given)
    with pytest.raises(SpecError, match="treated is 'fax'; allowed: 'call' or 'mail'"):
        score_groups(Uplift(), trial.X, trial.y, **trial.given, treated="fax")
