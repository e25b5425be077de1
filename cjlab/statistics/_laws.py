"""The laws that tests are held to; scipy, which takes longer to load than most tests take, waits until one is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cjlab.statistics._samples import Floats, Given


def normal(z: Given) -> Floats:
    """Return the chance that a standard normal number is at most ``z``."""
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


def normal_quantile(p: float) -> float:
    """Return the standard normal number that is not exceeded with chance ``p``."""
    from scipy.special import ndtri

    return float(ndtri(p))


def student(df: Given, t: Given) -> Floats:
    """Return the chance that Student's t is at most ``t``."""
    from scipy.special import stdtr

    return np.asarray(stdtr(df, t))


def student_quantile(df: Given, p: float) -> Floats:
    """Return the value of Student's t that is not exceeded with chance ``p``."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(df, p))


def chi_square_beyond(df: int, value: Floats) -> Floats:
    """Return the chance that chi-square exceeds ``value``."""
    from scipy.special import chdtrc

    return np.asarray(chdtrc(df, value), dtype=np.float64)[()]
