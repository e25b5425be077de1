"""Personas: planted groups are found, by rules that can be read and that say who is in; nothing is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

import cjlab as cj
from benchmarks.proof.kinds import invented, planted
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models import Personas
from cjlab.models.personas._tree import Tree

if TYPE_CHECKING:
    from pathlib import Path


def test_planted_kinds_are_found_again() -> None:
    found = []
    for seed in range(8):
        frame, kind = planted(seed)
        found.append(adjusted_rand_score(kind, Personas(most=3, resamples=6).fit(frame).predict(frame)))
    assert np.mean(found) > 0.7


def test_nothing_is_invented() -> None:
    assert invented(6).holds


def test_a_rule_says_who_is_in() -> None:
    frame, _ = planted(1)
    model = Personas(most=5, stable=0.6).fit(frame)
    told = model.predict(frame)
    for name, rule in zip(model.names, model.rules, strict=True):
        inside = np.logical_and.reduce([_holds(frame, one) for one in rule.split(" and ")])
        pd.testing.assert_series_equal(told == name, pd.Series(inside, frame.index), check_names=False)


def _holds(frame: pd.DataFrame, said: str) -> Any:
    """Read a condition as a person does."""
    name, words = said.split(" ", 1)
    value = frame[name]
    if words.startswith("is "):
        return (value != words[7:]) if words.startswith("is not ") else (value == words[3:])
    numbers = [float(one) for one in words.replace(",", "").split() if one.replace(".", "").isdigit()]
    if words.startswith(("at most", "up to")):
        return value <= numbers[0]
    if words.startswith("above"):
        return (value > numbers[0]) & (value <= (numbers[1] if len(numbers) > 1 else np.inf))
    if words.endswith("or more"):
        return value >= numbers[0]
    return (value >= numbers[0]) & (value <= numbers[-1])


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_everybody_is_in_exactly_one(seed: int, groups: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(200, 3)).round(1)
    tree = Tree.grown(values, values, groups=groups, least=0.05)
    inside = []
    for leaf in tree.leaves:
        bounds = tree.bounds(int(leaf))
        inside.append(
            np.all([(values[:, c] > low) & (values[:, c] <= high) for c, (low, high) in bounds.items()], axis=0)
        )
    assert (np.sum(inside, axis=0) == 1).all()
    np.testing.assert_array_equal(np.argmax(inside, axis=0), tree.groups(values))
    assert len(tree.leaves) == groups


def test_cuts_are_round() -> None:
    draw = np.random.default_rng(0)
    value = np.r_[draw.uniform(0, 41.7, 500), draw.uniform(1203.3, 2000, 300)]
    tree = Tree.grown(value[:, None], value[:, None], groups=2, least=0.05)
    assert tree.cut[0] in {100.0, 600.0, 700.0, 1000.0}
    whole = Tree.grown(np.r_[np.zeros(50), np.full(50, 3.0)][:, None], np.arange(100.0)[:, None], groups=2, least=0.1)
    assert whole.cut[0] == 1.0


def test_what_has_no_groups_is_refused() -> None:
    draw = np.random.default_rng(3)
    noise = pd.DataFrame(draw.normal(size=(400, 6)), columns=list("abcdef"))
    with pytest.raises(EvidenceError, match=r"no grouping is found again in other samples \(the best index is 0\.\d+"):
        Personas().fit(noise)
    with pytest.raises(EvidenceError, match="nothing that differs between customers"):
        Personas().fit(pd.DataFrame({"one": np.ones(200)}))
    with pytest.raises(EvidenceError, match="50 customers are too few"):
        Personas().fit(noise.head(50))


def test_stability_decides_how_many() -> None:
    frame, _ = planted(2)
    loose, strict = Personas(most=6, stable=0.3).fit(frame), Personas(most=6, stable=0.95).fit(frame)
    assert len(strict.rules) <= len(loose.rules)
    table = strict.stability.to_frame()
    assert len(strict.rules) == table.loc[table["index"] >= 0.95, "personas"].max()
    assert ((table["low"] <= table["index"]) & (table["index"] <= table["high"])).all()
    assert table["explained"].is_monotonic_increasing


def test_order_of_rows_and_columns_changes_nothing() -> None:
    frame, _ = planted(3)
    model = Personas(most=4, stable=0.5).fit(frame)
    other = frame.sample(frac=1, random_state=0)[["zone", "silent", "orders", "discounts"]]
    pd.testing.assert_series_equal(model.predict(other).reindex(frame.index), model.predict(frame))
    assert sorted(Personas(most=3, stable=0.5).fit(other).rules) == sorted(
        Personas(most=3, stable=0.5).fit(frame).rules
    )


def test_missing_values_and_new_categories() -> None:
    frame, _ = planted(4)
    frame["last_score"] = np.where(frame["orders"] > 4, 8.0, np.nan)
    model = Personas(most=4, stable=0.5).fit(frame)
    told = model.predict(frame.head(3).assign(zone="east", silent=np.nan))
    assert set(told) <= set(model.names)
    with pytest.raises(TableError, match="X has no column 'silent'"):
        model.predict(frame.drop(columns="silent"))
    with pytest.raises(TableError, match="'silent' holds infinity"):
        model.predict(frame.assign(silent=np.inf))


def test_portraits_add_up() -> None:
    frame, _ = planted(5)
    model = Personas(most=3).fit(frame)
    shown = model.portraits(frame.assign(age=40), value=pd.Series(2.0, frame.index)).to_frame()
    assert shown["customers"].sum() == len(frame)
    assert shown["value"].sum() == pytest.approx(2 * len(frame))
    assert shown["share"].tolist() == pytest.approx(shown["share_of_value"].tolist())
    means = model.portraits(frame).means
    by_hand = frame.groupby(model.predict(frame))["orders"].mean()
    assert means["orders"].to_dict() == pytest.approx(by_hand.to_dict())
    with pytest.raises(TableError, match="value has no customer 0, who is in X"):
        model.portraits(frame, value=pd.Series(dtype=float))


def test_names_are_those_that_are_given() -> None:
    frame, _ = planted(6)
    model = Personas(most=2).fit(frame)
    assert set(model.named("one", "other").predict(frame)) == {"one", "other"}
    with pytest.raises(SpecError, match="3 names are given for 2 personas"):
        model.named("a", "b", "c")
    with pytest.raises(SpecError, match="more than once"):
        model.named("a", "a")
    with pytest.raises(SpecError, match="these Personas are not fitted"):
        Personas().predict(frame)
    with pytest.raises(SpecError, match="most is 1; give a whole number from 2"):
        Personas(most=1).fit(frame)


def test_stored_personas_say_the_same(tmp_path: Path) -> None:
    frame, _ = planted(7)
    model = Personas(most=3, resamples=5).fit(frame).named("a", "b", "c")
    again = cj.models.load(cj.models.save(model, tmp_path / "personas"))
    pd.testing.assert_series_equal(again.predict(frame), model.predict(frame))
    assert again.rules == model.rules
    assert again.stability.to_frame().equals(model.stability.to_frame())


def test_personas_of_a_real_shop(data: Path) -> None:
    del data
    features = cj.features
    recipe = features.Recipe(features.Recency(name="silent"), features.Monetary(name="spent"), features.Tenure())
    table = recipe.build(cj.datasets.cdnow(), "1998-07-01")
    model = Personas(most=5, resamples=6).fit(table)
    assert 2 <= len(model.rules) <= 5
    assert all(len(rule) < 120 for rule in model.rules)
    shown = model.portraits(table, value=table["spent"]).to_frame()
    assert shown["customers"].sum() == 23_570
    assert shown["share"].min() > 0.04
