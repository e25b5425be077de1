"""Functions of one's own: what was begun with one is not gone on with by another of its name."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.features import Builder, Cell, Column, Past, Recipe, Signal, State, Tenure, Where, signal
from cjlab.features._code import codes
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATE = "2024-02-01"
NAME = "code of signal 'told'"
TURN = 2.0


def twice(number: float) -> float:
    """Return it twice."""
    return TURN * number


def defined(text: str, **names: Any) -> Recipe:
    """Define the signal by a text, as a cell of a notebook does again and again."""
    here: dict[str, Any] = {"np": np, "__name__": __name__, **names}
    exec(compile(text, "cell", "exec"), here)  # noqa: S102 - that it is defined anew is the point
    signal(here["told"])
    return Recipe(Signal("told", ("told",), "visit"), Tenure())


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Forget the signal."""
    yield
    Signal.known.pop("told", None)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    at = [pl.datetime(2024, 1, day, time_zone="UTC") for day in range(1, 9)]
    events = pl.select(pl.concat_list(at).explode().alias("at")).with_columns(
        customer_id=pl.int_range(pl.len()) % 4, event=pl.lit("visit"), channel=pl.lit("web")
    )
    return Log.of(events=events).write(tmp_path / "log", shards=2)


COUNT = "def told(past):\n    'How many.'\n    return len(past)\n"


@pytest.mark.parametrize(
    "text",
    [
        "def told(past):\n    'How many.'\n    return len(past) + 1\n",
        "def told(past):\n    'How many.'\n    return sum(len(past) for _ in range(1))\n",
        "def told(past, plus=1):\n    'How many.'\n    return len(past)\n",
    ],
)
def test_other_code_does_not_go_on(text: str, log: Log, tmp_path: Path) -> None:
    state = State.of(defined(COUNT), log, DATE, folder=tmp_path / "state")
    interrupted(defined(COUNT), log, tmp_path)
    other = defined(text)
    with pytest.raises(TableError, match=rf"unfinished table of other .{NAME}. .*finish that one with the same call"):
        other.store(log, DATE, folder=tmp_path / "stored")
    with pytest.raises(TableError, match=rf"was made by other {NAME} than is known now \(\w+, not \w+\); define it as"):
        State.read(tmp_path / "state")
    same = defined("# as it was, further down\n\n" + COUNT)
    assert State.read(tmp_path / "state", recipe=same).build().equals(state.build())
    assert same.store(log, DATE, folder=tmp_path / "stored").rows.collect().height == 4


def interrupted(recipe: Recipe, log: Log, tmp_path: Path) -> None:
    """Begin to store, and lose the second shard."""
    (begun := tmp_path / "begun").mkdir()
    whole = recipe.store(log, DATE, folder=begun / "stored")
    from cjlab.tables import Sheaf

    with Sheaf.making(tmp_path / "stored", sheets=whole.numbers, about=whole.about) as binder:
        binder.add(whole.numbers[0], whole.sheet(whole.numbers[0]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"cut": 1.0}, {"cut": 2.0}),
        ({"cut": np.array([1.0])}, {"cut": np.array([2.0])}),
        ({"cut": {"a", "b"}}, {"cut": {"a", "c"}}),
        ({"cut": lambda x: x}, {"cut": lambda x: x + 1}),
        ({"cut": twice}, {"cut": abs}),
        ({"cut": {"a": [1, (2, None)]}}, {"cut": {"a": [1, (3, None)]}}),
    ],
)
def test_what_a_function_names_is_part_of_it(before: dict[str, Any], after: dict[str, Any]) -> None:
    text = "def told(past):\n    return len(past) if cut else 0.0\n"
    first, same, other = (codes(defined(text, **names))[NAME] for names in (before, before, after))
    assert first == same != other


def test_what_is_bound_outside_is_part_of_it() -> None:
    def above(cut: float) -> Callable[[Past], float]:
        def told(past: Past) -> float:
            return float(len(past) > cut)

        return told

    made = []
    for cut in (1.0, 1.0, 2.0):
        signal(above(cut))
        made.append(codes(Recipe(Signal("told", ("told",), "visit")))[NAME])
    assert made[0] == made[1] != made[2]


def test_code_is_told_alike_in_every_process() -> None:
    text = "def told(past):\n    return len(past) if past.as_of in {'a', 'b', 'c', 'd'} else cut\n"
    names = "cut={'e', 'f', 'g'}"
    code = f"from tests.features.test_code import *; print(codes(defined({text!r}, {names}))[NAME])"
    run = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        for seed in ("1", "2")
    ]
    assert run[0].stdout == run[1].stdout != b""


def test_a_builder_of_ones_own_is_told_by_its_code_and_ours_by_name() -> None:
    def made(plus: float) -> type[Builder]:
        @dataclass(frozen=True)
        class Own(Builder):
            def columns(self) -> tuple[Column, ...]:
                seen = Cell("count", Where("visit"))
                return (Column("own", (seen,), lambda _, n: n + plus, "rows", "visits"),)

        return Own

    try:
        first, same, other = (codes(Recipe(made(plus)(), Tenure())) for plus in (1.0, 1.0, 2.0))
    finally:
        Builder.kinds.pop("Own")
    assert list(first) == ["code of builder 'Own'"]
    assert first == same != other
    assert codes(Recipe(Tenure())) == {}
