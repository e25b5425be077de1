"""Interests: what a customer looks at, puts aside and buys, the latest most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._checks import offset, texts, within
from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._once import Once
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When

_EVENTS = ("view", "clicked", "favourite", "cart", "purchase")
_WEIGHTS = (1.0,) * len(_EVENTS)


@dataclass(frozen=True)
class Interests(Builder):
    r"""What part of a customer's attention goes to each category, the latest most.

    With :math:`w_e` the weight of event *e* and *h* the half-life, a category's attention is
    :math:`A_c = \sum_{i: c_i = c} w_{e_i} 2^{-(a - t_i)/h}` over rows at :math:`t_i` before the date *a*; the share
    ``interest_C`` is :math:`A_c / \sum_k A_k` over the categories named, ``interest_top`` the place of the largest
    among them (0 for the first; the earlier of equals), and ``interest_attention`` is :math:`\sum_k A_k`, which says
    how much the shares rest on. The category of a row is that of its ``item`` in the table of items, or a column
    ``category`` of the events themselves.

    Parameters
    ----------
    categories : tuple of str
        Those that are told apart.
    half_life : str
        After how long a row counts half.
    events : tuple of str
        What shows interest.
    weights : tuple of float
        How much each of the events counts, above 0; the same unless given.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When there is no category, or not one weight an event.

    References
    ----------
    Koren (2010), Collaborative filtering with temporal dynamics, doi:10.1145/1721654.1721677.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Interests(("fresh", "tech"))).names
    ('interest_fresh', 'interest_tech', 'interest_top', 'interest_attention')
    """

    categories: tuple[str, ...]
    half_life: str = "90D"
    events: tuple[str, ...] = _EVENTS
    weights: tuple[float, ...] = _WEIGHTS

    def __post_init__(self) -> None:
        """Check that there is something to tell apart, and a weight an event."""
        super().__post_init__()
        for name in ("categories", "events"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
            if not getattr(self, name):
                raise SpecError(f"{name} is empty; name those that are told apart")
        offset(self.half_life, name="half_life")
        if len(self.weights) != len(self.events):
            raise SpecError(f"weights are {len(self.weights)} for {len(self.events)} events; give one an event")
        made = tuple(within(one, 0.0, 1e9, name="weights", open_ends=True) for one in self.weights)
        object.__setattr__(self, "weights", made)

    def columns(self) -> tuple[Column, ...]:
        """Return a share a category, the largest, and the attention they are shares of.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Interests(("fresh",)).columns()[0].missing
        'he has shown interest in none of the categories'
        """
        cells = tuple(
            Cell("decayed", Where(event, category=category), span=self.half_life)
            for category in self.categories
            for event in self.events
        )
        span, missing = (
            offset(self.half_life, name="half_life").total_seconds() * 1e6,
            "he has shown interest in none of the categories",
        )
        told = Once(partial(_attention, weights=self.weights, span=span))
        shares = [
            Column(
                f"interest_{name}",
                cells,
                partial(_share, told=told, place=place),
                "share",
                f"part of his attention that goes to {name}",
                missing,
            )
            for place, name in enumerate(self.categories)
        ]
        named = ", ".join(f"{place} {name}" for place, name in enumerate(self.categories))
        return (
            *shares,
            Column("interest_top", cells, partial(_top, told=told), "code", f"the largest: {named}", missing),
            Column("interest_attention", cells, partial(_total, told=told), "weighted rows", "what the shares rest on"),
        )


class _Attention(NamedTuple):
    """The attention that each category has, ``(categories, n)``, and all of them, ``(n,)``."""

    each: NDArray[np.float64]
    whole: NDArray[np.float64]


def _attention(
    as_of: NDArray[np.int64], *cells: NDArray[np.float64], weights: tuple[float, ...], span: float
) -> _Attention:
    made = np.zeros((len(cells) // len(weights), len(as_of)))
    for place, cell in enumerate(cells):
        age = as_of - np.where(np.isnan(cell[:, 1]), as_of, cell[:, 1])
        made[place // len(weights)] += weights[place % len(weights)] * cell[:, 0] * 2.0 ** (-age / span)
    return _Attention(made, made.sum(axis=0))


def _share(when: When, *cells: NDArray[np.float64], told: Once[_Attention], place: int) -> NDArray[np.float64]:
    attention = told(when.as_of, *cells)
    return np.where(attention.whole > 0, attention.each[place] / attention.whole, np.nan)


def _top(when: When, *cells: NDArray[np.float64], told: Once[_Attention]) -> NDArray[np.float64]:
    attention = told(when.as_of, *cells)
    return np.where(attention.whole > 0, attention.each.argmax(axis=0), np.nan)


def _total(when: When, *cells: NDArray[np.float64], told: Once[_Attention]) -> NDArray[np.float64]:
    return told(when.as_of, *cells).whole
