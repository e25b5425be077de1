"""A declaration made in code becomes a file, and the file says the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import SpecError
from cjlab.experiments import Arm, Experiment, Metric, Segment
from cjlab.experiments._written import toml

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED = ("hillstrom", "promotion")
words = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1).filter(str.strip)
numbers = st.floats(1e-9, 1e9)


def read(experiment: Experiment, path: Path) -> Experiment:
    path.write_text(toml(experiment), encoding="utf-8")
    return Experiment.read(path)


@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_test_survives(name: str, tmp_path: Path) -> None:
    test = Experiment.read(f"notebooks/experiments/{name}.toml")
    assert Experiment.read(test.write(tmp_path / "copy.toml")) == test


@given(name=words, label=words, cost=numbers, effect=numbers, day=st.integers(1, 10**6))
def test_every_word_and_number_survives(
    experiment: Experiment,
    tmp_path_factory: pytest.TempPathFactory,
    *,
    name: str,
    label: str,
    cost: float,
    effect: float,
    day: int,
) -> None:
    test = replace(
        experiment,
        title={"en": label, "fr": name},
        note=label,
        fields={name: {"en": label, "fr": label}, "age": label},
        balance=("age",),
        expected_effect=effect,
        per_week=day,
        dated=False,
        arms=(*experiment.arms, Arm(name=f"{name}!", label=label, cost=cost)),
        metrics=(*experiment.metrics, Metric(name="help", kind="count", event=("call", name))),
        segments=(Segment(name=label, field=name, equals=(label,)), Segment(name=f"{label}2", field="age", below=cost)),
    )
    assert read(test, tmp_path_factory.mktemp("written") / "test.toml") == test


def test_only_what_was_said_is_written(experiment: Experiment) -> None:
    assert toml(experiment).partition("\n\n[metrics.visit]")[0] == (
        'name = "spring"\nquestion = "Does a mail bring visits?"\ncontrol = "none"\nhorizon = "14D"\n\n'
        '[value]\nmetric = "spend"\nmargin = 0.5\n\n[arms.none]\n\n[arms.a]\ncost = 0.1\n\n[arms.b]\ncost = 0.2'
    )


def test_what_was_declared_is_not_written_over(experiment: Experiment, tmp_path: Path) -> None:
    path = experiment.write(tmp_path / "spring.toml")
    path.write_text(f"# agreed in May\n{path.read_text()}")
    assert experiment.write(str(path)).read_text().startswith("# agreed in May")
    with pytest.raises(SpecError, match=r"spring\.toml holds another declaration, and it stays as declared"):
        replace(experiment, alpha=0.1).write(path)
    assert Experiment.read(path) == experiment


def test_a_place_that_cannot_be_written_is_named(experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"no/spring\.toml cannot be written \(.*\); give the path of a TOML file"):
        experiment.write(tmp_path / "no" / "spring.toml")
