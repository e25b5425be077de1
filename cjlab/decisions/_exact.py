"""The best plan there is, by whole numbers: for few customers, where one more or less of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.decisions._offers import Offers

_SECONDS = 20.0
_SLACK = 1e-6  # the solver keeps a limit to so much; what it takes beyond is handed back


def exact(offers: Offers) -> tuple[NDArray[np.int8], float]:
    r"""Return what each takes in the best plan, 0 for nothing, and the most that any plan is worth.

    The plan maximises :math:`\\sum x_{ia} v_{ia}` over :math:`x \\in \\{0, 1\\}` with at most one action a customer and
    :math:`\\sum x_{ia} u_a \\le L`, by HiGHS (Huangfu & Hall 2018, doi:10.1007/s12532-017-0130-5).

    Raises
    ------
    EvidenceError
        When no plan was found in time.
    """
    places, who = np.nonzero(offers.nets > 0)
    taken = np.zeros(offers.nets.shape[1], np.int8)
    bound = 0.0
    for limits in (offers.limits, offers.limits * (1 - _SLACK) - _SLACK) if len(who) else ():
        chosen, bound = _solved(offers, places, who, limits)
        taken[:] = 0
        taken[who[chosen]] = places[chosen] + 1
        if not len(limits) or offers.excess(taken).max() <= 0:
            break
    return taken, bound


def _solved(
    offers: Offers, places: NDArray[np.intp], who: NDArray[np.intp], limits: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], float]:
    """Return which pairs of customer and action are taken, and the bound."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, vstack

    pairs, people = len(who), offers.nets.shape[1]
    once = csr_array((np.ones(pairs), (who, np.arange(pairs))), shape=(people, pairs))
    rows = vstack([once, csr_array(offers.use[:, places].reshape(len(limits), pairs))])
    answer = milp(
        -offers.nets[places, who],
        integrality=np.ones(pairs, np.int8),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, ub=np.append(np.ones(people), np.maximum(limits, 0.0))),
        options={"time_limit": _SECONDS, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        raise EvidenceError(f"no plan of whole numbers was found in {_SECONDS:g} s; leave exact out of the terms")
    return answer.x > 0.5, float(-answer.mip_dual_bound)  # noqa: PLR2004 - one or none
