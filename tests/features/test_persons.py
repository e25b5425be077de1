"""A log under persons carries when they were known, wherever it goes, and tells no earlier date of later merges."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest

from cjlab import features
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.features import (
    RFM,
    Audit,
    Base,
    Chronicle,
    Drift,
    Frequency,
    Listening,
    Outside,
    Recency,
    Recipe,
    Rhythm,
    Social,
    State,
    Tenure,
    Topics,
    resolved,
)
from cjlab.simulator import RandomContacts, World, simulate
from cjlab.tables import Key, Log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EARLY, LATE, END = "2024-04-10", "2024-05-20", "2024-06-20"
KNOWN = dt.datetime(2024, 5, 19, 22, tzinfo=dt.UTC)  # late, midnight in Paris
RECIPE = Recipe(Recency("visit"), Frequency("purchase"), Tenure(), Audit("60D"))
HINDSIGHT = Recipe(*RECIPE.builders, hindsight=True)

READERS: dict[str, Callable[[Log], Any]] = {
    "build": lambda log: RECIPE.build(log, EARLY),
    "build of several dates": lambda log: RECIPE.build(log, [EARLY, LATE]),
    "default recipe": lambda log: Recipe.default(log, EARLY).said,
    "families": lambda log: {name: [one.said for one in made] for name, made in features.families(log, EARLY).items()},
    "outcome": lambda log: features.outcome(log, "visit", as_of=EARLY, within="4W", until=END).y,
    "spent": lambda log: features.spent(log, as_of=[EARLY, LATE], within="2W", until=END).y,
    "churned": lambda log: features.churned(log, as_of=EARLY, within="4W", until=END).y,
    "training_set": lambda log: features.training_set(log, RECIPE, "visit", as_of=EARLY, within="4W", until=END).X,
    "Base": lambda log: Base.of(log, EARLY).to_frame(),
    "engagement_audit": lambda log: features.engagement_audit(log, EARLY, window="60D"),
    "Listening": lambda log: Listening.of(log, EARLY, window="60D").to_frame(),
    "Drift": lambda log: Drift.of(log, RECIPE, EARLY, LATE, replicates=20).columns,
    "Chronicle": lambda log: Chronicle.of(log, as_of=EARLY).to_frame(),
    "freshness": lambda log: features.freshness(log, EARLY),
    "RFM.fitted": lambda log: RFM.fitted(log, EARLY, of="visit").said,
    "Rhythm.fitted": lambda log: Rhythm.fitted(log, EARLY, of="visit").said,
    "Social.fitted": lambda log: Social().fitted(log, EARLY).said,
    "Outside.fitted": lambda log: Outside("promotion of low_cost").fitted(log, EARLY).said,
    "Topics.fitted": lambda log: Topics.fitted(log, EARLY, topics=3).said,
    "Topics.weekly": lambda log: Topics.told({"bill": ("bill",), "line": ("line",)}).weekly(log, EARLY, 4),
    "Topics.news": lambda log: Topics.told({"bill": ("bill",), "line": ("line",)}).news(log, EARLY, recent="28D"),
}


@cache
def told() -> Log:
    """Let a phone company's customers live for half a year; half of them turn out to be others, but only in May."""
    log = simulate(World.telecom(n_customers=300, seed=4), RandomContacts(rate=0.1), days=172).log
    known = dt.datetime(2024, 5, 10, tzinfo=dt.UTC)
    merges = pl.select(customer_id=pl.int_range(2, 301, 2), identifier=pl.int_range(1, 300, 2)).with_columns(
        kind=pl.lit("merge"), starts=pl.lit(dt.datetime(2024, 2, 1, tzinfo=dt.UTC)), known_at=pl.lit(known)
    )
    links = [log.links] if log.links is not None else []
    return replace(log, links=pl.concat([*links, merges.lazy()], how="diagonal_relaxed"), stored=None)


@cache
def late() -> Log:
    """Return the log under the persons that were known late."""
    return resolved(told(), LATE, until=END).log


@pytest.mark.parametrize("name", READERS)
def test_an_earlier_date_is_refused_and_told_how_to_ask(name: str) -> None:
    said = (
        r"learned of links as of 2024-05-20 00:00, .* as of 2024-04-10 00:00, before that: .*resolved\(log, '2024-04-"
    )
    with pytest.raises(SpecError, match=said):
        READERS[name](late())


@pytest.mark.parametrize("name", READERS)
def test_merges_that_are_learned_later_change_no_answer(name: str) -> None:
    """What is resolved at the date says the same whether or not merges are learned afterwards."""
    before = told().links
    assert before is not None
    without = replace(told(), links=before.filter(pl.col("kind") != "merge"))
    assert_same(READERS[name](resolved(told(), EARLY, until=END).log), READERS[name](_under(without)))


def _under(log: Log) -> Log:
    return resolved(log, EARLY, until=END).log


def assert_same(one: Any, other: Any) -> None:
    """Hold two answers against each other."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other)
    else:
        assert one == other


def test_the_same_date_and_later_ones_are_answered() -> None:
    built = RECIPE.build(late(), [LATE, "2024-06-01"])
    assert built.loc[LATE].index.max() == 299  # the even customers are the odd ones before them
    made = features.training_set(late(), RECIPE, "visit", as_of=[LATE, "2024-05-27"], within="2W", until=END)
    assert len(made.ends) == 2
    with pytest.raises(SpecError, match=r"as of the earliest of several: resolved\(log, '2024-04-10', until=…\)\.log"):
        features.training_set(late(), RECIPE, "visit", as_of=[EARLY, LATE], within="2W", until=END)


def test_what_came_of_persons_is_told_until_when_it_was_asked() -> None:
    short, long = resolved(told(), LATE), resolved(told(), LATE, until=END)
    assert short.persons.equals(long.persons)
    visits = [one.log.events.filter(pl.col("at") >= KNOWN).collect() for one in (short, long)]
    assert visits[0].height == 0
    assert visits[1].height > 100
    assert set(visits[1]["customer_id"].drop_nulls() % 2) == {1}
    ever = features.outcome(long.log, "visit", as_of=LATE, within="2W", until=END)
    assert 0 < ever.y.mean() < 1
    assert set(ever.y.index % 2) == {1}
    with pytest.raises(SpecError, match=r"until is '2024-05-01', which lies before as_of, 2024-05-19 22:00 UTC"):
        resolved(told(), LATE, until="2024-05-01")
    with pytest.raises(SpecError, match="before that: merges that were learned since would be told"):
        resolved(long.log, EARLY)


def test_customers_met_after_the_date_are_persons_of_their_own() -> None:
    at = [dt.datetime(2024, 5, day, tzinfo=dt.UTC) for day in (1, 2, 25)]
    seen = pl.DataFrame({"customer_id": [1, 2, 3], "at": at, "event": "visit", "channel": "web"})
    link = {"kind": ["email"] * 2, "starts": at[:2]}
    log = Log.of(events=seen, links=pl.DataFrame({"customer_id": [1, 2], "identifier": [9, 9], **link}))
    made = resolved(log, "2024-05-10", until="2024-06-01").log.events.collect()
    assert made["customer_id"].to_list() == [1, 1, 3]


def test_who_was_told_of_is_a_person_as_well() -> None:
    at = [dt.datetime(2024, 5, day, tzinfo=dt.UTC) for day in (1, 2, 3)]
    told = {"customer_id": [3, 2, 1], "other_customer_id": [2, None, 8], "at": at, "event": "recommendation"}
    link = pl.DataFrame({"customer_id": [1, 2], "identifier": [9, 9], "kind": ["email"] * 2, "starts": at[:2]})
    log = Log.of(events=pl.DataFrame(told).with_columns(channel=pl.lit("web")), links=link)
    made = resolved(log, "2024-05-10").log.events.select("customer_id", "other_customer_id").collect()
    assert made.rows() == [(3, 1), (1, None), (1, 8)]
    words = log.events.collect().with_columns(customer_id=pl.col("customer_id").cast(pl.String))
    merge = pl.DataFrame({"customer_id": ["2"], "identifier": ["1"], "kind": ["merge"], "starts": at[:1]})
    told_none = Log.of(events=words.with_columns(other_customer_id=pl.lit(None)), links=merge)
    assert resolved(told_none, "2024-05-10").log.events.collect()["customer_id"].to_list() == ["3", "1", "1"]


def test_hindsight_is_said_and_seen(tmp_path: Path) -> None:
    built = HINDSIGHT.build(late(), EARLY)
    assert not built.equals(RECIPE.build(_under(told()), EARLY))  # what would leak: half of the customers are others
    assert HINDSIGHT.said["hindsight"] is True
    assert "with hindsight" in repr(HINDSIGHT)
    assert HINDSIGHT.describe()["hindsight"].all()
    stored = late().write(tmp_path / "log", shards=2)
    HINDSIGHT.store(stored, EARLY, folder=tmp_path / "x")
    state = State.of(HINDSIGHT, stored, EARLY, folder=tmp_path / "early")
    pd.testing.assert_frame_equal(state.build(), built)
    assert "with hindsight" in repr(State.read(tmp_path / "early"))


def test_what_is_stored_is_refused_as_well(tmp_path: Path) -> None:
    log = late().write(tmp_path / "log", shards=3)
    refused = partial(pytest.raises, SpecError, match="before that: merges that were learned since would be told")
    with refused():
        RECIPE.store(log, EARLY, folder=tmp_path / "x")
    with refused():
        State.of(RECIPE, log, EARLY, folder=tmp_path / "early")
    with refused():
        RECIPE.build(log, EARLY)
    assert not (tmp_path / "x").exists()
    state = State.of(RECIPE, log, LATE, folder=tmp_path / "late")
    pd.testing.assert_frame_equal(state.build(), RECIPE.build(late(), LATE))


def test_a_state_is_not_brought_on_by_a_log_of_later_persons(tmp_path: Path) -> None:
    under = resolved(told(), EARLY, until=LATE).log
    log = under.write(tmp_path / "log", shards=2)
    state = State.of(RECIPE, log, EARLY, folder=tmp_path / "early")
    rows = late().events.filter(pl.col("at") >= KNOWN)
    grown = replace(late(), events=rows, stored=None).append(tmp_path / "log")
    assert grown.learned == KNOWN
    with pytest.raises(SpecError, match="as of 2024-05-20 00:00, and the log is asked for as of 2024-05-01 00:00"):
        state.advance(grown, "2024-05-01", folder=tmp_path / "may")
    assert state.advance(grown, LATE, folder=tmp_path / "late").as_of == KNOWN


def test_the_moment_goes_wherever_the_log_goes(tmp_path: Path) -> None:
    log = late()
    assert log.learned == KNOWN
    assert "persons as known at 2024-05-19 22:00 UTC" in repr(log)
    assert "persons as known at 2024-05-19 22:00 UTC" in log._repr_html_()
    assert log.pseudonymise(Key(bytes(32))).learned == KNOWN
    stored = log.write(tmp_path / "log", shards=3)
    assert Log.read(tmp_path / "log").learned == KNOWN == Log.verify(tmp_path / "log").learned
    assert [one.learned for one in stored.shards()] == [KNOWN] * 3
    assert pickle.loads(pickle.dumps(stored.shards()[0])).learned == KNOWN  # noqa: S301 - as it travels to Spark
    more = Log.of(items=pl.DataFrame({"item": ["scarf"]}), timezone=log.timezone)
    assert more.append(tmp_path / "log").learned == KNOWN
    assert Log.compact(tmp_path / "log").learned == KNOWN


def test_an_increment_of_later_persons_makes_the_whole_log_later(tmp_path: Path) -> None:
    more = Log.of(items=pl.DataFrame({"item": ["scarf"]}), timezone=late().timezone)
    later = replace(more, learned=dt.datetime(2024, 7, 1, tzinfo=dt.UTC))
    late().write(tmp_path / "log", shards=1)
    assert later.append(tmp_path / "log").learned == dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
    more.write(tmp_path / "plain")
    earlier = replace(more, items=pl.LazyFrame({"item": ["hat"]}), learned=KNOWN)
    assert earlier.append(tmp_path / "plain").learned == KNOWN


def test_the_fingerprint_tells_persons_of_one_date_from_those_of_another() -> None:
    empty = Log.of()
    dates = [None, KNOWN, dt.datetime(2024, 7, 1, tzinfo=dt.UTC)]
    assert len({replace(empty, learned=one).fingerprint() for one in dates}) == 3


def test_a_log_written_shard_by_shard_has_no_persons(tmp_path: Path) -> None:
    known = replace(Log.of(), learned=KNOWN)
    with Log.writer(tmp_path / "log", shards=1) as writer:
        with pytest.raises(TableError, match=r"stands under persons that links told; write it whole, with Log.write"):
            writer.add(0, known)
        writer.add(0, Log.of())
        with pytest.raises(TableError, match=r"stands under persons that links told; write it whole, with Log.write"):
            writer.finish(known)


def test_without_a_date_a_log_is_read_to_its_own() -> None:
    """The last event may lie days before the date at which its persons were known."""
    quiet = replace(resolved(told(), LATE).log, stored=None)
    silent = replace(quiet, events=quiet.events.filter(pl.col("at") < KNOWN - dt.timedelta(days=5)))
    assert Base.of(silent).as_of == KNOWN
    with pytest.raises(EvidenceError, match="as_of 2024-05-20: the time after it is not over when the log ends"):
        features.training_set(silent, RECIPE, "visit", as_of=LATE, within="1W")
