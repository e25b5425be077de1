"""Whether scores are too bold or too shy: a logistic regression of what happened on the logit of what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.metrics._estimate import Measured

if TYPE_CHECKING:
    from cjlab.metrics._door import Floats

_STEPS, _CLOSE, _STEEPEST = 50, 1e-10, 1e3


def slope(happened: Floats, score: Floats) -> Measured | None:
    """Measure the slope of the logit of what happens on the logit of the score; None where no line fits."""
    line = _fitted(happened, score, np.vstack([np.ones(len(score)), _logit(score)]), np.zeros(len(score)))
    return None if line is None else line[1]


def intercept(happened: Floats, score: Floats) -> Measured | None:
    """Measure how far the logit of what happens lies above the logit of the score; None where it is not known."""
    line = _fitted(happened, score, np.ones((1, len(score))), _logit(score))
    return None if line is None else line[0]


def _logit(score: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(score) - np.log1p(-score))


def _fitted(happened: Floats, score: Floats, columns: Floats, offset: Floats) -> list[Measured] | None:
    """Fit by Newton's steps; the influences are those of the sandwich, right where the line is not."""
    if score.min() <= 0 or score.max() >= 1 or (len(columns) > 1 and np.ptp(columns[1]) == 0):
        return None
    line = np.zeros(len(columns))
    for _ in range(_STEPS):
        with np.errstate(over="ignore"):
            expected = 1 / (1 + np.exp(-(offset + line @ columns)))
        bend = (columns * (expected * (1 - expected))) @ columns.T
        if not np.linalg.cond(bend) < 1 / np.finfo(float).eps:
            return None
        step = np.linalg.solve(bend, columns @ (happened - expected))
        line += step
        if not np.abs(line).max() < _STEEPEST:
            return None
        if np.abs(step).max() < _CLOSE * (1 + np.abs(line).max()):
            influences = len(score) * np.linalg.solve(bend, columns * (happened - expected))
            return [Measured(float(one), part) for one, part in zip(line, influences, strict=True)]
    return None
