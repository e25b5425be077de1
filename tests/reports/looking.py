"""A page opened in a browser, and what is heard of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WIDE, NARROW = 1280, 390
PATIENCE = 200  # times 50 ms
DRAWN = "document.querySelectorAll('.chart .main-svg').length >= 2 * document.querySelectorAll('.chart').length"


def opened(browser: Browser, path: Path, *, width: int = WIDE, scheme: str = "light", scripts: bool = True) -> Page:
    """Open a page; whatever it asks of the network or complains about is kept in ``page.heard``."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
    )
    page = context.new_page()
    heard = page.heard = []  # type: ignore[attr-defined]
    page.on("request", lambda one: heard.append(one.url))
    page.on("console", lambda one: heard.append(one.text))
    page.on("pageerror", lambda one: heard.append(str(one)))
    page.goto(path.as_uri())
    if scripts:
        until(page, DRAWN)
    return page


def until(page: Page, condition: str) -> None:
    """Wait for a condition; playwright's own way needs eval inside the page, which its policy forbids."""
    for _ in range(PATIENCE):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"in vain: {condition}")
