"""Whether a guardrail is held: no worse than a margin agreed beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from cjlab._checks import one_of, within
from cjlab.errors import SpecError
from cjlab.statistics._laws import student, student_quantile

if TYPE_CHECKING:
    from cjlab.statistics._comparison import Comparison
    from cjlab.statistics._samples import Flags, Floats, Given


class Noninferiority(NamedTuple):
    """A guardrail's verdict; neither held nor broken means that the data cannot say yet.

    Parameters
    ----------
    held : ndarray of bool
        The interval lies wholly on the good side of the margin.
    broken : ndarray of bool
        The interval lies wholly beyond it.
    bound : ndarray or float
        The end of the interval on the side of harm.
    threshold : ndarray or float
        The margin with its sign: what ``bound`` is held against.
    p : ndarray or float
        One-sided p-value of harm as large as the margin; the guardrail is held when it is below (1 - confidence) / 2.

    Examples
    --------
    >>> Noninferiority(held=True, broken=False, bound=-0.001, threshold=-0.002, p=0.004).held
    True
    """

    held: Flags | bool
    broken: Flags | bool
    bound: Floats | float
    threshold: Floats | float
    p: Floats | float


def noninferiority(
    comparison: Comparison, *, margin: Given, harm: Literal["up", "down"], confidence: float = 0.95
) -> Noninferiority:
    """Hold the interval of a difference against a margin of harm.

    Parameters
    ----------
    comparison : Comparison
        Answer of ``welch``, ``proportions``, ``ratio``, ``cuped`` or ``poststratified``.
    margin : float or ndarray
        The largest harm that is accepted, in the metric's unit, 0 or above.
    harm : {"up", "down"}
        ``"up"`` when a rise does harm (complaints), ``"down"`` when a fall does (visits).
    confidence : float, default: 0.95
        That with which ``comparison`` was made. Its two-sided interval is used, so that what is shown and what is
        decided agree; the chance of holding a guardrail that is broken is at most (1 - confidence) / 2.

    Returns
    -------
    Noninferiority
        Neither held nor broken, with a p of NaN, where the comparison is NaN.

    Raises
    ------
    SpecError
        When ``margin`` is negative or not finite, or ``harm`` or ``confidence`` is not allowed.

    Examples
    --------
    >>> import cjlab as cj
    >>> before, after = cj.statistics.Sample(9000, 5.0, 4.0), cj.statistics.Sample(9000, 4.99, 4.0)
    >>> visits = cj.statistics.welch(after, before)
    >>> bool(cj.statistics.noninferiority(visits, margin=0.1, harm="down").held)
    True
    """
    one_of(harm, ("up", "down"), name="harm")
    within(confidence, 0, 1, name="confidence", open_ends=True)
    if not (np.all(np.isfinite(margin)) and np.all(np.asarray(margin) >= 0)):
        raise SpecError(f"margin is {margin!r}; give a finite amount of harm, 0 or above, in the metric's unit")
    sign = -1.0 if harm == "up" else 1.0  # turned so that harm is down
    near, far = (comparison.low, comparison.high) if harm == "down" else (comparison.high, comparison.low)
    held, broken = sign * near > -np.asarray(margin), sign * far < -np.asarray(margin)
    with np.errstate(divide="ignore", invalid="ignore"):
        # the side's own standard error: a score interval is not symmetric
        error = sign * (comparison.estimate - near) / student_quantile(comparison.df, (1 + confidence) / 2)
        p = student(comparison.df, -(sign * comparison.estimate + margin) / error)
    return Noninferiority(held, broken, near, -sign * np.asarray(margin), p)
