"""Watching: all that can be said of a loop, a test or campaigns at a date, and what cannot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cjlab import datasets, features, statistics
from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.loop._aim import Aim, as_known, came
from cjlab.loop._drift import Drifted, drift
from cjlab.loop._evidence import Evidence
from cjlab.loop._followed import ANSWERS
from cjlab.loop._monitor import Monitored, monitor
from cjlab.loop._observe import end, observe
from cjlab.loop._promised import promised
from cjlab.loop._replay import Replayed, replay
from cjlab.loop.cycle import Cycle
from cjlab.loop.cycle._home import Home
from cjlab.tables import Log

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

LOOP, TEST, CAMPAIGNS = "loop", "test", "campaigns"
_COLUMNS: Final = ["campaign", "at", "contacts", "sent", "answered", "share", "low", "high"]
_UNKNOWN: Final = statistics.Interval(np.nan, np.nan, np.nan)
_HALF: Final = 2
_QUICK: Final = 20  # resamples of a distance that is not used, only which features are covered


@dataclass(frozen=True, eq=False, repr=False)
class Watched(Shown):
    """What can be said at a date; made by :func:`watch`.

    Parameters
    ----------
    kind : str
        ``"loop"``: contacts are decisions with logged chances; ``"test"``: they were drawn by chance, once;
        ``"campaigns"``: nobody knows with which chance they were sent, and so no effect can be told.
    aim : Aim
        What counts as what came.
    until : datetime.datetime
        The date.
    timezone : str
        The brand's zone.
    campaigns : pandas.DataFrame
        A row a campaign: ``campaign``, when it began (``at``), ``contacts``, ``sent``, how many of these were
        ``answered`` at least once, and the ``share`` with ``low`` and ``high``.
    drifted : Drifted or None
        How far features moved; None where there are not two tables.
    monitored : Monitored or None
        The loop, wave by wave.
    replayed : Replayed or None
        The test, replayed in batches.
    answered : Interval
        Which share of all messages was answered at least once; its interval knows that one customer got several.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact").kind
    'test'
    """

    kind: str
    aim: Aim
    until: dt.datetime
    timezone: str
    campaigns: pd.DataFrame
    drifted: Drifted | None
    monitored: Monitored | None = None
    replayed: Replayed | None = None
    answered: statistics.Interval = _UNKNOWN

    def to_frame(self) -> pd.DataFrame:
        """Return a row a campaign.

        Returns
        -------
        pandas.DataFrame
            ``campaigns``.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
        >>> found.to_frame()["contacts"].tolist()
        [20000]
        """
        return self.campaigns


def watch(
    source: str | Path | Log,
    aim: Aim,
    *,
    as_of: str | dt.date | None = None,
    control: str = "none",
    cycle: Cycle | None = None,
    costs: Mapping[str, float] | float = 0.0,
    batches: int = 5,
) -> Watched:
    """Say all that can be said of a loop's home, or of any log with contacts, at a date.

    Of decisions that were logged with their chances a loop is monitored (:func:`monitor`), of a home with what its
    versions promised, as long as they can be loaded; of contacts that were drawn
    by chance a test is replayed in batches (:func:`replay`); of all others only what was sent and answered is told.
    Features are those of a home's first and last turn; of a log those of its default recipe in the middle of its time
    and at the date, as far as the log reaches back for them; of a test those of every second customer and of the
    others, which do not differ but by chance.

    Parameters
    ----------
    source : str, pathlib.Path or Log
        A loop's home, a packaged data set by its name, the folder of a log, or a log.
    aim : Aim
        What counts as what came.
    as_of : date or text, optional
        The date; the end of the log's last day unless given.
    control : str, default: "none"
        Which arm is no contact.
    cycle : Cycle, optional
        The loop, whose terms and holdouts are held against what was done; the ``cycle.toml`` of a home unless given.
    costs : float or mapping of arm to float, default: 0.0
        What a contact of a test costs, in what the outcome is counted in: each, or arm by arm.
    batches : int, default: 5
        In how many batches a test is replayed.

    Returns
    -------
    Watched
        What can be said.

    Raises
    ------
    EvidenceError
        When there is no contact before the date.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.loop.watch("promotion_test", cj.loop.Aim(within="14D", late=None), control="no_contact")
    >>> found.replayed.to_frame()["against"].unique().tolist()
    ['everybody', 'nobody']
    """
    home, log = _opened(source)
    until = log.moment(as_of) if as_of is not None else end(log, None)
    known, when = as_known(log, until)
    contacts = known.contacts.with_columns(answered=_answered(known) & pl.col("sent"))
    campaigns = _campaigns(contacts)
    if not len(campaigns):
        raise EvidenceError(f"the log has no contact before {until:%Y-%m-%d}, and so there is nothing to watch")
    answered = _of_all(contacts)
    told = partial(Watched, aim=aim, until=when, timezone=log.timezone, campaigns=campaigns, answered=answered)
    kind = _kind(known)
    if kind == LOOP:
        seen = observe(log, aim, as_of=until, control=control)
        drifted = _of_home(home) if home is not None else _of_log(known, when)
        agreed = cycle or _agreed(home)
        terms, holdouts = (None, ()) if agreed is None else (agreed.terms, agreed.rules.holdouts)
        scores = promised(home, agreed.name, seen) if home is not None and agreed is not None else None
        looked = monitor(seen, terms=terms, holdouts=holdouts, scores=scores, drifted=drifted, timezone=log.timezone)
        return told(kind, drifted=drifted, monitored=looked)
    if kind == TEST:
        test = _test(known, aim, control, costs)
        return told(kind, drifted=_of_halves(test.X), replayed=replay(test, batches=batches))
    return told(kind, drifted=_of_log(known, when))


def _opened(source: str | Path | Log) -> tuple[Home | None, Log]:
    """Return the home, if it is one, and the log."""
    if isinstance(source, Log):
        return None, source
    if (Path(source) / "log").is_dir() and (Path(source) / "turns").is_dir():
        return Home.at(Path(source)), Log.read(Path(source) / "log")
    return None, datasets.named(source)


def _agreed(home: Home | None) -> Cycle | None:
    """Return the loop of a home, where it is written there."""
    said = home.folder / "cycle.toml" if home else None
    return Cycle.read(said) if said is not None and said.exists() else None


def _kind(log: Log) -> str:
    """Return what contacts are: decisions of a loop, a test, or campaigns."""
    names = log.contacts.collect_schema().names()
    if "decision_id" in names and log.contacts.select(pl.col("decision_id").is_not_null().any()).collect().item():
        return LOOP
    if "propensity" not in names:
        return CAMPAIGNS
    known = log.contacts.select(pl.col("propensity").is_not_null().all(), pl.col("arm").n_unique() > 1)
    return TEST if all(known.collect().row(0)) else CAMPAIGNS


def _answered(log: Log) -> pl.Expr:
    """Say of contacts whether they were answered at least once."""
    if "contact_id" not in log.events.collect_schema().names():
        return pl.lit(value=False)
    wanted = [one for one in ANSWERS if one not in {"delivered", "bounced", "opened"}]
    rows = log.events.filter(pl.col("event").cast(pl.String).is_in(wanted) & pl.col("contact_id").is_not_null())
    named = rows.select("contact_id").unique().collect()["contact_id"]
    return pl.col("contact_id").is_in(named.implode())


def _of_all(contacts: pl.LazyFrame) -> statistics.Interval:
    """Return which share of all messages was answered; customers are the clusters."""
    by = contacts.group_by("customer_id").agg(pl.col("answered", "sent").sum()).sort("customer_id").collect()
    y, x = (by[name].to_numpy().astype(np.float64) for name in ("answered", "sent"))
    if not x.sum():
        return _UNKNOWN
    spread = np.cov(y, x) if len(y) > 1 else np.zeros((2, 2))
    joint = statistics.Joint(len(y), y.mean(), x.mean(), spread[0, 0], spread[1, 1], spread[0, 1])
    found = statistics.level(joint.linearised)
    return statistics.Interval(float(found.estimate), max(0.0, float(found.low)), min(1.0, float(found.high)))


def _campaigns(contacts: pl.LazyFrame) -> pd.DataFrame:
    """Return what was sent and answered, campaign by campaign."""
    found = (
        contacts.group_by(pl.col("campaign").cast(pl.String))
        .agg(
            pl.col("at").min(),
            pl.len().alias("contacts"),
            pl.col("sent", "answered").sum(),
        )
        .sort("at", "campaign")
        .collect()
        .to_pandas()
    )
    n, share = found["sent"].to_numpy(float), found["answered"].to_numpy(float) / np.maximum(found["sent"], 1)
    ends = statistics.level(statistics.Sample(n, np.asarray(share), np.zeros(len(n))), kind="share")
    return found.assign(share=share, low=ends.low, high=ends.high)[_COLUMNS]


def _test(log: Log, aim: Aim, control: str, costs: Mapping[str, float] | float) -> Evidence:
    """Return the test: features on the day of the contacts, outcomes, arms, chances."""
    rows = log.contacts.select("customer_id", "at", "propensity", pl.col("arm").cast(pl.String)).collect().to_pandas()
    contacts = rows.sort_values("at", kind="stable").drop_duplicates("customer_id").set_index("customer_id")
    at = contacts["at"].min().to_pydatetime()
    y = came(aim, log, [at], until=end(log, None)).droplevel("as_of")
    X = features.Recipe.default(log, at).build(log, at)  # noqa: N806 - scikit-learn's name
    own = X.index.intersection(y.index).intersection(contacts.index)
    treated = [one for one in contacts["arm"].unique().tolist() if one != control]
    each = dict.fromkeys(treated, costs) if isinstance(costs, float | int) else costs
    return Evidence(
        X.loc[own],
        np.asarray(y[own], np.float64),
        contacts.loc[own, "arm"].to_numpy(str),
        control,
        contacts.groupby("arm")["propensity"].first().to_dict(),
        costs=each,
    )


def _of_home(home: Home) -> Drifted | None:
    """Compare the features of the first turn and of the last."""
    taken = [one for one in home.turns() if one.counts.get("decided")]
    if len(taken) < _HALF:
        return None
    first, last = (home.features(one) for one in (taken[0], taken[-1]))
    both = [name for name in first.columns if name in last.columns]
    return drift(first[both], last[both])


def _of_log(log: Log, until: dt.datetime) -> Drifted | None:
    """Compare the features in the middle of the log's time and at the date, as far as the log reaches back."""
    first = log.events.select(pl.col("at").min()).collect().item()
    if first is None or first >= until:
        return None
    found = features.Drift.of(log, None, first + (until - first) / _HALF, until, replicates=_QUICK)
    names = found.columns.index[found.columns["covered"].to_numpy(bool)].tolist()
    dates = found.built.index.get_level_values("as_of")
    early, late = (found.built.loc[dates == date, names] for date in sorted(dates.unique()))
    return drift(early, late) if names else None


def _of_halves(X: pd.DataFrame) -> Drifted:  # noqa: N803 - scikit-learn's name
    """Compare every second customer with the others."""
    odd = np.arange(len(X)) % _HALF == 1
    return drift(X[~odd], X[odd])
