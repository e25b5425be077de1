"""How much customers write about each topic, week by week, and which topics are new or grow."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cjlab._random import uniform
from cjlab.errors import EvidenceError
from cjlab.features._estimates import mean_share
from cjlab.features._span import dated
from cjlab.features.topics._factored import written
from cjlab.features.topics._lexicon import Lexicon, counted, shares
from cjlab.tables import later

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features.topics._followed import Followed
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

UNREAD: Final = "unread"
_DAYS: Final = 7
_NEW: Final = 0.01  # at most this share of texts was about what is new
_FEWEST: Final = 5  # customers in a stretch of time that can be compared
_ENDS: Final = ("before", "before_low", "before_high", "now", "now_low", "now_high")
_AT_ONCE: Final = 100  # draws in memory


class Span(NamedTuple):
    """The stretch that is looked at, and the one before that it is held against; both given in calendar time."""

    recent: str
    before: str


def weekly(topics: Followed, log: Log, as_of: str | dt.date, weeks: int) -> pd.DataFrame:
    """Return a line a week that is over: texts, those that are read, and how many are about each topic."""
    import pandas as pd

    end = log.moment(as_of)
    wrote = written(log, as_of, topics.of, topics.column)
    starts = [later(end, f"{_DAYS * back}D", log.timezone, back=True) for back in range(weeks, 0, -1)]
    places = np.searchsorted([_instant(one) for one in starts], wrote["at"].to_numpy(), side="right") - 1
    about = _about(topics, wrote["text"])
    sums = np.zeros((weeks, about.shape[1] + 1))
    np.add.at(sums, places[places >= 0], np.column_stack([np.ones(len(about)), about])[places >= 0])
    zone = ZoneInfo(log.timezone)
    index = pd.Index([one.astimezone(zone).date() for one in starts], name="week")
    return pd.DataFrame(sums, index=index, columns=["texts", *topics.names, UNREAD]).astype({"texts": int})


def news(
    topics: Followed, log: Log, as_of: str | dt.date, span: Span, *, rate: float, draws: int, seed: int
) -> pd.DataFrame:
    """Return a line a topic, and one a word that is raised: its share before and now, and what is beyond chance."""
    import pandas as pd

    end = log.moment(as_of)
    turn = later(end, span.recent, log.timezone, name="recent", back=True)
    begin = later(turn, span.before, log.timezone, name="before", back=True)
    wrote = written(log, as_of, topics.of, topics.column).filter(pl.col("at") >= _instant(begin))
    chosen = _one_each(wrote, seed)
    recent = chosen["at"].to_numpy() >= _instant(turn)
    for name, count in (("recent", int(recent.sum())), ("before", int((~recent).sum()))):
        if count < _FEWEST:
            raise EvidenceError(
                f"{count} customers wrote in {name}={getattr(span, name)!r} before {dated(end, log.timezone)}, too few "
                f"to tell what is new from chance; at least {_FEWEST} must have: give a longer {name}"
            )
    about = np.column_stack([_about(topics, chosen["text"]), _says(topics, chosen["text"])])
    beyond = _beyond(about, recent, draws, seed)
    named = [*(("topic", name) for name in (*topics.names, UNREAD)), *(("word", word) for word in topics.words)]
    lines = [
        [kind, name, int(recent.sum()), *_held(about[:, place], recent), float(beyond[place]), beyond[place] <= rate]
        for place, (kind, name) in enumerate(named)
        if kind == "topic" or beyond[place] <= rate
    ]
    found = pd.DataFrame(lines, columns=["kind", "name", "customers", *_ENDS, "chance", "raised"]).set_index("name")
    told = np.where(found["before"] <= _NEW, "new", "growing")
    found["news"] = np.where(found.pop("raised"), told, "")
    return found.sort_values(["kind", "chance", "now"], ascending=[True, True, False], kind="stable")


def _held(about: Floats, recent: NDArray[np.bool_]) -> list[float]:
    """Return the mean share before and now, each with the ends of its interval."""
    return [end for side in (~recent, recent) for end in mean_share(about[side])]


def _says(topics: Followed, texts: pl.Series) -> Floats:
    """Return whether each text has each word."""
    return np.asarray((counted(texts.to_list(), topics.words) > 0).astype(np.float64).todense())


def _one_each(wrote: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return one text of each customer, drawn by chance, so that nobody counts twice; in the order of customers."""
    names = wrote["who"].cast(pl.String).to_numpy()
    lot = pl.Series("lot", uniform(f"topics/{seed}", names))
    drawn = wrote.with_columns(lot, who=pl.Series(names)).sort("who", "at", "text")
    place = (pl.col("lot").first() * pl.len()).floor().cast(pl.Int64)
    return drawn.group_by("who", maintain_order=True).agg(pl.col("at", "text").gather(place).first())


def _about(topics: Followed, texts: pl.Series) -> Floats:
    """Return what part of each text is about each topic, and whether no word of it is known, ``(n, topics + 1)``."""
    different = texts.unique().sort()
    lexicon = Lexicon(topics.words, topics.weights, topics.members)
    about = shares(lexicon, tuple(different))
    unread = np.isnan(about[:, :1])
    places = different.search_sorted(texts).to_numpy()
    return np.asarray(np.column_stack([np.where(unread, 0.0, about), unread])[places])


def _beyond(about: Floats, recent: NDArray[np.bool_], draws: int, seed: int) -> Floats:
    """Return how often chance alone lets some topic grow as much: the largest growth when dates are exchanged."""
    n, m = len(recent), int(recent.sum())
    spread = np.maximum(about.std(axis=0) * np.sqrt(1 / m - 1 / n), 1e-12)
    middle = about.mean(axis=0)
    found = (about[recent].mean(axis=0) - middle) / spread
    rng, order = np.random.default_rng(seed), np.zeros((_AT_ONCE, n), np.float32)
    order[:, :m] = 1.0
    most: list[float] = []
    while len(most) < draws:
        mixed = rng.permuted(order, axis=1)
        most += ((mixed @ about / m - middle) / spread).max(axis=1).tolist()
    ahead = np.array(most[:draws])[:, None] >= found - 1e-9
    return np.asarray((1 + ahead.sum(axis=0)) / (draws + 1))


def _instant(moment: dt.datetime) -> int:
    """Return a moment as rows have it: microseconds since 1970."""
    return round((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1))
