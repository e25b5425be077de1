"""News: what came to a shard of a log in files that a state has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.errors import TableError
from cjlab.features.reading._identifiers import places, within
from cjlab.features.reading._rows import Rows, instants

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from cjlab.features.reading._pass import Pass
    from cjlab.tables import Log


@dataclass(frozen=True, eq=False)
class News:
    """What came since.

    Parameters
    ----------
    rows : mapping
        The rows of customers, by table; only tables that a feature asks for and of which there are some.
    joined : polars.DataFrame
        ``customer_id`` and ``joined`` of those who were told of.
    """

    rows: Mapping[str, Rows]
    joined: pl.DataFrame

    @classmethod
    def of(cls, log: Log, work: Pass, known: Collection[str]) -> News:
        """Read the files of a shard that are not known."""
        fresh = {name for name in (*work.plans, "customers") if new(log, name, known)}
        rows = {
            name: Rows.of(log, plan.needed, name=name, but=known) for name, plan in work.plans.items() if name in fresh
        }
        return cls(rows, _joined(log, known))

    def everybody(self, customers: pl.Series) -> pl.Series | None:
        """Return those customers and all who are told of, rising; None where their identifiers are of another kind."""
        told = [rows.owners for rows in self.rows.values() if len(rows.owners)]
        told += [self.joined["customer_id"].unique().sort()] if self.joined.height else []
        if any(one.dtype != customers.dtype for one in told):
            return None
        if all(within(customers, one) for one in told):
            return customers
        return pl.concat([customers, *told]).unique().sort()

    def of_whom(self, customers: pl.Series) -> NDArray[np.bool_]:
        """Tell of whom there is something."""
        found = np.zeros(len(customers), np.bool_)
        for one in (self.joined["customer_id"], *(rows.owners for rows in self.rows.values())):
            if len(one):
                found[places(customers, one)] = True
        return found

    def earliest(self, customers: pl.Series, joined: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when customers joined, by the earliest of what was told; NaN where nothing was."""
        if self.joined.height:
            times = np.where(self.joined["joined"].is_null().to_numpy(), np.nan, instants(self.joined["joined"]))
            np.fmin.at(joined, places(customers, self.joined["customer_id"]), times)
        return joined


def new(log: Log, table: str, known: Collection[str]) -> list[str]:
    """Return the files of a table of a stored log that are not known, and have rows."""
    assert log.stored is not None  # noqa: S101 - a state is of a log that is stored
    return [file.place for file in log.stored.files.get(table, ()) if file.rows and file.place not in known]


def _joined(log: Log, known: Collection[str]) -> pl.DataFrame:
    columns = ["customer_id", "joined"]
    assert log.stored is not None  # noqa: S101 - likewise
    files = [log.stored.folder / place for place in new(log, "customers", known)]
    if not files:
        return pl.DataFrame(schema=columns)
    told = pl.concat([pl.read_parquet(file, columns=columns, hive_partitioning=False, glob=False) for file in files])
    if told["customer_id"].null_count():
        raise TableError("customers.customer_id has nulls; a customer needs an id: run Log.check, which names the rows")
    return told
