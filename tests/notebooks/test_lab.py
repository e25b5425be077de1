"""``make lab``: a person opens a notebook, runs it, and sees a live figure."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from cjlab.cli._programs import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-this-test"  # noqa: S105 - for a server on this machine that lives as long as the test
PATIENCE = 90
CELLS = (
    "import cjlab as cj",
    """test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
readout = test.read_out(cj.datasets.promotion_test(n_customers=3_000))
cj.plots.effects(readout)""",
    """from dataclasses import replace
from IPython.display import HTML, display

display(HTML("<p>$a formula$</p>"), replace(test, currency="USD").read_out(cj.datasets.promotion_test()))""",
)
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """Start JupyterLab on a folder with one notebook; its address."""
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ROOT / "notebooks" / "experiments", tmp_path / "notebooks" / "experiments")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=[new_code_cell(one) for one in CELLS], metadata=kernel), tmp_path / "look.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}", f"--notebook-dir={tmp_path}"]
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
        try:
            _wait(f"http://127.0.0.1:{port}/api/status?token={TOKEN}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - a server of this test
                json.load(answer)
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail("JupyterLab did not start")


def test_a_figure_is_live_in_jupyterlab_and_prices_stay_prices(lab: str, tmp_path: Path) -> None:
    # a thread of its own: another test may hold playwright's loop in this one
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_look, lab, tmp_path).result()


def _look(lab: str, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    program = chromium()
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium, or let CJLAB_CHROMIUM name one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{lab}/lab/tree/look.ipynb?token={TOKEN}")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=PATIENCE * 1000)
        page.get_by_text("| Idle").wait_for(timeout=PATIENCE * 1000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.wait_for_selector(".js-plotly-plot .scatterlayer .trace", timeout=PATIENCE * 1000)
        drawn = page.locator(".js-plotly-plot").first
        assert "Reminder" in drawn.inner_text()
        drawn.locator(".scatterlayer .point").first.hover(force=True)
        page.wait_for_selector(".js-plotly-plot .hoverlayer .hovertext", timeout=10_000)
        page.wait_for_selector("mjx-container", timeout=PATIENCE * 1000)
        assert page.locator("mjx-container").count() == 1, "a price was taken for a formula"
        assert re.search(r"\(\$\d+ to \$\d+\)", page.locator(".cjlab p").first.inner_text())
        page.screenshot(path=tmp_path / "lab.png")
        browser.close()
