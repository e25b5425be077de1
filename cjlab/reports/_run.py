"""Running a notebook into a record."""

from __future__ import annotations

import datetime as dt
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from cjlab.errors import ReportError
from cjlab.reports import (
    _index,
    _inputs,
    _manifest,
    _notebooks,
    _parameters,
    _progress,
    _publish,
    _result,
    _scratch,
    _storage,
)
from cjlab.reports._failure import Failure
from cjlab.reports._order import Order
from cjlab.reports._packing import finite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from cjlab.reports._parameters import Declaration
    from cjlab.reports._record import Record

_SHOWN = (
    *("title", "question", "decision", "tone", "language", "reader", "data_until"),
    *("test", "subject", "state", "effect"),
)


class IncompleteError(ReportError):
    """A notebook stopped half-way; the page that says what is valid all the same lies beside the records.

    Parameters
    ----------
    message : str
        What stopped it, and where the page is.
    record : Record
        What is left of the run.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cjlab.reports import Record
    >>> left = Record(Path("reports/experiment/2026-11-22-0123abcd-incomplete"))
    >>> IncompleteError("notebook 'experiment' stopped at step 2 of 5", left).record.complete
    False
    """

    def __init__(self, message: str, record: Record) -> None:
        super().__init__(message)
        self.record = record


def run(
    name: str,
    /,
    *,
    notebooks: Path | str | None = None,
    reports: Path | str | None = None,
    again: bool = False,
    progress: Callable[[int, int], None] = _progress.on_terminal,
    **parameters: object,
) -> Record:
    """Run a notebook and publish its record: page, executed notebook, numbers, manifest.

    Values are checked against the notebook's own declaration before anything runs. The record is found again by its
    key (notebook, values, the content of the files, folders and data sets that values name, package, environment): the
    same key returns the record that is there, untouched. It is published whole, by one rename.

    Parameters
    ----------
    name : str
        The notebook: ``"experiment"`` for ``40_experiment.ipynb``.
    notebooks : Path or str, optional
        Folder of the notebooks; ``./notebooks`` when not given.
    reports : Path or str, optional
        Folder of the records, ``./reports`` when not given; the record goes to ``<reports>/<name>/<date>-<key>/``.
    again : bool, default False
        Whether to run although there is a record with this key; the new one ends in ``-2``.
    progress : callable
        Called after each cell with the number of cells done and their total; by default a bar on stderr, where that
        is a terminal.
    **parameters : object
        Values of the notebook's parameters. Relative paths are looked for in the working directory, then beside the
        notebook.

    Returns
    -------
    Record
        The record, new or found.

    Raises
    ------
    ParameterError
        When a parameter's name is unknown or its value is not of the declared type.
    ReportError
        When there is no such notebook, no kernel can be started, or the records cannot be written.
    IncompleteError
        When the notebook fails; the page of what holds lies beside the records, and nothing is published.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.reports.run("experiment", notebooks="no/such/folder", log="hillstrom")
    Traceback (most recent call last):
    cjlab.errors.ReportError: no notebooks: looked for the folder ...no/such/folder; run where notebooks/ lies, ...
    """
    order = Order.of(name, parameters, notebooks=notebooks)
    place = _storage.folder(reports)
    shelf = place / order.name
    with _storage.writing(place):
        shelf.mkdir(parents=True, exist_ok=True)
    _scratch.sweep(place)
    there = _publish.published(shelf, order.key)
    if there and not again:
        return there[0]
    record, failure = _make(order, shelf, again=again, told=progress)
    _index.rebuild(place)
    if failure:
        raise IncompleteError(_message(order, failure, record), record)
    return record


def parameters(name: str, /, *, notebooks: Path | str | None = None) -> Declaration:
    """Return the parameters that a notebook declares, without running it.

    Parameters
    ----------
    name : str
        The notebook: ``"experiment"`` for ``40_experiment.ipynb``.
    notebooks : Path or str, optional
        Folder of the notebooks; ``./notebooks`` when not given.

    Returns
    -------
    Declaration
        Name, what it takes, default and help of each.

    Raises
    ------
    ReportError
        When there is no such notebook.
    ParameterError
        When its tagged cell holds more than annotated literals.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import nbformat
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> import cjlab as cj
    >>> cell = new_code_cell("n: int = 3  # how many", metadata={"tags": ["parameters"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nbformat.write(new_notebook(cells=[cell]), Path(folder, "10_toy.ipynb"))
    ...     cj.reports.parameters("toy", notebooks=folder).to_frame().loc[0].tolist()
    ['n', 'a whole number', '3', 'how many']
    """
    path = _notebooks.find(name, notebooks)
    return _parameters.read(_notebooks.load(path), name=_notebooks.called(path))


def start_kernel() -> None:
    """Start a kernel as a run would, and stop it: nothing else shows that one starts.

    Raises
    ------
    ReportError
        When it does not.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.reports.start_kernel()
    """
    from nbformat.v4 import new_notebook

    from cjlab.reports._engine import execute

    execute(new_notebook(), {}, told=_progress.nothing)


def _make(order: Order, shelf: Path, *, again: bool, told: Callable[[int, int], None]) -> tuple[Record, Failure]:
    from cjlab.reports._engine import execute

    with _storage.writing(shelf), _scratch.folder(shelf) as scratch:
        made = scratch / "record"
        made.mkdir()
        started = _now()
        executed, failure = execute(deepcopy(order.notebook), order.injected, told=told)
        whole = _manifest.manifest(order, executed, started=started, ended=_now())
        written = _write(made, executed, _manifest.failed(whole, failure) if failure else whole)
        if failure:
            return _publish.leave(made, shelf, written["key"]), failure
        return _publish.publish(made, shelf, written["key"], again=again), failure


def _write(folder: Path, executed: NotebookNode, manifest: dict[str, Any]) -> dict[str, Any]:
    """Write the four files of a record; the manifest, which holds the digests of the others, is the last."""
    import nbformat

    from cjlab.reports._exporter import PageExporter

    exporter = PageExporter()  # type: ignore[no-untyped-call]  # nbconvert’s constructor
    html, resources = exporter.from_notebook_node(executed, {"cjlab": manifest})
    result = finite(_result.gather(Failure.read(manifest).before(executed)))
    texts = {"report.html": html, "report.ipynb": nbformat.writes(executed) + "\n", "result.json": _json(result)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    digests = manifest["digests"] | {name: _inputs.digest(folder / name) for name in texts}
    shown = {"title": resources["title"]} | {name: result[name] for name in _SHOWN if name in result}
    whole = manifest | shown | {"digests": digests}
    (folder / "manifest.json").write_text(_json(whole), encoding="utf-8")
    return whole


def _message(order: Order, failure: Failure, record: Record) -> str:
    reason = failure.message if failure.expected else f"an unexpected error ({failure.name}: {failure.message})"
    return f"notebook {order.name!r} stopped at step {failure.step} of {failure.steps}: {reason}; see {record.html}"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC).astimezone()
