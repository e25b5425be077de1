"""A choice: what is done with one customer, and with which probability."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """What is done with one customer.

    Parameters
    ----------
    action : str
        The action, or ``"none"``.
    slice : str
        By what: ``"policy"``, ``"random"`` or ``"control"``.
    propensity : float
        With which probability it was chosen.
    eligible : dict
        The probability of each action that he could have got, and of none.
    own : str
        What the policy itself would do.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.decisions.Choice("news", "policy", 0.975, {"none": 0.025, "news": 0.975}, "news").propensity
    0.975
    """

    action: str
    slice: str
    propensity: float
    eligible: dict[str, float]
    own: str
