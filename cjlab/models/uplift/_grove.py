r"""Honest trees of one arm's effect, in little bags, so that what they say of a customer comes with its error.

Each bag draws some of the customers, each tree of it most of those; one half of these say where the tree splits, the
others fill its leaves (honesty). With :math:`\alpha_i(x)` the weight that customer i has for one like x, his share of
the leaves that x falls into, the effect is the regression of what is left of the outcome on what is left of the arm,

.. math:: \hat\tau(x) = \frac{\sum_i \alpha_i (w_i - \bar w_\alpha)(y_i - \bar y_\alpha)}
                             {\sum_i \alpha_i (w_i - \bar w_\alpha)^2},

and its variance that between bags, less what is the trees' own (Athey, Tibshirani & Wager 2019,
doi:10.1214/18-AOS1709; bags: Sexton & Laake 2009, doi:10.1016/j.csda.2008.08.007).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import norm

from cjlab._random import halves, uniform
from cjlab._threads import threads
from cjlab.models.kernel import asked, grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

    Floats = NDArray[np.float64]

BAG = 10  # trees
_OF_ALL, _MOST = 0.5, 50_000  # the share of customers in a bag, and rows beyond which it is a lesser one
_OF_BAG = 0.9  # the share of a bag that a tree sees
_ALWAYS = 20  # columns that are tried beside the root of their number
_NODE = {"feature": np.int32, "low": np.uint8, "high": np.uint8, "child": np.int32}
_ROWS = 16_384  # asked at a time


class Left(NamedTuple):
    """What is left of arm and outcome once what is expected has been taken off; who was treated, and whose it is."""

    bins: NDArray[np.uint8]
    treated: NDArray[np.bool_]
    arm: Floats
    outcome: Floats
    customer: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Grove:
    """Trees, one behind the other.

    ``firsts`` is ``(trees + 1, 2)``, where the nodes and the leaves of each begin; ``nodes`` holds of each node its
    column (−1: a leaf), the first and last bin that go left, and which node or leaf comes next; ``means`` is
    ``(leaves, 4)``; ``share`` of the customers are in a bag.
    """

    firsts: NDArray[np.int64]
    nodes: Mapping[str, NDArray[Any]]
    means: Floats
    share: float

    @classmethod
    def grow(cls, left: Left, trees: int, *, fewest: int, key: str) -> Grove:
        """Grow trees, in whole bags, a part of a node having at least ``fewest`` of either side to tell of it."""
        share = min(_OF_ALL, _MOST / len(left.treated))
        with ThreadPoolExecutor(threads()) as pool:
            bags = pool.map(partial(_bag, left, share, fewest, key), range(-(-trees // BAG)))
            made = [tree for bag in bags for tree in bag]
        sizes = [(len(tree["feature"]), len(tree["means"])) for tree in made]
        firsts = np.concatenate([np.zeros((1, 2), np.int64), np.cumsum(sizes, axis=0, dtype=np.int64)])
        nodes = {name: np.concatenate([tree[name] for tree in made]) for name in _NODE}
        return cls(firsts, nodes, np.concatenate([tree["means"] for tree in made]), share)

    def effects(self, bins: NDArray[np.uint8]) -> Floats:
        """Return the effect on each row, ``(n,)``."""
        found: Floats = self._asked(bins, sure=False)[0]
        return found

    def sure(self, bins: NDArray[np.uint8]) -> tuple[Floats, Floats]:
        r"""Return the effect on each row and its variance, ``(n,)`` each.

        With B the variance between bags, N what of it is the trees' own, h the share of the customers in a bag and G
        bags: :math:`(B - N)\,h / (1 - h) + B / G`, the last for being of so many bags and no more.
        """
        effect, between, within = self._asked(bins, sure=True)
        bags = (len(self.firsts) - 1) // BAG
        drawn = _unbiased(between, within, bags) * self.share / (1 - self.share)
        return effect, drawn + between / bags

    def _asked(self, bins: NDArray[np.uint8], *, sure: bool) -> Floats:
        found = np.empty((3, len(bins)))

        def fill(start: int) -> None:
            part = found[:, start : start + _ROWS]
            rest = part[1:] if sure else part[1:, :0]
            asked(bins[start : start + _ROWS], self.firsts, *self.nodes.values(), self.means, BAG, part[0], *rest)

        with ThreadPoolExecutor(threads()) as pool:
            list(pool.map(fill, range(0, len(bins), _ROWS)))
        return found

    def _parts(self) -> Mapping[str, Part]:
        return {"firsts": self.firsts, "nodes": dict(self.nodes), "means": self.means, "share": self.share}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Grove:
        nodes = {name: parts["nodes"][name] for name in _NODE}
        return cls(parts["firsts"], nodes, parts["means"], parts["share"])


def _bag(left: Left, share: float, fewest: int, key: str, number: int) -> list[dict[str, NDArray[Any]]]:
    """Grow the trees of a bag, all on the same customers."""
    own = np.flatnonzero(uniform(f"{key}/bag/{number}", left.customer) < share)
    return [_tree(left, own, fewest, f"{key}/tree/{BAG * number + tree}") for tree in range(BAG)]


def _tree(left: Left, own: NDArray[np.intp], fewest: int, key: str) -> dict[str, NDArray[Any]]:
    """Grow a tree on most of a bag's customers: the first half say where it splits, the second fill its leaves."""
    drawn = uniform(key, left.customer[own])
    tellers, payers = own[drawn < _OF_BAG / 2], own[(drawn >= _OF_BAG / 2) & (drawn < _OF_BAG)]
    leaves = 1 + len(tellers) // (2 * fewest)
    made: dict[str, NDArray[Any]] = {name: np.empty(2 * leaves, kind) for name, kind in _NODE.items()}
    means, columns = np.empty((leaves, 4)), left.bins.shape[1]
    tried = min(columns, _ALWAYS + int(np.ceil(np.sqrt(columns))))
    nodes, used = grown(*left[:4], tellers, payers, tried, fewest, halves(key)[0], *made.values(), means)
    return {name: values[:nodes].copy() for name, values in made.items()} | {"means": means[:used].copy()}


def _unbiased(between: Floats, within: Floats, bags: int) -> Floats:
    r"""Return the variance that bags have beyond their trees', never below 0.

    The difference :math:`d` of the two has an error of about :math:`s = v\sqrt{2/G}` with G bags, v the greater of the
    two; given that a variance is not negative, every such one alike likely beforehand, its mean is
    :math:`d + s\,\phi(d/s)/\Phi(d/s)`.
    """
    found = between - within
    error = np.maximum(np.maximum(between, within), 1e-300) * np.sqrt(2.0 / bags)
    ratio = found / error
    corrected: Floats = found + error * np.exp(norm.logpdf(ratio) - norm.logcdf(ratio))
    return corrected
