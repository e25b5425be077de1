"""Recording decisions: a plan becomes rows of a stored log, once, whole, and only if the rules still hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._checks import shown
from cjlab.decisions._eligibility import eligible
from cjlab.decisions._plan import Plan
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

_SAID = ("contact_id", "customer_id", "arm", "slice", "sent", "propensity")
_AFTER = dt.timedelta(microseconds=1)


def record(plan: Plan, folder: str | Path, *, alone: bool = True) -> Log:
    """Add the decisions of a plan to a stored log: all of them or none, and once.

    The rules are asked again of what is stored by now, at the moment of the decision: a plan that was overtaken, by a
    consent withdrawn, a contact that another plan recorded, or stock that is gone, is refused whole; cut down, its
    propensities would be wrong. Recorded again, as by a job that was killed and starts anew, the same plan changes
    nothing.

    Parameters
    ----------
    plan : Plan
        The decisions.
    folder : str or pathlib.Path
        Where the log is stored.
    alone : bool
        Whether customers whom the policy leaves alone are recorded too, as :meth:`Plan.contacts` says.

    Returns
    -------
    Log
        The stored log, with the decisions.

    Raises
    ------
    SpecError
        When the plan is none.
    EvidenceError
        When the rules keep a contact back by now, or contacts of a later moment are stored already.
    TableError
        When other decisions of the same policy and moment are stored, another process is writing, or the folder
        cannot be written.

    Examples
    --------
    >>> import cjlab as cj
    >>> import pandas as pd
    >>> from tempfile import TemporaryDirectory
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=30).log
    >>> rules = cj.decisions.Rules((cj.decisions.Action("news", "email", 0.1),), caps=(cj.decisions.Cap(1, "7D"),))
    >>> with TemporaryDirectory() as home:
    ...     stored = log.write(f"{home}/log")
    ...     asked = cj.decisions.eligible(stored, "2024-02-01", rules)
    ...     value = pd.DataFrame({"customer_id": asked.customers, "news": 0.5})
    ...     made = cj.decisions.plan(asked, value, cj.decisions.Terms("spring"))
    ...     once = cj.decisions.record(made, f"{home}/log").contacts.collect().height
    ...     twice = cj.decisions.record(made, f"{home}/log").contacts.collect().height
    >>> once == twice == made.contacts().height
    True
    """
    if not isinstance(plan, Plan):
        raise SpecError(f"plan is {shown(plan)}; give what cj.decisions.plan returned")
    return Log.extend(folder, partial(_added, plan, plan.contacts(alone=alone)))


def _added(plan: Plan, rows: pl.DataFrame, stored: Log) -> Log | None:
    """Return the rows as a log, if they are not stored yet and the rules still hold."""
    kind = stored.contacts.collect_schema()["contact_id"]
    named = rows.with_columns(pl.col("contact_id", "decision_id").cast(kind))
    if _recorded(named, stored):
        return None
    sent = named.filter("sent")["customer_id"]
    _refuse_later(plan, sent, stored)
    _refuse_overtaken(plan, stored)
    log = Log.of(contacts=named, timezone=stored.timezone)
    return replace(log, keyed=stored.keyed, learned=stored.learned)


def _recorded(rows: pl.DataFrame, stored: Log) -> bool:
    """Tell whether these decisions are stored already; refuse others of the same name."""
    there = stored.contacts.join(rows.lazy().select("contact_id"), on="contact_id", how="semi").select(_stored(stored))
    before = there.collect(engine="streaming")
    if before.is_empty():
        return False
    same = rows.select(before.columns).sort("contact_id").equals(before.sort("contact_id"))
    if not same:
        raise TableError(
            f"the log holds {before.height:,} other decisions of the policy {rows['policy_version'][0]} at"
            f" {rows['at'][0]:%Y-%m-%d %H:%M} UTC, and this plan has {rows.height:,}: what was decided once stands;"
            " plan of a later moment"
        )
    return True


def _stored(stored: Log) -> list[str]:
    there = stored.contacts.collect_schema().names()
    return [name for name in _SAID if name in there]


def _refuse_later(plan: Plan, sent: pl.Series, stored: Log) -> None:
    """Refuse to decide behind the back of contacts that count this one among those before them."""
    later = stored.contacts.filter("sent", pl.col("at") > plan.prices.at, pl.col("customer_id").is_in(sent.implode()))
    found = later.select("customer_id", "at").head(1).collect()
    if found.height:
        who, when = found.row(0)
        raise EvidenceError(
            f"customer {who!r} was sent something at {when:%Y-%m-%d %H:%M} UTC, after the moment of this plan,"
            f" {plan.prices.at:%Y-%m-%d %H:%M}; decisions are recorded in the order of time: plan of a later moment"
        )


def _refuse_overtaken(plan: Plan, stored: Log) -> None:
    """Refuse a plan with a contact that the rules keep back by what is stored now, the moment itself included."""
    now = eligible(stored, plan.prices.at + _AFTER, plan.eligibility.rules)
    rows = np.flatnonzero(plan.done.arms > 0)
    if not len(rows):
        return
    who, action = plan.eligibility.customers[rows], plan.done.arms[rows].astype(np.int64) - 1
    place = np.minimum(np.searchsorted(now.customers, who), max(len(now) - 1, 0))
    there = now.customers[place] == who if len(now) else np.zeros(len(who), np.bool_)
    allowed = there & (now.allowed[place, action] if len(now) else there)
    if allowed.all():
        return
    first = int(np.flatnonzero(~allowed)[0])
    bits = int(now.why[place[first], action[first]]) if there[first] else 0
    why = ", ".join(name for bit, name in enumerate(now.known) if bits >> bit & 1) or "no such customer"
    raise EvidenceError(
        f"the plan was overtaken: customer {who[first : first + 1].tolist()[0]!r} may not be sent"
        f" {plan.eligibility.rules.names[action[first]]!r} any more ({why}), one of {np.count_nonzero(~allowed):,} such"
        " contacts; make the plan anew from the log as it is"
    )
