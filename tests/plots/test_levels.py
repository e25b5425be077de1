"""A level a group is drawn with its interval, and written with its unit."""

from __future__ import annotations

import pytest

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.plots import Level

LINES = (
    Level("read", 60, 0.6, 0.475, 0.7125),
    Level("do not", 40, 0.4, 0.2, 0.6, "bad"),
    Level("few", 4, 0.5, 0.2, 0.8),
    Level("none", 0, *[float("nan")] * 3),
)


def test_it_is_drawn_where_it_lies_and_told_in_words() -> None:
    figure = cj.plots.levels(LINES, axis="share of customers", finding="Most read.")
    drawn = {trace.uid: trace for trace in figure.data if trace.uid}
    assert drawn["accent-intervals"].x == (60.0,)
    assert drawn["accent-intervals"].error_x.array == pytest.approx((11.25,))
    assert drawn["bad-intervals"].error_x.arrayminus == pytest.approx((20.0,))
    told = figure.layout.meta["cjlab"]
    assert told["finding"] == "Most read."
    assert told["table"]["rows"][0] == ["Read", "60", "60.0\xa0%", "47.5 to 71.2"]
    assert told["table"]["rows"][2] == ["Few", "under 11", "", ""]
    assert figure.layout.yaxis2.ticktext[2:] == ("under 11", "not known")


def test_a_narrow_screen_breaks_a_long_name_and_cuts_nothing() -> None:
    names = ["Rhythm change purchase stopped since", "Rhythm change purchase stopped"]
    heights = []
    for several in (names[1:], names):
        lines = [Level(name, 60, 0.6, 0.475, 0.7125) for name in several]
        narrow = cj.plots.levels(lines, axis="share", finding="So.").layout.meta["cjlab"]["narrow"]
        heights.append(narrow["height"] / len(several))
        assert [note["text"].rpartition("<br>")[0].replace("<br>", " ") for note in narrow["annotations"]] == several
    assert [note["text"].count("<br>") for note in narrow["annotations"]] == [2, 1]
    assert heights[1] < 2 * heights[0]


def test_numbers_are_no_shares() -> None:
    figure = cj.plots.levels(
        [Level("a", 20, 12.34, 10, 14)], axis="messages", finding="12.", unit="number", language="fr"
    )
    assert figure.layout.meta["cjlab"]["table"]["rows"] == [["A", "20", "12,3", "10,0 à 14,0"]]
    assert figure.data[0].x == (12.34,)


def test_amounts_have_their_currency_where_they_are_written() -> None:
    lines = [Level("a", 20, 1_234.5, -10, 2_400), Level("b", 20, 4.5, 1, 8)]
    told = {one: cj.plots.levels(lines, axis="", finding="", unit="EUR", language=one) for one in ("en", "fr")}
    rows = told["en"].layout.meta["cjlab"]["table"]["rows"]
    assert rows == [["A", "20", "€1,234", "−€10 to €2,400"], ["B", "20", "€4.50", "€1.00 to €8.00"]]
    assert "1\u202f234\xa0€" in told["fr"].layout.meta["cjlab"]["table"]["rows"][0]
    assert all("€" in one for one in told["en"].layout.xaxis.ticktext)


def test_nothing_to_draw_and_an_unknown_unit_are_named() -> None:
    with pytest.raises(EvidenceError, match="no group has a level; there is nothing to draw"):
        cj.plots.levels(LINES[3:], axis="", finding="")
    with pytest.raises(
        SpecError, match="unit is 'euro'; allowed: 'share', 'number', or the ISO 4217 code of a currency"
    ):
        cj.plots.levels(LINES, axis="", finding="", unit="euro")  # type: ignore[arg-type]
