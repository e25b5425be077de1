"""What of a notebook becomes its page, and what never does."""

from __future__ import annotations

import json
import re
import tomllib
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_output

from cjlab.reports._drawing import plotly
from cjlab.reports._figures import data_block
from cjlab.reports._tables import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.reports import Record

PLOTLY = "application/vnd.plotly.v1+json"
RESULT = "application/vnd.cjlab.result+json"
HOSTILE = "<script>alert(1)</script> & </script>"


def visible(html: str) -> str:
    """Return the page without its scripts and styles."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)


def test_words_are_in_the_catalogue_in_both_languages() -> None:
    words = tomllib.loads((files("cjlab.reports") / "wording.toml").read_text())
    assert words["en"].keys() == words["fr"].keys()
    for key, english in words["en"].items():
        assert _named(english) == _named(words["fr"][key]), key


def _named(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_everything_meant_for_the_reader_is_there(record: Record) -> None:
    html = visible(record.html.read_text())
    assert "<h1>Does it hold?</h1>" in html
    for text in ("A first sentence.", "Deploy: ", "Both bring visits.", "read by everyone", "<h2>In words</h2>"):
        assert text in html
    assert "data up to 31 January 2026" in html
    assert "page made" in html


def test_a_plotly_figure_is_not_dropped(record: Record) -> None:
    html = record.html.read_text()
    assert html.count('class="chart" role="img"') == 2
    assert html.count('id="plotly"') == 1  # embedded once
    assert html.count(plotly().packed) == 1


@pytest.mark.parametrize(
    "word",
    ["for analysts only", "heard by no reader", "import ", "go.Figure", "tqdm", "it/s", "0%|", "4711", "secret 1"],
)
def test_nothing_else_gets_in(record: Record, word: str) -> None:
    html = record.html.read_text().replace(plotly().packed, "")
    assert word not in visible(html)
    assert word not in "".join(re.findall(r'<script type="application/json".*?</script>', html, re.DOTALL))


def test_lists_of_customers_and_endless_tables_are_withheld(record: Record) -> None:
    html = visible(record.html.read_text())
    assert "A table with one line a customer is left out" in html
    assert "A table of 5,000 lines is left out" in html


def test_every_script_is_allowed_by_its_digest_and_nothing_is_loaded(record: Record) -> None:
    html = record.html.read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
        digest = b64encode(sha256(script.encode()).digest()).decode()
        assert f"&#39;sha256-{digest}&#39;" in policy[1]
    assert policy[1].count("sha256-") == 3  # ours, ours, and plotly.js as it is unpacked
    assert policy[1].startswith("default-src &#39;none&#39;; script-src")
    assert not re.search(r"<(link|script|img|iframe)[^>]*(src|href)=\"(?!data:)", html.replace(plotly().packed, ""))


def test_a_page_stays_small(record: Record) -> None:
    assert record.html.stat().st_size < 2.5e6


def test_a_page_without_a_figure_carries_no_plotly(page: Callable[..., str], cells: dict[str, Any]) -> None:
    assert len(page(cells["text"]("# Hello\n\nWords."))) < 50_000


def test_hostile_strings_stay_text(record: Record) -> None:
    html = record.html.read_text()
    scripts = re.findall(r"<script\b[^>]*>", html.replace(plotly().packed, ""))
    assert scripts.count("<script>") == 2  # ours; plotly.js is data until it is unpacked
    for wrong in ("<script>alert", "<img src=x"):
        assert wrong not in visible(html)


@given(st.text())
def test_data_blocks_hold_no_markup_and_read_back(text: str) -> None:
    block = str(data_block({"title": text}))
    assert not set("<>&") & set(block)
    assert json.loads(block) == {"title": text}


def test_a_part_cannot_bring_a_script(page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["part"]("section", HOSTILE, f'<p onclick="x()" style="color:red" class="note">{HOSTILE}</p>'))
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert "onclick" not in html
    assert "color:red" not in html
    assert '<p class="note">' in html


def test_cells_of_a_styler_are_defused(page: Callable[..., str], cells: dict[str, Any]) -> None:
    styled = pd.DataFrame({"arm": [HOSTILE], "n": [12]}).style.set_properties(color="red").to_html()
    assert HOSTILE in styled  # the trap: pandas does not escape them
    html = page(cells["shown"]({"text/html": styled}))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert "color: red" not in html


def test_headings_of_markdown_survive_the_sanitiser(page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["text"]("# Question?\n\nWhy.\n\n## First\n\nOne.\n\n### Inside\n\n# Second\n\nTwo."))
    assert "<h1>Question?</h1>" in html
    assert re.findall(r"<h2>(.*?)</h2>", html) == ["First", "Second", "More"]
    assert "<h3>Inside</h3>" in html


def test_each_table_has_a_region_of_its_own(page: Callable[..., str], cells: dict[str, Any]) -> None:
    table = "<table class='numbers'><tr><th>n</th></tr><tr><td>12</td></tr></table>"
    html = page(cells["part"]("section", "Trust", table + table), cells["text"]("| a |\n|---|\n| 1 |"))
    regions = re.findall(r'role="region" aria-label="([^"]*)" tabindex="0"><table\b', html)
    assert regions == ["Trust", "Trust 2", "Trust 3", "Where this page comes from"]
    bare = page(cells["shown"]({"text/html": table}), cells["shown"]({"text/html": table}))
    assert re.findall(r'aria-label="(Table \d)"', bare) == ["Table 1", "Table 2"]


def test_code_errors_and_warnings_never_show(page: Callable[..., str]) -> None:
    outputs = [
        new_output("stream", name="stderr", text="a warning"),
        new_output("error", ename="ValueError", evalue="wrong", traceback=["Traceback"]),
        new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "0%|"}),
    ]
    html = visible(page(new_code_cell("secret = 1", outputs=outputs)))
    for word in ("secret", "a warning", "ValueError", "wrong", "Traceback", "0%|"):
        assert word not in html


def test_pictures_are_embedded_with_their_words(page: Callable[..., str]) -> None:
    output = new_output("display_data", data={"image/png": "aGVsbG8="}, metadata={"image/png": {"alt": 'a "plot"'}})
    html = page(new_code_cell("", outputs=[output]))
    assert '<img src="data:image/png;base64,aGVsbG8=" alt="a &#34;plot&#34;">' in html


def test_a_string_is_a_sentence_and_a_number_is_printed(page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["shown"]({"text/plain": "'It’s\\xa0<b>'"}), cells["shown"]({"text/plain": "'a' + 1"}))
    assert "<p>It’s\u00a0&lt;b&gt;</p>" in html
    assert "<pre>&#39;a&#39; + 1</pre>" in html


def test_the_question_is_the_title_even_where_it_stays_in_the_notebook(
    page: Callable[..., str], cells: dict[str, Any]
) -> None:
    html = page(cells["text"]("# Does *it* pay?", metadata={"tags": ["notebook"]}), cells["text"]("Yes."))
    assert "<title>Does it pay?</title>" in html
    assert html.count("Does it pay?") == 2


def test_markdown_that_a_cell_puts_out_is_rendered(page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["shown"]({"text/markdown": "## Found\n\n**Much.** " + HOSTILE, "text/plain": "<Markdown>"}))
    assert "<h2>Found</h2>" in html
    assert "<strong>Much.</strong> &lt;script&gt;" in html
    assert "Markdown" not in visible(html)


def test_a_page_speaks_the_language_of_its_report(page: Callable[..., str], cells: dict[str, Any]) -> None:
    result = cells["shown"]({RESULT: {"language": "fr", "title": "Ça marche ?", "data_until": "2026-01-31"}})
    html = page(result, made="2026-11-22T10:00:00+00:00", seconds=1.25, threads=2)
    assert '<html lang="fr">' in html
    assert "données jusqu’au 31 janvier 2026" in html
    assert "page faite le 22 novembre 2026" in html
    assert "en 1,2 s\u202f; fils d’exécution\u202f: 2" in html
    words = set(re.findall(r"[A-Za-zÀ-ÿ]+", re.sub("<[^>]*>", " ", visible(html).partition("<body>")[2])))
    assert not {"data", "made", "More", "Where", "Notebook", "numbers", "Record", "Computed", "by", "from"} & words


def test_folded_parts_wait_at_the_end(page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["part"]("method", "Method", "<p>Score.</p>"), cells["text"]("## Last\n\nWords."))
    assert html.index("Words.") < html.index("<details><summary>Method</summary>") < html.index("Where this page")


def bundle(made: go.Figure) -> dict[str, Any]:
    return {PLOTLY: json.loads(made.to_json())}


def test_a_foreign_figure_gets_a_table_of_its_points(page: Callable[..., str], cells: dict[str, Any]) -> None:
    made = go.Figure(go.Bar(x=["a", "b"], y=pd.Series([1.5, 2.25]), name="spend", customdata=["c1", "c2"]))
    html = page(cells["shown"](bundle(made)))
    row = r'<th [^>]*>spend</th><td [^>]*data-label="x">a</td><td [^>]*class="num" data-label="y">1.500</td>'
    assert re.search(row, html)
    assert "c1" not in visible(html)


def test_a_figure_of_many_points_lists_none(page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["shown"](bundle(go.Figure(go.Scatter(x=list(range(5000)), y=list(range(5000)))))))
    assert "drawn from 5,000\u00a0points, too many to list" in html


def test_webgl_points_are_drawn_as_plain_ones(page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["shown"](bundle(go.Figure(go.Scattergl(x=[1], y=[2])))))
    assert '"type":"scatter"' in html


@pytest.mark.parametrize("trace", [go.Surface(z=[[1, 2]]), go.Scattergeo(lon=[1], lat=[2])])
def test_what_needs_eval_or_a_map_is_not_drawn(trace: Any, page: Callable[..., str], cells: dict[str, Any]) -> None:
    html = page(cells["shown"](bundle(go.Figure(trace))))
    assert "cannot be drawn on a page that stands alone" in html
    assert 'class="chart"' not in visible(html)
    assert "plotly.js v" not in html


@pytest.mark.parametrize(("language", "few"), [("en", "under 11"), ("fr", "moins de 11")])
def test_a_group_of_few_leaves_its_column_flush_right(language: str, few: str) -> None:
    told = table(["group", "customers", "who"], [["a", "120", "B"], ["b", few, "C"]], language=language)
    assert f'<td class="num">{few}</td>' in told
    assert "<td>B</td>" in told


def test_numbers_in_tables_follow_the_language(page: Callable[..., str], cells: dict[str, Any]) -> None:
    made = go.Figure(go.Bar(x=["a"], y=[1234.5]))
    html = page(cells["shown"](bundle(made)), cells["shown"]({RESULT: {"language": "fr"}}))
    assert re.search(r"1\s234,5", visible(html))
