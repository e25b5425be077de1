"""What came of decisions: mature, still pending, or never to be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cjlab._checks import listed
from cjlab._display import Shown
from cjlab.errors import EvidenceError, TableError
from cjlab.loop._aim import Aim, as_known, came, closed
from cjlab.loop._evidence import Evidence
from cjlab.tables import later, moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from cjlab.tables import Log

MATURE, PENDING, CENSORED = "mature", "pending", "censored"
_NEEDED = ("decision_id", "slice", "propensity", "eligible")


@dataclass(frozen=True, eq=False, repr=False)
class Observed(Shown):
    """Decisions and what came of them as of a date; made by :func:`observe`.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a decision, indexed by ``decision_id``: ``customer_id``, ``at``, ``arm``, ``slice``, ``score``,
        ``intended`` (the arm that the policy itself would have given: the likeliest), ``state`` (``"mature"``,
        ``"pending"``: its time is not over; ``"censored"``: it is, and what came cannot be known) and ``outcome``, NaN
        unless mature.
    chances : pandas.DataFrame
        The chance of every arm, one column an arm, 0 where it was not allowed; of the holdout all but the control 0.
    control : str
        Which arm is no contact.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> rows = pd.DataFrame({"at": ["2025-01-01"] * 2, "state": ["mature", "pending"]})
    >>> cj.loop.Observed(rows, pd.DataFrame(), "none").to_frame()["decisions"].tolist()
    [1, 1]
    """

    rows: pd.DataFrame
    chances: pd.DataFrame
    control: str

    def to_frame(self) -> pd.DataFrame:
        """Return how many decisions there are by time and state.

        Returns
        -------
        pandas.DataFrame
            ``at``, ``state``, ``decisions``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> rows = pd.DataFrame({"at": ["2025-01-01"] * 2, "state": ["mature", "mature"]})
        >>> cj.loop.Observed(rows, pd.DataFrame(), "none").to_frame()["decisions"].tolist()
        [2]
        """
        return self.rows.groupby(["at", "state"], sort=True).size().rename("decisions").reset_index()

    def evidence(
        self,
        X: pd.DataFrame,  # noqa: N803 - scikit-learn's name
        *,
        value: float = 1.0,
        costs: Mapping[Any, float] | None = None,
        segment: str | None = None,
    ) -> Evidence:
        """Return the mature decisions that were drawn by chance, the holdout left out, as a challenge takes them.

        Parameters
        ----------
        X : pandas.DataFrame
            Features as of the decisions, indexed by ``decision_id``.
        value : float, default: 1.0
            What one unit of the outcome is worth.
        costs : mapping of arm to float, optional
            What a contact costs.
        segment : str, optional
            A column of ``X`` that names segments; it is left out of the features.

        Returns
        -------
        Evidence
            The rows whose customers could have received every arm.

        Raises
        ------
        TableError
            When ``X`` lacks decisions.
        EvidenceError
            When nothing is mature.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> index = pd.Index(["d1", "d2"], name="decision_id")
        >>> rows = pd.DataFrame({
        ...     "at": pd.to_datetime(["2025-01-01"] * 2, utc=True), "slice": "random", "arm": ["none", "mail"],
        ...     "customer_id": [1, 2], "state": "mature", "outcome": [0.0, 1.0],
        ... }, index)
        >>> seen = cj.loop.Observed(rows, pd.DataFrame({"none": 0.5, "mail": 0.5}, index), "none")
        >>> seen.evidence(pd.DataFrame({"age": [30.0, 40.0]}, index)).n
        2
        """
        usable = (self.rows["state"] == MATURE) & (self.rows["slice"] != "holdout") & (self.chances > 0).all(axis=1)
        if not usable.any():
            raise EvidenceError(
                "no decision is mature and could have been any other: wait, or let a random slice be drawn"
            )
        own = self.rows[usable]
        absent = own.index.difference(X.index)
        if len(absent):
            raise TableError(
                f"X lacks {len(absent):,} decisions, first {absent[0]!r}; give the features of all of them"
            )
        table = X.loc[own.index]
        return Evidence(
            table.drop(columns=[segment] if segment else []),
            own["outcome"].to_numpy(),
            own["arm"].to_numpy(dtype=str),
            self.control,
            self.chances.loc[own.index],
            value,
            costs,
            segment=table[segment].to_numpy() if segment else None,
            customer=own["customer_id"].to_numpy(),
            since=own["at"].min().to_pydatetime(),
        )


def observe(
    log: Log, aim: Aim, *, as_of: str | dt.date, control: str = "none", until: str | dt.date | None = None
) -> Observed:
    """Join decisions to what came of them, as it was known at a date.

    Decisions are the contacts that have a ``decision_id``. Outcomes are counted from the decision on, nothing that
    happened or became known at or after ``as_of`` is read, and a decision is mature when ``aim.within`` and
    ``aim.late`` are over. Where the log ends before that (a feed that stopped), what came is not known and the decision
    is censored; a customer who had neither joined nor been seen is censored likewise.

    Parameters
    ----------
    log : Log
        The log.
    aim : Aim
        What counts as what came.
    as_of : date or text
        The moment of observation.
    control : str, default: "none"
        Which arm is no contact.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event.

    Returns
    -------
    Observed
        Decisions, states and outcomes.

    Raises
    ------
    TableError
        When contacts lack a column of decisions.
    EvidenceError
        When there is no decision before the date.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
    >>> cj.loop.observe(log, cj.loop.Aim(within="7D"), as_of="2024-01-20")
    Traceback (most recent call last):
        ...
    cjlab.errors.TableError: contacts have no 'decision_id' ..., and so no decision can be followed; ...
    """
    known, when = as_known(log, as_of)
    decided = _decided(known, as_of)
    chances = _chances(decided, control)
    index = decided["decision_id"].to_list()
    rows = decided.drop("eligible").to_pandas().set_index("decision_id")
    rows["slice"], rows["arm"] = rows["slice"].astype(str), rows["arm"].astype(str)
    table = chances.set_axis(index, axis=0).rename_axis("decision_id")
    rows["intended"] = _intended(rows, table)
    rows["outcome"], rows["state"] = _came(known, aim, rows, closes=closed(aim, known, when), end=_end(log, until))
    return Observed(rows, table, control)


def _decided(log: Log, as_of: object) -> pl.DataFrame:
    """Return the decisions in their order."""
    present = log.contacts.collect_schema().names()
    absent = [name for name in _NEEDED if name not in present]
    if absent:
        raise TableError(f"contacts have no {listed(absent)}, and so no decision can be followed; they have {present}")
    wanted = ["decision_id", "customer_id", "at", "arm", "slice", "propensity", "eligible"]
    wanted += [name for name in ("score", "cost", "campaign", "model_version") if name in present]
    found = log.contacts.filter(pl.col("decision_id").is_not_null()).select(wanted).sort("decision_id").collect()
    if not len(found):
        raise EvidenceError(
            f"contacts hold no decision before {as_of}; decisions carry a decision_id, as those of a plan do"
        )
    twice = found["decision_id"].is_duplicated()
    if twice.any():
        raise TableError(f"contacts.decision_id {found['decision_id'].filter(twice)[0]!r} stands in several rows")
    return found


def _chances(decided: pl.DataFrame, control: str) -> pd.DataFrame:
    """Return the chance of every arm, 0 where it was not allowed."""
    import pandas as pd

    pairs = decided.select(pl.int_range(pl.len()).alias("row"), "eligible").explode("eligible")
    pairs = pairs.filter(pl.col("eligible").is_not_null()).unnest("eligible")
    arms = sorted({control, *pairs["arm"].cast(pl.String).unique().to_list()} - {None})
    table = np.zeros((len(decided), len(arms)))
    places = np.searchsorted(np.array(arms), pairs["arm"].cast(pl.String).to_numpy())
    table[pairs["row"].to_numpy(), places] = pairs["probability"].to_numpy()
    table[table.sum(axis=1) == 0, arms.index(control)] = 1.0  # nothing was allowed
    return pd.DataFrame(table, columns=arms)


def _intended(rows: pd.DataFrame, chances: pd.DataFrame) -> Any:  # noqa: ANN401 - names of arms
    """Return what the policy itself would have given: the likeliest arm; of the holdout the arm that was withheld."""
    likeliest = chances.columns.to_numpy(dtype=str)[chances.to_numpy().argmax(axis=1)]
    return np.where(rows["slice"] == "holdout", rows["arm"].to_numpy(dtype=str), likeliest)


def _came(log: Log, aim: Aim, rows: pd.DataFrame, *, closes: dt.datetime, end: dt.datetime) -> tuple[Any, Any]:
    """Return what came of each decision, and its state."""
    import pandas as pd

    dates = [one.to_pydatetime() for one in sorted(rows["at"].unique().tolist())]
    every = came(aim, log, dates, until=min(closes, end))
    when_utc = pd.DatetimeIndex(every.index.get_level_values("as_of")).tz_convert("UTC")
    found = pd.Series(every.to_numpy(), pd.MultiIndex.from_arrays([when_utc, every.index.get_level_values(1)]))
    known = found.reindex(pd.MultiIndex.from_arrays([pd.DatetimeIndex(rows["at"]), rows["customer_id"]]))
    over = {one for one in dates if later(one, aim.within, log.timezone) <= closes}
    unknown = np.where(rows["at"].isin(over), CENSORED, PENDING)
    return known.to_numpy(), np.where(known.notna(), MATURE, unknown)


def _end(log: Log, until: str | dt.date | None) -> dt.datetime:
    """Return until when the log tells all."""
    if until is not None:
        return moment(until, log.timezone)
    last = log.events.select(pl.col("at").max()).collect().item()
    if last is None:
        raise EvidenceError("the log has no event, so nothing can be said to have come of anybody; give until=")
    return later(moment(last.astimezone(ZoneInfo(log.timezone)).date(), log.timezone), "1D", log.timezone)
