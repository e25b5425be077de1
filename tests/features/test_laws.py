"""Laws that every builder keeps: of time, of order, of writing down and reading back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjlab import features
from cjlab.errors import SpecError
from cjlab.features import Builder, Recipe
from cjlab.tables import Log, moment
from tests.features.drawn import DATES, ITEMS, ZONE, contacts, context, events, profiles
from tests.features.samples import SAMPLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

EVERY = tuple((kind, place) for kind in SAMPLES for place in range(len(SAMPLES[kind])))
seeds = st.integers(0, 2**32 - 1)
sizes = st.sampled_from((0, 1, 12, 60))
laws = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


TABLES = (events, contacts, profiles, context)


def build(tables: Iterable[pl.DataFrame], builder: Builder, dates: str | tuple[str, ...]) -> pd.DataFrame:
    """Build one builder's features of a log."""
    seen, sent, told, around = tables
    log = Log.of(events=seen, contacts=sent, profiles=told, context=around, items=ITEMS, timezone=ZONE)
    return Recipe(builder).build(log, dates)


def after(as_of: dt.datetime) -> pl.Expr:
    """Tell which rows happened or became known at a date or later."""
    return (pl.col("at") >= as_of) | (pl.col("known_at").fill_null(pl.col("at")) >= as_of)


def test_every_builder_has_a_sample() -> None:
    room = vars(features)  # examples in the documentation define builders of their own
    own = {name for name, kind in Builder.kinds.items() if room.get(name) is kind}
    assert own == set(SAMPLES)
    assert all(type(one).__name__ == kind for kind, samples in SAMPLES.items() for one in samples)


@pytest.mark.parametrize(("kind", "place"), EVERY)
@laws
@given(seed=seeds, rows=sizes, date=st.sampled_from(DATES))
def test_nothing_at_or_after_the_date_is_read(kind: str, place: int, seed: int, rows: int, date: str) -> None:
    builder, draw, as_of = SAMPLES[kind][place], np.random.default_rng(seed), moment(date, ZONE)
    tables = [(make(draw, rows), make(draw, rows)) for make in TABLES]
    past = [one.filter(~after(as_of)) for one, _ in tables]
    other = [pl.concat([one.filter(~after(as_of)), garbage.filter(after(as_of))]) for one, garbage in tables]
    shuffled = [one[draw.permutation(one.height)] for one in other]
    np.testing.assert_array_equal(build(shuffled, builder, date), build(past, builder, date))


@pytest.mark.parametrize(("kind", "place"), EVERY)
@laws
@given(seed=seeds, rows=sizes)
def test_dates_together_are_dates_one_by_one(kind: str, place: int, seed: int, rows: int) -> None:
    builder, draw = SAMPLES[kind][place], np.random.default_rng(seed)
    tables = [make(draw, rows) for make in TABLES]
    together = build(tables, builder, DATES)
    alone = [build(tables, builder, date).to_numpy() for date in DATES]
    np.testing.assert_array_equal(together.to_numpy(), np.concatenate(alone))


@pytest.mark.parametrize(("kind", "place"), EVERY)
@laws
@given(seed=seeds)
def test_a_customer_alone_is_the_same_customer(kind: str, place: int, seed: int) -> None:
    builder, draw = SAMPLES[kind][place], np.random.default_rng(seed)
    tables = [make(draw, 40) for make in TABLES]
    whole = build(tables, builder, DATES[-1])
    mine = pl.col("customer_id") == whole.index[0]
    own = [one.filter(mine) if "customer_id" in one.columns else one for one in tables]
    alone = build(own, builder, DATES[-1])
    np.testing.assert_array_equal(alone.iloc[0].to_numpy(), whole.iloc[0].to_numpy())


@pytest.mark.parametrize(("kind", "place"), EVERY)
def test_what_is_missing_is_said_to_be(kind: str, place: int) -> None:
    builder, draw = SAMPLES[kind][place], np.random.default_rng(5)
    for rows in (1, 3, 200):
        made = build([make(draw, rows) for make in TABLES], builder, DATES[-1])
        for column in builder.columns():
            assert column.unit, column.name
            assert column.what, column.name
            assert column.missing != "never missing" or not made[column.name].isna().any(), column.name


@pytest.mark.parametrize(("kind", "place"), EVERY)
@pytest.mark.parametrize("file", ["recipe.json", "recipe.toml"])
def test_a_builder_is_read_back_as_it_was_written(kind: str, place: int, file: str, tmp_path: Path) -> None:
    recipe = Recipe(SAMPLES[kind][place])
    json.dumps(recipe.said, allow_nan=False)
    recipe.write(tmp_path / file)
    again = Recipe.read(tmp_path / file)
    assert again == recipe
    assert again.fingerprint == recipe.fingerprint
    assert [one.cells for one in again.columns] == [one.cells for one in recipe.columns]


@dataclass(frozen=True)
class Spoken(Builder):
    """Words of any kind, and a number that may be none."""

    words: tuple[str, ...] = ()
    number: float | None = 1.0
    of: features.Where = features.Where("visit")  # noqa: RUF009 - it is frozen

    def columns(self) -> tuple[features.Column, ...]:
        """Count his visits."""
        return (features.Column("n", (features.Cell("count", self.of),), lambda _, n: n, "rows", "visits"),)


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"]))),
    number=st.none() | st.floats(allow_nan=False),
    page=st.sampled_from(["a", '"', "\\", "'", "é\t\n", "=[]{}#", "\u2028"]),
)
@pytest.mark.parametrize("file", ["recipe.json", "recipe.toml"])
def test_any_words_and_numbers_are_read_back(
    file: str, words: list[str], number: float | None, page: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    recipe = Recipe(Spoken(tuple(words), number, features.Where("visit", page=f"{page}x", machine=False)))
    place = tmp_path_factory.mktemp("said") / file
    recipe.write(place)
    assert Recipe.read(place) == recipe


def test_toml_has_no_word_for_one_of_several_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"one of several values is none; write it as \.json"):
        Recipe(Spoken(("a", None))).write(tmp_path / "recipe.toml")  # type: ignore[arg-type] # the point
    assert not list(tmp_path.iterdir())
