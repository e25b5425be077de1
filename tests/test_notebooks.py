"""Notebooks are for reading: short cells without functions, stripped, a question first and its answer last."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from cjlab import datasets, reports

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
CELLS, LINES = 15, 12


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> NotebookNode:
    """A notebook of the project, as it is committed."""
    found = nbformat.read(request.param, as_version=4)
    nbformat.validate(found)
    return found


def test_the_first_notebooks_are_there() -> None:
    assert {path.stem for path in NOTEBOOKS} >= {"00_start", "40_experiment", "41_experiment_design"}


def test_it_is_stripped(notebook: NotebookNode) -> None:
    assert not [cell for cell in code(notebook) if cell.outputs or cell.execution_count is not None]
    assert notebook.metadata.kernelspec.name == "python3"


def test_its_cells_are_few_short_and_without_functions(notebook: NotebookNode) -> None:
    assert len(code(notebook)) <= CELLS
    for cell in code(notebook):
        assert len(cell.source.splitlines()) <= LINES
        made = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, made)]


def test_it_asks_first_and_answers_last(notebook: NotebookNode) -> None:
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.splitlines()[0].startswith("# ")
    assert first.source.splitlines()[0].endswith("?")
    headings = [cell.source.splitlines()[0] for cell in notebook.cells if cell.cell_type == "markdown"]
    assert headings[-1] == "## The answer"


def test_its_words_stay_in_the_notebook(notebook: NotebookNode) -> None:
    markdown = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all("notebook" in cell.metadata.get("tags", []) for cell in markdown)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_its_parameters_are_literals_with_a_type_and_a_word_of_help(path: Path) -> None:
    declared = reports.parameters(path.stem, notebooks=FOLDER).declared
    assert declared
    assert all(one.help for one in declared)
    assert "language" in {one.name for one in declared}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("start", {"n_customers": 3000}),
        ("experiment", {"experiment": "experiments/promotion.toml", "log": "promotion_test", "language": "fr"}),
        ("experiment_design", {"per_day": 1400.0}),
        ("customers", {"log": "cdnow_sample", "language": "fr"}),
        ("features", {"log": "cdnow_sample", "language": "fr"}),
        ("engagement", {"log": "promotion_test", "language": "fr"}),
        (
            "uplift",
            {
                "log": "promotion_test",
                "arm": "discount",
                "control": "no_contact",
                "event": "purchase",
                "within": "28D",
                "language": "fr",
            },
        ),
        ("propensity", {"log": "cdnow_sample", "language": "fr"}),
        ("value", {"log": "cdnow_sample", "language": "fr"}),
        ("next_offer", {"per": "category", "again": True, "language": "fr"}),
        ("personas", {"log": "promotion_test", "within": "14D", "language": "fr"}),
        ("simulate", {"customers": 600, "days": 120, "customer": 409, "language": "fr"}),
        ("closed_loop", {"n_customers": 800, "turns": 3, "as_of": "2024-06-29", "language": "fr"}),
        ("fit_a_world", {"log": "promotion_test", "personas": 1, "language": "fr"}),
    ],
)
def test_it_runs_into_a_page(name: str, values: dict[str, object], tmp_path: Path) -> None:
    record = reports.run(name, notebooks=FOLDER, reports=tmp_path, **values)
    page = (record.folder / "report.html").read_text(encoding="utf-8")
    assert "Traceback" not in page
    assert '<div class="chart"' in page


@pytest.mark.slow
def test_who_leaves_runs_into_a_page_on_a_log_of_ones_own(tmp_path: Path) -> None:
    datasets.simulated_operator(n_customers=1200).write(tmp_path / "operator")
    asked = {"log": str(tmp_path / "operator"), "budget": 100, "currency": "EUR", "language": "fr"}
    record = reports.run("churn", notebooks=FOLDER, reports=tmp_path / "records", **asked)
    page = (record.folder / "report.html").read_text(encoding="utf-8")
    assert "Traceback" not in page
    assert "Qui appeler avant leur départ" in page
    assert '<div class="chart"' in page
