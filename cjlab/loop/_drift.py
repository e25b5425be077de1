"""Drift: whether features still lie as they did when a model learnt, by more than chance and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cjlab import statistics
from cjlab._checks import instance, listed, whole, within
from cjlab._display import Shown
from cjlab.errors import TableError
from cjlab.loop._cells import cells, kind

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.statistics import Divergence

    Owners = tuple[NDArray[np.int64], NDArray[np.int64]] | None

AS_BEFORE, A_LITTLE, MOVED, NOT_COMPARABLE = "as before", "moved a little", "moved", "not comparable"
_COLUMNS: Final = (
    *("kind", "cells", "missing_before", "missing_now"),
    *("psi", "psi_low", "psi_high", "psi_floor", "js", "js_low", "js_high", "js_floor"),
    *("p", "p_shared", "verdict"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Drifted(Shown):
    """How far each feature moved; made by :func:`drift`.

    Parameters
    ----------
    features : pandas.DataFrame
        Indexed by ``feature``: ``kind`` ("number" or "category"), ``cells``, ``missing_before`` and ``missing_now``
        (shares), ``psi`` and ``js`` with ``_low``, ``_high`` and ``_floor``, ``p``, ``p_shared`` (Holm's), ``verdict``.
    rows : tuple of int
        Rows of the reference, and now.
    tolerance : float
        Up to which index a feature lies where it did.
    confidence : float
        Of intervals, and of all floors together.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> drawn = np.random.default_rng(0).normal(size=(2, 2_000))
    >>> cj.loop.drift(pd.DataFrame({"age": drawn[0]}), pd.DataFrame({"age": drawn[1] + 1})).moved
    ('age',)
    """

    features: pd.DataFrame
    rows: tuple[int, int]
    tolerance: float
    confidence: float

    @property
    def moved(self) -> tuple[str, ...]:
        """The features that moved by more than the tolerance, the farthest first.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> same = pd.DataFrame({"place": ["north", "south"] * 50})
        >>> cj.loop.drift(same, same).moved
        ()
        """
        found = self.features[self.features["verdict"] == MOVED]
        return tuple(found.sort_values("psi", ascending=False, kind="stable").index)

    def to_frame(self) -> pd.DataFrame:
        """Return a line a feature, the farthest first.

        Returns
        -------
        pandas.DataFrame
            ``features``, by falling ``psi``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> same = pd.DataFrame({"place": ["north", "south"] * 50})
        >>> cj.loop.drift(same, same).to_frame()["verdict"].tolist()
        ['as before']
        """
        return self.features.sort_values("psi", ascending=False, kind="stable")


def drift(
    reference: pd.DataFrame, now: pd.DataFrame, *, tolerance: float = 0.1, confidence: float = 0.95, bins: int = 10
) -> Drifted:
    r"""Compare the features that a model learnt from with those it is to score now.

    Each feature is cut into cells: numbers at the quantiles of the reference, values that are common, and what is
    missing, each in cells of their own; categories as they are. How far shares moved is told by the population
    stability index and by the divergence of Jensen and Shannon, with intervals, as :func:`cjlab.statistics.divergence`
    says.

    The *floor* is what two samples of one population and of these sizes show, at the stated confidence, in any of the
    features at once: those above their floor are the ones that Holm's procedure finds, the i-th smallest of *m*
    p-values against :math:`\alpha / (m - i + 1)`. A feature above its floor *moved a little*, and *moved* where its
    whole interval lies above the ``tolerance``: with many customers everything moves, and little of it matters.

    Rows of one ``customer_id`` (the index, or a level of it) hang together, in one table and across both. So scoring
    the same customers again has lower floors than asking others, and ten waves of one customer count as what they say.

    Parameters
    ----------
    reference, now : pandas.DataFrame
        Features at learning, and now.
    tolerance : float, default: 0.1
        Up to which index a feature lies where it did; 0.1 and 0.25 are the custom of credit scoring.
    confidence : float, default: 0.95
        Of each interval, and of the floors of all features together.
    bins : int, default: 10
        Into how many cells of like size numbers are cut.

    Returns
    -------
    Drifted
        A line a feature.

    Raises
    ------
    TableError
        When a table is none, has no row, lacks a feature of the other, or a feature is of two kinds.
    SpecError
        When a parameter is not allowed.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> learnt = pd.DataFrame({"age": rng.normal(40, 9, 4_000), "place": rng.choice(["north", "south"], 4_000)})
    >>> today = pd.DataFrame({"age": rng.normal(40, 9, 900), "place": rng.choice(["north", "east"], 900)})
    >>> cj.loop.drift(learnt, today).to_frame()["verdict"].to_dict()
    {'place': 'moved', 'age': 'as before'}
    """
    import pandas as pd

    within(tolerance, 0, 10, name="tolerance")
    within(confidence, 0, 1, name="confidence", open_ends=True)
    whole(bins, name="bins", least=2, most=1_000)
    names, owners = _alike(reference, now), _owners(reference, now)
    found, lines = [], []
    for name in names:
        before, after = reference[name], now[name]
        codes = cells(before, after, bins=bins)
        one = statistics.divergence(*codes, clusters=owners, confidence=confidence)
        told = len(np.unique(np.concatenate(codes))) == 1 or one.cells > 1
        found.append(one if told else None)
        lines.append([kind(before, after), one.cells, *(float(np.mean(code < 0)) for code in codes)])
    rest = _judged(found, tolerance, 1 - confidence)
    table = pd.DataFrame(
        [[*line, *more] for line, more in zip(lines, rest, strict=True)],
        index=pd.Index(names, name="feature", dtype=object),
        columns=[*_COLUMNS],
    )
    return Drifted(table, (len(reference), len(now)), tolerance, confidence)


def _alike(reference: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """Return the features, which both tables must have."""
    import pandas as pd

    for name, table in (("reference", reference), ("now", now)):
        instance(table, pd.DataFrame, name=name, error=TableError)
        if not len(table):
            raise TableError(f"{name} has no row; give the features of at least one customer")
        if not table.columns.is_unique:
            raise TableError(f"{name} has {table.columns[table.columns.duplicated()][0]!r} twice; name each once")
    for name, own, other in (("now", now, reference), ("reference", reference, now)):
        absent = [column for column in other.columns if column not in own.columns]
        if absent:
            raise TableError(f"{name} has no feature {listed(absent)}, which the other table has; give both the same")
    return list(reference.columns)


def _owners(reference: pd.DataFrame, now: pd.DataFrame) -> Owners:
    """Return whose each row is, where customers have several."""
    import pandas as pd

    if not all("customer_id" in table.index.names for table in (reference, now)):
        return None
    both = [table.index.get_level_values("customer_id") for table in (reference, now)]
    codes, names = pd.factorize(both[0].append(both[1]))
    if len(names) == len(codes):
        return None
    numbers = codes.astype(np.int64)
    return numbers[: len(reference)], numbers[len(reference) :]


def _judged(found: list[Divergence | None], tolerance: float, level: float) -> list[list[object]]:
    """Return divergences beside their floors, shared among all that can be compared."""
    p = np.array([np.nan if one is None else one.p for one in found])
    shared, levels = statistics.holm(p) if len(p) else p, _levels(p, level)
    lines: list[list[object]] = []
    for one, own, own_shared, own_level in zip(found, p, shared, levels, strict=True):
        if one is None:
            lines.append([*[np.nan] * 10, NOT_COMPARABLE])
            continue
        floors = one.floor(own_level)
        verdict = _verdict(one, floors[0], tolerance)
        lines.append([*one.psi, floors[0], *one.js, floors[1], own, own_shared, verdict])
    return lines


def _levels(p: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return what each p-value is held against by Holm: those after the first that stays are held against its level."""
    tests = int(np.count_nonzero(~np.isnan(p)))
    order = np.argsort(p, kind="stable")
    each = level / np.maximum(tests - np.arange(len(p)), 1)
    stays = np.flatnonzero(~(p[order] < each))
    if len(stays):
        each[stays[0] :] = each[stays[0]]
    levels = np.empty_like(p)
    levels[order] = each
    return levels


def _verdict(found: Divergence, floor: float, tolerance: float) -> str:
    if found.psi.estimate <= floor:
        return AS_BEFORE
    return MOVED if found.psi.low > tolerance else A_LITTLE
