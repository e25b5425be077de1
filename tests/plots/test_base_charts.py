"""Courses, punched grids and timelines are drawn where their numbers lie, and told in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.features import Chronicle
from cjlab.plots import Axis, Course, Grid


def test_a_course_has_its_band_and_its_table() -> None:
    lines = [Course("new", [0, 1], [0.5, 0.25], [0.4, 0.2], [0.6, 0.3]), Course("old", [1], [0.75], ink="muted")]
    figure = cj.plots.courses(lines, across=Axis("month", {0: "May", 1: "June"}), upwards="share", finding="Falls.")
    drawn = {trace.uid: trace for trace in figure.data}
    assert drawn["accent-line"].y == (50.0, 25.0)
    assert drawn["accent-band"].y == pytest.approx((60.0, 30.0, 20.0, 40.0))
    assert "muted-band" not in drawn
    assert figure.layout.meta["cjlab"]["table"] == {
        "columns": ["month", "new", "old"],
        "rows": [["May", "50.0\xa0% (40.0 to 60.0)", ""], ["June", "25.0\xa0% (20.0 to 30.0)", "75.0\xa0%"]],
        "summary": "The numbers of this chart",
    }


def test_more_than_a_year_of_months_names_every_third() -> None:
    names = {float(place): str(place) for place in range(15)}
    line = Course("", list(names), list(names))
    figure = cj.plots.courses([line], across=Axis("", names), upwards="", finding="", unit="number")
    assert [name for name in figure.layout.xaxis.ticktext if name] == ["0", "3", "6", "9", "12"]
    assert len(figure.layout.meta["cjlab"]["table"]["rows"]) == 15


@pytest.mark.parametrize(("y", "side"), [([0.0, 0.6, 1.0], "top"), ([1.0, 0.6, 0.0], "bottom")])
def test_a_spot_is_named_where_its_line_does_not_run(y: list[float], side: str) -> None:
    line, axis = Course("", [0.0, 0.1, 1.0], y), Axis("", {0.0: "0", 1.0: "1"})
    figure = cj.plots.courses([line], across=axis, upwards="", finding="", spot=(0.1, 0.6, "a tenth"))
    assert next(note for note in figure.layout.annotations if note.text == "a tenth").yanchor == side


def test_a_disc_is_as_large_as_its_value() -> None:
    grid = Grid([[4.0, 0.0], [1.0, 4.0]], ["a", "b"], ["x", "y"], "down", "across", cells=[["4", "0"], ["1", "4"]])
    figure = cj.plots.punched(grid, finding="More.")
    discs = figure.data[0]
    assert list(zip(discs.x, discs.y, strict=True)) == [(0, 0), (0, 1), (1, 1)]
    assert discs.marker.size[0] == pytest.approx(2 * discs.marker.size[1])
    assert figure.layout.meta["cjlab"]["table"]["rows"] == [["a", "4", "0"], ["b", "1", "4"]]


def test_what_cannot_be_drawn_is_named() -> None:
    with pytest.raises(EvidenceError, match="no line has a point; there is nothing to draw"):
        cj.plots.courses([], across=Axis("", {0: ""}), upwards="", finding="")
    with pytest.raises(SpecError, match=r"values: rows of \[1\] for 1 rows and 2 columns; give one each"):
        cj.plots.punched(Grid([[1.0]], ["a"], ["x", "y"], "", ""), finding="")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_life_is_drawn_by_lanes_and_told_by_month(language: str) -> None:
    events = pl.DataFrame(
        {
            "day": [0, 0, 31, 40],
            "event": ["purchase", "purchase", "visit", "return"],
            "channel": ["web"] * 4,
            "amount": [1.0, 2.0, None, -1.0],
        }
    )
    contacts = pl.DataFrame(
        {"day": [1, 2], "channel": ["email"] * 2, "campaign": ["a"] * 2, "answer": ["opened", None]},
        schema_overrides={"answer": pl.String},
    )
    life = Chronicle("secret-4711", dt.date(2024, 1, 1), 60, events, contacts)
    figure = cj.plots.timeline(life, language=language)
    told = figure.layout.meta["cjlab"]
    assert "4711" not in str(figure.to_dict())
    assert told["table"]["rows"] == [["2024-01", "1", "0", "0", "2"], ["2024-02", "0", "1", "1", "0"]]
    assert len(figure.layout.yaxis.ticktext) == 4
    assert ("1 of 2" if language == "en" else "1 messages sur 2") in told["finding"]
    bare = Chronicle("x", dt.date(2024, 1, 1), 60, events, contacts.clear())
    assert ("not in this log" if language == "en" else "pas dans ce journal") in cj.plots.timeline(
        bare, language=language
    ).layout.meta["cjlab"]["finding"]
    alone = cj.plots.timeline(life, language=language, dated=False)
    assert "2024" not in str(alone.to_dict())
    assert alone.layout.xaxis.ticktext[1] == ("day 14" if language == "en" else "jour 14")
    assert [row[0] for row in alone.layout.meta["cjlab"]["table"]["rows"]] == ["0–29", "30–59"]
    longer = cj.plots.timeline(replace(life, days=400), language=language)
    assert longer.layout.xaxis.ticktext[-1].endswith("2025")
