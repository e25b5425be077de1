"""Payments: bills missed in a row, how long ago, and what a bill comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import leading, same, silence, trend
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

_MOST: Final = 12


@dataclass(frozen=True)
class Payments(Builder):
    r"""Whether he pays his bills, and what they come to.

    ``arrears`` is how many payments were missed since the last that was made, at most 12; ``days_since_missed`` counts
    days of 24 hours. ``bill`` is the amount of the last of *n* bills, and ``bill_rise`` that less the mean of those
    before.

    Parameters
    ----------
    missed, paid, billed : str
        How the events are called: a payment missed, one made, a bill.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When a payment missed is called as one made is.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Payments()).names
    ('arrears', 'days_since_missed', 'bill', 'bill_rise')
    """

    missed: str = "payment_missed"
    paid: str = "payment"
    billed: str = "invoice"

    def __post_init__(self) -> None:
        """Check that what is missed is told from what is paid."""
        super().__post_init__()
        if self.missed == self.paid:
            raise SpecError(f"missed and paid are both {self.paid!r}; name the events that tell them apart")

    def columns(self) -> tuple[Column, ...]:
        """Return what is missed, how long ago, and what bills come to.

        Returns
        -------
        tuple of Column
            Four features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Payments().columns()[1].missing
        'he never missed a payment'
        """
        both, bills = (self.missed, self.paid), Where(self.billed)
        latest = Cell("recent", Where(both), of="event", words=both, size=_MOST)
        last, spread = Cell("last", bills, of="amount"), Cell("moments", bills, of="amount")
        none = "no bill has an amount"
        return (
            Column("arrears", (latest,), leading, "rows", f"payments missed since one was made, at most {_MOST}"),
            silence("days_since_missed", Where(self.missed), "days since one was missed", "he never missed a payment"),
            Column("bill", (last,), same, "amount", "what the last bill comes to", none),
            Column("bill_rise", (last, spread), trend, "amount", "that less the mean before", "under two bills"),
        )
