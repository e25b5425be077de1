"""The propensity: the log odds with which customers like him were treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models.matching._covariates import Covariates

    Floats = NDArray[np.float64]

_ROUNDS = 200
_RIDGE = 1e-6
_CLOSE = 1e-8  # standard deviations, or log odds
_SHORT = 1e-10  # a step that is none
_FAR = 30.0  # log odds that no data can tell from certainty
_FALL = 1e-4  # of what a step promises, how much it must keep


def likeliest(design: Floats, treated: NDArray[np.bool_]) -> Floats:
    """Return the log odds of being treated that are likeliest, by logistic regression, ``(n,)``.

    Refused where the covariates tell who was treated: then nobody among the others is like him.
    """
    theta, line = np.zeros(design.shape[1]), np.zeros(len(design))
    for _ in range(_ROUNDS):
        share = 1 / (1 + np.exp(-np.clip(line, -_FAR, _FAR)))
        bent = design.T @ (design * (share * (1 - share))[:, None])
        step = np.linalg.solve(bent + _RIDGE * np.eye(len(theta)), design.T @ (treated - share))
        size = float(np.abs(design @ step).max())
        theta = theta + step / max(1.0, size / 5)
        line = design @ theta
        if size < _CLOSE:
            break
    if line[treated].min() > line[~treated].max():
        raise EvidenceError(
            "the covariates tell who was treated and who was not: nobody among the others is like the treated, so no "
            "effect can be told from what set them apart; test at random, or leave out what decided it if it does not "
            "move the outcome"
        )
    return np.asarray(line)


def balanced(covariates: Covariates) -> tuple[Floats, Floats] | None:
    """Return log odds that balance the covariates, and the design they are linear in; no squares if these bar it."""
    for squares in (True, False):
        design = covariates.design(squares=squares)
        odds = balancing(design, covariates.treated)
        if odds is not None:
            return odds, design
    return None


def balancing(design: Floats, treated: NDArray[np.bool_]) -> Floats | None:
    r"""Return the log odds :math:`x'\lambda` by which the others, weighted, have the means of the treated, ``(n,)``.

    Of all weights that do, they are the most even ones; none, where there are no such weights. They are the slope of a
    convex function of λ, climbed down by Newton's steps that never rise.
    """
    moved = (design - design[treated].mean(axis=0))[:, 1:]
    others = moved[~treated]
    lam, ridge = np.zeros(moved.shape[1]), 1e-10 * np.eye(moved.shape[1])
    level, weights = _level(others, lam)
    for _ in range(_ROUNDS):
        slope = weights @ others
        if np.abs(slope).max() < _CLOSE:
            return np.asarray(moved @ lam)
        bent = (others * weights[:, None]).T @ others - np.outer(slope, slope)
        step = -np.linalg.solve(bent + ridge, slope)
        length, (lower, tried) = 1.0, _level(others, lam + step)
        while lower > level + _FALL * length * (slope @ step) and length > _SHORT:
            length /= 2
            lower, tried = _level(others, lam + length * step)
        lam, level, weights = lam + length * step, lower, tried
    return None


def _level(others: Floats, lam: Floats) -> tuple[float, Floats]:
    """Return the logarithm of the sum of odds, and the odds as parts of it."""
    line = others @ lam
    most = float(line.max())
    odds = np.exp(line - most)
    return most + float(np.log(odds.sum())), np.asarray(odds / odds.sum())
