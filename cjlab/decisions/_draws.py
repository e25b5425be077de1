"""The draws of a plan: who is in the random slice, what he gets there, and who is left alone as a control.

Each is a pure function of (salt, customer, moment): scores, the budget and the other customers leave it alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._random import digests, uniform

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from cjlab.decisions._terms import Terms


class Draws(NamedTuple):
    """What is drawn at a moment under a salt."""

    terms: Terms
    at: dt.datetime

    def number(self, purpose: str, customers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a number in [0, 1) for each customer."""
        return uniform(f"decisions/{purpose}/{self.at.isoformat()}/{self.terms.salt}", customers)

    def explored(self, customers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell who is in the random slice."""
        return self.number("explore", customers) < self.terms.explore

    def withheld(self, customers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell who is left alone if the policy would contact him."""
        return self.number("control", customers) < self.terms.control

    def arms(self, customers: NDArray[np.int64], allowed: NDArray[np.bool_]) -> NDArray[np.int8]:
        """Return what each gets in the random slice: 0 for none, or 1 and more for an allowed action, all as likely."""
        rank = allowed.cumsum(axis=1)
        drawn = np.floor(self.number("arm", customers) * (rank[:, -1] + 1)).astype(np.int64)
        first = (rank == drawn[:, None]) & allowed
        return np.where(drawn > 0, first.argmax(axis=1) + 1, 0).astype(np.int8)

    def chances(self, own: NDArray[np.int8], allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
        r"""Return with which probability each gets each arm, ``(n, 1 + actions)``, none first.

        With the share explored :math:`\varepsilon`, the control :math:`\kappa`, the policy's own choice :math:`a^*` and
        :math:`k` allowed actions, each of these and none has :math:`P(a) = \varepsilon / (k + 1) + (1 - \varepsilon)
        \,[(1 - \kappa)\,1\{a = a^*\} + \kappa\,1\{a = \text{none}\}]`; where none is chosen :math:`\kappa` is 0.
        """
        explore, control = self.terms.explore, self.terms.control
        there = np.column_stack([np.ones(len(own), np.bool_), allowed])
        chances: NDArray[np.float64] = there * (explore / there.sum(axis=1, keepdims=True))
        rows, contacted = np.arange(len(own)), own > 0
        chances[rows, own] += (1 - explore) * np.where(contacted, 1 - control, 1.0)
        chances[:, 0] += (1 - explore) * control * contacted
        return chances


def numbers_of(customers: NDArray[Any]) -> NDArray[np.int64]:
    """Return identifiers as whole numbers that are drawn for as they are themselves; text is digested once."""
    if customers.dtype.kind in "iu":
        return customers.astype(np.int64)
    return digests(str(one).encode() for one in customers).view(np.int64)
