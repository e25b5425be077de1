"""What a customer's order days say of his own rhythm, as tables over a grid of mean gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._random import uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

SHAPES = (1, 2, 3, 4, 6, 8, 12)
MOST = 4_000  # customers from whom rhythms are learned; more narrow intervals that are narrow already
_STEP = 0.08  # of the grid of mean gaps, on the log scale
_LONGEST = 20.0  # times the log's days: the longest mean gap considered


@dataclass(frozen=True, eq=False)
class Rhythm:
    r"""The likelihood of each customer's order days, ready for a mixture.

    A person's gaps follow an Erlang law of mean :math:`g` and shape :math:`r`; after each order he stays with
    probability :math:`p`. With gaps :math:`x_j` and :math:`c` days from the last order to the end of the log,

    .. math:: L = p^{n} \prod_j f_r(x_j / g) / g \cdot \left[1 - p\,F_r(c / g)\right].

    Whoever was there before the log is met at a random point of his rhythm: his first wait has the density
    :math:`S_r(t / g) / g`. The tables hold the parts that do not depend on :math:`p`.

    Parameters
    ----------
    who : ndarray
        ``(n,)`` numbers of the customers.
    stays : ndarray
        ``(n,)`` orders after which each is known to have stayed.
    grid : ndarray
        ``(g,)`` logarithms of mean gaps in days.
    there, there_gone : ndarray
        ``(shapes, n, g)`` :math:`\prod f` for who was there before, and the same times :math:`F_r(c / g)`.
    new, new_gone : ndarray
        Likewise for who came with his first order; zeros where people are registered.
    unseen : ndarray
        ``(shapes, g)`` probability that somebody who was there before ordered on no day; zeros where registered.
    value, orders, within : ndarray, ndarray, float
        ``(n,)`` mean logarithm of each one's order values (NaN where none), of how many, and their variance within.
    weight : float
        How many customers of the log each of these stands for.
    """

    who: NDArray[np.int64]
    stays: Floats
    grid: Floats
    there: Floats
    there_gone: Floats
    new: Floats
    new_gone: Floats
    unseen: Floats
    value: Floats
    orders: Floats
    within: float
    weight: float

    @property
    def n(self) -> int:
        """How many customers."""
        return len(self.who)


@dataclass(frozen=True, eq=False)
class Counted:
    """What is left of a customer's order days: the fewest numbers that the likelihood needs."""

    who: NDArray[np.int64]
    orders: Floats
    gaps: Floats
    total: Floats
    logs: Floats
    first: Floats
    tail: Floats
    arrived: NDArray[np.bool_]


def rhythm(observed: Observed) -> Rhythm:
    """Return the tables of a log's customers, of at most so many drawn by their numbers."""
    counted = _counted(observed)
    registered = observed.registered
    grid = np.arange(0.0, np.log(_LONGEST * observed.days) + _STEP, _STEP)
    parts = [_tables(counted, grid, shape, registered=registered, horizon=horizon(observed)) for shape in SHAPES]
    there, there_gone, new, new_gone = (np.stack([part[place] for part in parts]) for place in range(4))
    top = np.maximum(there.max(axis=(0, 2)), new.max(axis=(0, 2)))[None, :, None]
    top = np.where(top > 0, top, 1.0)
    zero = np.zeros((len(SHAPES), len(grid)))
    unseen = zero if registered else np.stack([1.0 - waited(observed.days, grid, shape) for shape in SHAPES])
    value, n_orders, inside = _values(observed, counted.who)
    stays = counted.orders if registered else counted.gaps
    everyone = observed.n if registered else observed.orders["who"].n_unique()
    tables = (there / top, there_gone / top, new / top, new_gone / top)
    return Rhythm(counted.who, stays, grid, *tables, unseen, value, n_orders, inside, everyone / len(counted.who))


def horizon(observed: Observed) -> int:
    """Return over how many days people came with a first order."""
    first = observed.orders.group_by("who").agg(pl.col("day").min())["day"]
    return int(first.max()) + 1  # type: ignore[arg-type]


def waited(days: Floats | float, grid: Floats, shape: int) -> Floats:
    r"""Return the probability of an order within days of a random moment: :math:`\int_0^t S_r(u / g)\,du / g`."""
    from scipy.special import gammainc, gammaincc

    ratio = shape * np.asarray(days)[..., None] / np.exp(grid)
    return np.asarray(ratio / shape * gammaincc(shape, ratio) + gammainc(shape + 1, ratio))


def _counted(observed: Observed) -> Counted:
    by = observed.orders.group_by("who").agg(
        orders=pl.len(),
        first=pl.col("day").min(),
        last=pl.col("day").max(),
        logs=pl.col("day").diff().drop_nulls().log().sum(),
    )
    everyone = pl.DataFrame({"who": np.arange(observed.n)}) if observed.registered else by.select("who")
    frame = everyone.join(by, on="who", how="left").sort("who")
    if frame.height > MOST:
        drawn = uniform("simulator/fitting", frame["who"].to_numpy())
        frame = frame.filter(pl.Series(drawn.argsort().argsort() < MOST))
    who = frame["who"].to_numpy()
    orders = frame["orders"].fill_null(0).to_numpy().astype(float)
    first, last = (frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("first", "last"))
    entry = observed.entry[who] if observed.registered else np.zeros(len(who))
    joined = observed.joined[who] if observed.registered else np.full(len(who), -1.0)
    tail = np.where(orders > 0, observed.days - last - 0.5, observed.days - entry)
    gaps = np.maximum(orders - 1, 0.0)
    total, logs = np.nan_to_num(last - first), frame["logs"].fill_null(0.0).to_numpy()
    arrived = (joined >= 0) & (first == joined)
    return Counted(who, orders, gaps, total, logs, np.maximum(first - entry, 0.0) + 0.5, np.maximum(tail, 0.5), arrived)


def _tables(
    one: Counted, grid: Floats, shape: int, *, registered: bool, horizon: int
) -> tuple[Floats, Floats, Floats, Floats]:
    from scipy.special import gammainc, gammaincc, gammaln

    mean = np.exp(grid)
    some = (one.orders > 0)[:, None]
    fixed = one.gaps * (shape * np.log(shape) - gammaln(shape)) + (shape - 1) * one.logs
    gaps = fixed[:, None] - shape * one.gaps[:, None] * grid - shape * one.total[:, None] / mean
    gone = np.where(some, gammainc(shape, shape * one.tail[:, None] / mean), waited(one.tail, grid, shape))
    first = np.where(np.isfinite(one.first), one.first, 0.0)
    wait = np.maximum(gammaincc(shape, shape * first[:, None] / mean), 1e-300)
    wait = np.where(some & ~one.arrived[:, None], np.log(wait) - grid, 0.0)
    top = np.maximum((gaps + wait).max(axis=1), gaps.max(axis=1) if not registered else -np.inf)[:, None]
    scale = np.exp(np.clip(top - _reference(one), -600.0, 600.0))
    there = np.exp(gaps + wait - top) * scale
    new = np.zeros_like(there)
    if not registered:
        new = np.exp(gaps - top) * scale / horizon * (first[:, None] < horizon)
    return there, there * gone, new, new * gone


def _reference(one: Counted) -> Floats:
    """Return a log-likelihood to which all shapes are held: that of gaps without memory at each one's own mean."""
    mean = np.maximum(one.total + one.tail, 1.0) / np.maximum(one.gaps + 1, 1.0)
    return (-one.gaps * np.log(mean) - one.total / mean)[:, None]


def _values(observed: Observed, who: NDArray[np.int64]) -> tuple[Floats, Floats, float]:
    by = observed.worth.group_by("who").agg(
        pl.col("log").mean(), n=pl.len(), square=pl.col("log").var() * (pl.len() - 1)
    )
    freedom = float((by["n"] - 1).sum())
    inside = float(by["square"].fill_null(0.0).sum()) / freedom if freedom > 0 else 0.25
    joined = pl.DataFrame({"who": who}).join(by, on="who", how="left", maintain_order="left")
    value = joined["log"].fill_null(np.nan).to_numpy()
    return value, joined["n"].fill_null(0).to_numpy().astype(float), max(inside, 1e-4)
