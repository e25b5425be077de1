"""What a log taught builders: of the past alone, with its date, and not for any date before."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cjlab import features
from cjlab.errors import SpecError
from cjlab.features import (
    RFM,
    Affinity,
    Builder,
    DeviceAffinity,
    Drift,
    Frequency,
    Outside,
    Recency,
    Recipe,
    Rhythm,
    RhythmChange,
    Social,
    State,
    Tenure,
    Topics,
    families,
    training_set,
)
from cjlab.simulator import RandomContacts, World, simulate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cjlab.tables import Log

DATE, EARLIER, LATER = "2024-05-01", "2024-04-01", "2024-05-15"
MOMENT = dt.datetime(2024, 4, 30, 22, tzinfo=dt.UTC)  # midnight in Paris
LEARNERS: dict[str, Callable[[Log], Builder]] = {
    "RFM": lambda log: RFM.fitted(log, DATE),
    "Rhythm": lambda log: Rhythm.fitted(log, DATE, of="visit"),
    "RhythmChange": lambda log: RhythmChange.fitted(log, DATE, of="visit"),
    "Affinity": lambda log: Affinity(("email", "sms")).fitted(log, DATE),
    "DeviceAffinity": lambda log: DeviceAffinity(("mobile", "desktop")).fitted(log, DATE),
    "Outside": lambda log: Outside("promotion of low_cost").fitted(log, DATE),
    "Topics": lambda log: Topics.fitted(log, DATE, topics=3),
    "Social": lambda log: Social().fitted(log, DATE),
}


@pytest.fixture(scope="module")
def log() -> Log:
    """Let a phone company's customers live for half a year."""
    return simulate(World.telecom(n_customers=400, seed=4), RandomContacts(rate=0.1), days=180).log


def with_later(log: Log, rows: Callable[[pl.DataFrame], pl.DataFrame]) -> Log:
    """Put other rows in place of those that happened, or became known, at the date or later."""
    made: dict[str, Any] = {}
    for name in ("events", "contacts", "profiles", "context"):
        frame = getattr(log, name).collect()
        known = pl.max_horizontal("at", "known_at") if "known_at" in frame.columns else pl.col("at")
        after = known >= MOMENT
        made[name] = pl.concat([rows(frame.filter(after)), frame.filter(~after)], how="vertical").lazy()
    return replace(log, **made, stored=None)


def garbage(rows: pl.DataFrame) -> pl.DataFrame:
    """Put every value of a column in another row; numbers are a thousand times as large."""
    draw = np.random.default_rng(0)
    mixed = rows.select(rows[name][draw.permutation(rows.height)] for name in rows.columns)
    late = pl.max_horizontal("at", pl.lit(MOMENT)).cast(rows.schema["at"])
    return mixed.with_columns(pl.col(pl.Float64) * 1e3 + 7.0, at=late)


WRONG: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "deleted": lambda rows: rows.clear(),
    "shuffled": lambda rows: rows.sample(fraction=1.0, shuffle=True, seed=1),
    "garbage": garbage,
}


def test_every_builder_that_learns_of_a_log_is_here() -> None:
    room = vars(features)
    assert {name for name, kind in Builder.kinds.items() if room.get(name) is kind and hasattr(kind, "fitted")} == set(
        LEARNERS
    )


@pytest.mark.parametrize("how", WRONG)
def test_nothing_at_or_after_the_date_teaches_a_recipe(log: Log, how: str) -> None:
    other = with_later(log, WRONG[how])
    assert families(other, DATE) == families(log, DATE)
    assert Recipe.default(other, DATE).fingerprint == Recipe.default(log, DATE).fingerprint


@pytest.mark.parametrize("kind", LEARNERS)
@pytest.mark.parametrize("how", WRONG)
def test_nothing_at_or_after_the_date_teaches_a_builder(log: Log, kind: str, how: str) -> None:
    assert LEARNERS[kind](with_later(log, WRONG[how])) == LEARNERS[kind](log)


@pytest.mark.parametrize("kind", LEARNERS)
def test_what_learned_says_when_and_builds_nothing_for_a_date_before(log: Log, kind: str) -> None:
    made = LEARNERS[kind](log)
    assert made.learned == MOMENT
    recipe = Recipe(made, Tenure())
    assert recipe.learned == MOMENT
    says = (
        rf"^what '{kind}' hold was learned of a log as of 2024-05-01 00:00, and features are asked for as of "
        r"2024-04-01 00:00, before that: learn at the earliest date, such as Recipe\.default\(log, '2024-04-01'\), or "
    )
    with pytest.raises(SpecError, match=says):
        recipe.build(log, EARLIER)
    assert len(recipe.build(log, [DATE, LATER]))


def test_every_door_refuses_a_date_before(log: Log, tmp_path: Path) -> None:
    recipe = Recipe.default(log, DATE)
    stored = log.write(tmp_path / "log", shards=2)
    doors: dict[str, Callable[[], object]] = {
        "build": lambda: recipe.build(log, [EARLIER, LATER]),
        "store": lambda: recipe.store(log, EARLIER, folder=tmp_path / "stored"),
        "state": lambda: State.of(recipe, stored, EARLIER, folder=tmp_path / "state"),
        "training set": lambda: training_set(log, recipe, "visit", as_of=[EARLIER, LATER], within="14D"),
        "drift": lambda: Drift.of(log, recipe, EARLIER, LATER),
    }
    for door in doors.values():
        with pytest.raises(SpecError, match=r"learned of a log as of 2024-05-01 00:00, .* hindsight=True\)$"):
            door()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["log"]
    assert len(training_set(log, recipe, "visit", as_of=[DATE, LATER], within="14D").dates) == 2


def test_a_recipe_that_says_it_sees_what_came_later_builds_it(log: Log, tmp_path: Path) -> None:
    late = RFM.fitted(log, DATE)
    recipe, open_ = Recipe(late), Recipe(late, hindsight=True)
    told = Recipe(replace(late, learned=None)).build(log, EARLIER)
    pd.testing.assert_frame_equal(open_.build(log, EARLIER), told)
    assert repr(open_) == "Recipe(4 features of 1 builders, with hindsight)"
    assert open_.describe()["hindsight"].all()
    assert not recipe.describe()["hindsight"].any()
    assert recipe.describe()["learned"].eq(pd.Timestamp(MOMENT)).all()
    assert Recipe(Tenure()).describe()["learned"].isna().all()
    assert open_.fingerprint != recipe.fingerprint != Recipe(replace(late, learned=None)).fingerprint
    for file in ("recipe.toml", "recipe.json"):
        open_.write(tmp_path / file)
        assert Recipe.read(tmp_path / file) == open_
    state = State.of(open_, log.write(tmp_path / "log", shards=2), EARLIER, folder=tmp_path / "state")
    assert State.read(tmp_path / "state", recipe=open_).recipe.hindsight
    pd.testing.assert_frame_equal(state.build(), told)


@pytest.mark.parametrize("file", ["recipe.toml", "recipe.json"])
def test_the_date_is_written_down(log: Log, file: str, tmp_path: Path) -> None:
    recipe = Recipe.default(log, DATE)
    recipe.write(tmp_path / file)
    again = Recipe.read(tmp_path / file)
    assert again == recipe
    assert [one.learned for one in again.builders] == [None if one == Tenure() else MOMENT for one in again.builders]
    assert "2024-04-30T22:00:00+00:00" in (tmp_path / file).read_text()


def test_a_recipe_of_which_no_date_was_written_learned_of_nothing_that_is_known(log: Log) -> None:
    said = json.loads(json.dumps(Recipe(RFM.fitted(log, DATE)).said))
    del said["builders"][0]["learned"]
    assert Recipe.of(said).learned is None
    assert len(Recipe.of(said).build(log, EARLIER))


def test_what_is_made_of_what_learned_learned_as_late(log: Log) -> None:
    rhythm = RhythmChange.fitted(log, DATE, of="visit")
    assert rhythm.calibrated(0.05, customers=300).learned == MOMENT
    words = Affinity(("email",), learned=MOMENT)  # type: ignore[call-arg] # of every builder
    assert words.fitted(log, EARLIER).learned == MOMENT
    assert Recipe(Recency(), replace(Frequency(), learned=MOMENT)).learned == MOMENT


@pytest.mark.parametrize("learned", ["2024-05-01", "soon", 3, dt.datetime(2024, 5, 1), True])  # noqa: DTZ001 - the point
def test_a_date_that_is_no_moment_is_named(learned: Any) -> None:
    with pytest.raises(SpecError, match=r"^learned is .*; give a moment with its zone, such as '2025-05-31T00:00:00"):
        Recency(learned=learned)


def test_hindsight_is_said_or_not() -> None:
    with pytest.raises(SpecError, match="hindsight is 'yes'; give true or false"):
        Recipe(Tenure(), hindsight="yes")  # type: ignore[arg-type] # the point
