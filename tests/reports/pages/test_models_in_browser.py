"""The pages of models as a reader meets them: laid out as their notebooks say, wide and narrow, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from plotly.graph_objects import Figure

from cjlab.reports import PageExporter
from tests.reports.looking import NARROW, WIDE
from tests.reports.pages import (
    test_churn_page,
    test_monitoring_page,
    test_propensity_page,
    test_uplift_page,
    test_value_page,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
LARGEST = 5_000_000  # bytes
FEWEST = 11  # customers that a cell may tell of
PAGES: dict[str, Callable[[str], Any]] = {
    "20_propensity": lambda language: test_propensity_page.page(language=language),
    "21_churn": lambda language: test_churn_page.page(language=language),
    "22_uplift": lambda language: test_uplift_page.UpliftPage(test_uplift_page.found(), "hillstrom", language, "EUR"),
    "61_monitoring": lambda language: test_monitoring_page.of_a_loop(language=language),
    "23_value": lambda language: test_value_page.page(language=language),
}
READERS = [(name, language) for name in PAGES for language in ("en", "fr")]


def outputs(shown: Any) -> Iterator[NotebookNode]:
    for one in shown if isinstance(shown, tuple | list) else [shown]:
        if isinstance(one, Figure):
            data = {"application/vnd.plotly.v1+json": json.loads(one.to_json())}
        else:
            data = one._repr_mimebundle_()
        yield new_output("display_data", data=data)


def cells(notebook: NotebookNode, page: Any) -> Iterator[NotebookNode]:
    """Give the cells of a notebook, with what they show of a page that is there already."""
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            yield new_markdown_cell(cell.source, metadata={"tags": tags})
        elif "notebook" not in tags:
            names = re.findall(r"^(?:display\(\*)?page\.(\w+)\)?$", cell.source, re.MULTILINE)
            yield new_code_cell("", outputs=[one for name in names for one in outputs(getattr(page, name))])


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Lay out every page in both languages."""
    made = {}
    for name, language in READERS:
        page = PAGES[name](language)
        notebook = new_notebook(cells=list(cells(nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4), page)))
        told = {"cjlab": {"name": name, **page.result.bundle, "language": language}}
        made[name, language] = tmp_path_factory.mktemp(name) / f"{language}.html"
        made[name, language].write_text(PageExporter().from_notebook_node(notebook, told)[0], encoding="utf-8")
    return made


@pytest.mark.parametrize(("name", "language"), READERS)
def test_it_is_whole_and_quiet_and_readable(
    name: str, language: str, laid_out: dict[tuple[str, str], Path], look: Callable[..., Any]
) -> None:
    path = laid_out[name, language]
    width, scheme = (WIDE, "light") if language == "en" else (NARROW, "dark")
    page = look(path, width=width, scheme=scheme)
    assert path.stat().st_size < LARGEST
    assert [one for one in page.heard if not one.startswith("data:")] == [path.as_uri()]  # nor any complaint
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator(".chart").count() >= 1
    tables = "[...document.querySelectorAll('figure.figure')].filter(one => !one.querySelector('details.numbers td'))"
    assert page.evaluate(f"{tables}.length") == 0
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize(("name", "language"), READERS)
def test_no_cell_tells_of_a_few_customers(
    name: str, language: str, laid_out: dict[tuple[str, str], Path], look: Callable[..., Any]
) -> None:
    page = look(laid_out[name, language], scripts=False)
    found = page.evaluate("""() => [...document.querySelectorAll('table')].flatMap(table => {
        const heads = [...table.querySelectorAll('thead th')].map(one => one.textContent);
        return [...table.querySelectorAll('tbody tr')].flatMap(row =>
            [...row.children].map((cell, place) => [heads[place] || '', cell.textContent.trim()]));
    })""")
    counts = [int(text) for head, text in found if re.search("customer|client", head, re.IGNORECASE) and text.isdigit()]
    assert found
    assert [count for count in counts if 0 < count < FEWEST] == []  # nobody is nobody
