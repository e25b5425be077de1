"""A gate: one question that a challenger must answer before it may serve."""

from __future__ import annotations

from typing import NamedTuple


class Gate(NamedTuple):
    """A question asked of a challenger, the figure that answers it, and the verdict.

    Parameters
    ----------
    name : str
        What is asked: ``"data"``, ``"unseen"``, ``"kept"``, ``"fast"``, ``"ranking"``, ``"promise"``, ``"value"``, or
        ``"segment"`` with its name.
    figure, low, high : float
        The figure with the ends of its interval; NaN where there is none.
    threshold : float
        What the figure, or the end of its interval that is named in ``said``, is held against.
    passed : bool
        Whether it may go on.
    said : str
        The verdict in words.

    Examples
    --------
    >>> Gate("fast", 2.1, 2.1, 2.1, 100.0, passed=True, said="2.1 ms a customer, of 100 allowed").passed
    True
    """

    name: str
    figure: float
    low: float
    high: float
    threshold: float
    passed: bool
    said: str
