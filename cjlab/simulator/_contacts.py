"""What a policy hands back: who is to be sent what, and with which chance."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import columns, lazy, listed, shown, text
from cjlab.errors import TableError
from cjlab.simulator._plan import FOREVER
from cjlab.simulator._records import chosen
from cjlab.simulator.kernel import CONTACTS_A_DAY, LAST_SECOND, SLICES, Sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import ArrayLike, NDArray

    from cjlab.simulator._view import View

_HERE = "the policy's contacts"
_CAMPAIGNS = 65_535  # of a run, as many as two bytes count
_KINDS = {"iu": "whole numbers", "b": "true or false", "iuf": "numbers", "U": "text"}
_REQUIRED = {"customer_id": "customers", "action": "actions"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Contacts:
    """Contacts to be carried out today. Each field is one value for all, or ``(n,)`` values.

    Parameters
    ----------
    customers : array of int
        Whom, ``(n,)``.
    actions : str or array of str
        What.
    sent : bool or array of bool
        False: withheld, as for a control.
    propensity : float or array of float
        With which probability this arm was chosen; NaN where it was not drawn.
    slice : str or array of str
        "policy" or "random"; what is withheld is of slice "control".
    campaign : str or array of str
        What the contacts are called.
    second : int or array of int
        When, in seconds of the local day.
    step : int or array of int
        Which step of the scenario that is called like the campaign, such as the number of a reminder; 0 for none.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.simulator.Contacts(customers=[4, 7], actions="reminder", propensity=0.5).campaign
    'campaign'
    """

    customers: ArrayLike
    actions: ArrayLike
    sent: ArrayLike = True
    propensity: ArrayLike = np.nan
    slice: ArrayLike = "policy"
    campaign: ArrayLike = "campaign"
    second: ArrayLike = 9 * 3600
    step: ArrayLike = 0


def contacts_of(answer: Any, view: View, campaigns: list[str]) -> NDArray[np.void]:  # noqa: ANN401 - a policy's answer
    """Check what a policy answered, and return it as rows in the order of customers.

    ``campaigns`` grows by the names that are new.
    """
    if answer is None:
        return np.zeros(0, Sent)
    given = answer if isinstance(answer, Contacts) else _from_frame(answer)
    customers = np.atleast_1d(_array(given.customers))
    n = customers.size
    rows = np.zeros(n, Sent)
    rows["customer"] = _spread("customer_id", customers, n, "iu")
    rows["day"], rows["number"] = view.day, -1
    rows["sent"] = _spread("sent", given.sent, n, "b")
    rows["second"] = _inside("second", _spread("second", given.second, n, "iu"))
    rows["step"] = _counted("step", _spread("step", given.step, n, "iu"))
    rows["propensity"] = _chance(_spread("propensity", given.propensity, n, "iuf"))
    rows["action"] = _coded("action", _spread("action", given.actions, n, "U"), list(view.actions))
    slices = _coded("slice", _spread("slice", given.slice, n, "U"), [*SLICES[:3]])
    rows["slice"] = np.where(rows["sent"] == 1, slices, SLICES.index("control"))
    rows["plan"] = _numbered(_spread("campaign", given.campaign, n, "U"), campaigns)
    return _ordered(rows, view)


def _from_frame(frame: Any) -> Contacts:  # noqa: ANN401 - pandas, Polars, Arrow
    """Return a frame's columns as contacts; an index named customer_id is a column."""
    import polars as pl

    known = {field.name for field in fields(Contacts)} - set(_REQUIRED.values())
    if isinstance(frame, str | bytes | bool | int | float) or not hasattr(frame, "__dir__"):
        raise TableError(f"the policy answered {shown(frame)}; give Contacts, a frame, or None")
    given = columns(lazy(frame, table=_HERE), _REQUIRED, table=_HERE)
    names = given.collect_schema().names()
    unknown = [name for name in names if name not in {*known, *_REQUIRED}]
    if unknown:
        raise TableError(f"{_HERE} have an unknown column {unknown[0]!r}; allowed: {listed([*_REQUIRED, *known])}")
    try:
        made = given.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)).collect()
    except pl.exceptions.PolarsError as fault:
        raise TableError(f"{_HERE} cannot be read ({fault}); mend what the frame is made of") from fault
    return Contacts(**{_REQUIRED.get(name, name): _filled(made[name]) for name in names})


def _filled(column: pl.Series) -> NDArray[Any]:
    """Return a column as an array; an unknown propensity is NaN, and nothing else may be unknown."""
    import polars as pl

    if column.name == "propensity":
        return column.cast(pl.Float64).fill_null(np.nan).to_numpy() if column.dtype.is_numeric() else column.to_numpy()
    if column.null_count() and column.len():
        raise TableError(f"{_HERE}: column {column.name!r} has {column.null_count():,} nulls; fill them")
    return column.to_numpy()


def _array(values: ArrayLike) -> NDArray[Any]:
    """Return values as an array; text that numpy keeps as objects becomes text, what is masked is unknown."""
    if np.ma.is_masked(values):
        raise TableError(f"{_HERE} hold masked values; fill them, or leave those customers out")
    given = np.asarray(values)
    if given.dtype == object and all(isinstance(one, str) for one in given.ravel()):
        return given.astype(str)
    return given


def _of_kind(name: str, given: NDArray[Any], kinds: str) -> NDArray[Any]:
    if given.size and given.dtype.kind not in kinds:
        first = given.ravel()[:1].tolist()[0]
        raise TableError(f"{_HERE}: {name} holds {shown(first)} ({given.dtype}); give {_KINDS[kinds]}, none unknown")
    return given


def _spread(name: str, values: ArrayLike, n: int, kinds: str) -> NDArray[Any]:
    """Return one value for each contact."""
    given = _of_kind(name, _array(values), kinds)
    if given.shape not in {(), (n,)}:
        raise TableError(f"{_HERE}: {name} has shape {given.shape} for {n:,} customers; give one value, or one each")
    return np.broadcast_to(given, n)


def _inside(name: str, seconds: NDArray[Any]) -> NDArray[Any]:
    wrong = (seconds < 0) | (seconds > LAST_SECOND)
    if wrong.any():
        raise TableError(f"{_HERE}: {name} is {seconds[wrong][0]}; give seconds of the day, 0 to {LAST_SECOND:,}")
    return seconds


def _counted(name: str, numbers: NDArray[Any]) -> NDArray[Any]:
    wrong = (numbers < 0) | (numbers > FOREVER)
    if wrong.any():
        raise TableError(f"{_HERE}: {name} is {numbers[wrong][0]}; give a number from 1 to {FOREVER:,}, or 0 for none")
    return numbers


def _chance(chances: NDArray[Any]) -> NDArray[Any]:
    wrong = ~(np.isnan(chances) | ((chances > 0) & (chances <= 1)))
    if wrong.any():
        raise TableError(
            f"{_HERE}: propensity is {chances[wrong][0]}; give above 0 to 1, or NaN where it was not drawn"
        )
    return chances


def _coded(name: str, values: NDArray[Any], known: Sequence[str]) -> NDArray[np.int64]:
    given, place = _distinct(values)
    unknown = [str(one) for one in given if one not in known]
    if unknown and len(values):
        raise TableError(f"{_HERE} name the {name} {shown(unknown[0])}; allowed: {listed(known) or 'none'}")
    return np.array([known.index(str(one)) for one in given], dtype=np.int64)[place]


def _numbered(names: NDArray[Any], campaigns: list[str]) -> NDArray[np.int64]:
    """Return the place of each campaign in the run's list, which grows by those that are new."""
    given, place = _distinct(names)
    known = {name: number for number, name in enumerate(campaigns)}
    for one in map(str, given):
        if one not in known:
            known[text(one, name=f"{_HERE}: campaign", error=TableError)] = len(known)
    if len(known) > _CAMPAIGNS:
        raise TableError(
            f"{_HERE} have {len(known):,} campaigns; at most {_CAMPAIGNS:,}: name what is sent, not whom to"
        )
    campaigns[:] = known
    return np.array([known[str(one)] for one in given], dtype=np.int64)[place]


def _ordered(rows: NDArray[np.void], view: View) -> NDArray[np.void]:
    """Return rows by customer, if each customer is in the view and none is written to twice or too often."""
    found = np.minimum(np.searchsorted(view.customers, rows["customer"]), max(len(view) - 1, 0))
    strangers = rows["customer"] != view.customers[found] if len(view) else np.ones(len(rows), bool)
    if strangers.any():
        who = rows["customer"][strangers][0]
        raise TableError(f"{_HERE} name customer {who}, who is not in the view of day {view.day}")
    customers = rows["customer"]
    ordered = rows if (customers[1:] >= customers[:-1]).all() else chosen(rows, np.argsort(customers, kind="stable"))
    _once(ordered, view)
    return ordered


def _distinct(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the distinct values, and which of them each is; one value for all needs no look at each."""
    if len(values) and (values.strides == (0,) or (values == values[0]).all()):
        return values[:1], np.zeros(len(values), np.intp)
    given, place = np.unique(values, return_inverse=True)
    return given, place


def _once(rows: NDArray[np.void], view: View) -> None:
    """Refuse two contacts of one kind with a customer, and more than a day has room for."""
    if (np.diff(rows["customer"]) > 0).all():
        return
    pairs, counts = np.unique(rows["customer"] * len(view.actions) + rows["action"], return_counts=True)
    if len(pairs) and counts.max() > 1:
        who, what = divmod(int(pairs[counts.argmax()]), len(view.actions))
        raise TableError(f"{_HERE} send {list(view.actions)[what]!r} twice to customer {who} on day {view.day}")
    names, counts = np.unique(rows["customer"], return_counts=True)
    if len(counts) and counts.max() > CONTACTS_A_DAY:
        who = names[counts.argmax()]
        raise TableError(f"{_HERE}: customer {who} has {counts.max()} on day {view.day}; at most {CONTACTS_A_DAY}")
