"""A declaration that cannot mean what it says is refused before anything is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from cjlab.errors import SpecError, TableError
from cjlab.experiments import Arm, Experiment, Metric, Segment, Value, Voice

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = """
name = "t"
question = "Does it work?"
control = "none"
horizon = "7D"
[arms.none]
[arms.mail]
allocation = 3
[metrics.visit]
kind = "share"
event = "visit"
role = "primary"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "test.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_says_what_code_says(tmp_path: Path) -> None:
    in_code = Experiment(
        name="t",
        question="Does it work?",
        control="none",
        horizon="7D",
        arms=(Arm(name="none"), Arm(name="mail", allocation=3)),
        metrics=(Metric(name="visit", kind="share", event="visit", role="primary"),),
    )
    assert Experiment.read(written(tmp_path, MINIMAL)) == in_code
    assert in_code.shares == {"none": 0.25, "mail": 0.75}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('horizon = "7D"', 'horizon = "7 days"', "horizon is '7 days'; give a whole number above 0 and a unit"),
        ('control = "none"', 'control = "nobody"', r"control \(one of arms\) is 'nobody'; allowed: 'none' or 'mail'"),
        ('kind = "share"', 'kind = "rate"', "kind is 'rate'; allowed: 'share', 'count', 'sum', 'mean' or 'ratio'"),
        (
            'kind = "share"',
            'knd = "share"',
            r"test.toml: \[metrics.visit\] has an unknown name 'knd'; did you mean 'kind'",
        ),
        ('name = "t"', "", "test.toml: the file does not say name; it must"),
        ("allocation = 3", "allocation = 0", "allocation is 0; give a number above 0"),
        ("allocation = 3", 'allocation = "3"', "allocation is '3'; give a finite number"),
        ('role = "primary"', "", "0 metrics are primary"),
        ("[arms.mail]\nallocation = 3", "", "arms holds the control alone"),
        ("allocation = 3", "cost = -1", "cost is -1; a cost is 0 or more"),
        ('event = "visit"', "", "every other kind names its event"),
        ("question", "[[question", "is not TOML"),
    ],
)
def test_a_fault_in_a_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Experiment.read(written(tmp_path, MINIMAL.replace(old, new)))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no experiment file"):
        Experiment.read(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "sum", "event": "purchase"}, "of is None; a sum or a mean names a column"),
        ({"kind": "share", "event": "visit", "of": "amount"}, "of is 'amount'"),
        ({"kind": "share", "event": "visit", "margin": 0.1}, "a guardrail has one, agreed before, and no other role"),
        ({"kind": "share", "event": "visit", "role": "guardrail"}, "margin is None"),
        ({"kind": "share", "event": "visit", "role": "guardrail", "margin": 0}, "give the harm allowed, above 0"),
        ({"kind": "ratio", "top": "a"}, "a ratio names top and bottom"),
        ({"kind": "share", "event": "v", "before_window": "9D", "before_profile": "x"}, "not both"),
        ({"kind": "share", "event": "v", "before_window": "soon"}, "before_window is 'soon'"),
        ({"kind": "share", "event": "v", "minimum_effect": -0.1}, "give it towards the goal, 0 or more"),
        ({"kind": "share", "event": "v", "label": {"de": "Besuch"}}, "one string for each of en, fr"),
    ],
)
def test_a_metric_that_contradicts_itself_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Metric(name="m", **fields)


def test_a_segment_says_who_belongs_in_one_way() -> None:
    with pytest.raises(SpecError, match="by equals, or by at_least and below, and not by both"):
        Segment(name="s", field="age", equals="1", below=3)


def test_a_segment_names_its_values_as_text() -> None:
    with pytest.raises(SpecError, match="equals is 5; give the values as text"):
        Segment(name="s", field="age", equals=5)  # type: ignore[arg-type] # what a person might write


def test_a_language_is_one_of_those_that_are_spoken(experiment: Experiment) -> None:
    with pytest.raises(SpecError, match="language is 'de'; allowed: 'en' or 'fr'"):
        Voice(experiment, "de")


def test_an_arm_is_the_same_whatever_type_the_id_came_in(experiment: Experiment) -> None:
    drawn = experiment.assign([1, 2, 3, 4]).tolist()
    assert experiment.assign(np.array([1.0, 2.0, 3.0, 4.0])).tolist() == drawn
    assert experiment.assign(np.array([1, 2, 3, 4], dtype=object)).tolist() == drawn
    with pytest.raises(TableError, match="customer_id is missing or no whole number"):
        experiment.assign(np.array([1.0, np.nan]))
    with pytest.raises(TableError, match="customer_id is missing or of mixed types"):
        experiment.assign(np.array([1, None], dtype=object))


def test_a_reserved_name_is_refused() -> None:
    with pytest.raises(SpecError, match="metric 'net': the name has a meaning of its own"):
        Metric(name="net", kind="count", event="purchase")


def test_a_value_names_a_declared_metric(experiment: Experiment) -> None:
    with pytest.raises(SpecError, match="value: metric is 'margin'; allowed: 'spend': a value needs an amount"):
        replace(experiment, value=Value(metric="margin"))


def test_a_name_stands_once(experiment: Experiment) -> None:
    with pytest.raises(SpecError, match="arms names 'a' more than once"):
        replace(experiment, arms=(*experiment.arms, Arm(name="a")))


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=50, unique=True), st.randoms())
def test_an_arm_depends_on_the_customer_alone(customers: list[int], shuffle: Any) -> None:
    arms = (Arm(name="none"), Arm(name="mail"))
    visit = Metric(name="visit", kind="share", event="visit", role="primary")
    test = Experiment(name="t", question="?", control="none", arms=arms, metrics=(visit,), horizon="7D")
    drawn = dict(zip(customers, test.assign(customers), strict=True))
    shuffle.shuffle(customers)
    again = test.assign(customers[: len(customers) // 2])
    assert [drawn[one] for one in customers[: len(again)]] == again.tolist()


@pytest.mark.parametrize("ids", [np.arange(120_000), [f"c{number}" for number in range(120_000)]], ids=["int", "str"])
def test_arms_are_drawn_as_allocated_and_independently_of_another_test(experiment: Experiment, ids: Any) -> None:
    test = replace(experiment, arms=(Arm(name="none", allocation=2), Arm(name="a"), Arm(name="b")))
    drawn, other = test.assign(ids), replace(test, salt="other").assign(ids)
    table = np.array([[np.sum((drawn == a) & (other == b)) for b in test.shares] for a in test.shares])
    expected = np.outer(list(test.shares.values()), list(test.shares.values())) * len(ids)
    assert chisquare(table.ravel(), expected.ravel()).pvalue > 1e-4


def test_a_pace_below_one_customer_a_week_is_refused(experiment: Experiment) -> None:
    with pytest.raises(SpecError, match="per_week is 0; give a whole number from 1"):
        replace(experiment, per_week=0)
