"""Small notebooks, run in earnest or laid out by hand, and a browser to look at their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cjlab.cli._programs import chromium
from cjlab.reports import PageExporter, Record, run
from tests.reports.looking import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nbformat import NotebookNode
    from playwright.sync_api import Browser, Page

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PARAMETERS = """
from pathlib import Path
from typing import Literal
n: int = 3  # how many
flag: bool = False  # whether
share: float = 0.5  # how much of it
language: Literal["en", "fr"] = "en"  # the language of the page
names: list[str] = ["a", "b"]  # who
spec: Path | None = None  # a file
note: str | None = None  # a remark
"""

HOSTILE = "<script>alert(1)</script> & </script> <img src=x onerror=alert(1)>"

SURROUNDINGS = """
import json, os, sys
import psutil
import cjlab
from IPython.display import display
ports = [one for one in psutil.Process().net_connections(kind="inet") if one.status == "LISTEN"]
told = {"ports": len(ports), "omp": os.environ["OMP_NUM_THREADS"], "polars": os.environ["POLARS_MAX_THREADS"],
        "python": sys.executable, "data": os.environ.get("CJLAB_DATA"), "package": cjlab.__file__}
values = [n, flag, share, language, names, str(spec), note]
display({"application/vnd.cjlab.result+json": {"entries": [{"told": told, "values": values}]}}, raw=True)
"""

RESULT = """
display({"application/vnd.cjlab.result+json": {"title": "Does it hold?", "question": "Does it hold together?",
    "decision": "Keep it", "tone": "good", "language": language, "data_until": "2026-01-31",
    "entries": [{"metric": "visit", "arm": "Mens E-Mail", "estimate": 0.07658960000000001, "low": float("nan")}]}},
    raw=True)
"""

NOISE = """
import warnings
import pandas as pd
from tqdm.auto import tqdm
for _ in tqdm(range(50)):
    pass
warnings.warn("heard by no reader", stacklevel=1)
print("read by everyone")
pd.DataFrame({"customer_id": [4711, 4712], "spend": [1.0, 2.0]})
"""

STYLER = f"pd.DataFrame({{'arm': [{HOSTILE!r}], 'n': [12]}}).style"

LONG = "pd.DataFrame({'day': range(5000), 'n': range(5000)})"

FIGURE = f"""
import plotly.graph_objects as go
figure = go.Figure(go.Scatter(
    x=[7.66, 4.52], y=["Men’s e-mail", "Women’s e-mail"], mode="markers", uid="accent0",
    error_x={{"type": "data", "array": [0.66, 0.63]}},
))
figure.add_vline(x=8, name="bad line")
figure.update_layout(height=220, xaxis_title="points of customers who visit within two weeks, against no e-mail at all")
figure.update_layout(meta={{"cjlab": {{
    "title": "What changed", "finding": "Both bring visits.",
    "table": {{"columns": ["Group", "Effect"], "rows": [["Men’s", "+7.66"], [{HOSTILE!r}, "+4.52"]],
              "summary": "The numbers"}},
    "narrow": {{"height": 333}},
}}}})
figure
"""

FOREIGN = f"""
bars = go.Figure(go.Bar(x=["<a href='https://example.org'>a</a>", {HOSTILE!r}], y=[1.5, 2.5], name="spend",
                          customdata=["secret 1", "secret 2"]))
bars.update_layout(title="Spend by group")
bars
"""


def part(kind: str, title: str, html: str) -> NotebookNode:
    data = {"application/vnd.cjlab.part+json": {"kind": kind, "title": title, "html": html}}
    return new_code_cell("make(part)", outputs=[new_output("display_data", data=data)])


@pytest.fixture(scope="session")
def cells() -> dict[str, Callable[..., NotebookNode]]:
    """Makers of cells, so that a test can lay out a notebook without running it."""

    def shown(data: dict[str, Any]) -> NotebookNode:
        return new_code_cell("show()", outputs=[new_output("display_data", data=data)])

    return {"part": part, "shown": shown, "text": new_markdown_cell, "code": new_code_cell}


@pytest.fixture(scope="session")
def page() -> Callable[..., str]:
    """Lay out cells as a page, with what is told of them in a manifest."""

    def laid_out(*cells: NotebookNode, **manifest: Any) -> str:
        resources = {"cjlab": {"name": "toy", **manifest}}
        html, _ = PageExporter().from_notebook_node(new_notebook(cells=list(cells)), resources)
        return html

    return laid_out


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enter an empty project with a folder of notebooks."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(shop: Path) -> Callable[..., Path]:
    """Write a notebook whose first cell declares parameters and whose others are code."""

    def written(file: str, *sources: str, parameters: str = PARAMETERS) -> Path:
        declared = new_code_cell(parameters, metadata={"tags": ["parameters"]})
        path = shop / "notebooks" / file
        nbformat.write(new_notebook(cells=[declared, *map(new_code_cell, sources)]), path)
        return path

    return written


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Run one notebook that has everything in it."""
    place = tmp_path_factory.mktemp("everything")
    (place / "notebooks").mkdir()
    declared = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    decision = "<section class='decision good'><h2>Deploy: {{ arm }}</h2><p>It pays.</p></section>"
    parts = (
        "import jinja2\n"
        f"html = jinja2.Environment(autoescape=True).from_string({decision!r}).render(arm={HOSTILE!r})\n"
        "display({'application/vnd.cjlab.part+json': {'kind': 'decision', 'title': 'Deploy', 'html': html}}, raw=True)"
    )
    sources = (SURROUNDINGS, RESULT, parts, FIGURE, NOISE, STYLER, LONG, FOREIGN)
    texts = [
        new_markdown_cell("# Does it hold?\n\nA first sentence."),
        new_markdown_cell("for analysts only", metadata={"tags": ["notebook"]}),
    ]
    last = new_markdown_cell(f"## In words\n\nIt does. {HOSTILE}")
    made = new_notebook(cells=[texts[0], declared, *map(new_code_cell, sources), texts[1], last])
    nbformat.write(made, place / "notebooks" / "10_everything.ipynb")
    return run("everything", notebooks=place / "notebooks", reports=place / "reports")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a Chromium once; tests that look at pages are skipped where there is none."""
    from playwright.sync_api import sync_playwright

    program = chromium()
    if program is None:
        pytest.skip("no Chromium: install one, or name it in CJLAB_CHROMIUM")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page for one test, which may do with it what it likes."""
    pages: list[Page] = []

    def looked(path: Path, **how: Any) -> Page:
        pages.append(opened(browser, path, **how))
        return pages[-1]

    yield looked
    for page in pages:
        page.context.close()
