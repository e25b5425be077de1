"""A gate: one question that a challenger must answer before it may serve."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

from cjlab._checks import within


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

    def provable(self, confidence: float = 0.95, power: float = 0.8) -> float:
        r"""Return how large the true figure must be for the low end to lie above the threshold that often.

        The smallest effect that so many decisions can show: what failed a gate may be less than that and yet be true.
        Half of it takes four times as many decisions.

        Parameters
        ----------
        confidence : float, default: 0.95
            Of the gate's interval.
        power : float, default: 0.8
            In what share of cases it is shown.

        Returns
        -------
        float
            In the figure's unit: :math:`t + s\,(z_{(1 + confidence)/2} + z_{power})` with the threshold :math:`t` and
            the standard error :math:`s` that the interval tells (Bloom 1995, doi:10.1177/0193841X9501900504); NaN where
            the gate has no interval.

        Raises
        ------
        SpecError
            When ``confidence`` or ``power`` is not between 0 and 1.

        Examples
        --------
        >>> gate = Gate("value", 0.1, -0.2, 0.4, 0.0, passed=False, said="+0.1 (-0.2 to +0.4)")
        >>> round(gate.provable(), 3)
        0.429
        """
        within(confidence, 0, 1, name="confidence", open_ends=True)
        within(power, 0, 1, name="power", open_ends=True)
        needed = NormalDist().inv_cdf((1 + confidence) / 2)
        error = (self.high - self.low) / (2 * needed)
        return self.threshold + error * (needed + NormalDist().inv_cdf(power))
