"""Whom to contact: for each customer the arm that is worth it, under a budget or a number of contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, listed, shown, whole
from cjlab._display import Shown
from cjlab.errors import SpecError, TableError
from cjlab.models.uplift._worth import costs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

_MOST = 10**12


@dataclass(frozen=True, eq=False, repr=False)
class Contacts(Shown):
    """Who is contacted with what; made by :func:`whom`.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row a customer, indexed as the effects: ``arm`` (the control's label for no contact), ``effect``, ``gain``
        (what the effect is worth), ``cost``, ``net``.
    arms : tuple
        The treated arms.
    price : float
        What one more unit of budget would bring at the margin, after itself; 0 where the budget does not bind.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> effects = pd.DataFrame({"mail": [0.3, -0.1, 0.1]})
    >>> found = cj.models.whom(effects, control="none", value=10.0, costs={"mail": 2.0})
    >>> found.customers["arm"].tolist(), found.net
    (['mail', 'none', 'none'], 1.0)
    """

    customers: pd.DataFrame
    arms: tuple[Any, ...]
    price: float

    @property
    def cost(self) -> float:
        """What all contacts cost, in currency.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> cj.models.whom(pd.DataFrame({"mail": [0.3]}), control="none", costs={"mail": 0.2}).cost
        0.2
        """
        return float(self.customers["cost"].sum())

    @property
    def net(self) -> float:
        """What all contacts are expected to bring after costs, in currency, if the effects are right.

        Effects that were chosen for being large are larger than they are: take :func:`choose` or
        :func:`cjlab.metrics.policy_value` for what a choice brings, with its interval.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> cj.models.whom(pd.DataFrame({"mail": [0.5]}), control="none", costs={"mail": 0.25}).net
        0.25
        """
        return float(self.customers["net"].sum())

    def to_frame(self) -> pd.DataFrame:
        """Return one row an arm.

        Returns
        -------
        pandas.DataFrame
            ``arm``, ``customers``, and the sums of ``gain``, ``cost`` and ``net``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> cj.models.whom(pd.DataFrame({"mail": [0.5, -0.1]}), control="none").to_frame()["customers"].tolist()
        [1]
        """
        import pandas as pd

        rows = []
        for arm in self.arms:
            own = self.customers[self.customers["arm"] == arm]
            rows.append({"arm": arm, "customers": len(own), **own[["gain", "cost", "net"]].sum().to_dict()})
        return pd.DataFrame(rows)


def whom(
    effects: pd.DataFrame,
    *,
    control: object,
    value: float | NDArray[Any] = 1.0,
    costs: Mapping[Any, float] | None = None,
    budget: float | None = None,
    at_most: int | None = None,
    allowed: pd.DataFrame | None = None,
) -> Contacts:
    r"""Choose for each customer the arm whose effect is worth most after its cost.

    Without a limit that is :math:`\arg\max_k v_i \tau_{ik} - c_k`, or no contact where nothing is above 0. Under a
    budget it is the choice at the price :math:`\lambda` of a unit of it, :math:`\arg\max_k v_i \tau_{ik} -
    (1 + \lambda) c_k`, with the least price that keeps to the budget: steps from one arm to a dearer one are taken in
    the order of what they bring for what they cost, each customer's on his concave hull (Sinha & Zoltners 1979,
    doi:10.1287/opre.27.3.503). That falls short of the best possible by less than the one step that no longer fits.

    Parameters
    ----------
    effects : pandas.DataFrame
        ``(n, treated arms)``, as :meth:`Uplift.predict` returns them.
    control : object
        The label of no contact.
    value : float or array, default: 1.0
        What a unit of the outcome is worth, in currency; ``(n,)`` where it differs between customers.
    costs : mapping of arm to float, optional
        What a contact costs, in currency; 0 for arms that are not named.
    budget : float, optional
        The most that all contacts may cost.
    at_most : int, optional
        The most customers that may be contacted: those with the highest net value.
    allowed : pandas.DataFrame, optional
        ``(n, treated arms)`` which arms each customer may get (consent, stock), one column of yes or no an arm; all
        unless given.

    Returns
    -------
    Contacts
        Who is contacted with what, and what that costs and should bring.

    Raises
    ------
    SpecError
        When a cost or a limit is negative or names no arm, or both limits are given.
    TableError
        When effects or values are missing or infinite, the control is among the treated arms, or ``allowed`` has other
        rows, lacks an arm, or is neither yes nor no.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> effects = pd.DataFrame({"mail": [2.0, 3.0, 0.5], "call": [6.0, 3.5, 0.2]}, index=[7, 8, 9])
    >>> found = cj.models.whom(effects, control="none", costs={"mail": 1.0, "call": 3.0}, budget=4.0)
    >>> found.customers["arm"].to_dict(), found.cost
    ({7: 'call', 8: 'mail', 9: 'none'}, 4.0)
    """
    import pandas as pd

    worth, arms = _worth(effects, control, value), tuple(effects.columns)
    cost = np.array([0.0, *costs_of(costs, arms)])
    if budget is not None and at_most is not None:
        raise SpecError("both budget and at_most are given; give one limit")
    net = _permitted(worth - cost, allowed, effects)
    code, price = net.argmax(axis=1), 0.0
    if budget is not None:
        code, price = _within(net, cost, _limit(budget))
    if at_most is not None:
        code = _fewest(net, code, whole(at_most, name="at_most", least=0, most=_MOST))
    rows = np.arange(len(net))
    labels = np.empty(1 + len(arms), dtype=object)
    labels[:] = [control, *arms]
    both = np.column_stack([np.zeros(len(net)), effects.to_numpy(dtype=np.float64)])
    columns = {"arm": labels[code], "effect": both[rows, code], "gain": worth[rows, code], "cost": cost[code]}
    made = pd.DataFrame({**columns, "net": net[rows, code]}, index=effects.index)
    return Contacts(made, arms, price)


def _worth(effects: pd.DataFrame, control: object, value: float | NDArray[Any]) -> Floats:
    """Return what each arm's effect is worth to each customer, the control's first, ``(n, 1 + arms)``."""
    import pandas as pd

    if not isinstance(effects, pd.DataFrame) or not len(effects.columns):
        raise TableError(
            f"effects is a {type(effects).__name__}; give a frame of pandas with one column a treated arm, as "
            "Uplift.predict returns it"
        )
    if control in tuple(effects.columns):
        raise TableError(f"effects has a column {control!r}, which is the control; its effect is 0: leave it out")
    found, each = effects.to_numpy(dtype=np.float64), np.asarray(value, dtype=np.float64)
    if each.shape not in {(), (len(found),)}:
        raise TableError(f"value has the shape {each.shape} and there are {len(found):,} customers; give one for each")
    for name, numbers in (("effects", found), ("value", each)):
        if not np.isfinite(numbers).all():
            raise TableError(f"{name} is missing or infinite in {int((~np.isfinite(numbers)).sum()):,} places")
    return np.column_stack([np.zeros(len(found)), found * (each[:, None] if each.ndim else each)])


def _permitted(net: Floats, allowed: pd.DataFrame | None, effects: pd.DataFrame) -> Floats:
    """Let nobody gain by an arm that he may not get."""
    if allowed is None:
        return net
    absent = [name for name in effects.columns if name not in allowed.columns]
    if absent or len(allowed) != len(effects) or not allowed.index.equals(effects.index):
        raise TableError(
            f"allowed has {len(allowed):,} rows and lacks {listed(absent) or 'no arm'}; give the rows of effects in "
            "their order, and a column an arm"
        )
    table = allowed[list(effects.columns)].to_numpy()
    if table.dtype != np.bool_:
        raise TableError(f"allowed holds {shown(table.ravel()[:1].tolist()[0])}; give yes or no")
    may = np.column_stack([np.ones(len(net), dtype=bool), table])
    return np.where(may, net, -np.inf)


def _limit(budget: float) -> float:
    limit = finite(budget, name="budget")
    if limit < 0:
        raise SpecError(f"budget is {shown(budget)}; give what all contacts may cost, 0 or more")
    return limit


def _fewest(net: Floats, code: Codes, most: int) -> Codes:
    """Keep the contacts that bring most; among equals those that come first."""
    order = np.argsort(-net[np.arange(len(net)), code], kind="stable")
    kept = order[code[order] > 0][:most]
    found = np.zeros_like(code)
    found[kept] = code[kept]
    return found


def _within(net: Floats, cost: Floats, budget: float) -> tuple[Codes, float]:
    """Take steps to dearer arms, the most worthwhile first, while the budget lasts; return arms and the price."""
    steps = _steps(net, cost)
    if not steps:
        return np.zeros(len(net), dtype=np.intp), 0.0
    who, arm, extra, rate = (np.concatenate(parts) for parts in zip(*steps, strict=True))
    order = np.argsort(-rate, kind="stable")
    taken = int(np.searchsorted(np.cumsum(extra[order]), budget * (1 + 1e-12), side="right"))
    code = np.zeros(len(net), dtype=np.intp)
    code[who[order[:taken]]] = arm[order[:taken]]  # a customer's later steps stand later, and overwrite
    return code, float(rate[order[taken]]) if taken < len(order) else 0.0


def _steps(net: Floats, cost: Floats) -> list[tuple[Codes, Codes, Floats, Floats]]:
    """Return each customer's steps along his hull: who, to which arm, what it costs more, what that brings a unit."""
    rows, at = np.arange(len(net)), np.zeros(len(net), dtype=np.intp)
    found: list[tuple[Codes, Codes, Floats, Floats]] = []
    while True:
        more, dearer = net - net[rows, at][:, None], cost - cost[at][:, None]
        free = np.where((more > 0) & (dearer <= 0), more, 0.0)
        rate = np.where((more > 0) & (dearer > 0), more / np.where(dearer > 0, dearer, 1.0), 0.0)
        first = free.max(axis=1) > 0  # what costs nothing more comes before all else
        to = np.where(first, free.argmax(axis=1), rate.argmax(axis=1))
        each = np.where(first, np.inf, rate[rows, to])
        moved = np.flatnonzero(each > 0)
        if not len(moved):
            return found
        found.append((moved, to[moved], dearer[moved, to[moved]], each[moved]))
        at[moved] = to[moved]
