from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from cjlab.errors import TableError
from cjlab.models import Uplift, load, save
from cjlab.models.kernel import grown
from cjlab.models.uplift._bins import Bins
from cjlab.models.uplift._grove import Grove, Left, _unbiased
from tests.models.uplift.trials import known

HALF = {"none": 0.5, "mail": 0.5}


def drawn(rows: int, columns: int = 3, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw features in [0, 1), arms, and noise."""
    rng = np.random.default_rng(seed)
    return rng.random((rows, columns)), rng.choice(["none", "mail"], rows), rng.normal(size=rows)


def tree(left: Left, tellers: np.ndarray, payers: np.ndarray, *, fewest: int = 5) -> dict[str, np.ndarray]:
    """Grow one tree that tries every column."""
    nodes = {
        name: np.empty(200, kind) for name, kind in {"feature": "i4", "low": "u1", "high": "u1", "child": "i4"}.items()
    }
    means = np.empty((100, 4))
    tried = left.bins.shape[1]
    count, leaves = grown(*left[:4], tellers.copy(), payers.copy(), tried, fewest, np.uint64(7), *nodes.values(), means)
    return {name: values[:count] for name, values in nodes.items()} | {"means": means[:leaves]}


def left_of(rows: int, *, seed: int = 0) -> Left:
    X, arm, noise = drawn(rows, seed=seed)
    treated = arm == "mail"
    y = np.where(X[:, 1] > 0.6, 2.0, 0.0) * (treated - 0.5) + noise
    return Left(Bins.learn(X, [-1] * 3).of(X), treated, treated - 0.5, y, np.arange(rows))


@pytest.mark.parametrize("logistic", [True, False])
def test_it_finds_the_effects_that_are_there(*, logistic: bool) -> None:
    trial = known(12_000, logistic=logistic)
    found = Uplift("forest", trees=200).fit(trial.X, trial.y, **trial.given).predict(trial.X)
    assert found.columns.tolist() == ["call", "mail"]
    assert found.mean().to_numpy() == pytest.approx(trial.effect.mean().to_numpy(), abs=0.04)
    for arm in found:
        assert np.corrcoef(found[arm], trial.effect[arm])[0, 1] > (0.75 if logistic else 0.9)


def test_it_finds_what_no_line_can() -> None:
    X, arm, noise = drawn(8_000)
    effect = np.where((X[:, 0] > 0.3) & (X[:, 0] < 0.7), 1.0, 0.0)
    y = effect * (arm == "mail") + noise
    given = {"arm": arm, "control": "none", "propensity": HALF}
    forest, line = (Uplift(one).fit(X, y, **given).predict(X)["mail"] for one in ("forest", "s"))
    assert np.corrcoef(forest, effect)[0, 1] > 0.9
    assert np.corrcoef(line, effect)[0, 1] < 0.2


def test_an_effect_on_those_of_whom_nothing_is_known_is_found() -> None:
    X, arm, noise = drawn(6_000)
    blank = np.random.default_rng(1).random(6_000) < 0.3
    X[blank, 0] = np.nan
    y = 1.0 * (blank | (X[:, 0] > 0.8)) * (arm == "mail") + noise
    model = Uplift("forest", trees=200).fit(X, y, arm=arm, control="none", propensity=HALF)
    asked = np.column_stack([[np.nan, 0.95, 0.4], np.full((3, 2), 0.5)])
    assert model.predict(asked)["mail"].to_numpy() == pytest.approx([1, 1, 0], abs=0.25)


def test_the_first_split_is_where_effects_differ_most() -> None:
    left, rows = left_of(300), np.arange(300)
    found = tree(left, rows, rows)
    w, y = left.arm - left.arm.mean(), left.outcome - left.outcome.mean()
    gradient = w * (y - w * (w @ y) / (w @ w))

    def height(column: int, cut: int) -> float:
        low = left.bins[:, column] <= cut
        sides = [(low & (left.treated == side)).sum() for side in (False, True)]
        sides += [(~low & (left.treated == side)).sum() for side in (False, True)]
        if min(sides) < 5 or min(low.sum(), (~low).sum()) < 15:
            return 0.0
        return float(gradient[low].sum() ** 2 / low.sum() + gradient[~low].sum() ** 2 / (~low).sum())

    best = max(product(range(3), range(1, 64)), key=lambda one: height(*one))
    assert (found["feature"][0], found["high"][0]) == best
    assert best[0] == 1


def test_who_says_where_to_split_does_not_say_what_is_in_the_leaves() -> None:
    left = left_of(600)
    tellers, payers = np.arange(0, 600, 2), np.arange(1, 600, 2)
    one = tree(left, tellers, payers)
    others = left.outcome.copy()
    others[payers] = np.random.default_rng(1).normal(size=300)
    other = tree(left._replace(outcome=others), tellers, payers)
    for name in ("feature", "low", "high", "child"):
        assert (one[name] == other[name]).all()
    assert len(one["means"]) > 5
    assert not np.allclose(one["means"][:, 1], other["means"][:, 1])
    assert one["means"][:, [0, 3]] == pytest.approx(other["means"][:, [0, 3]])


def test_leaves_hold_the_means_of_their_customers() -> None:
    left = left_of(400)
    tellers, payers = np.arange(0, 400, 2), np.arange(1, 400, 2)
    found = tree(left, tellers, payers, fewest=60)  # no node is large enough for two
    w, y = left.arm[payers], left.outcome[payers]
    assert found["feature"].tolist() == [-1]
    assert found["means"][0] == pytest.approx([w.mean(), y.mean(), (w * y).mean(), (w * w).mean()])


def test_where_no_feature_varies_the_effect_is_the_difference_of_means() -> None:
    _, arm, noise = drawn(4_000)
    y = noise + 0.5 * (arm == "mail")
    model = Uplift("forest", trees=300).fit(np.ones((4_000, 2)), y, arm=arm, control="none", propensity=HALF)
    found = model.interval(np.ones((1, 2)))["mail"].iloc[0]
    plain = y[arm == "mail"].mean() - y[arm == "none"].mean()
    width = 2 * 1.96 * np.sqrt(4 / 4_000)
    assert found["estimate"] == pytest.approx(plain, abs=0.02)
    assert width < found["high"] - found["low"] < 1.6 * width


def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trial, found = known(1_500), []
    for count in ("1", "3"):
        monkeypatch.setenv("CJLAB_THREADS", count)
        model = Uplift("forest", trees=100).fit(trial.X, trial.y, **trial.given)
        found.append(model.interval(trial.X))
    assert found[0].equals(found[1])
    other = Uplift("forest", trees=100, seed=1).fit(trial.X, trial.y, **trial.given)
    assert not other.interval(trial.X).equals(found[0])


def test_a_stored_forest_says_the_same(tmp_path: object) -> None:
    trial = known(1_500)
    trial.X.loc[trial.X.index[::5], "age"] = np.nan
    made = Uplift("forest", trees=100).fit(trial.X, trial.y, **trial.given)
    again = load(save(made, f"{tmp_path}/model"))
    assert again.interval(trial.X).equals(made.interval(trial.X))
    assert again.get_params() == made.get_params()


def test_rows_of_one_customer_do_not_make_it_surer() -> None:
    X, arm, noise = np.ones((1_000, 1)), *drawn(1_000)[1:]
    y = noise + (arm == "mail")
    twice = np.repeat(np.arange(1_000), 4)
    given = {"arm": arm[twice], "control": "none", "propensity": HALF}
    width = {}
    for name, customer in {"known": twice, "not": None}.items():
        model = Uplift("forest", trees=300).fit(X[twice], y[twice], customer=customer, **given)
        ends = model.interval(X)["mail"]
        width[name] = float((ends["high"] - ends["low"]).mean())
    assert width["not"] == pytest.approx(width["known"] / 2, rel=0.2)


def test_a_variance_is_never_negative_and_where_it_is_clear_it_stands() -> None:
    between, within = np.array([1.0, 1.0, 1.0]), np.array([1.0, 1e-9, 3.0])
    found = _unbiased(between, within, 50)
    assert found[0] == pytest.approx(0.2 * np.sqrt(2 / np.pi))  # d = 0: s φ(0) / Φ(0)
    assert found[1] == pytest.approx(1 + 0.2 * norm.pdf(5) / norm.cdf(5))
    assert 0 < found[2] < 0.2


def test_the_interval_of_one_customer_holds() -> None:
    held = []
    for seed in range(40):
        X, arm, noise = drawn(600, seed=seed)
        effect = 1 / (1 + np.exp(-6 * (X[:, 0] - 0.5)))
        y = effect * (arm == "mail") + X[:, 1] + noise
        model = Uplift("forest", trees=100).fit(X, y, arm=arm, control="none", propensity=HALF)
        one = model.interval(X[:1])["mail"].iloc[0]
        held.append(one["low"] <= effect[0] <= one["high"])
    assert sum(held) >= 34  # of 40 at .95, fewer happen once in 300 times


def test_probabilities_that_differ_between_customers_are_allowed_for() -> None:
    rng = np.random.default_rng(0)
    X = rng.random((8_000, 2))
    chance = 0.2 + 0.6 * X[:, 0]
    arm = np.where(rng.random(8_000) < chance, "mail", "none")
    y = 5 * X[:, 0] + 1.0 * (arm == "mail") + rng.normal(size=8_000)
    for told in (np.column_stack([1 - chance, chance]), "estimated"):
        model = Uplift("forest", trees=200).fit(X, y, arm=arm, control="none", propensity=told)
        assert model.predict(X)["mail"].mean() == pytest.approx(1, abs=0.08)


def test_it_needs_the_probability_of_every_arm() -> None:
    X, arm, noise = drawn(200)
    with pytest.raises(TableError, match="learner 'forest' needs the probability with which each arm was chosen"):
        Uplift("forest").fit(X, noise, arm=arm, control="none")


def test_an_arm_of_five_and_one_feature_still_get_an_answer() -> None:
    X, _, noise = drawn(300, 1)
    arm = np.where(np.arange(300) < 5, "mail", "none")
    told = {"none": 295 / 300, "mail": 5 / 300}
    model = Uplift("forest", trees=200).fit(X, noise + 3 * (arm == "mail"), arm=arm, control="none", propensity=told)
    found = model.interval(X)["mail"]
    assert found["estimate"].to_numpy() == pytest.approx(3 + noise[:5].mean() - noise[5:].mean(), abs=0.3)
    assert (found["high"] - found["low"] > 1).all()


def test_a_category_never_seen_and_a_missing_value_get_an_answer() -> None:
    trial = known(2_000)
    model = Uplift("forest", trees=100).fit(trial.X, trial.y, **trial.given)
    found = model.predict(trial.X.assign(zone="west", age=np.nan))
    assert found.notna().all(axis=None)


def test_bins_hold_equally_many_and_few_values_one_each() -> None:
    X = np.column_stack([np.random.default_rng(0).normal(size=6_400), np.arange(6_400) % 3])
    counts = np.bincount(Bins.learn(X, [-1, -1]).of(X)[:, 0], minlength=65)
    assert counts[0] == 0
    assert counts[1:].min() > 95
    assert np.unique(Bins.learn(X, [-1, -1]).of(X)[:, 1]).tolist() == [1, 2, 3]


def test_groves_come_in_whole_bags() -> None:
    grove = Grove.grow(left_of(300), 101, fewest=5, key="test")
    assert len(grove.firsts) == 111


def test_a_forest_stored_before_trees_could_be_chosen_is_read() -> None:
    made = Uplift().fit(pd.DataFrame({"x": np.arange(60.0)}), np.tile([0, 1, 1], 20), arm=np.arange(60) % 2, control=0)
    parts = dict(made._parts())
    del parts["trees"]
    assert Uplift._of(parts).trees == 500
