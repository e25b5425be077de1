"""How far apart two samples lie, with an interval that counts clusters and not rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from cjlab._checks import one_of, whole, within
from cjlab.errors import EvidenceError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Kind: TypeAlias = Literal["kolmogorov-smirnov", "wasserstein", "total variation"]
KINDS: tuple[Kind, ...] = ("kolmogorov-smirnov", "wasserstein", "total variation")
_FINEST = 2_000  # values of a measure that is read from ranks of at most so many steps


class Distance(NamedTuple):
    """A distance between two samples, and the ends of its interval.

    Parameters
    ----------
    estimate : float
        The distance.
    low, high : float
        Ends of its interval, at least 0.
    clusters : tuple of int
        How many clusters each sample has.

    Examples
    --------
    >>> Distance(0.2, 0.1, 0.3, (50, 60)).high
    0.3
    """

    estimate: float
    low: float
    high: float
    clusters: tuple[int, int]


def distance(
    x: ArrayLike,
    y: ArrayLike,
    *,
    kind: Kind = "kolmogorov-smirnov",
    clusters: tuple[ArrayLike, ArrayLike] | None = None,
    replicates: int = 200,
    confidence: float = 0.95,
    seed: int = 0,
) -> Distance:
    r"""Return how far the law of ``y`` lies from that of ``x``, with an interval from resampled clusters.

    With cumulated shares :math:`F` and :math:`G` and shares :math:`p` and :math:`q`:

    - ``"kolmogorov-smirnov"``: :math:`\max_v |F(v) - G(v)|`, 0 to 1;
    - ``"wasserstein"``: :math:`\int |F - G|\,dv \,/\, |\bar x|`: what has to be moved, as a share of the mean of ``x``;
    - ``"total variation"``: :math:`\tfrac12 \sum_v |p(v) - q(v)|`, 0 to 1; the values may be words.

    The interval is the basic bootstrap one, :math:`[2d - d^*_{1-\alpha/2},\ 2d - d^*_{\alpha/2}]`, cut at 0: a distance
    of resampled rows lies too high by about what the distance of the samples does, and the reflection takes that off
    (Davison & Hinkley 1997, doi:10.1017/CBO9780511802843, section 5.2). Where the reflection ends below the distance
    itself, for samples that lie as near as their sizes can tell, it is drawn out to it. Whole clusters are drawn.

    Parameters
    ----------
    x, y : array_like
        ``(n,)`` and ``(m,)`` values; missing ones are left out.
    kind : {"kolmogorov-smirnov", "wasserstein", "total variation"}
        Which distance.
    clusters : tuple of array_like, optional
        To which cluster each value belongs, such as its customer; each value its own unless given.
    replicates : int
        How often clusters are drawn.
    confidence : float
        Of the interval.
    seed : int
        Of the draws.

    Returns
    -------
    Distance
        Estimate, interval, numbers of clusters.

    Raises
    ------
    EvidenceError
        When a sample has no value, or the mean of ``x`` is 0 where it is divided by.

    Examples
    --------
    >>> distance([1, 2, 3, 4], [1, 2, 3, 8], kind="wasserstein").estimate
    0.4
    >>> distance(["a", "a", "b", "b"], ["a", "b", "b", "b"], kind="total variation").estimate
    0.25
    """
    one_of(kind, KINDS, name="kind")
    whole(replicates, name="replicates", least=20, most=100_000)
    within(confidence, 0, 1, name="confidence", open_ends=True)
    first, second, support = _coded(x, y, clusters, kind)
    found = _apart(first.shares(), second.shares(), support, kind)
    rng = np.random.default_rng(seed)
    drawn = [
        _apart(first.shares(first.draw(rng)), second.shares(second.draw(rng)), support, kind) for _ in range(replicates)
    ]
    low, high = np.quantile(drawn, [(1 + confidence) / 2, (1 - confidence) / 2])
    ends = max(0.0, 2 * found - low), max(found, 2 * found - high)
    return Distance(found, *ends, (first.clusters, second.clusters))


def half_against_half(
    x: ArrayLike,
    *,
    kind: Kind = "kolmogorov-smirnov",
    clusters: ArrayLike | None = None,
    splits: int = 20,
    seed: int = 0,
) -> float:
    """Return how far one half of a sample's clusters lies from the other, on average over random splits.

    It is what a perfect copy of the same size as a half would show: no distance below it means anything.

    Parameters
    ----------
    x : array_like
        ``(n,)`` values.
    kind : {"kolmogorov-smirnov", "wasserstein", "total variation"}
        Which distance.
    clusters : array_like, optional
        To which cluster each value belongs.
    splits : int
        How many random splits.
    seed : int
        Of the splits.

    Returns
    -------
    float
        The mean distance.

    Raises
    ------
    EvidenceError
        When there are fewer than two clusters.

    Examples
    --------
    >>> half_against_half([1, 1, 1, 1], kind="total variation")
    0.0
    """
    one_of(kind, KINDS, name="kind")
    own = None if clusters is None else (clusters, clusters)
    sample, _, support = _coded(x, x, own, kind)
    if sample.clusters < 2:  # noqa: PLR2004 - two halves
        raise EvidenceError(f"x has {sample.clusters} cluster; two halves need at least 2")
    rng = np.random.default_rng(seed)
    found = [_split(sample, support, kind, rng) for _ in range(splits)]
    return float(np.mean(found))


def _split(sample: _Sample, support: NDArray[np.float64], kind: Kind, rng: np.random.Generator) -> float:
    half = rng.permutation(sample.clusters) < sample.clusters // 2
    return _apart(sample.shares(half.astype(np.float64)), sample.shares((~half).astype(np.float64)), support, kind)


@dataclass(frozen=True, eq=False)
class _Sample:
    """Values as codes of a support, each in its cluster; equal ones of a cluster counted once."""

    codes: NDArray[np.int64]
    owners: NDArray[np.int64]
    counts: NDArray[np.float64]
    clusters: int
    size: int

    def shares(self, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Return the share of each value, clusters weighted."""
        heavy = self.counts if weights is None else self.counts * weights[self.owners]
        sums = np.bincount(self.codes, weights=heavy, minlength=self.size)
        total = sums.sum()
        return np.asarray(sums / total if total > 0 else np.full(self.size, 1.0 / self.size))

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw as many clusters as there are, with replacement, as weights."""
        drawn = rng.integers(0, self.clusters, self.clusters)
        return np.bincount(drawn, minlength=self.clusters).astype(float)


def _coded(
    x: ArrayLike, y: ArrayLike, clusters: tuple[ArrayLike, ArrayLike] | None, kind: Kind
) -> tuple[_Sample, _Sample, NDArray[np.float64]]:
    first, second = _known(x, clusters and clusters[0], "x"), _known(y, clusters and clusters[1], "y")
    pooled = np.concatenate([first[0], second[0]])
    support, codes = np.unique(pooled, return_inverse=True)
    if kind != "total variation":
        support, codes = _coarse(support.astype(float), codes)
    cut = len(first[0])
    samples = _sample(codes[:cut], first[1], len(support)), _sample(codes[cut:], second[1], len(support))
    return *samples, _scaled(support, samples[0].shares()) if kind == "wasserstein" else np.arange(
        len(support), dtype=float
    )


def _scaled(support: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    mean = abs(float(shares @ support))
    if mean <= 0:
        raise EvidenceError("the mean of x is 0, so no distance can be a share of it; choose another kind of distance")
    return support / mean


def _known(values: ArrayLike, clusters: ArrayLike | None, name: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the values that are known, and the number of the cluster of each."""
    array = np.asarray(values)
    array = array.astype(str) if array.dtype.kind in "OUT" else array.astype(float)
    owners = np.arange(len(array)) if clusters is None else np.asarray(clusters)
    if len(owners) != len(array):
        raise EvidenceError(f"{name} has {len(array)} values and {len(owners)} clusters; give one for each value")
    there = np.ones(len(array), dtype=bool) if array.dtype.kind == "U" else np.isfinite(array)
    if not there.any():
        raise EvidenceError(f"{name} has no value; a distance needs at least one on either side")
    return array[there], np.unique(owners[there], return_inverse=True)[1].astype(np.int64)


def _coarse(support: NDArray[np.float64], codes: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Join neighbouring values where there are very many, each group at its mean."""
    if len(support) <= _FINEST:
        return support, codes
    counts = np.bincount(codes, minlength=len(support))
    step = ((np.cumsum(counts) - counts) * _FINEST // counts.sum()).astype(np.int64)
    sums, sizes = np.bincount(step, weights=counts * support), np.bincount(step, weights=counts)
    kept = sizes > 0
    return sums[kept] / sizes[kept], (np.cumsum(kept) - 1)[step][codes]


def _sample(codes: NDArray[np.int64], owners: NDArray[np.int64], size: int) -> _Sample:
    clusters = int(owners.max()) + 1
    pairs, counts = np.unique(owners * size + codes, return_counts=True)
    return _Sample(pairs % size, pairs // size, counts.astype(float), clusters, size)


def _apart(p: NDArray[np.float64], q: NDArray[np.float64], support: NDArray[np.float64], kind: Kind) -> float:
    if kind == "total variation":
        return float(np.abs(p - q).sum() / 2)
    gap = np.abs(np.cumsum(p - q))
    return float(gap.max() if kind == "kolmogorov-smirnov" else (gap[:-1] * np.diff(support)).sum())
