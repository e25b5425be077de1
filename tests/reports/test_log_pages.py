"""The pages about a log as a reader meets them: in a browser, wide and narrow, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

import cjlab as cj
from cjlab.reports import Record, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
DRAWN = "document.querySelectorAll('.chart .main-svg').length >= 2 * document.querySelectorAll('.chart').length"
WIDE_TABLES = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth).length"
MOST = 2_500_000  # bytes
CHARTS = {"customers": 4, "features": 4, "engagement": 4, "value": 2, "personas": 1, "closed_loop": 1}
GIVEN: dict[str, dict[str, object]] = {"closed_loop": {"n_customers": 900, "turns": 3}}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a small log that has everything."""
    folder = tmp_path_factory.mktemp("log") / "shop"
    cj.datasets.simulated_shop(n_customers=900).write(folder)
    return str(folder)


@pytest.fixture(scope="module", params=CHARTS)
def record(request: pytest.FixtureRequest, shop: str, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Run each notebook about a log into a record."""
    folder = tmp_path_factory.mktemp("records")
    given: dict[str, object] = {**GIVEN.get(request.param, {"log": shop}), "language": "fr"}
    return run(request.param, notebooks=ROOT / "notebooks", reports=folder, **given)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_is_readable_by_everybody_and_asks_nothing_of_the_network(
    browser: Browser, record: Record, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page, heard = context.new_page(), list[str]()
    page.on("request", lambda one: heard.append(one.url))
    page.on("console", lambda one: heard.append(one.text))
    page.goto(record.html.as_uri())
    for _ in range(200):
        if page.evaluate(DRAWN):
            break
        page.wait_for_timeout(50)
    assert page.evaluate(DRAWN)
    assert page.locator(".chart").count() >= CHARTS[record.folder.parent.name]
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert Axe().run(page).response["violations"] == []
    assert [one for one in heard if not one.startswith("data:")] == [record.html.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert width > 400 or page.evaluate(WIDE_TABLES) == 0
    context.close()


def test_it_stays_small(record: Record) -> None:
    assert record.html.stat().st_size < MOST
