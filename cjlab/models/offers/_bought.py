"""Who bought what, and when last: the table that offers are learned of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import instance, text
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models.offers._stock import stock
from cjlab.tables import Log

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Bought:
    """Each pair of a customer and an item that he bought, once: both as codes, and how many days ago he did it last.

    ``customers`` and ``items`` are what the codes mean; ``days`` counts back from the date.
    """

    customers: NDArray[Any]
    items: tuple[str, ...]
    customer: Codes
    item: Codes
    days: Floats

    @classmethod
    def read(
        cls, rows: pl.DataFrame, when: dt.datetime, *, items: Sequence[str], customers: NDArray[Any] | None = None
    ) -> Bought:
        """Read rows known before a moment, of given items; of customers in their order, or of all who have some."""
        past = rows.filter(pl.col("known") < when, pl.col("item").is_in(list(items)))
        last = past.group_by("customer_id", "item").agg(pl.col("at").max()).sort("customer_id", "item")
        who = last["customer_id"].unique().sort().to_numpy() if customers is None else customers
        own = pl.DataFrame({"customer_id": who}).with_row_index("customer")
        known = pl.DataFrame({"item": list(items)}, schema={"item": pl.String}).with_row_index("code")
        coded = last.join(own, on="customer_id").join(known, on="item").sort("customer", "code")
        days = (when - coded["at"]).dt.total_microseconds().to_numpy() / 86_400e6
        customer, item = (coded[name].to_numpy().astype(np.int64) for name in ("customer", "code"))
        return cls(who, tuple(items), customer, item, days)

    def grid(self, weights: Floats | float = 1.0) -> Any:  # noqa: ANN401 - a sparse matrix
        """Return customers × items, sparse, 1 or a weight where he bought it."""
        from scipy.sparse import csr_array

        shape = (len(self.customers), len(self.items))
        values = np.broadcast_to(np.asarray(weights, dtype=np.float64), self.days.shape)
        return csr_array((values, (self.customer, self.item)), shape=shape)


def purchases(log: Log, *, of: str, per: str) -> pl.DataFrame:
    """Return ``customer_id``, ``at``, ``item`` and when it was ``known``; per category, the item is its category."""
    instance(log, Log, name="log", error=TableError)
    columns = log.events.collect_schema().names()
    if "item" not in columns:
        raise TableError("events have no column 'item', which offers are made of; give a log whose events have it")
    rows = log.events.filter(pl.col("event") == of, pl.col("customer_id").is_not_null(), pl.col("item").is_not_null())
    if per == "category":
        if "category" not in log.items.collect_schema().names():
            raise TableError("items have no column 'category'; give it, or ask per='item'")
        rows = rows.join(log.items.select("item", "category"), on="item").with_columns(item="category")
    known = pl.max_horizontal("at", "known_at") if "known_at" in columns else pl.col("at")
    told = rows.select("customer_id", "at", "item", known=known).drop_nulls()
    made = told.sort("customer_id", "at", "item", "known").collect()
    if made.is_empty():
        raise EvidenceError(f"the log has no {of!r} of an item whose {per} is known; offers are learned of those")
    return made


def asked(customers: Any, all_: pl.Series) -> NDArray[Any]:  # noqa: ANN401 - ids of any kind
    """Return for whom offers are asked, if each is named once, as the log names customers."""
    who = pl.Series("customer_id", customers)
    if who.is_empty():
        raise SpecError("customers is empty: nobody has bought before the date, or nobody is named; name some")
    if who.dtype != all_.dtype and not (who.dtype.is_integer() and all_.dtype.is_integer()):
        raise SpecError(f"customers are of type {who.dtype}, and those of the log of {all_.dtype}; name them alike")
    if who.n_unique() != len(who):
        raise SpecError("customers names somebody more than once; each may stand once")
    return who.cast(all_.dtype).to_numpy()


def common(rows: pl.DataFrame, when: dt.datetime, *, least: int, most: int) -> tuple[str, ...]:
    """Return what may be offered: what enough customers have bought before a moment."""
    many = rows.filter(pl.col("known") < when).group_by("item").agg(pl.col("customer_id").n_unique())
    kept = many.filter(pl.col("customer_id") >= least).sort(["customer_id", "item"], descending=[True, False])
    if kept.height < 2:  # noqa: PLR2004 - of one, nothing is chosen
        raise EvidenceError(
            f"{kept.height} kinds were bought by {least} customers or more before {when:%Y-%m-%d}; offers need at "
            "least 2: give a longer log, or a smaller least"
        )
    return tuple(kept.head(most)["item"].sort())


def stocked(
    log: Log, when: dt.datetime, items: Sequence[str], *, per: str, among: Iterable[str] | None = None
) -> NDArray[np.bool_]:
    """Return which items can be had at a moment, of those that are available: not what is out of stock everywhere."""
    held = stock(log, when, per=per) or {}
    there = np.array([held.get(one) != 0 for one in items])
    if among is not None:
        wanted = {text(one, name="available") for one in among}
        there = there & np.array([one in wanted for one in items])
    if not there.any():
        raise SpecError(
            f"nothing of what is available is known and in stock; offers are made of {len(items)} kinds, such as "
            f"{items[0]!r}"
        )
    return there
