"""Plan, done, effect: what was to be sent, what became of it, and what it changed, from one log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from cjlab._display import Shown
from cjlab.errors import TableError
from cjlab.loop._aim import as_known
from cjlab.loop._measure import measure

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.loop._observe import Observed
    from cjlab.tables import Log

ANSWERS: Final = ("delivered", "bounced", "opened", "clicked", "redeemed", "unsubscribed", "spam_reported")
_EFFECT: Final = ["promised", "came", "low", "high", "cost", "verdict"]


@dataclass(frozen=True, eq=False, repr=False)
class Followed(Shown):
    """Plan, done and effect of each action; made by :func:`followed`.

    Parameters
    ----------
    actions : pandas.DataFrame
        Indexed by ``action``: ``planned``, ``withheld``, ``sent``, how many were ``delivered``, ``bounced``,
        ``opened``, ``clicked``, ``redeemed``, ``unsubscribed`` and ``spam_reported`` at least once (missing where the
        log never tells), and of the mature ones ``promised``, ``came`` with ``low`` and ``high``, ``cost`` and
        ``verdict``, as :func:`measure` says.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> cj.loop.Followed(pd.DataFrame({"planned": [3]}, index=["mail"])).to_frame()["planned"].tolist()
    [3]
    """

    actions: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return a row an action.

        Returns
        -------
        pandas.DataFrame
            ``actions``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> len(cj.loop.Followed(pd.DataFrame({"planned": [3]}, index=["mail"])).to_frame())
        1
        """
        return self.actions


def followed(log: Log, seen: Observed, *, as_of: str | dt.date) -> Followed:
    """Set what was planned beside what was done and what it changed, action by action.

    *Planned* are the decisions that gave the action, *withheld* those that the policy meant for it and chance left
    alone; *sent* is what the log says was sent. Answers are counted once a contact, openings by machines left out. An
    answer is no effect: what the action changed is told against those left alone.

    Parameters
    ----------
    log : Log
        The log.
    seen : Observed
        Its decisions, and what came of them.
    as_of : date or text
        The moment: nothing that happened or became known at or after it is read.

    Returns
    -------
    Followed
        A row an action.

    Raises
    ------
    TableError
        When decisions are not those of the log, or have no score.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
    >>> seen = cj.loop.Observed(pd.DataFrame(index=["d1"]), pd.DataFrame(), "none")
    >>> cj.loop.followed(log, seen, as_of="2024-01-20")
    Traceback (most recent call last):
        ...
    cjlab.errors.TableError: contacts have no 'decision_id', ...; give the log that was observed
    """
    import pandas as pd

    known, _ = as_known(log, as_of)
    if "decision_id" not in known.contacts.collect_schema().names():
        raise TableError(
            "contacts have no 'decision_id', and the decisions are not theirs; give the log that was observed"
        )
    contacts = known.contacts.filter(pl.col("decision_id").is_not_null()).select("decision_id", "contact_id", "sent")
    given = contacts.collect().to_pandas().set_index("decision_id")
    lost = seen.rows.index.difference(given.index)
    if len(lost):
        raise TableError(f"contacts lack {len(lost):,} decisions, first {lost[0]!r}; give the log that was observed")
    given = given.loc[seen.rows.index]
    answered = _answered(known)
    effect = measure(seen).to_frame().set_index("action")[_EFFECT]
    lines = {}
    for action in [name for name in seen.chances.columns if name != seen.control]:
        got = (seen.rows["arm"] == action).to_numpy()
        meant = (seen.rows["intended"] == action) & (seen.rows["slice"] != "holdout")
        left = meant.to_numpy() & (seen.rows["arm"] == seen.control).to_numpy()
        own = given[got & given["sent"].to_numpy(dtype=bool)]
        counts = {name: _count(own, answered, name) for name in ANSWERS}
        lines[action] = {"planned": int(got.sum()), "withheld": int(left.sum()), "sent": len(own)} | counts
    table = pd.DataFrame.from_dict(lines, orient="index").rename_axis("action")
    return Followed(table.join(effect))


def _answered(log: Log) -> dict[str, set[object]]:
    """Return which contacts were answered, by answer; without those that the log never tells."""
    names = log.events.collect_schema().names()
    if "contact_id" not in names:
        return {}
    rows = log.events.filter(pl.col("event").cast(pl.String).is_in(ANSWERS) & pl.col("contact_id").is_not_null())
    if "machine" in names:
        rows = rows.filter(~pl.col("machine").fill_null(value=False))
    found = rows.select(pl.col("event").cast(pl.String), "contact_id").unique().collect()
    return {str(name): set(part["contact_id"].to_list()) for (name,), part in found.group_by("event")}


def _count(own: pd.DataFrame, answered: dict[str, set[object]], name: str) -> float:
    return float(own["contact_id"].isin(answered[name]).sum()) if name in answered else float("nan")
