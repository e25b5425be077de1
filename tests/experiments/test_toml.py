"""A declaration in a file: what it says is what is meant, and every fault is said with file, place and value."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cjlab.errors import SpecError
from cjlab.experiments import Arm, Experiment, Metric, Segment, Value

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """
name = "spring"
question.en = "Does a mail bring visits?"
question.fr = "Un mail fait-il venir ?"
control = "none"
horizon = "14D"
campaign = "spring_mail"
currency = "EUR"
balance = ["age"]
planned_customers = 400
dated = true
[fields]
age = "age in years"
[arms.none]
[arms.mail]
label = "the mail"
cost = 0.01
[metrics.visit]
kind = "share"
event = ["visit", "call"]
role = "primary"
before_profile = "age"
[metrics.spend]
kind = "sum"
event = "purchase"
of = "amount"
currency = true
[metrics.complaint]
kind = "count"
event = "complaint"
role = "guardrail"
goal = "down"
margin = 0.01
[value]
metric = "spend"
margin = 0.3
margin_assumed = false
[segments.old]
field = "age"
at_least = 40
below = 90
[segments.paris]
field = "city"
equals = ["75", "77"]
"""


def table() -> dict[str, Any]:
    return tomllib.loads(DOCUMENT)


def places(part: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    return [
        place
        for key, value in part.items()
        for place in [(*path, key), *(places(value, (*path, key)) if isinstance(value, dict) else [])]
    ]


PLACES = places(table())
ABSENT = object()
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 0, 9_999_999_999]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["9999999999D", "7 days", "yes", "eur", "\0", " ", "40"]),
    st.dates(),
    st.datetimes(),
    st.just(np.float32("nan")),
    st.just(np.array([1.0, 2.0])),
)
WRONG = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def mutated(path: tuple[str, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(table())
    part = document
    for key in path[:-1]:
        part = part[key]
    if value is ABSENT:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return document


def meant(test: Experiment, path: tuple[str, ...]) -> object:
    found: Any = test
    for key in path:
        if isinstance(found, tuple):
            found = next(one for one in found if one.name == key)
        else:
            found = found[key] if isinstance(found, dict) else getattr(found, key)
    return found


def said(document: dict[str, Any]) -> Experiment | str:
    """Return what a document means, or why it is refused."""
    try:
        return Experiment.of(document, where="test.toml")
    except SpecError as refused:
        return str(refused)


@settings(max_examples=400)
@given(st.sampled_from(PLACES), WRONG)
@example(("arms",), {"": {}})
@example(("arms",), {"0": {}})
@example(("arms",), {"none": {}, "0": {}})
def test_a_wrong_value_anywhere_is_refused_by_name_or_means_what_it_says(path: tuple[str, ...], value: object) -> None:
    found = said(mutated(path, value))
    if isinstance(found, str):
        assert found.startswith("test.toml: ")
        assert any(part.removesuffix("s") in found for part in path)
    elif isinstance(value, dict):
        assert set(value) in ({"en", "fr"}, set()) or path in (("fields",), ("arms",))
    else:
        assert meant(found, path) == (tuple(value) if isinstance(value, list) else value)


@given(st.sampled_from(PLACES))
def test_what_is_left_out_is_said_or_has_its_default(path: tuple[str, ...]) -> None:
    found = said(mutated(path, ABSENT))
    assert isinstance(found, Experiment) or any(part.removesuffix("s") in found for part in path)


@settings(max_examples=400)
@given(st.integers(0, len(DOCUMENT)), st.integers(0, 12), st.binary(max_size=12))
def test_a_file_with_any_damage_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, cut: int, put: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    content = DOCUMENT.encode()
    path.write_bytes(content[:place] + put + content[place + cut :])
    try:
        Experiment.read(path)
    except SpecError as refused:
        assert "damaged.toml" in str(refused)  # noqa: PT017 - either outcome is right


FAULTS = [
    ("[arms.mail]", "[arms]\nmail = 5\n[ignored]", r"test.toml: \[arms.mail\] is 5; give a table of label, title"),
    ('["age"]', "5", "test.toml: balance is 5; give a list of texts"),
    ('["age"]', '"age"', "test.toml: balance is 'age'; give a list of texts"),
    ('[fields]\nage = "age in years"', "fields = []", r"test.toml: fields is \[\]; give a table"),
    ('"spring_mail"', "5", "test.toml: campaign is 5; give text"),
    ('"EUR"', '"eur"', "test.toml: currency is 'eur'; give an ISO 4217 code in capitals"),
    ('"EUR"', '"ABC"', "test.toml: currency is 'ABC'; give an ISO 4217 code"),
    ('"14D"', '"9999999999D"', "test.toml: horizon is '9999999999D'; .*at most a hundred years"),
    ("= 400", "= nan", "planned_customers is nan; give a whole number from 1"),
    ("= 400", "= inf", "planned_customers is inf; give a whole number"),
    ("= 400", "= true", "planned_customers is True; give a whole number"),
    ("= 400", '= "20000"', "planned_customers is '20000'; give a whole number"),
    ("= 400", "= 0", "planned_customers is 0; give a whole number"),
    ("= 400", "= -400", "planned_customers is -400; give a whole number"),
    ("= 400", "= 400.5", "planned_customers is 400.5; give a whole number"),
    ("= 400", "= 1", "planned_customers is 1; give at least one customer for each arm"),
    ("dated = true", 'dated = "no"', "test.toml: dated is 'no'; give true or false"),
    ('"call"', '"visit"', "metric 'visit': event names 'visit' more than once"),
    ('["visit", "call"]', "2025-01-01", r"metric 'visit': event is datetime.date\(2025, 1, 1\)"),
    ('of = "amount"', "of = 5", "metric 'spend': of is 5; give text"),
    ('before_profile = "age"', "before_profile = true", "metric 'visit': before_profile is True; give text"),
    ("currency = true", 'currency = "EUR"', "metric 'spend': currency is 'EUR'; give true or false"),
    ("at_least = 40", "at_least = nan", "segment 'old': at_least is nan; give a finite number"),
    ("at_least = 40", "at_least = true", "segment 'old': at_least is True; give a finite number"),
    ("at_least = 40", "at_least = 2025-01-01", "segment 'old': at_least is datetime.date"),
    ("at_least = 40", "at_least = 140", "segment 'old': at_least is 140 and below is 90; nothing lies between"),
    ('field = "city"', "field = []", r"segment 'paris': field is \[\]; give text"),
    ('["75", "77"]', "[75]", r"segment 'paris': equals is 75; give text"),
    ('metric = "spend"', 'metric = "visit"', "value: metric is 'visit'; allowed: 'spend': a value needs an amount"),
    ('label = "the mail"', 'label.fr = "le mail"', "'mail': label is {'fr': 'le mail'}; .*one string for each of"),
    ('label = "the mail"', 'label = ""', "arm 'mail': label is ''; give text that is not blank"),
    ("label =", "lable =", r"\[arms.mail\] has an unknown name 'lable'; did you mean 'label'"),
    ("cost = 0.01", "cost = inf", "arm 'mail': cost is inf; give a finite number"),
    ("cost = 0.01", 'name = "other"', r"\[arms.mail\] has an unknown name 'name'"),
    ("margin = 0.3", "margin = [1]", r"value: margin is \[1\]; give a finite number"),
]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_is_said_with_its_place_and_what_is_allowed(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "test.toml"
    path.write_text(DOCUMENT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        Experiment.read(path)


FILES = {
    "empty": (b"", "file.toml: the file does not say name, question, control, arms, metrics, horizon; it must"),
    "latin": (DOCUMENT.encode("latin-1", "replace") + "# é".encode("latin-1"), "file.toml is not TOML in UTF-8"),
    "large": (b"#" * 1_000_001, "file.toml is larger than 1 MB"),
    "nested": (b"name = " + b"[" * 90_000, "file.toml is not TOML in UTF-8"),
    "long number": (b"name = " + b"9" * 5000, "file.toml is not TOML in UTF-8"),
    "twice": (b'name = "a"\nname = "b"', "file.toml is not TOML in UTF-8"),
}


@pytest.mark.parametrize("content", FILES)
def test_a_file_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    written, message = FILES[content]
    (tmp_path / "file.toml").write_bytes(written)
    with pytest.raises(SpecError, match=message):
        Experiment.read(tmp_path / "file.toml")


def test_a_folder_and_something_else_than_a_path_are_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"cannot be read .*; give the path of a TOML file"):
        Experiment.read(tmp_path)
    with pytest.raises(SpecError, match="the experiment file is 5; give the path"):
        Experiment.read(5)  # type: ignore[arg-type] # what a person might write
    with pytest.raises(SpecError, match="cannot be read"):
        Experiment.read("a\0b")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbf" + DOCUMENT.encode())
    assert Experiment.read(tmp_path / "marked.toml") == Experiment.of(table())


def test_something_else_than_a_table_is_named() -> None:
    with pytest.raises(SpecError, match="experiment: the table is 5; give names and values"):
        Experiment.of(5)  # type: ignore[arg-type] # what a person might write
    with pytest.raises(SpecError, match="experiment: metrics is 'visit'; give one table a name"):
        Experiment.of({**table(), "metrics": "visit"})


def test_numbers_of_numpy_are_numbers(experiment: Experiment) -> None:
    arm = Arm(name="a", allocation=np.float32(2), cost=np.int64(1))
    assert (type(arm.allocation), type(arm.cost)) == (float, float)
    test = replace(experiment, alpha=np.float64(0.01), planned_customers=np.int32(300), expected_effect=np.float16(0.5))
    assert (type(test.alpha), type(test.planned_customers), type(test.expected_effect)) == (float, int, float)
    with pytest.raises(SpecError, match="cost is array"):
        Arm(name="a", cost=np.array([1.0, 2.0]))  # type: ignore[arg-type] # what a person might write
    with pytest.raises(SpecError, match=r"dated is .*; give true or false"):
        replace(experiment, dated=np.True_)
    assert Segment(name="s", field="age", at_least=np.int8(3)).at_least == 3
    assert Value(metric="spend", margin=np.float32(0.5)).margin == 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arms": 5}, "arms is 5; give a tuple of Arm"),
        ({"metrics": ("visit",)}, r"metrics is \('visit',\); give a tuple of Metric"),
        ({"value": "spend"}, "value is 'spend'; give a Value"),
        ({"arms": ()}, "arms is empty"),
        ({"name": " "}, "name is ' '; give text that is not blank"),
        ({"salt": 3}, "salt is 3; give text"),
        ({"note": dt.date(2026, 1, 1)}, r"note is datetime.date\(2026, 1, 1\); give a string"),
    ],
)
def test_code_is_held_to_the_same(experiment: Experiment, change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        replace(experiment, **change)


def test_parts_may_be_lists(experiment: Experiment) -> None:
    assert replace(experiment, arms=list(experiment.arms), balance=["age"]).arms == experiment.arms  # type: ignore[arg-type] # what a person might write


def test_a_metric_is_not_named_as_the_past_of_another(experiment: Experiment) -> None:
    past = replace(experiment.primary, before_window="90D")
    other = Metric(name="visit_before", kind="count", event="view")
    with pytest.raises(SpecError, match="'visit_before', which is the past of metric 'visit'; rename it"):
        replace(experiment, metrics=(past, other, *experiment.metrics[1:]))
