"""What every builder checks at its door, those of one's own included."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from cjlab.errors import SpecError
from cjlab.features import Builder, Cell, Column, Recipe, Where
from tests.features.samples import SAMPLES


@dataclass(frozen=True)
class _Mine(Builder):
    """A builder of one's own that checks nothing itself."""

    rows: Where = Where("complaint")  # noqa: RUF009 - it is frozen
    window: str | None = None

    def columns(self) -> tuple[Column, ...]:
        """Return a count."""
        return (Column("mine", (Cell("count", self.rows, window=self.window),), lambda _, n: n, "rows", "mine"),)


def having(field: str) -> list[Any]:
    """Return a sample of every kind that has such a field."""
    every: list[Any] = [*(samples[0] for samples in SAMPLES.values()), _Mine()]
    some = [one for one in every if field in {each.name for each in fields(one)}]
    return [pytest.param(one, id=type(one).__name__) for one in some]


@pytest.mark.parametrize("builder", having("window"))
@pytest.mark.parametrize("window", ["30 days", "-7D", "", 30])
def test_a_window_that_is_no_length_of_time_is_named(builder: Any, window: object) -> None:
    with pytest.raises(SpecError, match=r"window is .*; give a whole number above 0 and a unit, such as '30D'"):
        replace(builder, window=window)


@pytest.mark.parametrize("builder", having("of"))
def test_an_event_stands_for_its_rows(builder: Any) -> None:
    assert replace(builder, of="visit") == replace(builder, of=Where("visit"))
    with pytest.raises(
        SpecError, match=r"of is 3; give an event such as 'purchase', several, or a cj\.features\.Where"
    ):
        replace(builder, of=3)


def test_a_builder_of_ones_own_has_the_same_door() -> None:
    assert _Mine("visit").rows == Where("visit")  # type: ignore[arg-type] # a name stands for its rows
    with pytest.raises(SpecError, match="rows is 3; give an event"):
        _Mine(3)  # type: ignore[arg-type] # on purpose


def test_a_builder_that_is_no_dataclass_cannot_be_written_down() -> None:
    class Bare(Builder):  # as somebody would write it who forgets the decorator
        def columns(self) -> tuple[Column, ...]:
            return (Column("rows", (Cell("count", Where()),), lambda _, n: n, "rows", "how many"),)

    try:
        with pytest.raises(SpecError, match=r"builder Bare is no dataclass.*@dataclass\(frozen=True\)"):
            Recipe(Bare()).write("nowhere.json")
    finally:
        Builder.kinds.pop("Bare")


@pytest.mark.parametrize("builder", having("learned"))
def test_what_was_learned_is_shown_last_and_only_where_something_was(builder: Any) -> None:
    when = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    assert repr(replace(builder, learned=None)).startswith(f"{type(builder).__name__}(")
    assert "learned" not in repr(replace(builder, learned=None))
    assert repr(replace(builder, learned=when)).endswith(f"learned={when!r})")


def test_a_builder_shows_its_fields_as_they_would_be_written() -> None:
    assert repr(_Mine()) == "_Mine(rows=Where(event='complaint'), window=None)"
    assert eval(repr(_Mine(window="30D"))) == _Mine(window="30D")  # noqa: S307 - what was just written
