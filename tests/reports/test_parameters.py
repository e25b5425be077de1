"""Parameters: read without running, checked before anything runs, refused by name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from cjlab.errors import ParameterError
from cjlab.reports._parameters import Declaration, read

SOURCE = """
from typing import Literal
n: int = 3  # how many
share: float = 0.5  # how much
flag: bool = False  # whether
language: Literal["en", "fr"] = "en"  # the language
names: list[str] = [
    "a",
    "b",
]  # who
day: str | None = None  # until when
spec: Path = "a.toml"  # the file
"""


def declared(source: str = SOURCE) -> Declaration:
    cell = new_code_cell(source, metadata={"tags": ["parameters"]})
    return read(new_notebook(cells=[new_code_cell("1 / 0"), cell]), name="toy")


def test_names_types_defaults_and_help_are_read() -> None:
    frame = declared().to_frame().set_index("name")
    assert list(frame.index) == ["n", "share", "flag", "language", "names", "day", "spec"]
    assert frame.loc["n"].tolist() == ["a whole number", "3", "how many"]
    assert frame.loc["language", "takes"] == "'en' or 'fr'"
    assert frame.loc["names"].tolist() == ["a list, each item text", "['a', 'b']", "who"]
    assert frame.loc["day", "takes"] == "text or none"


def test_nothing_is_executed() -> None:
    with pytest.raises(ParameterError, match=r"line 1 of the parameters cell of notebook 'toy' is 'launch\(\)'"):
        declared("launch()")


def test_a_notebook_without_the_cell_has_no_parameters() -> None:
    none = read(new_notebook(cells=[]), name="toy")
    assert none.check({}) == {}
    with pytest.raises(ParameterError, match=r"has no parameter 'n'; its parameters are none"):
        none.check({"n": 1})


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("n: int = 'three'", "parameter 'n' of notebook 'toy', as declared, is wrong: 'three'"),
        ("n: int = today()", "parameter 'n' of notebook 'toy', as declared, is wrong"),
        ("n: DataFrame = None", "DataFrame is no type of a parameter; allowed: str, int"),
        ("n: dict[str, int] = {}", r"dict\[…\] is no type of a parameter"),
        ("n = None", "the type of None is not written"),
        ("n: int", "write `name: type = literal"),
        ("n: int =", "is not Python"),
    ],
)
def test_a_wrong_declaration_is_refused(source: str, match: str) -> None:
    with pytest.raises(ParameterError, match=match):
        declared(source)


def test_two_tagged_cells_are_refused() -> None:
    cells = [new_code_cell("n: int = 1", metadata={"tags": ["parameters"]}) for _ in range(2)]
    with pytest.raises(ParameterError, match="2 cells tagged 'parameters'"):
        read(new_notebook(cells=cells), name="toy")


def test_defaults_stand_where_nothing_is_given() -> None:
    assert declared().check({"n": 5}) == {
        "n": 5,
        "share": 0.5,
        "flag": False,
        "language": "en",
        "names": ["a", "b"],
        "day": None,
        "spec": "a.toml",
    }


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"has no parameter 'flga'; did you mean 'flag'\?"):
        declared().check({"flga": True})


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("n", 2.5, "a whole number"),
        ("n", True, "a whole number"),
        ("n", "3", "a whole number"),
        ("flag", 1, "true or false"),
        ("flag", "true", "true or false"),
        ("language", "de", "'en' or 'fr'"),
        ("names", "a", "a list, each item text"),
        ("names", [1], "text"),
        ("share", float("nan"), "a finite number"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(name: str, value: object, allowed: str) -> None:
    with pytest.raises(ParameterError, match=f"parameter '{name}' of notebook 'toy' is .*{allowed}"):
        declared().check({name: value})


@pytest.mark.parametrize(
    ("name", "value", "plain"),
    [
        ("n", np.int64(7), 7),
        ("share", np.float32(0.25), 0.25),
        ("share", 1, 1.0),
        ("flag", np.bool_(True), True),  # noqa: FBT003 - the value is the point
        ("names", ("x", "y"), ["x", "y"]),
        ("names", [np.str_("x")], ["x"]),
        ("day", dt.date(2026, 1, 31), "2026-01-31"),
        ("day", pd.Timestamp("2026-01-31"), "2026-01-31T00:00:00"),
        ("day", np.datetime64("2026-01-31"), "2026-01-31"),
        ("spec", Path("b.toml"), "b.toml"),
    ],
)
def test_scalars_and_dates_become_plain_literals(name: str, value: object, plain: object) -> None:
    found = declared().check({name: value})[name]
    assert found == plain
    assert type(found) is type(plain)


@pytest.mark.parametrize("value", [pd.DataFrame({"a": [1]}), np.array([1, 2]), object(), {"a": 1}])
def test_what_is_no_literal_is_refused_by_its_type(value: object) -> None:
    with pytest.raises(ParameterError, match=r"parameter 'n' of notebook 'toy' is of type .*cannot be written"):
        declared().check({"n": value})


def test_the_text_true_becomes_true() -> None:
    assert declared().parse({"flag": "true"}) == {"flag": True}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("flag", "no", False),
        ("n", "12", 12),
        ("share", "1", 1.0),
        ("language", "fr", "fr"),
        ("names", "x, y", ["x", "y"]),
        ("names", '["x", "y, z"]', ["x", "y, z"]),
        ("day", "none", None),
        ("day", "2026-01-31", "2026-01-31"),
        ("spec", "b.toml", "b.toml"),
    ],
)
def test_texts_are_read_by_the_declared_type(name: str, text: str, value: object) -> None:
    found = declared().parse({name: text})[name]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("name", "text"), [("n", "2.5"), ("flag", "perhaps"), ("share", "nan"), ("language", "de")])
def test_texts_that_cannot_be_read_are_refused(name: str, text: str) -> None:
    with pytest.raises(ParameterError, match=f"parameter '{name}' of notebook 'toy' is '{text}'; allowed"):
        declared().parse({name: text})


values = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(),
        "share": st.floats(allow_nan=False, allow_infinity=False),
        "flag": st.booleans(),
        "language": st.sampled_from(["en", "fr"]),
    },
)


@given(values)
def test_what_is_written_out_is_read_back(given_values: dict[str, Any]) -> None:
    known = declared()
    texts = {name: str(value) for name, value in given_values.items()}
    assert known.check(known.parse(texts)) == known.check(given_values)
