"""Texts of a log's past parted into topics."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.errors import EvidenceError
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._filters import Filters
from cjlab.features.reading._rows import Rows
from cjlab.features.reading._window import microseconds
from cjlab.features.topics._lexicon import Lexicon, counted, tokens

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_NAMED, _FEWEST, _DIGITS, _ROUNDS = 3, 2, 5, 1_000
_MOST_TEXTS = 20_000  # different texts that are factored


class Asked(NamedTuple):
    """What is to be learned, and of which words."""

    topics: int
    stop: tuple[str, ...]
    most: float
    fewest: int
    words: int
    seed: int


class Texts(NamedTuple):
    """Different texts, how often each was written, and who wrote which: pairs of a customer and a text."""

    texts: tuple[str, ...]
    times: NDArray[np.int64]
    who: NDArray[np.int64]
    which: NDArray[np.int64]


def learned(log: Log, as_of: str | dt.date, where: Where, column: str, asked: Asked) -> tuple[tuple[str, ...], Lexicon]:
    """Return the names of topics and the words that tell them."""
    texts = _before(log, as_of, where, column)
    words = _words(texts, asked)
    counts = counted(texts.texts, words)
    has = np.asarray((counts > 0).astype(np.int64).T @ texts.times)
    weights = 1.0 + np.log((1.0 + texts.times.sum()) / (1.0 + has))
    said = np.flatnonzero(np.diff(counts.indptr))
    different = len({texts.texts[place] for place in said})
    n = min(len(words), different, asked.topics)
    if n < _FEWEST:
        raise EvidenceError(
            f"{where} before {as_of} have {different} different texts in {column!r} with {len(words)} words that are "
            f"neither too rare nor too common, which makes no {_FEWEST} topics; give a later date, or a smaller fewest"
        )
    mass = _factored((counts * weights).tocsr()[said], texts.times[said], n, seed=asked.seed)
    some = np.flatnonzero(mass.sum(axis=0) > 0)
    mass, weights = mass[:, some], weights[some]
    words = [words[place] for place in some]
    members = mass / mass.sum(axis=0)
    rounded = [tuple(_rounded(one) for one in line) for line in members]
    lexicon = Lexicon(tuple(words), tuple(_rounded(one) for one in weights), tuple(rounded))
    return _names(words, mass * members), lexicon


def _rounded(number: float) -> float:
    return round(float(number), _DIGITS)


def written(log: Log, as_of: str | dt.date, where: Where, column: str) -> pl.DataFrame:
    """Return a line a text that was written, and known, before a date: ``who``, ``at`` and ``text``."""
    end, found = microseconds(log.moment(as_of)), []
    for shard in log.shards():
        rows = Rows.of(shard, (*Cell("count", where).needed, column), name=where.table, asking={column: "Topics"})
        codes, words = rows.texts[column]
        there = (rows.at < end) & (rows.known < end) & (Filters((where,)).masks(rows) > 0) & (codes >= 0)
        owner = np.repeat(np.arange(len(rows.owners)), np.diff(rows.bounds))[there]
        texts = pl.Series("text", words, pl.String).gather(codes[there])
        found.append(pl.DataFrame([rows.owners.gather(owner).alias("who"), pl.Series("at", rows.at[there]), texts]))
    return pl.concat(found)


def _before(log: Log, as_of: str | dt.date, where: Where, column: str) -> Texts:
    """Return what was written, and known, before a date; texts rise, however customers lie in shards."""
    wrote = written(log, as_of, where, column).select(who=pl.col("who").rank("dense").cast(pl.Int64) - 1, text="text")
    known = wrote.group_by("text").len().sort("text")
    pairs = wrote.unique().select("who", pl.col("text").replace_strict(known["text"], range(known.height)))
    return Texts(
        tuple(known["text"]),
        known["len"].to_numpy().astype(np.int64),
        pairs["who"].to_numpy(),
        pairs["text"].to_numpy(),
    )


def _words(texts: Texts, asked: Asked) -> list[str]:
    """Return the words that are neither too rare nor too common, those that most customers wrote first."""
    from scipy.sparse import csr_array

    known = sorted({word for text in texts.texts for word in tokens(text)} - set(asked.stop))
    has = (counted(texts.texts, known) > 0).astype(np.int64)
    writers, by = np.unique(texts.who, return_inverse=True)
    wrote = csr_array((np.ones(len(by)), (by, texts.which)), shape=(len(writers), len(texts.texts)))
    people = np.asarray(((wrote @ has) > 0).astype(np.int64).sum(axis=0)).ravel()
    often = np.asarray(has.T @ texts.times).ravel()
    kept = np.flatnonzero((people >= asked.fewest) & (often <= asked.most * texts.times.sum()))
    chosen = kept[np.lexsort((kept, -people[kept]))][: asked.words]
    return [known[place] for place in np.sort(chosen)]


def _factored(weighed: csr_array, times: NDArray[np.int64], topics: int, *, seed: int) -> Floats:
    """Return the mass of each word in each topic, ``(topics, words)``."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    some = np.sort(np.argsort(-times, kind="stable")[:_MOST_TEXTS])
    length = np.sqrt(np.asarray(weighed.power(2).sum(axis=1)).ravel())[some]
    rows = weighed[some].multiply((np.sqrt(times[some]) / length)[:, None]).tocsr()
    model = NMF(topics, init="nndsvda", random_state=seed, max_iter=_ROUNDS)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):  # what is left over may be a hair below nothing
        warnings.simplefilter("ignore", ConvergenceWarning)  # what it has found by then is as good as any
        about = model.fit_transform(rows)
    weight = (about * np.sqrt(times[some])[:, None]).sum(axis=0)
    return np.asarray(model.components_ * weight[:, None])


def _names(words: Sequence[str], own: Floats) -> tuple[str, ...]:
    """Call each topic by its words; where two have the same, by their number too."""
    made: list[str] = []
    for place, line in enumerate(own):
        top = sorted(range(len(words)), key=lambda word: (-line[word], words[word]))[:_NAMED]
        name = "_".join(words[word] for word in top if line[word] > 0) or f"{place + 1}"
        made.append(name if name not in made else f"{name}_{place + 1}")
    return tuple(made)
