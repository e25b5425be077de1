"""What a policy hands back: who is to be sent what, and with which chance."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed
from cjlab.errors import SpecError, TableError
from cjlab.simulator.kernel import SLICES, Sent

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from cjlab.simulator._view import View

_MOST_A_DAY = 8
_DAY = 86_400


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
        "policy", "random", "control" or "holdout"; "control" where withheld unless given.
    campaign : str or array of str
        What the contacts are called.
    second : int or array of int
        When, in seconds of the local day.
    """

    customers: ArrayLike
    actions: ArrayLike
    sent: ArrayLike = True
    propensity: ArrayLike = np.nan
    slice: ArrayLike = "policy"
    campaign: ArrayLike = "campaign"
    second: ArrayLike = 9 * 3600


def contacts_of(answer: Any, view: View, campaigns: list[str]) -> NDArray[np.void]:  # noqa: ANN401 - a policy's answer
    """Check what a policy answered, and return it as rows in the order of customers."""
    if answer is None:
        return np.zeros(0, Sent)
    given = answer if isinstance(answer, Contacts) else _from_frame(answer)
    customers = np.asarray(given.customers)
    rows = np.zeros(len(customers), Sent)
    rows["customer"], rows["day"], rows["number"] = customers, view.day, -1
    rows["action"] = _coded(given.actions, list(view.world.actions), "action", len(rows))
    rows["sent"], rows["second"] = given.sent, given.second
    slices = _coded(given.slice, list(SLICES), "slice", len(rows))
    rows["slice"] = np.where(rows["sent"] == 1, slices, SLICES.index("control"))
    rows["propensity"] = given.propensity
    rows["plan"], rows["step"] = _campaigns(given.campaign, campaigns, len(rows)), -1
    return _ordered(rows, view)


def _from_frame(frame: Any) -> Contacts:  # noqa: ANN401 - pandas, Polars or a mapping
    names = {"customer_id": "customers", "action": "actions"}
    known = {field.name for field in fields(Contacts)} - {"customers", "actions"}
    columns = frame.reset_index() if hasattr(frame, "reset_index") and "customer_id" not in frame else frame
    said = {str(name): columns[name] for name in getattr(columns, "columns", columns)}
    unknown = set(said) - known - set(names) - {"index"}
    absent = set(names) - set(said)
    if absent or unknown:
        fault = f"has no column {min(absent)!r}" if absent else f"has an unknown column {min(unknown)!r}"
        raise TableError(f"the policy's contacts {fault}; allowed: {listed([*names, *sorted(known)])}")
    return Contacts(**{names.get(name, name): np.asarray(said[name]) for name in said if name != "index"})


def _coded(values: ArrayLike, names: list[str], what: str, n: int) -> NDArray[np.int64]:
    given, place = np.unique(np.broadcast_to(np.asarray(values, dtype=object), n).astype(str), return_inverse=True)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise SpecError(f"the policy's contacts name {what} {unknown[0]!r}; allowed: {listed(names)}")
    codes = np.array([names.index(name) for name in given], dtype=np.int64)
    return codes[place] if n else np.zeros(0, np.int64)


def _campaigns(names: ArrayLike, campaigns: list[str], n: int) -> NDArray[np.int64]:
    """Return the place of each contact's campaign in the run's list, which grows by those that are new."""
    given, first, place = np.unique(
        np.broadcast_to(np.asarray(names, dtype=object), n).astype(str), return_index=True, return_inverse=True
    )
    for name in given[np.argsort(first)]:
        if str(name) not in campaigns:
            campaigns.append(str(name))
    return (
        np.array([campaigns.index(str(name)) for name in given], dtype=np.int64)[place] if n else np.zeros(0, np.int64)
    )


def _ordered(rows: NDArray[np.void], view: View) -> NDArray[np.void]:
    known = np.searchsorted(view.customers, rows["customer"])
    found = np.minimum(known, max(len(view) - 1, 0))
    strangers = rows["customer"] != view.customers[found] if len(view) else np.ones(len(rows), bool)
    if strangers.any():
        raise TableError(
            f"the policy's contacts name customer {rows['customer'][strangers][0]},"
            f" who is not in the view of day {view.day}"
        )
    chance = rows["propensity"]
    if (wrong := ~(np.isnan(chance) | ((chance > 0) & (chance <= 1)))).any():
        raise TableError(f"the policy's contacts: propensity is {chance[wrong][0]}; give above 0 to 1, or NaN")
    if len(rows) and (rows["second"].min() < 0 or rows["second"].max() >= _DAY):
        raise TableError("the policy's contacts: second must lie from 0 to 86,399")
    ordered = rows[np.argsort(rows["customer"], kind="stable")]
    _distinct(ordered, view)
    return ordered


def _distinct(rows: NDArray[np.void], view: View) -> None:
    pairs, counts = np.unique(rows[["customer", "action"]], return_counts=True)
    if len(pairs) and counts.max() > 1:
        who, what = pairs[counts.argmax()]
        raise TableError(
            f"the policy's contacts send {list(view.world.actions)[what]!r} twice to customer {who} on one day"
        )
    _, counts = np.unique(rows["customer"], return_counts=True)
    if len(counts) and counts.max() > _MOST_A_DAY:
        raise TableError(f"the policy's contacts hold {counts.max()} for one customer and day; at most {_MOST_A_DAY}")
