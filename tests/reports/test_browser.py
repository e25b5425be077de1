"""The page as a reader meets it: in a browser, wide and narrow, light and dark, on paper, with its scripts stripped."""

from __future__ import annotations

import io
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from cjlab.reports import Record, rebuild, run
from tests.reports.looking import NARROW, WIDE, opened, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]

TITLE = "points of customers who visit within two weeks, against no e-mail at all"


Look = Callable[..., Any]


@pytest.fixture(scope="module")
def seen(browser: Browser, record: Record) -> Look:
    """Show the page of the record, opened once for each width and scheme; it is only looked at."""

    @cache
    def shown(width: int = WIDE, scheme: str = "light") -> Page:
        return opened(browser, record.html, width=width, scheme=scheme)

    return shown


def test_nothing_is_asked_of_the_network_and_nothing_complains(record: Record, seen: Look) -> None:
    page = seen()
    asked = [one for one in page.heard if not one.startswith("data:")]
    assert asked == [record.html.as_uri()]  # a violation of the policy would be heard on the console


def test_hostile_strings_do_not_run(seen: Look) -> None:
    page = seen()
    assert page.locator("h2", has_text="Deploy: <script>alert(1)</script> & </script>").count() == 1
    assert page.locator("script").count() == 5  # two that run, three that hold data
    assert page.locator("main img, main iframe, main object").count() == 0
    assert page.locator(".chart a").count() == 1  # a link in a label, which …
    assert page.evaluate("document.querySelector('.chart a').closest('[inert]') !== null")  # … cannot be reached


def test_a_browser_that_cannot_unpack_shows_the_numbers_in_place_of_charts(browser: Browser, record: Record) -> None:
    context = browser.new_context()
    context.add_init_script("delete globalThis.DecompressionStream")
    page = context.new_page()
    page.goto(record.html.as_uri())
    until(page, "[...document.querySelectorAll('.chart')].every(one => one.hidden)")
    folded = "[...document.querySelectorAll('details.numbers')].filter(one => !one.open).length"
    assert page.locator("details.numbers").count() > 0
    assert page.evaluate(folded) == 0
    context.close()


def test_what_draws_is_the_library_as_it_is_and_nothing_else_may_run(record: Record, seen: Look) -> None:
    text = record.html.read_text(encoding="utf-8")
    packed = re.findall(r'<script type="text/plain" id="plotly">([^<]+)</script>', text)
    assert len(packed) == 1
    script = zlib.decompress(b64decode(packed[0]))
    (library,) = find_spec("plotly").submodule_search_locations  # type: ignore[union-attr, misc] # it is installed
    assert script == (Path(library) / "package_data/plotly.min.js").read_bytes().replace(b"\r", b"")
    assert b64encode(sha256(script).digest()).decode() in text
    refused = """() => {
        const other = document.createElement("script");
        other.textContent = "globalThis.ran = true";
        document.head.append(other);
        return globalThis.ran === undefined;
    }"""
    page = seen(NARROW, "light")
    assert page.evaluate(refused)
    page.heard.clear()  # the console told of what was refused


def test_the_first_paint_comes_within_a_second(seen: Look) -> None:
    page = seen()
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < 1000


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(seen: Look, width: int, scheme: str) -> None:
    page = seen(width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page).response["violations"]
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
    assert found == []


def test_every_chart_is_an_image_with_its_finding_and_no_way_in(seen: Look) -> None:
    page = seen()
    charts = page.locator(".chart")
    assert [chart.get_attribute("role") for chart in charts.all()] == ["img", "img"]
    assert charts.first.get_attribute("aria-label") == "Both bring visits."
    assert page.locator(".modebar").count() == 0
    stops = []
    for _ in range(20):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.closest('.chart') !== null"))
    assert not any(stops)


def test_numbers_are_folded_beneath_each_chart(record: Record, look: Look) -> None:
    page = look(record.html)
    numbers = page.locator("figure.figure details.numbers")
    assert numbers.count() == 2
    assert page.locator("details.numbers[open]").count() == 0
    numbers.first.locator("summary").click()
    assert numbers.first.locator("td", has_text="+7.66").is_visible()


def test_with_scripts_stripped_the_numbers_stand_open(record: Record, look: Look, tmp_path: Path) -> None:
    stripped = tmp_path / "stripped.html"
    stripped.write_text(re.sub(r"<script\b.*?</script>", "", record.html.read_text(), flags=re.DOTALL))
    page = look(stripped, scripts=False)
    assert page.locator("td", has_text="+7.66").is_visible()
    assert not page.locator(".chart").first.is_visible()
    assert page.locator("figcaption", has_text="Both bring visits.").is_visible()


def test_a_phone_gets_the_narrow_layout_and_no_sideways_scrolling(seen: Look) -> None:
    wide, narrow = seen(), seen(NARROW)
    assert wide.evaluate("document.querySelector('.main-svg').height.baseVal.value") == 220
    lines = narrow.locator(".chart .xtitle tspan").first.locator("xpath=..").locator("tspan.line").count()
    assert lines >= 2  # a long title goes on in the next line
    grown = 18 * (lines - 1)
    assert narrow.evaluate("document.querySelector('.main-svg').height.baseVal.value") == 333 + grown
    assert narrow.evaluate("document.documentElement.scrollWidth") == NARROW


def test_on_a_phone_no_table_scrolls_sideways(record: Record, look: Look) -> None:
    page = look(record.html, width=NARROW)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    wide = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth).length"
    assert page.evaluate(wide) == 0
    value = page.locator(".stacked td[data-label='Effect']").first
    head = page.locator(".stacked tbody th").first
    assert head.bounding_box()["y"] < value.bounding_box()["y"]  # the name of the line stands above its values


def test_what_is_folded_is_an_appendix_on_paper_and_returns_to_its_place(record: Record, look: Look) -> None:
    page = look(record.html)
    order = "[...document.querySelectorAll('main summary, main h2')].map(one => one.textContent)"
    before = page.evaluate(order)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = page.evaluate(order)
    assert sorted(printed) == sorted(before)
    assert printed.index("The numbers") > printed.index("More") > printed.index("In words")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(order) == before
    assert page.locator("details[open]").count() == 0


def test_a_chart_follows_the_width_of_its_box(record: Record, look: Look) -> None:
    page = look(record.html)
    page.set_viewport_size({"width": NARROW, "height": 900})
    until(page, "document.querySelector('.main-svg').width.baseVal.value < 400")


def _ink(page: Any, selector: str, style: str) -> str:
    return str(page.evaluate(f"getComputedStyle(document.querySelector({selector!r})).{style}"))


def test_the_dark_page_has_dark_charts(seen: Look) -> None:
    light, dark = seen(), seen(WIDE, "dark")
    for selector, style in ((".chart .xtick text", "fill"), (".chart .point", "fill"), (".chart .xerror", "stroke")):
        assert _ink(light, selector, style) != _ink(dark, selector, style)
    assert _ink(dark, "body", "backgroundColor") == "rgb(18, 21, 27)"
    assert _ink(dark, ".chart .point", "fill") == "rgb(130, 171, 255)"  # the accent, by the trace's uid
    assert _ink(dark, ".chart .shapelayer path", "stroke") == "rgb(255, 143, 136)"  # bad, by the shape's name


def test_dark_is_printed_light(record: Record, look: Look) -> None:
    page = look(record.html, scheme="dark")
    page.emulate_media(media="print")
    assert _ink(page, "body", "backgroundColor") == "rgb(255, 255, 255)"
    assert _ink(page, ".chart .point", "fill") == "rgb(27, 79, 208)"


def test_on_paper_a_table_stays_with_what_is_said_before_it(record: Record, look: Look) -> None:
    page = look(record.html)
    page.emulate_media(media="print")
    page.evaluate("document.querySelector('.scroll').before(document.createElement('p'), document.createElement('p'))")
    kept = "[...document.querySelectorAll('p:empty')].map(one => getComputedStyle(one))"
    assert page.evaluate(f"{kept}.at(-1).breakAfter") == "avoid"
    assert page.evaluate(f"{kept}.at(-1).breakInside") == "avoid"  # nor is what is said torn in two


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_printed_page_is_whole(record: Record, look: Look, width: int) -> None:
    printed = look(record.html, width=width, scheme="dark").pdf(format="A4", prefer_css_page_size=True)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    words = " ".join(text.split())
    for expected in ("Does it hold?", "Both bring visits.", "+7.66", "Where this page comes from", "Spend by group"):
        assert expected in words
    assert "10_everything.ipynb" in words  # folded on the screen, open on paper
    assert "Chart 1. The numbers" in words  # which chart the appendix speaks of
    assert TITLE in words  # the title of an axis, not cut at the edge


def test_the_real_test_is_printed_on_four_pages(data: Path, tmp_path: Path, look: Look) -> None:
    assert data
    given = {"experiment": "experiments/hillstrom.toml", "log": "hillstrom", "language": "fr"}
    record = run("experiment", notebooks=ROOT / "notebooks", reports=tmp_path, **given)
    pages = PdfReader(io.BytesIO(look(record.html).pdf(format="A4", prefer_css_page_size=True))).pages
    assert len(pages) <= 4
    titles = look(record.html).locator("main h2").all_inner_texts()
    lasts = [" ".join(page.extract_text().split("\n")[-1].split()) for page in pages]
    assert not set(lasts) & {" ".join(title.split()) for title in titles}  # no title is the last line of a page


def test_the_index_is_as_readable_as_its_reports(record: Record, look: Look) -> None:
    index = rebuild(record.folder.parents[1])
    for width, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page = look(index, width=width, scheme=scheme)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.heard == [index.as_uri()]
    page.get_by_role("link", name="Does it hold together?").click()
    assert page.title() == "Does it hold?"
