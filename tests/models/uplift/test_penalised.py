import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression, Ridge

from cjlab.models.uplift._coefficients import apart
from cjlab.models.uplift._penalised import regression

Floats = NDArray[np.float64]


def drawn(rows: int, columns: int, *, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(rows, columns))
    design = (design - design.mean(axis=0)) / design.std(axis=0)
    line = 0.3 + design @ rng.normal(0, 0.4, columns)
    return design, line + rng.normal(size=rows), (rng.random(rows) < 1 / (1 + np.exp(-line))).astype(float)


def test_a_line_is_scikit_learns_ridge_at_the_penalty_that_was_found() -> None:
    design, number, _ = drawn(500, 6)
    found = regression(design, number)
    oracle = Ridge(alpha=found.penalties[0]).fit(design, number)
    assert found.theta[0] == pytest.approx([oracle.intercept_, *oracle.coef_], abs=1e-8)


def test_a_share_is_scikit_learns_logistic_at_the_penalty_that_was_found() -> None:
    design, _, share = drawn(500, 6)
    found = regression(design, share, logistic=True)
    oracle = LogisticRegression(C=1 / found.penalties[0], tol=1e-12, max_iter=10_000).fit(design, share)
    assert found.theta[0] == pytest.approx([oracle.intercept_[0], *oracle.coef_[0]], abs=1e-4)


def test_the_penalty_of_a_line_is_where_its_marginal_likelihood_is_highest() -> None:
    design, number, _ = drawn(300, 8, seed=1)
    found = regression(design, number)
    dispersion = found.covariance[0, 0] * len(number)  # the constant's variance, of centred columns
    left = number - number.mean()

    def evidence(log: float) -> float:
        """Minus twice the log density of the outcome, its mean known, slopes of variance dispersion / penalty."""
        spread = dispersion * (np.eye(len(left)) + design @ design.T / np.exp(log))
        return float(np.linalg.slogdet(spread)[1] + left @ np.linalg.solve(spread, left))

    best = minimize_scalar(evidence, bounds=(-5, 10), method="bounded")
    assert evidence(float(np.log(found.penalties[0]))) == pytest.approx(best.fun, abs=1e-3)


def test_interactions_without_signal_shrink_to_nothing_and_with_signal_stay() -> None:
    idle = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        design, code = rng.normal(size=(1_500, 5)), rng.integers(3, size=1_500)
        line = design[:, 0] + np.where(code == 1, design[:, 1], 0.0)
        found = regression(design, line + rng.normal(size=1_500), code=code)
        assert found.theta[1, 2] == pytest.approx(1, abs=0.25)
        idle.append(found.theta[2, 1:])
    unpenalised = np.sqrt(2 / 500)  # the standard error of a difference of two slopes
    assert np.sqrt(np.mean(np.square(idle))) < 0.5 * unpenalised


def test_arms_apart_have_the_covariance_of_independent_regressions() -> None:
    design, number, share = drawn(400, 3)
    both = apart([regression(design[:200], number[:200]), regression(design[200:], share[200:])])
    rows = np.column_stack([np.ones(5), design[:5]])
    each = [regression(design[part], y[part]) for part, y in ((slice(200), number), (slice(200, 400), share))]
    variance = sum(np.einsum("ij,jk,ik->i", rows, one.covariance, rows) for one in each)
    assert both.sure(design[:5])[1][:, 0] == pytest.approx(np.sqrt(np.asarray(variance)))


def test_errors_of_a_share_are_those_of_the_delta_method_by_differences() -> None:
    rng = np.random.default_rng(3)
    design, _, share = drawn(900, 2, seed=3)
    found = regression(design, share, code=rng.integers(2, size=900), logistic=True)
    one, step = design[:1], 1e-6
    gradient = []
    for place in np.ndindex(found.theta.shape):
        moved = found.theta.copy()
        moved[place] += step
        gradient.append((type(found)(moved, found.covariance, found.penalties, logistic=True)).effects(one)[0, 0])
    slope = (np.array(gradient) - found.effects(one)[0, 0]) / step
    assert found.sure(one)[1][0, 0] == pytest.approx(np.sqrt(slope @ found.covariance @ slope), rel=1e-4)


def test_a_regression_near_another_is_that_of_the_same_penalties() -> None:
    design, _, share = drawn(2_000, 4)
    whole = regression(design, share, logistic=True)
    near = regression(design[:1_600], share[:1_600], logistic=True, near=whole)
    oracle = LogisticRegression(C=1 / whole.penalties[0], tol=1e-12, max_iter=10_000).fit(design[:1_600], share[:1_600])
    assert near.theta[0, 1:] == pytest.approx(oracle.coef_[0], abs=1e-3)
