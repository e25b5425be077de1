"""The reserve: what the random slice may use up, set aside before anybody is chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from cjlab.errors import SpecError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.decisions._offers import Scarce

    Floats = NDArray[np.float64]

PASSED: Final = 1e-6
"""How probable it may be that draws pass the reserve, for each limit of a plan."""
_LOG: Final = -math.log(PASSED)


def left(scarce: Scarce, allowed: NDArray[np.bool_], explore: float) -> Floats:
    r"""Return what is left of everything for the policy's own choices, however the draws fall.

    A customer uses :math:`X = D C + (1 - D) c^*`: with probability :math:`\varepsilon` what an action drawn uses, else
    what the policy's own choice does. The mean of the sum is :math:`\varepsilon \sum E[C] + (1 - \varepsilon) S^*`, and
    its variance at most :math:`v = \varepsilon \sum E[C^2] + \varepsilon b L` for the largest use *b*. So that the sum
    passes the limit *L* with a probability of at most :data:`PASSED`, the policy's own choices, over everybody, use at
    most :math:`S^* = (L - \varepsilon \sum E[C] - t) / (1 - \varepsilon)` with Bennett's :math:`t = u v / b`,
    :math:`(1 + u) \log(1 + u) - u = \ell b^2 / v`, :math:`\ell = -\log` of that probability. His inequality holds for
    any number of customers, where a number of standard deviations does not (Bennett 1962,
    doi:10.1080/01621459.1962.10482149). Of contacts the whole number is returned.

    Raises
    ------
    SpecError
        When the draws alone may use up all there is.
    """
    share = allowed / (1 + np.count_nonzero(allowed, axis=1))[:, None]
    drawn = share.sum(axis=0)  # of each action, as many as would be drawn if all were
    mean = explore * scarce.use @ drawn
    most = scarce.use.max(axis=1, initial=0.0)
    variance = explore * (scarce.use**2 @ drawn + most * scarce.limits)
    above = np.array([_above(one, largest) for one, largest in zip(variance, most, strict=True)])
    kept = (scarce.limits - mean - above) / (1 - explore)
    for name, limit, needed, there in zip(scarce.names, scarce.limits, mean + above, kept, strict=True):
        if there < 0:
            raise SpecError(
                f"terms: {name} is {limit:,.6g}, and the random slice alone may take {needed:,.6g}: {explore:g} of"
                f" {np.count_nonzero(allowed.any(axis=1)):,} customers, drawn; give {name} more, or explore less"
            )
    return np.asarray(np.where(np.isin(scarce.use, (0.0, 1.0)).all(axis=1), np.floor(kept), kept))


def _above(variance: float, most: float) -> float:
    """Return by how much a sum may pass its mean, whose terms pass theirs by ``most`` at most."""
    from scipy.special import lambertw

    if variance <= 0 or most <= 0:
        return 0.0
    height = _LOG * most**2 / variance
    return float((np.exp(1 + lambertw((height - 1) / np.e).real) - 1) * variance / most)
