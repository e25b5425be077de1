"""What must be alike in both groups: means and squares of numbers, shares of categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed
from cjlab.errors import TableError
from cjlab.models._columns import Columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FLAT = 1e-12
_FEW = 2  # values: of a flag, the square says nothing more
_LEAST = 10  # customers of a group, without whom there is no interval


@dataclass(frozen=True, eq=False)
class Covariates:
    """A table and who was treated, as numbers that can be balanced.

    Parameters
    ----------
    index
        Of the table.
    names
        Of what is to be balanced: a number, "its name, squared", "name = category", or "name is missing".
    values
        ``(n, d)``, each centred and scaled by the standard deviation that is the mean of those of both groups.
    told
        ``(d,)``, whether it is a covariate itself, and no square.
    treated
        ``(n,)``.
    """

    index: pd.Index[Any]
    names: tuple[str, ...]
    values: Floats
    told: NDArray[np.bool_]
    treated: NDArray[np.bool_]

    @classmethod
    def of(cls, X: Any, treated: Any) -> Covariates:  # noqa: ANN401 - a table of any kind
        """Read a table of one row a customer."""
        from cjlab.models._door import framed

        frame, _ = framed(X)
        if frame.index.has_duplicates:
            twice = frame.index[frame.index.duplicated()].tolist()[0]
            raise TableError(f"X has two rows of {twice!r}; give one a customer, who is treated or is not")
        flags = _flags(treated, frame)
        columns = Columns.learn(frame)
        made = list(_columns(columns, columns.coded(frame)))
        spread = np.array([_spread(values, flags) for _, values, _ in made])
        kept = [one for one, width in zip(made, spread, strict=True) if width > _FLAT]
        if not kept:
            raise TableError(f"X has nothing that differs between customers; its columns are {listed(columns.names)}")
        values = np.column_stack([one for _, one, _ in kept])
        values = (values - values.mean(axis=0)) / spread[spread > _FLAT]
        told = np.array([own for *_, own in kept])
        return cls(frame.index, tuple(name for name, *_ in kept), values, told, flags)

    def design(self, *, squares: bool = True) -> Floats:
        """Return a constant and those columns that are no sums of others, with or without squares."""
        from scipy.linalg import qr

        values = self.values if squares else self.values[:, self.told]
        whole = np.column_stack([np.ones(len(values)), values])
        _, triangle, pivot = qr(whole / np.linalg.norm(whole, axis=0), mode="economic", pivoting=True)
        rank = int((np.abs(np.diag(triangle)) > 1e-7).sum())  # noqa: PLR2004 - of unit columns
        return np.asarray(whole[:, sorted({0, *pivot[:rank].tolist()})])

    def differences(self, weights: Floats) -> Floats:
        """Return by how much treated and weighted controls differ, in standard deviations, ``(d,)``."""
        one, other = (
            np.average(self.values[group], axis=0, weights=weights[group]) for group in (self.treated, ~self.treated)
        )
        return np.asarray(one - other)


def _flags(treated: Any, frame: pd.DataFrame) -> NDArray[np.bool_]:  # noqa: ANN401 - flags of any kind
    """Return who was treated, each beside his row."""
    import pandas as pd

    if isinstance(treated, pd.Series):
        absent = ~frame.index.isin(treated.index)
        if absent.any():
            raise TableError(
                f"treated has no row of {frame.index[absent].tolist()[0]!r}, who is in X; give all of them"
            )
        treated = treated.reindex(frame.index)
    given = np.asarray(treated)
    if given.shape != (len(frame),):
        raise TableError(f"treated has shape {given.shape}, X has {len(frame)} rows; give one flag a row")
    odd = [one for one in pd.unique(given).tolist() if one not in (0, 1)]
    if odd:
        raise TableError(f"treated holds {odd[0]!r}; give true or false (1 or 0) for each customer")
    flags = given.astype(bool)
    for group, word in ((flags, "treated"), (~flags, "not treated")):
        if group.sum() < _LEAST:
            raise TableError(f"{int(group.sum())} customers are {word}; both groups need at least {_LEAST}")
    return flags


def _columns(columns: Columns, coded: Floats) -> Iterator[tuple[str, Floats, bool]]:
    for place, (name, kind) in enumerate(zip(columns.names, columns.kinds, strict=True)):
        values, missing = coded[:, place], np.isnan(coded[:, place])
        if kind == "number":
            number = np.where(missing, np.nanmean(values), values)
            yield name, number, True
            if len(np.unique(number)) > _FEW:
                yield f"{name}, squared", (number - number.mean()) ** 2, False
        elif kind == "category":
            for code, category in enumerate(columns.categories[name]):
                yield f"{name} = {category}", (values == code).astype(np.float64), True
        if missing.any() and kind != "empty":
            yield f"{name} is missing", missing.astype(np.float64), True


def _spread(values: Floats, treated: NDArray[np.bool_]) -> float:
    one, other = values[treated], values[~treated]
    return float(np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2))
