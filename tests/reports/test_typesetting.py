"""What belongs on one line stays on it, and a table on a phone says beside each value what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from cjlab.reports._stacked import stacked
from cjlab.reports._typesetting import whole

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("+7.66 pt (7.00 to 8.32) in all", "+7.66~pt~(7.00~to~8.32) in all"),
        ("−€262 (−€485 to −€40)", "−€262~(−€485~to~−€40)"),
        ("+€1,234.50 (€1,000.00 to €1,400.00)", "+€1,234.50 (€1,000.00~to~€1,400.00)"),
        ("of 10.62 % to 18.28 %, or 5 % less", "of 10.62~%~to~18.28~%, or 5~% less"),
        ("+4,02 points (3,01 à 5,04)", "+4,02~points~(3,01~à~5,04)"),
        ("in 2008 to everyone", "in 2008 to everyone"),
        ("an e-mail; fait-il, y a-t-il, Peut-on", "an e-!mail; fait-!il, y a-!t-!il, Peut-!on"),
        ("a second-hand shop", "a second-hand shop"),
    ],
)
def test_numbers_and_short_words_stay_on_a_line(text: str, tied: str) -> None:
    assert whole(text) == tied.replace("~", "\u00a0").replace("!", "\u2060")


def test_markup_and_code_are_left_alone() -> None:
    html = Markup('<p title="5 % > 4 %"><code>5 % e-mail</code> <b>5 %</b></p>')
    assert whole(html) == Markup('<p title="5 % > 4 %"><code>5 % e-mail</code> <b>5\u00a0%</b></p>')


@given(st.text())
def test_no_letter_is_lost_and_twice_is_once(text: str) -> None:
    once = whole(text)
    assert once.replace("\u2060", "").replace("\u00a0", " ") == text.replace("\u2060", "").replace("\u00a0", " ")
    assert whole(once) == once


HEAD = '<thead><tr><th scope="col">Group</th><th scope="col" class="num">Effect</th></tr></thead>'


def test_each_value_is_named_by_its_column() -> None:
    table = (
        f'<table class="numbers">{HEAD}<tbody><tr><th scope="row">A</th><td class="num">+7</td></tr></tbody></table>'
    )
    made = stacked(table)
    assert made.startswith('<table role="table" class="numbers stacked"><thead role="rowgroup"><tr role="row">')
    assert '<th role="columnheader" scope="col">Group</th>' in made
    assert '<th role="rowheader" scope="row">A</th><td role="cell" class="num" data-label="Effect">+7</td>' in made


def test_names_are_escaped_and_markup_in_a_cell_is_one_piece() -> None:
    head = HEAD.replace("Effect", "&lt;b&gt; &amp;")
    made = stacked(f"<table>{head}<tbody><tr><th>A</th><td>so <b>it</b> is</td></tr></tbody></table>")
    assert '<td role="cell" data-label="&lt;b&gt; &amp;"><div>so <b>it</b> is</div></td>' in made


def test_a_table_of_words_needs_no_names() -> None:
    made = stacked(f'<table class="stack">{HEAD}<tbody><tr><th>A</th><td>so</td></tr></tbody></table>')
    assert made.startswith('<table role="table" class="stack">')
    assert "data-label" not in made


@pytest.mark.parametrize(
    "table", ["<table><tr><td>1</td></tr></table>", f'<table>{HEAD}<tr><td colspan="2">1</td></tr></table>']
)
def test_a_table_without_a_head_or_with_joined_cells_stays_as_it_is(table: str) -> None:
    assert stacked(table) == table


def test_a_page_ties_and_names_what_its_parts_hold(page: Callable[..., str], cells: dict[str, Any]) -> None:
    table = f"<table class='numbers'>{HEAD}<tbody><tr><th>A</th><td>+7 pt (6 to 8)</td></tr></tbody></table>"
    html = page(cells["part"]("section", "What an e-mail brings", table))
    assert 'data-label="Effect">+7\u00a0pt\u00a0(6\u00a0to\u00a08)</td>' in html
    assert "<h2>What an e-\u2060mail brings</h2>" in html
    assert re.search(r'role="region" aria-label="What an e-mail brings" tabindex="0"><table role="table"', html)
