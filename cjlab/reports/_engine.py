"""Executing a notebook: papermill puts the parameters in and runs the cells, in a kernel of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.parameterize import parameterize_notebook
from zmq import ZMQError

from cjlab.errors import ReportError
from cjlab.reports import _scratch, _storage
from cjlab.reports._failure import Failure
from cjlab.reports._kernel import Kernel, log, sockets, surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

_WORDS = "kernel.log"  # what the kernel says beside its channels
_ELSEWHERE = "set TMPDIR to another folder"
_PATIENCE = 120  # seconds for a kernel to start on a busy machine


class RecordEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's engine, with the kernel handed in and someone told after each cell."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # noqa: ANN401 - papermill's signature
        kernel_name: str,
        *,
        folder: Path,
        told: Callable[[int, int], None],
        **_: Any,  # noqa: ANN401 - papermill's signature
    ) -> None:
        """Run all cells; the first that fails is the last."""
        total = len(nb_man.nb.cells)
        client = PapermillNotebookClient(
            nb_man,
            km=Kernel.within(folder),
            kernel_name=kernel_name,
            log=log,
            timeout=None,
            startup_timeout=_PATIENCE,
            on_cell_complete=lambda cell, cell_index: told(cell_index + 1, total),  # noqa: ARG005 - nbclient's names
        )
        kernel = client.km
        with (folder / _WORDS).open("w") as words:
            streams = {"stdout": words, "stderr": words}
            try:
                client.execute(env=surroundings(folder), cwd=str(Path.cwd()), cleanup_kc=True, **streams)
            finally:
                kernel.stop()


def execute(
    notebook: NotebookNode, values: Mapping[str, Any], *, told: Callable[[int, int], None]
) -> tuple[NotebookNode, Failure]:
    """Run a notebook with these values for its parameters, and say what stopped it, if anything did.

    Raises
    ------
    ReportError
        When no kernel could be started.
    """
    prepared = _prepared(notebook, values)
    place = sockets()
    with _storage.writing(place, otherwise=_ELSEWHERE), _scratch.folder(place) as folder:
        try:
            RecordEngine.execute_notebook(prepared, "python3", progress_bar=False, folder=folder, told=told)
        except DeadKernelError:
            return _finished(prepared), Failure.dead(prepared)
        except (RuntimeError, OSError, ZMQError) as wrong:
            last = _last_words(folder)
            raise ReportError(f"the kernel could not be started: {wrong}; its last words: {last or 'none'}") from wrong
    return _finished(prepared), Failure.find(prepared)


def _last_words(folder: Path) -> str:
    words = folder / _WORDS
    return words.read_text(errors="replace").strip().rpartition("\n")[2] if words.is_file() else ""


def _prepared(notebook: NotebookNode, values: Mapping[str, Any]) -> NotebookNode:
    notebook.metadata["papermill"] = {}
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata["papermill"] = {}
    return parameterize_notebook(notebook, dict(values)) if values else notebook


def _finished(notebook: NotebookNode) -> NotebookNode:
    """Leave papermill's times and states, and none of its paths."""
    for name in ("input_path", "output_path", "environment_variables"):
        notebook.metadata["papermill"].pop(name, None)
    return notebook
