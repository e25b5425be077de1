"""How recently, how often, how much, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import one_of
from cjlab.features.builders._builder import Builder, Column, When
from cjlab.features.builders._formulas import mean, same, since
from cjlab.features.reading._cell import NUMBERS, Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PURCHASE = Where("purchase")


def called(kind: str, where: Where, window: str | None = None) -> str:
    """Return the name of a feature: what it is, of which rows, how far back."""
    words = [word for words in where.words.values() for word in words]
    words += [
        name if getattr(where, name) else f"not_{name}"
        for name in ("machine", "sent")
        if getattr(where, name) is not None
    ]
    return "_".join([kind, *(word.replace(" ", "_") for word in words or [where.table]), *([window] if window else [])])


@dataclass(frozen=True)
class Recency(Builder):
    r"""Days since the last such row: :math:`(a - \max t_i)` in days of 24 hours, for rows at :math:`t_i < a`.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    name : str, optional
        What it is called.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recency("visit").columns()[0].name
    'recency_visit'
    """

    of: Where = PURCHASE
    name: str | None = None

    def columns(self) -> tuple[Column, ...]:
        """Return one column, in days.

        Returns
        -------
        tuple of Column
            The feature.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recency().columns()[0].unit
        'days'
        """
        name = self.name or called("recency", self.of)
        what = f"days since the last of {self.of}"
        return (Column(name, (Cell("last_at", self.of),), since, "days", what, "it never happened"),)


@dataclass(frozen=True)
class Frequency(Builder):
    """How many such rows.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    window : str, optional
        How far back, such as ``"90D"``: rows from that many days before the date on; everything unless given.
    count : {"rows", "days", "orders"}
        What is counted: rows, local days on which there are some, or different ``order_id``.
    name : str, optional
        What it is called.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time, or something else is to be counted.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Frequency("visit", window="90D", count="days").columns()[0].name
    'frequency_visit_90D_days'
    """

    of: Where = PURCHASE
    window: str | None = None
    count: str = "rows"
    name: str | None = None

    def __post_init__(self) -> None:
        """Check what is counted."""
        super().__post_init__()
        one_of(self.count, ("rows", "days", "orders"), name="count")

    def columns(self) -> tuple[Column, ...]:
        """Return one column, a count.

        Returns
        -------
        tuple of Column
            The feature.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Frequency().columns()[0].missing
        'never missing'
        """
        suffix = "" if self.count == "rows" else f"_{self.count}"
        name = self.name or called("frequency", self.of, self.window) + suffix
        made = {
            "rows": Cell("count", self.of, window=self.window),
            "days": Cell("days", self.of, window=self.window),
            "orders": Cell("distinct", self.of, of="order_id", window=self.window),
        }
        what = f"{self.count} of {self.of}"
        return (Column(name, (made[self.count],), same, self.count, what),)


@dataclass(frozen=True)
class Monetary(Builder):
    """The sum of a number over such rows, and its mean.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    number : str
        Which number: ``"amount"``, ``"margin"``, ``"quantity"``, ….
    window : str, optional
        How far back; everything unless given.
    name : str, optional
        What the sum is called; the mean has ``_mean`` behind it.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time, or there is no such number.

    Examples
    --------
    >>> import cjlab as cj
    >>> [column.name for column in cj.features.Monetary(window="365D").columns()]
    ['amount_purchase_365D', 'amount_purchase_365D_mean']
    """

    of: Where = PURCHASE
    number: str = "amount"
    window: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """Check the number."""
        super().__post_init__()
        one_of(self.number, NUMBERS, name="number")

    def columns(self) -> tuple[Column, ...]:
        """Return the sum and the mean.

        Returns
        -------
        tuple of Column
            Two features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Monetary().columns()[1].missing
        'no such row has a number'
        """
        name = self.name or called(self.number, self.of, self.window)
        total = Cell("sum", self.of, of=self.number, window=self.window)
        spread = Cell("moments", self.of, of=self.number, window=self.window)
        what = f"{self.number} of {self.of}"
        return (
            Column(name, (total,), same, self.number, f"sum of {what}"),
            Column(f"{name}_mean", (spread,), mean, self.number, f"mean of {what}", "no such row has a number"),
        )


@dataclass(frozen=True)
class Tenure(Builder):
    """Days since the customer joined, of 24 hours.

    Parameters
    ----------
    name : str
        What it is called.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Tenure().columns()[0].missing
    'nobody knows when he joined'
    """

    name: str = "tenure"

    def columns(self) -> tuple[Column, ...]:
        """Return one column, in days.

        Returns
        -------
        tuple of Column
            The feature.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Tenure().columns()[0].unit
        'days'
        """
        what, missing = "days since the customer joined", "nobody knows when he joined"
        return (Column(self.name, (), _tenure, "days", what, missing),)


def _tenure(when: When) -> NDArray[np.float64]:
    return since(when, when.joined)
