"""Two runs of the same people, customer by customer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab._checks import one_of
from cjlab._display import Shown
from cjlab.simulator._split import Split, by_person, split
from cjlab.simulator._stretch import people_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator._stretch import Stretch

RESULTS = ("orders", "amount", "margin", "cost", "net", "unsubscribed", "contacts")
_WORTH = ("purchase", "return", "payment")


class Line(NamedTuple):
    """One outcome: its mean for a customer in both runs, their difference, and the ends of its interval."""

    outcome: str
    this: float
    other: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown):
    """What a run brought more than another of the same people with the same draws.

    Parameters
    ----------
    customers : ndarray
        ``(n,)`` ids.
    this, other : ndarray
        ``(7, n)``: orders, amount net of returns, margin, cost of contacts, net margin, whether the customer
        unsubscribed, and contacts sent.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60)
    >>> often = run.branch(10, cj.simulator.Everyone(every=7))
    >>> often.against(run, since=10).to_frame()["outcome"].tolist()
    ['orders', 'amount', 'margin', 'cost', 'net', 'unsubscribed', 'contacts']
    """

    customers: NDArray[np.int64]
    this: NDArray[np.float64]
    other: NDArray[np.float64]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """A line an outcome, each a mean for one customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60)
        >>> run.against(run).lines[0].outcome
        'orders'
        """
        everybody = np.zeros(len(self.customers), dtype=int)
        found = (self.by(everybody, outcome).groups[0] for outcome in RESULTS)
        means = zip(RESULTS, self.this.mean(axis=1), self.other.mean(axis=1), found, strict=True)
        return tuple(
            Line(name, float(this), float(other), one.estimate, one.low, one.high) for name, this, other, one in means
        )

    def by(self, labels: object, outcome: str = "net") -> Split:
        """Split the difference by group.

        Parameters
        ----------
        labels : array of str
            ``(n,)``, a group for each customer.
        outcome : {"orders", "amount", "margin", "cost", "net", "unsubscribed", "contacts"}
            Of what.

        Returns
        -------
        Split
            For all customers and for each group, a mean difference with its interval over customers.

        Raises
        ------
        SpecError
            When the outcome is none of these.
        TableError
            When there is not one label for each customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60)
        >>> compared = run.branch(10, cj.simulator.Everyone(every=7)).against(run, since=10)
        >>> compared.by(run.truth.personas(compared.customers), "orders").to_frame()["group"].tolist()[1]
        'bargain'
        """
        line = RESULTS.index(one_of(outcome, RESULTS, name="outcome"))
        return split(outcome, self.this[line] - self.other[line], np.zeros(len(self.customers)), labels)

    def to_frame(self) -> pd.DataFrame:
        """Return a row an outcome, each a mean for one customer.

        Returns
        -------
        pandas.DataFrame
            ``outcome``, ``this``, ``other``, their ``difference``, and the ends ``low`` and ``high`` of its interval
            (95 %, paired, over customers).

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=60)
        >>> float(run.against(run).to_frame()["difference"].abs().max())
        0.0
        """
        import pandas as pd

        return pd.DataFrame(self.lines, columns=list(Line._fields))


def results(written: Stretch, customers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what each customer brought, ``(7, n)``, recognised or not."""
    kinds = written.events["event"].cast(pl.String)
    who = people_of(written.events_at)

    def summed(events: tuple[str, ...], column: str | None) -> NDArray[np.float64]:
        mine = kinds.is_in(list(events)).to_numpy()
        values = np.ones(len(who)) if column is None else written.events[column].fill_null(0.0).to_numpy()
        return by_person(who[mine], values[mine], customers)

    sent = written.contacts["sent"].to_numpy()
    addressed = people_of(written.contacts_at)[sent]
    cost = by_person(addressed, written.contacts["cost"].to_numpy()[sent], customers)
    margin = summed(_WORTH, "margin")
    return np.stack(
        [
            _orders(written, who, customers),
            summed(_WORTH[:2], "amount"),
            margin,
            cost,
            margin - cost,
            np.minimum(summed(("unsubscribed",), None), 1.0),
            by_person(addressed, np.ones(len(addressed)), customers),
        ]
    )


def _orders(written: Stretch, who: NDArray[np.int64], customers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Count orders: a purchase has a row for each of its items."""
    bought = written.events.with_columns(who=pl.Series(who)).filter(pl.col("event").cast(pl.String) == "purchase")
    orders = bought.select("who", "order_id").unique()
    return by_person(orders["who"].to_numpy(), np.ones(orders.height), customers)
