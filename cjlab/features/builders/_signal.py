"""Signal: features that a function of one's own makes of a customer's past."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from cjlab._checks import flag, listed, shown, text, texts
from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import picked
from cjlab.features.reading._past import Answer, Told
from cjlab.features.reading._where import Where


def signal(function: Answer) -> Answer:
    """Know a function as a signal, by its name; a decorator.

    Recipes that are read back find it by that name, so the module that defines it must have been imported. Defined
    again in the same place, as in a notebook's cell, it takes the place of the one before.

    Parameters
    ----------
    function : callable
        Of a :class:`Past`; returns a number for each feature, NaN where it cannot say. It keeps nothing from one call
        to the next, and draws nothing at random.

    Returns
    -------
    callable
        The same function.

    Raises
    ------
    SpecError
        When it has no name, or another function is known by it.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> @cj.features.signal
    ... def basket_spread(past):
    ...     "Standard deviation of what he spent at a time."
    ...     return np.nanstd(past["amount"])
    >>> own = cj.features.Signal("basket_spread", ("basket_spread",), of="purchase", reads=("amount",))
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
    >>> cj.features.Recipe(own).build(log, "2024-02-15").columns.tolist()
    ['basket_spread']
    """
    if not callable(function) or not getattr(function, "__name__", "<").isidentifier():
        raise SpecError(f"a signal is a function with a name, and {shown(function)} is none; define it with def")
    known = Signal.known.get(function.__name__)
    if known is not None and _place(known) != _place(function):
        raise SpecError(
            f"another signal is called {function.__name__!r}, of {_place(known)}; give this one its own name"
        )
    Signal.known[function.__name__] = function
    return function


@dataclass(frozen=True)
class Signal(Builder):
    """Features of one's own: a function is handed each customer's past, and returns them.

    The function never sees what is at or after the date, or was known then only: the lab cuts before it calls, once a
    date and customer. So what it makes keeps every law of other features. Who has no such row has NaN, and the function
    is not called. It costs a call of Python a line: what cells can add up is faster.

    Parameters
    ----------
    function : str
        The name under which :func:`signal` knows it.
    features : tuple of str
        The names of the features, in the order in which it returns them.
    of : Where, str or tuple of str
        Which rows it is handed; all events unless given.
    reads : tuple of str
        Which columns of them, those of one's own among them, and ``"hour"``, ``"weekday"`` and ``"month"``.
    window : str, optional
        How far back; everything unless given.
    units : tuple of str
        The unit of each feature; ``"1"`` unless given.
    dated : bool
        Whether the function is told the date, :attr:`Past.as_of` and :attr:`Past.ages`. If not, what it makes changes
        only as rows come or leave the window, and a :class:`State` calls it only for customers of whom some did, and
        not for everybody every day.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When no signal is known by that name, there is no feature, or not one unit each; and where the function returns
        something else than a finite number or NaN for each feature.

    Examples
    --------
    >>> import cjlab as cj
    >>> @cj.features.signal
    ... def evenings(past):
    ...     "Share of visits after six in the evening, and days since the first."
    ...     return (past["hour"] >= 18).mean(), past.ages[0]
    >>> own = cj.features.Signal("evenings", ("evenings", "first_seen"), "visit", ("hour",), units=("share", "days"))
    >>> cj.features.Recipe(own).describe()["unit"].tolist()
    ['share', 'days']
    """

    function: str
    features: tuple[str, ...]
    of: Where = Where()  # noqa: RUF009 - it is frozen
    reads: tuple[str, ...] = ()
    window: str | None = None
    units: tuple[str, ...] = ()
    dated: bool = True
    known: ClassVar[dict[str, Answer]] = {}

    def __post_init__(self) -> None:
        """Take an event's name for its rows, and check the rest."""
        if self.function not in self.known:
            raise SpecError(
                f"no signal is called {shown(self.function)}; known are {listed(sorted(self.known)) or 'none'}: import "
                "the module that defines it, with @cj.features.signal above it"
            )
        super().__post_init__()
        for name in ("features", "reads"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
        if not self.features:
            raise SpecError("features is empty; name what the signal returns")
        units = tuple(text(one, name="units") for one in self.units) or ("1",) * len(self.features)
        if len(units) != len(self.features):
            raise SpecError(f"units are {len(units)} for {len(self.features)} features; give one each")
        object.__setattr__(self, "units", units)
        flag(self.dated, name="dated")

    def columns(self) -> tuple[Column, ...]:
        """Return what the function makes.

        Returns
        -------
        tuple of Column
            The features, in their order.

        Examples
        --------
        >>> import cjlab as cj
        >>> @cj.features.signal
        ... def evenings(past):
        ...     "Share of visits after six in the evening, and days since the first."
        ...     return (past["hour"] >= 18).mean(), past.ages[0]
        >>> cj.features.Signal("evenings", ("evenings", "first_seen"), "visit", ("hour",)).columns()[0].what
        'Share of visits after six in the evening, and days since the first.'
        """
        function = self.known[self.function]
        made = Told(self.of, self.window, self.reads, self.features, function, self.dated)
        what = (function.__doc__ or f"what the signal {self.function} returns").strip().splitlines()[0]
        missing = f"he has no such row, or {self.function} could not say"
        return tuple(
            Column(name, (made,), partial(picked, place=place), unit, what, missing)
            for place, (name, unit) in enumerate(zip(self.features, self.units, strict=True))
        )


def _place(function: Answer) -> str:
    return f"{function.__module__}.{function.__qualname__}"
