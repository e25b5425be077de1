"""One figure with its interval, as judges make them and cards show them."""

from __future__ import annotations

from math import isnan, nan
from typing import NamedTuple


class Figure(NamedTuple):
    """One figure with its interval.

    Parameters
    ----------
    measure : str
        What is measured.
    share : float
        At which share of customers contacted; NaN where it is about all.
    estimate, low, high : float
        The figure and the ends of its interval; NaN where an end is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.models.Figure("recall", 0.1, 0.31, 0.28, 0.34).said
    '0.3100 (0.2800 to 0.3400)'
    """

    measure: str
    share: float
    estimate: float
    low: float
    high: float

    @property
    def called(self) -> str:
        """What is measured, and at which share of customers.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.Figure("recall", 0.1, 0.31, 0.28, 0.34).called
        'recall at 10%'
        """
        return self.measure if isnan(self.share) else f"{self.measure} at {self.share:.0%}"

    @property
    def said(self) -> str:
        """The figure with its interval; by itself where no interval is known.

        Examples
        --------
        >>> import cjlab as cj
        >>> nan = float("nan")
        >>> cj.models.Figure("megabytes", nan, 1.2, nan, nan).said
        '1.2000'
        """
        ends = "" if isnan(self.low) or isnan(self.high) else f" ({self.low:.4f} to {self.high:.4f})"
        return f"{self.estimate:.4f}{ends}"


def about_all(measure: str, estimate: float, low: float = nan, high: float = nan) -> Figure:
    """Return a figure that is about all customers."""
    return Figure(measure, nan, float(estimate), float(low), float(high))
